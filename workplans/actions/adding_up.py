"""Outputs and outcomes of finalized plans: indicator by indicator, and added up by what all plans count alike."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..models import Measure, Period, Version
from . import snapshots
from .progress import counted_values, reached

Years = dict[int, Decimal]


@dataclass(frozen=True)
class Figures:
    """What was there, what is promised and what is reached; values in all are approved."""

    baseline: Decimal | None
    promised: Years
    got: Years
    target: Decimal | None
    total: Decimal | None

    @property
    def share(self) -> Decimal | None:
        """How much of what is promised is reached; None where nothing is promised or reported."""
        return self.total / self.target if self.target and self.total is not None else None


@dataclass(frozen=True)
class IndicatorLine:
    """One indicator with the result and the plan that it stands in."""

    version: Version
    activity: dict[str, Any]
    result: dict[str, Any]
    indicator: dict[str, Any]
    figures: Figures

    @property
    def measure(self) -> str:
        return str(self.indicator["measure"])


def lines_of(period: Period, *, centre: int | None = None) -> list[IndicatorLine]:
    """All indicators of the finalized plans of a period, of one centre or of all, in the order of the plans."""
    rows = Version.objects.public().filter(workplan__period=period).select_related("workplan__centre")
    if centre is not None:
        rows = rows.filter(workplan__centre=centre)
    versions = list(rows.order_by("workplan__centre__slug", "pk"))
    for version in versions:
        version.workplan.period = period
    values = counted_values(version.workplan_id for version in versions)
    return [line for version in versions for line in _lines(version, values)]


def _lines(version: Version, values: dict[int, Years]) -> Iterable[IndicatorLine]:
    for activity in snapshots.document(version)["activities"]:
        for result in activity["results"]:
            for indicator in result["indicators"]:
                number = int(indicator["reference"].removeprefix("IND-"))
                yield IndicatorLine(version, activity, result, indicator, _figures(indicator, values.get(number, {})))


def _figures(indicator: dict[str, Any], got: Years) -> Figures:
    promised = {target["year"]: Decimal(target["value"]) for target in indicator["targets"]}
    adds_up = indicator["is_cumulative"]
    baseline = None if indicator["baseline"] is None else Decimal(indicator["baseline"])
    return Figures(baseline, promised, dict(got), reached(promised, adds_up), reached(got, adds_up))


@dataclass(frozen=True)
class Sum:
    """Several indicators that are counted alike."""

    measure: Measure
    indicators: int
    figures: Figures


def by_measure(lines: Iterable[IndicatorLine]) -> list[Sum]:
    """The sums of what is counted alike, in the order of the measures. What a plan counts alone is in none."""
    groups: dict[str, list[Figures]] = defaultdict(list)
    for line in lines:
        if line.measure:
            groups[line.measure].append(line.figures)
    return [Sum(one, len(groups[one.value]), _added(groups[one.value])) for one in Measure if one.value in groups]


def _added(parts: list[Figures]) -> Figures:
    promised: Years = defaultdict(Decimal)
    got: Years = defaultdict(Decimal)
    for part in parts:
        for sums, years in ((promised, part.promised), (got, part.got)):
            for year, value in years.items():
                sums[year] += value
    return Figures(
        _sum(part.baseline for part in parts), dict(promised), dict(got),
        _sum(part.target for part in parts), _sum(part.total for part in parts),
    )  # fmt: skip


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def by_centre(lines: Iterable[IndicatorLine], measure: str) -> list[tuple[Version, list[Sum]]]:
    """The sums of one measure, plan by plan; the version names its centre."""
    plans: dict[int, list[IndicatorLine]] = defaultdict(list)
    for line in lines:
        if line.measure == measure:
            plans[line.version.pk].append(line)
    return [(those[0].version, by_measure(those)) for those in plans.values()]
