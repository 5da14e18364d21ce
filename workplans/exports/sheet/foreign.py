"""A plan in a table of somebody's own: its rows become the records of the portal's workbook, column by column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from openpyxl.utils import get_column_letter

from centres.models import fold
from requests_offers.packages import BadPackage

from . import columns as c
from .lists import LANGUAGES, Lists
from .reading import Book, Cell, Fault, Line, Table, lines_of, opened, sheet_pairs

MOST_ROWS, LOOKED_AT = 1000, 15
SEPARATOR = "; "


@dataclass(frozen=True)
class Target:
    """A field that a column of the table can be: where it goes, what it is called, other words for it."""

    code: str
    sheet: str
    column: str
    label: str | Promise
    words: tuple[str, ...] = ()


FIELDS = (
    Target("title", c.ACTIVITIES, "title", gettext_lazy("Title of the activity"), ("activity", "title", "activities")),
    Target("description", c.ACTIVITIES, "description", gettext_lazy("What will be done"), ("description", "details")),
    Target("is_essential", c.ACTIVITIES, "is_essential", gettext_lazy("Essential"), ("essential", "core activity")),
    Target("starts_on", c.ACTIVITIES, "starts_on", gettext_lazy("From"), ("start", "start date", "begin", "starts")),
    Target("ends_on", c.ACTIVITIES, "ends_on", gettext_lazy("Until"), ("end", "end date", "deadline", "ends")),
    Target("functions", c.ACTIVITIES, "functions", gettext_lazy("Functions of the centre"), ("function",)),
    Target("targets", c.ACTIVITIES, "targets", gettext_lazy("Targets"), ("gbf target", "kmgbf targets", "target")),
    Target("parties", c.ACTIVITIES, "parties", gettext_lazy("Parties"), ("countries", "country", "party")),
    Target("partners", c.ACTIVITIES, "partners", gettext_lazy("Partners"), ("partner", "organizations")),
    Target("other_partners", c.ACTIVITIES, "other_partners", gettext_lazy("Other partners"), ()),
    Target("result", c.RESULTS, "title", gettext_lazy("Result"), ("output", "outcome", "expected result", "outputs")),
    Target("indicator", c.INDICATORS, "title", gettext_lazy("Indicator"), ("indicators", "measure of success")),
    Target("baseline", c.INDICATORS, "baseline", gettext_lazy("Baseline"), ()),
    Target("year", c.BUDGET, "year", gettext_lazy("Year"), ()),
    Target("amount", c.BUDGET, "amount", gettext_lazy("Amount"), ("budget", "cost", "total", "usd", "budget usd")),
    Target("currency", c.BUDGET, "currency", gettext_lazy("Currency"), ()),
    Target("category", c.BUDGET, "category", gettext_lazy("Category"), ("cost category", "budget category")),
    Target("what_for", c.BUDGET, "description", gettext_lazy("What for"), ("budget line", "item")),
    Target("funding", c.BUDGET, "funding", gettext_lazy("Funding source"), ("funding", "source of funds")),
)
DEFAULTS = ("year", "currency", "category", "funding")


def fields(years: Iterable[int]) -> tuple[Target, ...]:
    """All fields of a plan for these years: each year can have a column for its amount and one for its target."""
    found = list(FIELDS)
    for year in years:
        amount = _("Amount for %(year)s") % {"year": year}
        found.append(Target(f"amount_{year}", c.BUDGET, "amount", amount, (str(year), f"budget {year}", f"usd {year}")))
        target = _("Target for %(year)s") % {"year": year}
        words = (f"target {year}",)
        found.append(Target(c.target_code(year), c.INDICATORS, c.target_code(year), target, words))
    return tuple(found)


@dataclass
class Sheet:
    """One sheet of somebody's table: its rows by number, cells that are in order."""

    title: str
    rows: dict[int, list[Cell]] = field(default_factory=dict)
    broken: dict[int, dict[int, str]] = field(default_factory=dict)

    @property
    def width(self) -> int:
        return max((len(cells) for cells in self.rows.values()), default=0)


