"""Reporting what was reached: submitted by an officer, approved by the head, locked when the plan closes or before."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, StaleWrite
from accounts.models import User
from accounts.permissions import Permission, require

from .. import announce
from ..lifecycle import ProgressStatus
from ..models import Indicator, IndicatorIdentity, Measure, Progress, Version
from ..validators import validate_year
from .contents import Content, Faults, plain
from .steps import lock_plan, needs_words, take_progress

FIELDS = ("value", "text", "evidence")


@transaction.atomic
def submit(
    indicator: IndicatorIdentity, year: int, *, by: User | None, data: Content, revision: int | None = None
) -> Progress:
    """Report the value that an indicator reached in a year; what came back is submitted again the same way."""
    workplan = indicator.workplan
    lock_plan(workplan)
    if by is not None:
        require(by, Permission.WORKPLAN_EDIT, indicator)
    _refuse_unreportable(indicator, year)
    cleaned = _clean(data, indicator, year)
    progress = Progress.objects.select_for_update().filter(indicator=indicator, year=year).first()
    if progress is None:
        progress = Progress(indicator=indicator, year=year, revision=0)
    elif progress.status in {ProgressStatus.APPROVED, ProgressStatus.LOCKED}:
        raise IllegalStep(_("The progress of this year is approved and stays as it is."))
    elif revision is not None and revision != progress.revision:
        raise StaleWrite(_("Somebody else has changed this progress since you opened it. Compare, then save again."))
    before = progress.status if progress.pk else ""
    for name, value in cleaned.items():
        setattr(progress, name, value)
    progress.status, progress.returned_because = ProgressStatus.SUBMITTED, ""
    progress.submitted_by, progress.submitted_at = by, timezone.now()
    progress.revision += 1
    progress.save()
    event = record("submit", progress, by=by, before=before, after=progress.status, year=year)
    announce.about_progress(progress, event, "submit", _heads(progress))
    return progress


def _refuse_unreportable(indicator: IndicatorIdentity, year: int) -> None:
    workplan = indicator.workplan
    if workplan.closed_at is not None:
        raise IllegalStep(_("The workplan is closed: it stays as it is."))
    if not Indicator.objects.public().filter(identity=indicator).exists():
        raise DomainError(_("Progress is reported on the finalized plan. This indicator is not part of it."))
    validate_year(year, workplan.period)
    if year > timezone.now().year:
        raise DomainError(_("This year has not begun. Report what was reached, when it was."))


def _clean(data: Content, indicator: IndicatorIdentity, year: int) -> Content:
    faults = Faults()
    cleaned = {}
    for name in FIELDS:
        if name in data:
            field: Any = Progress._meta.get_field(name)
            given = data[name] if data[name] is not None or name == "value" else ""
            cleaned[name] = faults.take(name, partial(field.clean, given, None))
    if "value" not in data:
        faults.take("value", lambda: Progress._meta.get_field("value").clean(None, None))
    faults.tell()
    return cleaned


def _heads(progress: Progress) -> Any:
    public = Version.objects.public().filter(workplan=progress.indicator.workplan_id).first()
    return announce.heads(public) if public else []


@transaction.atomic
def approve(progress: Progress, *, by: User | None) -> Progress:
    """The head stands for the value: from now on it counts, and everybody sees it."""
    event = take_progress(progress, "approve", by=by, changes={"approved_by": by, "approved_at": timezone.now()})
    _tell_submitter(progress, event, "approve")
    return progress


@transaction.atomic
def return_for_changes(progress: Progress, *, by: User | None, text: str) -> Progress:
    """The head sends reported progress back, with what must change."""
    words = needs_words(text, _("Write what must change."))
    event = take_progress(progress, "return_for_changes", by=by, changes={"returned_because": words})
    _tell_submitter(progress, event, "return_for_changes", text=words)
    return progress


@transaction.atomic
def lock_progress(progress: Progress, *, by: User | None) -> Progress:
    """Close the books on a value: nobody changes it any more."""
    take_progress(progress, "lock", by=by, changes={"locked_at": timezone.now()})
    return progress


def _tell_submitter(progress: Progress, event: Any, name: str, **params: Any) -> None:
    people = [progress.submitted_by] if progress.submitted_by else []
    announce.about_progress(progress, event, name, people, **params)


STEPS = {"approve": approve, "return_for_changes": return_for_changes, "lock": lock_progress}


# Adding up ------------------------------------------------------------------------------------------------------------


def reached(values: dict[int, Decimal], is_cumulative: bool) -> Decimal | None:
    """What the years come to together: their sum where each adds to the others, else the last one. None without any."""
    if not values:
        return None
    return sum(values.values(), Decimal(0)) if is_cumulative else values[max(values)]


def counted_values(workplans: Iterable[int]) -> dict[int, dict[int, Decimal]]:
    """The approved values of all indicators of these plans, by identity and year, in one query."""
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    rows = Progress.objects.counted().filter(indicator__workplan__in=list(workplans))
    for identity, year, value in rows.values_list("indicator", "year", "value"):
        found[identity][year] = value
    return found


def roll_up(documents: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """What finalized plans together promise and have reached, by the measures that all plans share.

    `documents` are snapshots by the id of their workplan: one for a plan, those of a centre, or all of the network.
    """
    values = counted_values(documents)
    target: dict[str, Decimal] = defaultdict(Decimal)
    got: dict[str, Decimal] = defaultdict(Decimal)
    counts: dict[str, int] = defaultdict(int)
    for document in documents.values():
        for indicator in indicators_of(document):
            measure = indicator["measure"]
            if measure:
                counts[measure] += 1
                target[measure] += target_of(indicator) or 0
                number = int(indicator["reference"].removeprefix("IND-"))
                got[measure] += reached(values[number], indicator["is_cumulative"]) or 0
    return [
        {
            "measure": measure.value,
            "indicators": counts[measure],
            "target": plain(target[measure]),
            "reached": plain(got[measure]),
        }
        for measure in Measure
        if measure.value in counts
    ]


def indicators_of(document: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """All indicators of a document."""
    for activity in document["activities"]:
        for result in activity["results"]:
            yield from result["indicators"]


def target_of(indicator: dict[str, Any]) -> Decimal | None:
    """What an indicator of a document promises for the whole period."""
    values = {target["year"]: Decimal(target["value"]) for target in indicator["targets"]}
    return reached(values, indicator["is_cumulative"])
