"""What the workbook of a plan asks: its sheets, their columns, and how each cell is read."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

EDITION = "1"  # of the workbook; a later one may have other columns
GUIDE, PLAN, CODES, TOTALS, BASE = "guide", "plan", "codes", "totals", "base"
ACTIVITIES, RESULTS, INDICATORS, BUDGET = "activities", "results", "indicators", "budget"
META = ("WORKPLAN", "PLAN", "VERSION", "STATE", "FILE", "LANGUAGE", "title", "summary")
REFERENCE = "reference"
NEW = "NEW-"  # begins the reference of a record that the portal does not know yet


@dataclass(frozen=True)
class Column:
    """One column. `kind` says how its cells are read: line, text, flag, day, year, whole, money, number, code, codes,
    ref (of another record of the workbook), own (its own reference), note (shown, never read)."""

    code: str
    kind: str
    label: str | Promise
    help: str | Promise = ""
    list: str = ""
    width: int = 16
    most: int = 0
    required: bool = False


CODES_HELP = _("Codes or names, with semicolons between them.")
REFERENCE_HELP = _("Given by the portal. For a new record take the next free line, which begins with NEW.")
_REFERENCE = Column(REFERENCE, "own", _("Reference"), REFERENCE_HELP, width=14)
_ACTIVITY = Column("activity", "ref", _("Activity"), _("The reference of the activity."), ACTIVITIES, 14, required=True)
_ACTIVITY_TITLE = Column("activity_title", "note", _("Title of the activity"), _("Filled in by itself."), width=32)

_ACTIVITIES = (
    _REFERENCE,
    Column("position", "whole", _("Place"), _("The place of the activity in the plan: 1, 2, 3…"), width=7),
    Column("title", "line", _("Title"), "", width=40, most=300, required=True),
    Column("description", "text", _("What will be done"), "", width=60),
    Column("is_essential", "flag", _("Essential"), _("Yes, or no where it is nice to have."), "yes_no", 10),
    Column("starts_on", "day", _("From"), "", width=12),
    Column("ends_on", "day", _("Until"), "", width=12),
    Column("functions", "codes", _("Functions of the centre"), CODES_HELP, "functions", 28),
    Column("targets", "codes", _("Targets"), _("Numbers from 1 to 23, with semicolons between them."), "targets"),
    Column("parties", "codes", _("Parties"), CODES_HELP, "parties", 24),
    Column(
        "priorities",
        "codes",
        _("National priorities"),
        _("Country and code, such as FJ:T3, with semicolons between them."),
        "priorities",
        20,
    ),
    Column(
        "components",
        "codes",
        _("Needs of requests"),
        _("References such as REQ-000042-1, with semicolons between them."),
        "components",
        18,
    ),
    Column(
        "engagements",
        "codes",
        _("Engagements"),
        _("References such as ENG-000017, with semicolons between them."),
        "engagements",
    ),
    Column("partners", "codes", _("Partners"), CODES_HELP, "organizations", 28),
    Column("other_partners", "text", _("Other partners"), _("Those that are not in the portal."), width=28),
)
_RESULTS = (
    _REFERENCE,
    _ACTIVITY,
    _ACTIVITY_TITLE,
    Column("kind", "code", _("Kind of result"), "", "kinds", required=True),
    Column("title", "line", _("Title"), "", width=40, most=300, required=True),
    Column("description", "text", _("Description"), "", width=50),
)
_INDICATORS = (
    _REFERENCE,
    Column(
        "result", "ref", _("Result"), _("The reference of the result that it measures."), RESULTS, 16, required=True
    ),
    Column("title", "line", _("Indicator"), "", width=40, most=300, required=True),
    Column("measure", "code", _("Counted as"), _("So that it can be added up with other plans."), "measures", 24),
    Column("unit", "line", _("Unit"), "", most=60),
    Column("is_cumulative", "flag", _("Each year adds to the years before"), "", "yes_no", 14),
    Column("baseline", "number", _("Baseline"), "", width=12),
    Column("baseline_year", "year", _("Year of the baseline"), "", width=10),
    Column("source", "line", _("Means of verification"), "", width=32, most=300),
)
_BUDGET = (
    _REFERENCE,
    _ACTIVITY,
    _ACTIVITY_TITLE,
    Column("year", "year", _("Year"), "", "years", 8, required=True),
    Column("category", "code", _("Category"), "", "categories", 26, required=True),
    Column("description", "line", _("What for"), "", width=36, most=300),
    Column(
        "amount",
        "money",
        _("Amount"),
        _("With two decimals at most. A formula counts with its result."),
        width=14,
        required=True,
    ),
    Column("currency", "line", _("Currency"), _("Three letters, such as USD."), width=9, most=3, required=True),
    Column("rate_to_usd", "rate", _("Dollars for one unit"), _("Only for other currencies."), width=12),
    Column("rate_on", "day", _("Day of the rate"), "", width=12),
    Column("rate_source", "line", _("Source of the rate"), "", width=24, most=200),
    Column("funding", "code", _("Funding source"), "", "fundings", 20, required=True),
    Column("funder", "code", _("Funder"), "", "organizations", 24),
    Column("staff_months", "staff", _("Staff time in months"), "", width=10),
    Column("notes", "text", _("Notes"), "", width=36),
)
LIST_TITLES = {
    "yes_no": _("Yes or no"),
    "kinds": _("Kind of result"),
    "measures": _("Counted as"),
    "years": _("Years"),
    "categories": _("Category"),
    "fundings": _("Funding source"),
    "functions": _("Functions of the centre"),
    "targets": _("Targets"),
    "parties": _("Parties"),
    "organizations": _("Organizations"),
}
TABLE_TITLES = {
    PLAN: _("The plan"),
    ACTIVITIES: _("Activities"),
    RESULTS: _("Results"),
    INDICATORS: _("Indicators"),
    BUDGET: _("Budget"),
}


def _name_target(year: int) -> str:
    return gettext("Target for %(year)s") % {"year": year}


_target_label = lazy(_name_target, str)


def target_code(year: int) -> str:
    """The code of the column that holds the target of a year."""
    return f"target_{year}"


def tables(years: Iterable[int]) -> dict[str, tuple[Column, ...]]:
    """The sheets of a plan for these years with their columns."""
    targets = tuple(Column(target_code(year), "number", _target_label(year), "", width=12) for year in years)
    return {ACTIVITIES: _ACTIVITIES, RESULTS: _RESULTS, INDICATORS: _INDICATORS + targets, BUDGET: _BUDGET}
