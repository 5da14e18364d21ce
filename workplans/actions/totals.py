"""Sums of budget lines, to the cent and never across currencies, except in dollars by each line's own dated rate."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from .contents import money

Sums = dict[str, Decimal]


def totals(activities: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The totals of a document's activities, as texts. Lines without a rate are left out of the dollars."""
    by: dict[str, dict[str, Sums]] = {name: defaultdict(_sums) for name in ("year", "category", "funding")}
    currencies, essential, secured = _sums(), _sums(), _sums()
    dollars, complete, rates = Decimal(0), True, set()
    for activity in activities:
        for line in activity["budget_lines"]:
            amount, currency = Decimal(line["amount"]), line["currency"]
            places = [currencies, *(by[name][str(line[name])] for name in by)]
            if activity["is_essential"]:
                places += [essential, *([secured] if line["funding"] != "sought" else [])]
            for sums in places:
                sums[currency] += amount
            if line["amount_usd"] is None:
                complete = complete and not amount
            else:
                dollars += Decimal(line["amount_usd"])
            if line["rate_to_usd"]:
                rates.add((currency, line["rate_to_usd"], line["rate_on"], line["rate_source"]))
    names = ("currency", "rate_to_usd", "rate_on", "rate_source")
    return {
        "by_currency": _texts(currencies),
        **{f"by_{name}": {key: _texts(by[name][key]) for key in sorted(by[name])} for name in by},
        "essential": _texts(essential),
        "essential_secured": _texts(secured),
        "usd": money(dollars),
        "usd_is_complete": complete,
        "rates": [dict(zip(names, rate, strict=True)) for rate in sorted(rates)],
    }


def _sums() -> Sums:
    return defaultdict(Decimal)


def _texts(sums: Sums) -> dict[str, str]:
    return {currency: money(sums[currency]) for currency in sorted(sums)}
