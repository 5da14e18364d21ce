"""A plan as rows of cells: every cell a text of one fixed form, so that two workbooks can be compared cell by cell.

Days are ISO, figures without needless zeros, money with two decimals, yes and no, codes sorted and joined by "; ".
"""

from collections.abc import Iterable
from decimal import Decimal
from hashlib import sha256
from typing import Any

from requests_offers.offline.words import writable

from .columns import ACTIVITIES, BUDGET, INDICATORS, RESULTS, target_code

Cells = dict[str, str]
Rows = dict[str, dict[str, Cells]]  # sheet → reference → code → text
CENT = Decimal("0.01")
LONGEST_CELL = 30_000


def rows_of(document: dict[str, Any]) -> Rows:
    """The rows of a snapshot by sheet and reference, in the order of the plan."""
    rows: Rows = {ACTIVITIES: {}, RESULTS: {}, INDICATORS: {}, BUDGET: {}}
    for place, activity in enumerate(document["activities"], start=1):
        rows[ACTIVITIES][activity["reference"]] = _activity(activity, place)
        for result in activity["results"]:
            rows[RESULTS][result["reference"]] = _result(result, activity)
            for indicator in result["indicators"]:
                rows[INDICATORS][indicator["reference"]] = _indicator(indicator, result)
        for line in activity["budget_lines"]:
            rows[BUDGET][line["reference"]] = _line(line, activity)
    return rows


def _activity(activity: dict[str, Any], place: int) -> Cells:
    return {
        "position": str(place),
        "title": activity["title"],
        "description": activity["description"],
        "is_essential": flag(activity["is_essential"]),
        "starts_on": activity["starts_on"] or "",
        "ends_on": activity["ends_on"] or "",
        "functions": joined(one["code"] for one in activity["functions"]),
        "targets": joined(str(one["number"]) for one in activity["targets"]),
        "parties": joined(one["iso2"] for one in activity["parties"]),
        "priorities": joined(f"{one['party']}:{one['code']}" for one in activity["priorities"]),
        "components": joined(one["reference"] for one in activity["components"]),
        "engagements": joined(one["reference"] for one in activity["engagements"]),
        "partners": joined(one["slug"] for one in activity["partners"]),
        "other_partners": activity["other_partners"],
    }


def _result(result: dict[str, Any], activity: dict[str, Any]) -> Cells:
    return {
        "activity": activity["reference"],
        "kind": result["kind"],
        "title": result["title"],
        "description": result["description"],
    }


def _indicator(indicator: dict[str, Any], result: dict[str, Any]) -> Cells:
    cells = {
        "result": result["reference"],
        "title": indicator["title"],
        "measure": indicator["measure"],
        "unit": indicator["unit"],
        "is_cumulative": flag(indicator["is_cumulative"]),
        "baseline": figure(indicator["baseline"]),
        "baseline_year": str(indicator["baseline_year"] or ""),
        "source": indicator["source"],
    }
    return cells | {target_code(one["year"]): figure(one["value"]) for one in indicator["targets"]}


def _line(line: dict[str, Any], activity: dict[str, Any]) -> Cells:
    return {
        "activity": activity["reference"],
        "year": str(line["year"]),
        "category": line["category"],
        "description": line["description"],
        "amount": cents(line["amount"]),
        "currency": line["currency"],
        "rate_to_usd": figure(line["rate_to_usd"]),
        "rate_on": line["rate_on"] or "",
        "rate_source": line["rate_source"],
        "funding": line["funding"],
        "funder": line["funder"]["slug"] if line["funder"] else "",
        "staff_months": figure(line["staff_months"]),
        "notes": line["notes"],
    }


def flag(value: bool) -> str:
    return "yes" if value else "no"


def joined(codes: Iterable[str]) -> str:
    """Codes in an order that says nothing: numbers by size, others by the alphabet."""
    return "; ".join(sorted(set(codes), key=lambda code: (len(code), code) if code.isdigit() else (0, code)))


def split(text: str) -> list[str]:
    """The codes of a cell of several."""
    return [code for code in text.split("; ") if code]


def figure(value: str | Decimal | None) -> str:
    """A figure without needless zeros and without an exponent."""
    return "" if value in (None, "") else f"{Decimal(str(value)).normalize():f}"


def cents(value: str | Decimal) -> str:
    return str(Decimal(value).quantize(CENT))


def even(text: str) -> str:
    """A text without the blanks that spreadsheet programs move, cut to what a cell can hold."""
    lines = writable(text).replace("\r\n", "\n").split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()[:LONGEST_CELL]


def mark(text: str) -> str:
    """A short mark of what stood in a cell when the workbook was written."""
    return sha256(even(text).encode()).hexdigest()[:12]
