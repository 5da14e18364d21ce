"""What the centres and the coordination entity need, by year: in the plan already, asked of donors, given, missing.

Dollars by the dated rate of each line. What has no rate stands apart, in its own currency: nothing is added across.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from .funding import NOTHING
from .models import BudgetLine, Funding, Gap, Workplan
from .models.budget import DOLLAR, in_dollars

GIVEN = ("asked", "received", "committed", "pledged", "firm_gap", "indicative_gap")
Place = tuple[int | None, str]  # a year, or None for what was given to no single year; and a currency


@dataclass(frozen=True, slots=True)
class Year:
    """The money of one plan, or of all, in one year and currency."""

    year: int | None
    currency: str
    there: Decimal = NOTHING  # core budget of the host, and what was secured when the plan was written
    asked: Decimal = NOTHING
    received: Decimal = NOTHING
    committed: Decimal = NOTHING
    pledged: Decimal = NOTHING
    firm_gap: Decimal = NOTHING
    indicative_gap: Decimal = NOTHING

    @property
    def needed(self) -> Decimal:
        return self.there + self.asked

    @property
    def firm(self) -> Decimal:
        """Committed by donors, or received from them."""
        return self.received + self.committed

    @property
    def bar_id(self) -> str:
        """What tells its bar from the others on a page."""
        return f"{self.currency}-{self.year or 'all'}"

    @property
    def is_something(self) -> bool:
        return any(getattr(self, name) for name in ("there", *GIVEN))

    def __add__(self, other: "Year") -> "Year":
        sums = {name: getattr(self, name) + getattr(other, name) for name in ("there", *GIVEN)}
        return replace(self, **sums)


@dataclass(frozen=True, slots=True)
class PlanMoney:
    """A finalized plan with its years, and their sums in each currency."""

    plan: Any
    years: list[Year]
    totals: list[Year]


def plans_by_year() -> list[PlanMoney]:
    """Every finalized plan that is not closed, in five queries for all; the centres by name, then the network."""
    plans = list(
        Workplan.objects.published()
        .filter(closed_at__isnull=True)
        .select_related("centre", "period", "current_version")
        .defer("final_report", "search_text", "current_version__snapshot")
    )
    lines, gaps = _lines(plans), _gaps(plans)
    found = [_plan(plan, lines[plan.pk], gaps[plan.pk]) for plan in plans]
    return sorted(found, key=_by_name)


def _by_name(money: PlanMoney) -> tuple:
    centre = money.plan.centre
    return centre is None, centre.name if centre else "", money.plan.period.starts


def _lines(plans: list[Workplan]) -> dict[int, list[BudgetLine]]:
    found: dict[int, list[BudgetLine]] = defaultdict(list)
    rows = BudgetLine.objects.filter(activity__version__in=[plan.current_version_id for plan in plans])
    fields = ("identity_id", "year", "amount", "currency", "rate_to_usd", "funding", "activity__version__workplan_id")
    for row in rows.order_by("pk").select_related("activity__version").only(*fields):
        found[row.activity.version.workplan_id].append(row)
    return found


def _gaps(plans: list[Workplan]) -> dict[int, list[Gap]]:
    found: dict[int, list[Gap]] = defaultdict(list)
    for row in Gap.objects.filter(workplan__in=plans).order_by("pk"):
        found[row.workplan_id].append(row)
    return found


def _plan(plan: Workplan, lines: list[BudgetLine], gaps: list[Gap]) -> PlanMoney:
    by_line: dict[tuple[int | None, str], Gap] = {(gap.line_id, gap.currency): gap for gap in gaps if gap.line_id}
    years: dict[Place, Year] = {}
    for line in lines:
        _add(years, _of_line(line, by_line))
    totals = sums_by_currency(years.values())
    for gap in gaps:
        if gap.activity_id is None and gap.line_id is None:
            before = totals.get(gap.currency, Year(None, gap.currency))
            rest = {name: getattr(gap, name) - getattr(before, name) for name in GIVEN}
            _add(years, Year(None, gap.currency, **rest))
    shown = [year for year in sorted(years.values(), key=_in_order) if year.is_something]
    return PlanMoney(plan, shown, list(sums_by_currency(shown).values()))


def _of_line(line: BudgetLine, gaps: dict[tuple[int | None, str], Gap]) -> Year:
    dollars = in_dollars(line.amount, line.currency, line.rate_to_usd)
    currency, amount = (line.currency, line.amount) if dollars is None else (DOLLAR, dollars)
    if line.funding != Funding.SOUGHT:
        return Year(line.year, currency, there=amount)
    gap = gaps.get((line.identity_id, currency))
    known = {name: getattr(gap, name) for name in GIVEN} if gap else {"asked": amount}
    return Year(line.year, currency, **known)


def _add(years: dict[Place, Year], one: Year) -> None:
    place = one.year, one.currency
    years[place] = years[place] + one if place in years else one


def _in_order(year: Year) -> tuple:
    return year.currency != DOLLAR, year.currency, year.year is None, year.year or 0


def sums_by_currency(years: Iterable[Year]) -> dict[str, Year]:
    """The sum of these years in each currency, dollars first."""
    found: dict[str, Year] = {}
    for year in sorted(years, key=_in_order):
        total = replace(year, year=None)
        found[year.currency] = found[year.currency] + total if year.currency in found else total
    return found


def network_by_year(plans: Iterable[PlanMoney]) -> list[Year]:
    """The same for all plans together."""
    years: dict[Place, Year] = {}
    for money in plans:
        for year in money.years:
            _add(years, year)
    return sorted(years.values(), key=_in_order)
