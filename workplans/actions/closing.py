"""Closing a workplan: its final report is put together from progress and engagements, and kept."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from accounts.models import User
from requests_offers.models import Engagement

from .. import announce
from ..funding import Place, Sums
from ..lifecycle import ProgressStatus
from ..models import Progress, Version, Workplan
from . import snapshots
from .comments import ledger_counts
from .contents import money, plain
from .gaps import plan_sums
from .progress import counted_values, lock_progress, reached, roll_up, target_of
from .steps import check, needs_words, take


@transaction.atomic
def close_plan(version: Version, *, by: User | None, text: str) -> Workplan:
    """Close a plan with its final report. Progress that was approved is locked; nothing changes from then on."""
    check(version, "close_plan", by=by)
    workplan = version.workplan
    words = needs_words(text, _("Write in a few sentences what came of the plan."))
    Workplan._meta.get_field("closing_words").run_validators(words)
    if Version.objects.open().filter(workplan=workplan).exists():
        raise DomainError(_("There is a draft of this plan. Finalize it or throw it away, then close the plan."))
    rows = Progress.objects.filter(indicator__workplan=workplan)
    waiting = rows.filter(status__in=[ProgressStatus.SUBMITTED, ProgressStatus.RETURNED]).count()
    if waiting:
        sentence = _("Reported progress waits to be approved or mended (%(count)s). Finish that, then close the plan.")
        raise DomainError(sentence % {"count": waiting})
    for row in rows.filter(status=ProgressStatus.APPROVED).order_by("pk"):
        lock_progress(row, by=by)
    event = take(version, "close_plan", by=by, public=True)
    workplan.closing_words, workplan.closed_at = words, timezone.now()
    workplan.final_report = final_report(workplan)
    workplan.save(update_fields=["closing_words", "closed_at", "final_report", "updated_at"])
    announce.about(version, event, "close_plan")
    return workplan


def final_report(workplan: Workplan) -> dict[str, Any]:
    """The data of the final report: promised and reached, year by year, and the cooperation that came of it.

    The kept one of a closed plan; of an open plan as things stand now, which is a report on its way.
    """
    if workplan.final_report is not None:
        return workplan.final_report
    version = workplan.current_version
    if version is None:
        raise DomainError(_("Only a finalized plan has a report."))
    document = snapshots.public_document(version)
    words = _progress(workplan)
    values = counted_values([workplan.pk])
    engagements, sums = _engagements(version), plan_sums(workplan)
    return {
        "format": 1,
        "reference": document["reference"],
        "number": document["number"],
        "title": document["title"],
        "language": document["language"],
        "is_example": document["is_example"],
        "centre": document["centre"],
        "period": document["period"],
        "closed_on": workplan.closed_at.date().isoformat() if workplan.closed_at else None,
        "words": workplan.closing_words,
        "activities": [
            _activity(one, values, words, engagements)
            | {"money": _money(sums, (int(one["reference"].removeprefix("ACT-")), None))}
            for one in document["activities"]
        ],
        "money": _money(sums, (None, None)),
        "roll_up": roll_up({workplan.pk: document}),
        "totals": document["totals"],
        "consultation": ledger_counts(version),
    }


def _money(sums: dict[Any, Sums], place: Place) -> list[dict[str, str]]:
    """What was asked for and what came, as donors gave it: receipts beside the plan, each currency by itself."""
    return [
        {"currency": currency} | {name: money(getattr(here, name)) for name in Sums.__slots__}
        for (where, currency), here in sorted(sums.items(), key=lambda entry: entry[0][1])
        if where == place
    ]


def _progress(workplan: Workplan) -> dict[tuple[int, int], Progress]:
    rows = Progress.objects.counted().filter(indicator__workplan=workplan)
    return {(row.indicator_id, row.year): row for row in rows}


def _engagements(version: Version) -> dict[str, list[dict[str, Any]]]:
    """Published engagements by the reference of the activity that names them, with their state today."""
    rows = Engagement.objects.filter(
        activities__version=version, match__publish_by_party=True, match__publish_by_provider=True
    ).select_related("match__component")
    known = {row.reference: row for row in rows}
    return {
        activity["reference"]: [
            {
                "reference": link["reference"],
                "title": known[link["reference"]].match.component.title,
                "status": known[link["reference"]].status,
            }
            for link in activity["engagements"]
            if link["reference"] in known
        ]
        for activity in snapshots.document(version)["activities"]
    }


def _activity(
    activity: dict[str, Any],
    values: dict[int, dict[int, Decimal]],
    words: dict[tuple[int, int], Progress],
    engagements: dict[str, list[dict[str, Any]]],
) -> dict[str, Any]:
    return {
        "reference": activity["reference"],
        "title": activity["title"],
        "is_essential": activity["is_essential"],
        "results": [
            {
                "reference": result["reference"],
                "kind": result["kind"],
                "title": result["title"],
                "indicators": [_indicator(one, values, words) for one in result["indicators"]],
            }
            for result in activity["results"]
        ],
        "engagements": engagements.get(activity["reference"], []),
    }


def _indicator(
    indicator: dict[str, Any], values: dict[int, dict[int, Decimal]], words: dict[tuple[int, int], Progress]
) -> dict[str, Any]:
    number = int(indicator["reference"].removeprefix("IND-"))
    promised = {target["year"]: target["value"] for target in indicator["targets"]}
    got = values.get(number, {})
    years = [
        {
            "year": year,
            "target": promised.get(year),
            "reached": plain(got[year]) if year in got else None,
            "text": words[number, year].text if year in got else "",
            "evidence": words[number, year].evidence if year in got else "",
        }
        for year in sorted({*promised, *got})
    ]
    target, total = target_of(indicator), reached(got, indicator["is_cumulative"])
    return {
        **{name: indicator[name] for name in ("reference", "title", "measure", "unit", "is_cumulative", "baseline")},
        "years": years,
        "target": None if target is None else plain(target),
        "reached": None if total is None else plain(total),
        "share": plain((total / target).quantize(Decimal("0.0001"))) if total is not None and target else None,
    }
