"""How much is asked, promised, firm and missing: pure sums of budget lines and pledges.

Amounts are Decimals to the cent.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from .models.budget import CENT, DOLLAR, in_dollars

NOTHING = Decimal("0.00")
Place = tuple[int | None, int | None]  # activity and line; (None, None) is the whole workplan


@dataclass(frozen=True, slots=True)
class Asked:
    """A budget line for which money is sought."""

    activity: int
    line: int
    amount: Decimal
    currency: str
    rate: Decimal | None = None  # dollars for one unit


@dataclass(frozen=True, slots=True)
class Given:
    """A pledge that counts: on a line, an activity (no line), or the whole workplan (neither)."""

    activity: int | None
    line: int | None
    amount: Decimal
    currency: str
    rate: Decimal | None = None
    received: Decimal = NOTHING
    is_firm: bool = False  # committed, or received


@dataclass(frozen=True, slots=True)
class Sums:
    """How the money of one place stands in one currency. `committed` is firm and not yet received."""

    asked: Decimal = NOTHING
    received: Decimal = NOTHING
    committed: Decimal = NOTHING
    pledged: Decimal = NOTHING
    firm_gap: Decimal = NOTHING
    indicative_gap: Decimal = NOTHING

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, name) + getattr(other, name) for name in Sums.__slots__))


def sums(lines: Iterable[Asked], pledges: Iterable[Given]) -> dict[tuple[Place, str], Sums]:
    """The sums of each line, each activity and the workplan, by place and currency.

    A line has sums in its own currency and, with a rate, in dollars. Wholes add dollars; what has no rate they add
    apart, in its own currency. Currencies never mix without a dated rate: a pledge without one counts only where its
    currency is asked for. The gap of a whole is the sum of the gaps of its parts less what is given to the whole, at
    least nothing.
    """
    lines, pledges = list(lines), list(pledges)
    found: dict[tuple[Place, str], Sums] = {}
    parts: dict[tuple[int, str], Sums] = defaultdict(Sums)
    activities = {line.activity for line in lines} | {gift.activity for gift in pledges if gift.activity is not None}
    for line in lines:
        place, here = (line.activity, line.line), _of_line(line, [gift for gift in pledges if gift.line == line.line])
        found[place, line.currency] = here
        if line.currency != DOLLAR and line.rate is not None:
            here = found[place, DOLLAR] = _in_dollars(here, line)
        parts[line.activity, DOLLAR if (place, DOLLAR) in found else line.currency] += here
    whole: dict[str, Sums] = defaultdict(Sums)
    for activity in sorted(activities):
        own = [gift for gift in pledges if gift.activity == activity and gift.line is None]
        for currency in _all(own, {money for number, money in parts if number == activity}):
            here = _with(parts[activity, currency], own, currency)
            found[(activity, None), currency] = here
            whole[currency] += here
    own = [gift for gift in pledges if gift.activity is None]
    for currency in _all(own, set(whole)):
        found[(None, None), currency] = _with(whole[currency], own, currency)
    return found


def _all(pledges: list[Given], known: set[str]) -> list[str]:
    """Currencies of a whole: those of its parts, and those of what is given to it."""
    return sorted(known | {DOLLAR if gift.rate or gift.currency == DOLLAR else gift.currency for gift in pledges})


def _of_line(line: Asked, pledges: list[Given]) -> Sums:
    asked = Sums(asked=line.amount, firm_gap=line.amount, indicative_gap=line.amount)
    return _with(asked, pledges, line.currency, line.rate)


def _in_dollars(sums_of_line: Sums, line: Asked) -> Sums:
    """The sums of a line in dollars, all by the line's own rate, so that both tell the same."""
    values = (getattr(sums_of_line, name) for name in Sums.__slots__)
    return Sums(*(in_dollars(value, line.currency, line.rate) or NOTHING for value in values))


def _with(before: Sums, pledges: list[Given], currency: str, rate: Decimal | None = None) -> Sums:
    """Sums once these pledges are taken off the gaps, each in this currency."""
    received = committed = pledged = NOTHING
    for gift in pledges:
        amount = converted(gift.amount, gift.currency, gift.rate, to=currency, to_rate=rate)
        if amount is None:
            continue
        paid = converted(gift.received, gift.currency, gift.rate, to=currency, to_rate=rate) or NOTHING
        received += paid
        committed += max(amount - paid, NOTHING) if gift.is_firm else NOTHING
        pledged += NOTHING if gift.is_firm else amount
    firm = received + committed
    return replace(
        before,
        received=before.received + received,
        committed=before.committed + committed,
        pledged=before.pledged + pledged,
        firm_gap=max(before.firm_gap - firm, NOTHING),
        indicative_gap=max(before.indicative_gap - firm - pledged, NOTHING),
    )


def converted(
    amount: Decimal, currency: str, rate: Decimal | None, *, to: str, to_rate: Decimal | None = None
) -> Decimal | None:
    """An amount in another currency to the cent, over dollars by the dated rates of both; None where one is missing."""
    if currency == to:
        return amount
    dollars = in_dollars(amount, currency, rate)
    if dollars is None or to == DOLLAR:
        return dollars
    return None if to_rate is None else (dollars / to_rate).quantize(CENT, ROUND_HALF_UP)
