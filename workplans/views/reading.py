"""A version's document made ready for its page: names in the reader's language, money and gaps beside each activity."""

from decimal import Decimal

from django.utils.translation import gettext as _

from ..actions import snapshots
from ..models import CoFunding, Gap, Progress
from ..wording import values
from ..wording.co_funding import amounts_text


def plan_page(version, *, full: bool) -> dict:
    """What the page of a version shows; `full` with the links to requests that are not public."""
    document = snapshots.document(version) if full else snapshots.public_document(version)
    gaps = _gaps(version)
    reached = _reached(version)
    reported = _reported(version)
    return {
        "plan": document,
        "activities": [_activity(one, gaps, reached, reported) for one in document["activities"]],
        "money": gaps.get(None, []),
        "reported": reported.get(None, []),
        "years": _years(document),
        "totals": values.sums(document["totals"]["by_currency"]),
        "rates": document["totals"]["rates"],
        "usd_text": values.money(document["totals"]["usd"], "USD"),
        "usd_is_complete": document["totals"]["usd_is_complete"],
        "needs": [
            (activity, need)
            for activity in document["activities"]
            for need in activity["components"]
            if need["is_public"] or full
        ],
    }


def _gaps(version) -> dict[str | None, list[Gap]]:
    """Rows of money by activity; None is the whole plan.

    Only for the public version: gaps are counted of that alone.
    """
    found: dict[str | None, list[Gap]] = {}
    if version.workplan.current_version_id != version.pk:
        return found
    rows = Gap.objects.filter(workplan=version.workplan, line__isnull=True).select_related("activity")
    for row in rows.order_by("-currency"):
        found.setdefault(row.activity.reference if row.activity else None, []).append(row)
    return found


def _reached(version) -> dict[str, list[Progress]]:
    """Progress that counts, by indicator."""
    found: dict[str, list[Progress]] = {}
    rows = Progress.objects.filter(indicator__workplan=version.workplan).counted().select_related("indicator")
    for row in rows.order_by("year"):
        found.setdefault(row.indicator.reference, []).append(row)
    return found


def _reported(version) -> dict[str | None, list[CoFunding]]:
    """What others report that they pay for, as the centre accepted it, by activity; only beside the public version."""
    found: dict[str | None, list[CoFunding]] = {}
    if version.workplan.current_version_id != version.pk:
        return found
    rows = CoFunding.objects.accepted().filter(workplan=version.workplan).select_related("activity")
    for row in rows.order_by("title", "pk"):
        row.amounts_text = amounts_text(row)  # type: ignore[attr-defined]  # for the template
        found.setdefault(row.activity.reference if row.activity else None, []).append(row)
    return found


def _activity(one: dict, gaps: dict, reached: dict, reported: dict) -> dict:
    return {
        "reference": one["reference"],
        "position": one["position"],
        "title": one["title"],
        "description": one["description"],
        "is_essential": one["is_essential"],
        "essential": values.essential_word(one["is_essential"]),
        "days": values.days_text(one["starts_on"], one["ends_on"]),
        "functions": values.things(one["functions"]),
        "targets": ", ".join(str(target["number"]) for target in one["targets"]),
        "parties": [(party["iso2"], values.name_of(party["names"])) for party in one["parties"]],
        "priorities": values.things(one["priorities"]),
        "partners": "; ".join(part for part in (values.things(one["partners"]), one["other_partners"]) if part),
        "results": [_result(result, reached) for result in one["results"]],
        "lines": [_line(line) for line in one["budget_lines"]],
        "budget": values.sums(_sum(one["budget_lines"])),
        "gaps": gaps.get(one["reference"], []),
        "reported": reported.get(one["reference"], []),
    }


def _sum(lines: list[dict]) -> dict:
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line["currency"]] = sums.get(line["currency"], Decimal(0)) + Decimal(line["amount"])
    return sums


def _line(line: dict) -> dict:
    return {
        "reference": line["reference"],
        "year": line["year"],
        "what": line["description"] or values.shown("category", line["category"]),
        "category": values.shown("category", line["category"]),
        "amount": values.money(line["amount"], line["currency"]),
        "funding": line["funding"],
        "source": values.shown("funding", line["funding"]),
        "funder": line["funder"]["name"] if line["funder"] else "",
        "usd": values.money(line["amount_usd"], "USD") if line["rate_to_usd"] and line["amount_usd"] else "",
    }


def _result(result: dict, reached: dict) -> dict:
    return result | {
        "kind_word": values.shown("kind", result["kind"]),
        "indicators": [_indicator(one, reached.get(one["reference"], [])) for one in result["indicators"]],
    }


def _indicator(one: dict, progress: list[Progress]) -> dict:
    return one | {
        "baseline_text": _("not known") if one["baseline"] is None else values.number(one["baseline"]),
        "targets_text": "; ".join(f"{target['year']}: {values.number(target['value'])}" for target in one["targets"]),
        "reached_text": "; ".join(f"{row.year}: {values.number(row.value)}" for row in progress),
    }


def _years(document: dict) -> list[tuple[str, str]]:
    return [(year, values.sums(sums)) for year, sums in document["totals"]["by_year"].items()]
