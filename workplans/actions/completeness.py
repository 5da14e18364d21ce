"""What is still missing in a plan, by name. Some gaps must be closed before offices are asked; the others are shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.errors import DomainError
from centres.models import Coverage

from ..models import Version
from . import snapshots


@dataclass(frozen=True)
class Gap:
    """One thing that is missing: of which record (the plan's, an activity's or a line's reference), in which field."""

    reference: str
    field: str
    sentence: str | Promise
    must: bool = False


def gaps(version: Version, document: dict[str, Any] | None = None) -> list[Gap]:
    """Everything that is missing in a version, what must be closed first. `document` where it is at hand already."""
    document = document or snapshots.document(version)
    found = [*_of_plan(document), *_of_parties(version, document)]
    for activity in document["activities"]:
        found += [*_of_activity(activity, document), *_of_results(activity, document), *_of_budget(activity, document)]
    return sorted(found, key=lambda gap: not gap.must)


def refuse_incomplete(version: Version, document: dict[str, Any] | None = None) -> None:
    """Refuse to ask anybody about a plan that lacks what it must have."""
    lacking = [gap for gap in gaps(version, document) if gap.must]
    if lacking:
        first = "; ".join(f"{gap.reference}: {gap.sentence}" for gap in lacking[:5])
        count = len(lacking)
        sentence = ngettext(
            "The plan is not complete: %(count)s gap must be closed first. %(first)s",
            "The plan is not complete: %(count)s gaps must be closed first. %(first)s",
            count,
        )
        raise DomainError(sentence % {"count": count, "first": first})


def _of_plan(document: dict[str, Any]) -> Iterator[Gap]:
    reference = document["reference"]
    if not document["title"]:
        yield Gap(reference, "title", gettext_lazy("Give the plan a title."), must=True)
    if not document["activities"]:
        yield Gap(reference, "activities", gettext_lazy("Add the first activity."), must=True)
    if not document["summary"]:
        yield Gap(reference, "summary", gettext_lazy("Say in a few sentences what the plan is about."))
    if document["activities"] and not any(activity["is_essential"] for activity in document["activities"]):
        yield Gap(reference, "is_essential", gettext_lazy("Say which activities are essential."))


def _of_parties(version: Version, document: dict[str, Any]) -> Iterator[Gap]:
    """Parties that the centre serves and no activity names."""
    if version.workplan.centre_id is None or not document["activities"]:
        return
    named = {party["iso2"] for activity in document["activities"] for party in activity["parties"]}
    served = Coverage.objects.current().filter(centre=version.workplan.centre_id)
    for coverage in served.exclude(party__iso2__in=named).select_related("party").order_by("party__iso2"):
        sentence = _("No activity names %(party)s, which the centre serves.") % {"party": coverage.party.name}
        yield Gap(document["reference"], "parties", sentence)


def _of_activity(activity: dict[str, Any], document: dict[str, Any]) -> Iterator[Gap]:
    reference, period = activity["reference"], document["period"]
    if not activity["title"]:
        yield Gap(reference, "title", gettext_lazy("Give the activity a title."), must=True)
    wanted = {
        "description": gettext_lazy("Say what will be done."),
        "functions": gettext_lazy("Choose the functions of the centre that it serves."),
        "targets": gettext_lazy("Choose the targets that it serves."),
        "starts_on": gettext_lazy("Choose the first day."),
        "ends_on": gettext_lazy("Choose the last day."),
    }
    if document["centre"]:
        wanted["parties"] = gettext_lazy("Choose the Parties that it serves.")
    for field, sentence in wanted.items():
        if not activity[field]:
            yield Gap(reference, field, sentence)
    for field in ("starts_on", "ends_on"):
        if activity[field] and not period["starts"] <= int(activity[field][:4]) <= period["ends"]:
            yield Gap(reference, field, gettext_lazy("The day lies outside the period of the plan."))


def _of_results(activity: dict[str, Any], document: dict[str, Any]) -> Iterator[Gap]:
    reference = activity["reference"]
    if not activity["results"]:
        yield Gap(reference, "results", gettext_lazy("Add an output or outcome with an indicator."))
    for result in activity["results"]:
        if not result["indicators"]:
            yield Gap(result["reference"], "indicators", gettext_lazy("Add an indicator to this result."))
        for indicator in result["indicators"]:
            if indicator["baseline"] is None:
                yield Gap(
                    indicator["reference"], "baseline", gettext_lazy("Give the baseline; 0 where nothing is there.")
                )
            if document["period"]["ends"] not in {target["year"] for target in indicator["targets"]}:
                yield Gap(indicator["reference"], "targets", gettext_lazy("Give the target for the last year."))


def _of_budget(activity: dict[str, Any], document: dict[str, Any]) -> Iterator[Gap]:
    if not activity["budget_lines"]:
        yield Gap(activity["reference"], "budget_lines", gettext_lazy("Add what it costs, or a line of 0."))
    for line in activity["budget_lines"]:
        if not document["period"]["starts"] <= line["year"] <= document["period"]["ends"]:
            sentence = gettext_lazy("The year lies outside the period of the plan.")
            yield Gap(line["reference"], "year", sentence, must=True)
        if line["amount_usd"] is None:
            yield Gap(line["reference"], "rate_to_usd", gettext_lazy("Give a rate to dollars with its day and source."))
        if line["funding"] == "secured" and line["funder"] is None:
            yield Gap(line["reference"], "funder", gettext_lazy("Say who has promised this money."))
