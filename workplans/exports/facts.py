"""The facts of a snapshot for charts and documents: one place that knows how a snapshot is built."""

from datetime import date
from decimal import Decimal
from typing import Any

from ..charts.coverage import Deed, Matrix, TargetCover, matrix, targets_covered
from ..charts.secured import Secured, Sum, secured
from ..charts.timeline import Stretch, Timeline, timeline

Document = dict[str, Any]


def stretches(document: Document) -> list[Stretch]:
    """The activities with days; one open end reaches to the end of the plan."""
    first, last = period_days(document)
    return [
        Stretch(
            str(place),
            activity["title"],
            date.fromisoformat(activity["starts_on"]) if activity["starts_on"] else first,
            date.fromisoformat(activity["ends_on"]) if activity["ends_on"] else last,
            activity["is_essential"],
            activity["reference"],
        )
        for place, activity in enumerate(document["activities"], 1)
        if activity["starts_on"] or activity["ends_on"]
    ]


def period_days(document: Document) -> tuple[date, date]:
    period = document["period"]
    return date(period["starts"], 1, 1), date(period["ends"], 12, 31)


def timeline_of(document: Document, *, mirrored: bool = False) -> Timeline:
    return timeline(*period_days(document), stretches(document), mirrored=mirrored)


def undated(document: Document) -> int:
    """How many activities have no days and so no bar."""
    return len(document["activities"]) - len(stretches(document))


def deeds(document: Document) -> list[Deed]:
    return [
        Deed(
            str(place),
            activity["title"],
            frozenset(party["iso2"] for party in activity["parties"]),
            frozenset(str(target["number"]) for target in activity["targets"]),
            activity["is_essential"],
            dollars(activity),
            activity["reference"],
        )
        for place, activity in enumerate(document["activities"], 1)
    ]


def dollars(activity: dict[str, Any]) -> Decimal:
    """The budget of an activity in dollars; lines without a rate are not in it."""
    return sum((Decimal(line["amount_usd"]) for line in activity["budget_lines"] if line["amount_usd"]), Decimal(0))


def matrix_of(document: Document, countries: list[str]) -> Matrix:
    return matrix(deeds(document), countries)


def coverage_of(document: Document, targets: list[str]) -> list[TargetCover]:
    return targets_covered(deeds(document), targets)


def secured_of(document: Document, *, essential: bool | None = True) -> Secured:
    """The shares in dollars, each line by its own dated rate."""
    sums = [
        Sum(Decimal(line["amount_usd"]), line["funding"], activity["is_essential"])
        for activity in document["activities"]
        for line in activity["budget_lines"]
        if line["amount_usd"]
    ]
    return secured(sums, essential=essential)


def names(document: Document, things: str, key: str) -> dict[str, dict[str, str]]:
    """The names of all Parties or targets of a document, by code."""
    return {str(one[key]): one["names"] for activity in document["activities"] for one in activity[things]}