@dataclass
class Foreign:
    """Somebody's workbook: its sheets, or why it cannot be read."""

    sheets: list[Sheet] = field(default_factory=list)
    wrong: str = ""

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_kept(cls, kept: dict[str, Any]) -> "Foreign":
        sheets = [
            Sheet(
                one["title"],
                {int(row): [Cell(*cell) for cell in cells] for row, cells in one["rows"].items()},
                {int(row): {int(p): why for p, why in of.items()} for row, of in one["broken"].items()},
            )
            for one in kept["sheets"]
        ]
        return cls(sheets, kept["wrong"])


def read(file: BinaryIO) -> Foreign:
    """Read any workbook; empty sheets are left out."""
    found = Foreign()
    try:
        for shown, behind in sheet_pairs(*opened(file)):
            sheet = Sheet(shown.title)
            for number, cells in lines_of(shown, behind):
                if number > MOST_ROWS:
                    break
                if cells:
                    sheet.rows[number] = [cell if isinstance(cell, Cell) else Cell("", "") for cell in cells]
                    wrong = {place: cell for place, cell in enumerate(cells) if isinstance(cell, str)}
                    sheet.broken |= {number: wrong} if wrong else {}
            if len(sheet.rows) > 1:
                found.sheets.append(sheet)
    except BadPackage as error:
        return Foreign(wrong=str(error))
    except Exception:  # a damaged part makes openpyxl raise nearly anything, also while it is read
        return Foreign(wrong=_("This workbook cannot be read. Save it again as .xlsx."))
    if not found.sheets:
        found.wrong = _("There is no sheet with a row of headings and a row below it. Choose another file.")
    return found


# Guessing -------------------------------------------------------------------------------------------------------------


@dataclass
class Assigned:
    """How a table is read: which sheet, which row holds the headings, which column is which field."""

    sheet: int = 0
    head: int = 1
    columns: dict[int, str] = field(default_factory=dict)


def guess(
    found: Foreign, years: Sequence[int], known: Mapping[str, str], sheet: int | None = None, head: int | None = None
) -> Assigned:
    """What the columns are likely to be: as the centre chose before, else by their headings in six languages."""
    words = _words(years)
    best = Assigned()
    for place, one in enumerate(found.sheets):
        if sheet is not None and place != sheet:
            continue
        rows = [head] if head is not None else sorted(one.rows)[:LOOKED_AT]
        for row in rows:
            columns = _columns(one.rows.get(row, []), words, known)
            if head is not None or len(columns) > len(best.columns):
                best = Assigned(place, row, columns)
    if not best.columns and head is None:
        place = sheet or 0
        best = Assigned(place, min(found.sheets[place].rows), {})
    return best


def _columns(cells: Sequence[Cell], words: Mapping[str, str], known: Mapping[str, str]) -> dict[int, str]:
    """Each field at most once; what the centre chose before goes first."""
    found: dict[int, str] = {}
    for source in (known, words):
        for place, cell in enumerate(cells):
            code = source.get(heading(cell.text))
            if code and place not in found and code not in found.values():
                found[place] = code
    return found


def heading(text: str) -> str:
    """A heading as it is compared: folded, without marks and brackets."""
    plain = "".join(sign if sign.isalnum() else " " for sign in fold(text))
    return " ".join(plain.split())[:200]


def _words(years: Sequence[int]) -> dict[str, str]:
    words: dict[str, str] = {}
    for language in LANGUAGES:
        with override(language):
            for one in fields(years):
                for text in (str(one.label), *one.words):
                    words.setdefault(heading(text), one.code)
    return words


# Reading by a mapping -------------------------------------------------------------------------------------------------


def book_of(
    found: Foreign, mapping: Assigned, years: Sequence[int], defaults: Mapping[str, str], lists: Lists, plan: str
) -> Book:
    """The table as a workbook of new records; the places of faults are those of the person's own table."""
    book = _Translator(found.sheets[mapping.sheet], mapping, years, defaults, lists).book()
    book.meta, book.is_whole = {"WORKPLAN": c.EDITION, "PLAN": plan}, False
    return book


class _Translator:
    def __init__(
        self, sheet: Sheet, mapping: Assigned, years: Sequence[int], defaults: Mapping[str, str], lists: Lists
    ):
        self.sheet, self.mapping, self.defaults, self.lists = sheet, mapping, defaults, lists
        self.years = list(years)
        self.targets = {one.code: one for one in fields(years)}
        self.made = Book(tables={name: Table(self._letters(name)) for name in c.tables(years)})
        self.activity = self.result = ""

    def _letters(self, name: str) -> dict[str, str]:
        chosen = ((place, self.targets[code]) for place, code in self.mapping.columns.items() if code in self.targets)
        letters: dict[str, str] = {}
        for place, target in chosen:
            if target.sheet == name:
                letters.setdefault(target.column, get_column_letter(place + 1))
        return letters | {c.REFERENCE: ""}

    def book(self) -> Book:
        for row, cells in sorted(self.sheet.rows.items()):
            if row > self.mapping.head:
                self._row(
                    row, {code: cells[place] for place, code in self.mapping.columns.items() if place < len(cells)}
                )
                self._broken(row)
        for name, table in self.made.tables.items():  # every column counts as there, filled or not
            for column in c.tables(self.years)[name]:
                table.columns.setdefault(column.code, "")
        return self.made

    def _broken(self, row: int) -> None:
        for place, why in self.sheet.broken.get(row, {}).items():
            target = self.targets.get(self.mapping.columns.get(place, ""))
            if target:
                letter = get_column_letter(place + 1)
                self.made.faults.append(Fault(target.sheet, row, letter, target.column, "", why))

    def _row(self, row: int, said: dict[str, Cell]) -> None:
        """A row with a title begins an activity; one without goes on with that above it."""
        filled = {code: cell for code, cell in said.items() if cell.text}
        if "title" in filled:
            self.activity, self.result = f"{c.NEW}A{row}", ""
            self._add(c.ACTIVITIES, self.activity, row, self._of(c.ACTIVITIES, filled))
        elif not self.activity or not filled:
            return
        if "result" in filled:
            self.result = f"{c.NEW}R{row}"
            about = {"activity": Cell("s", self.activity), "kind": Cell("s", "output")}
            self._add(c.RESULTS, self.result, row, self._of(c.RESULTS, filled) | about)
        if "indicator" in filled and self.result:
            indicator = self._of(c.INDICATORS, filled) | {"result": Cell("s", self.result)}
            self._add(c.INDICATORS, f"{c.NEW}I{row}", row, indicator)
        self._money(row, filled)

    def _of(self, name: str, filled: dict[str, Cell]) -> dict[str, Cell]:
        """The cells of one kind of record. Partners that the portal does not know stay as words."""
        cells = {
            self.targets[code].column: cell
            for code, cell in filled.items()
            if self.targets[code].sheet == name and not code.startswith("amount")
        }
        if name == c.ACTIVITIES and "partners" in cells:
            self._partners(cells)
        return cells

    def _partners(self, cells: dict[str, Cell]) -> None:
        names = [one.strip() for one in cells["partners"].text.replace("\n", ";").split(";") if one.strip()]
        unknown = [name for name in names if self.lists.code_of("organizations", name) is None]
        cells["partners"] = Cell("s", SEPARATOR.join(name for name in names if name not in unknown))
        others = [cells["other_partners"].text] if "other_partners" in cells else []
        if unknown:
            cells["other_partners"] = Cell("s", SEPARATOR.join([*others, *unknown]))

    def _money(self, row: int, filled: dict[str, Cell]) -> None:
        """A line for each amount that is not nothing."""
        plain = self._of(c.BUDGET, filled)
        for code in [code for code in filled if code.startswith("amount")]:
            if filled[code].text in {"0", "-", "–"}:
                continue
            year = code.removeprefix("amount").removeprefix("_")
            about = {name: Cell("s", self.defaults[name]) for name in DEFAULTS if self.defaults.get(name)} | plain
            about |= {"amount": filled[code], "activity": Cell("s", self.activity)}
            if year:
                about["year"] = Cell("s", year)
            self._add(c.BUDGET, f"{c.NEW}B{row}{year and chr(65 + self.years.index(int(year)))}", row, about)

    def _add(self, name: str, reference: str, row: int, cells: dict[str, Cell]) -> None:
        self.made.tables[name].lines.append(Line(row, {c.REFERENCE: Cell("s", reference), **cells}))
