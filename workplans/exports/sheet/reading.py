"""A workbook that came back: its records as texts, cell by cell. What cannot be read is a fault, never an exception."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice, zip_longest
from typing import Any, BinaryIO, NamedTuple

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from accounts.sheets.cells import clean, short
from requests_offers.packages import BadPackage, Package

LARGEST = 10 * 1024 * 1024
MOST_LINES, MOST_COLUMNS, MOST_SHEETS = 5000, 80, 20
LINES_BEFORE_CODES = 10
NOT_READ = {"guide", "codes", "totals"}
NOTES = {"activity_title"}  # columns that fill themselves in
FORMULA_KINDS = {"f"}


class Cell(NamedTuple):
    """What stands in a cell: s(tring), n(umber), d(ay), b(oolean) or nothing, and the same as text."""

    kind: str
    text: str


EMPTY = Cell("", "")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell: where it stands, what was found, what to do. Without a sheet: the whole file."""

    sheet: str
    row: int
    column: str
    field: str
    found: str
    detail: str

    @property
    def cell(self) -> str:
        return f"{self.column}{self.row}" if self.row else ""


@dataclass
class Line:
    """One record of a sheet: its row as the person sees it, and its cells by code."""

    row: int
    cells: dict[str, Cell] = field(default_factory=dict)

    def get(self, code: str) -> Cell:
        return self.cells.get(code, EMPTY)


@dataclass
class Table:
    """The records of one sheet, and the letter of the column that holds each code."""

    columns: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


@dataclass
class Book:
    """What stands in a workbook: facts by code, records by sheet, what was not read, what is wrong."""

    meta: dict[str, str] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    base: dict[str, dict[str, str]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    is_readable: bool = True
    is_whole: bool = True  # whether a record that is not in it is taken out of the plan

    def kept(self) -> dict[str, Any]:
        """The same for JSON, so that it can wait in the page for the person's word."""
        return asdict(self)

    @classmethod
    def from_kept(cls, kept: dict[str, Any]) -> "Book":
        tables = {}
        for name, table in kept["tables"].items():
            lines = [
                Line(line["row"], {code: Cell(*cell) for code, cell in line["cells"].items()})
                for line in table["lines"]
            ]
            tables[name] = Table(table["columns"], lines)
        faults = [Fault(**fault) for fault in kept["faults"]]
        rest = (kept["ignored"], faults, kept["is_readable"], kept["is_whole"])
        return cls(kept["meta"], tables, kept["base"], *rest)


def opened(file: BinaryIO) -> tuple[Any, Any]:
    """A workbook twice: with the results of its formulas, and with the formulas. Raises BadPackage with a sentence."""
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise BadPackage(_("The file is larger than 10 MB. Take out pictures and sheets that are not needed."))
    package = Package(io.BytesIO(content))
    if package.kind != "xlsx":
        raise BadPackage(_("Save the file as .xlsx; other formats cannot be read."))
    package.check_xml()
    how = {"read_only": True, "keep_links": False}
    try:
        return tuple(load_workbook(io.BytesIO(content), data_only=only, **how) for only in (True, False))
    except Exception as error:  # a damaged workbook makes openpyxl raise nearly anything
        raise BadPackage(_("This workbook cannot be read. Save it again as .xlsx.")) from error


def lines_of(results: Any, formulas: Any) -> Iterator[tuple[int, list[Cell | str]]]:
    """The rows of one sheet from the top, numbered as people see them;
    a str in the place of a cell is what is wrong.
    """
    for sheet in (results, formulas):
        sheet.reset_dimensions()  # what a file says of its size is not always so
    rows = zip_longest(results.iter_rows(max_col=MOST_COLUMNS), formulas.iter_rows(max_col=MOST_COLUMNS), fillvalue=())
    for number, (shown, behind) in enumerate(islice(rows, MOST_LINES), start=1):
        cells = [_read(one, two) for one, two in zip_longest(shown, behind)]
        while cells and cells[-1] == EMPTY:
            cells.pop()
        yield number, cells


def _read(shown: Any, behind: Any) -> Cell | str:
    """One cell: the result of a formula counts, as long as the file holds it."""
    value = None if shown is None else shown.value
    if value is None and (behind is None or behind.value is None):
        return EMPTY
    if behind is not None and behind.data_type in FORMULA_KINDS and value is None:
        return _("This formula has no stored result. Open the file in a spreadsheet program and save it once.")
    if shown is not None and shown.data_type == "e":
        return _("This cell shows an error. Correct the formula, or write the value itself.")
    return cell_of(value)


def cell_of(value: Any) -> Cell:
    """A value of a spreadsheet as kind and text."""
    if value is None:
        return EMPTY
    if isinstance(value, bool):
        return Cell("b", "yes" if value else "no")
    if isinstance(value, datetime):
        return Cell("d", value.date().isoformat()) if value.time() == time() else Cell("s", value.isoformat(" "))
    if isinstance(value, date):
        return Cell("d", value.isoformat())
    if isinstance(value, int | float):
        return Cell("n", str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value))
    if isinstance(value, time | timedelta):
        return Cell("s", str(value))
    text = clean(str(value))
    return Cell("s", text) if text else EMPTY


def sheet_pairs(results: Any, formulas: Any) -> Iterator[tuple[Any, Any]]:
    """The sheets of a workbook opened twice, pictures and diagrams left out."""
    for name in results.sheetnames[:MOST_SHEETS]:
        if hasattr(results[name], "iter_rows"):
            yield results[name], formulas[name]


# The portal's own workbook --------------------------------------------------------------------------------------------


def read(file: BinaryIO, known: Mapping[str, Sequence[str]], meta: Sequence[str], base: str) -> Book:
    """Read a workbook whose sheets have a row of codes; `known` are the codes of each sheet,
    `meta` facts above them.
    """
    book = Book()
    try:
        results, formulas = opened(file)
        for shown, behind in sheet_pairs(results, formulas):
            if shown.title == base:
                book.base = _read_base(shown)
            elif shown.title not in NOT_READ:
                lines = list(lines_of(shown, behind))
                _read_meta(lines, meta, book)
                _read_table(shown.title, lines, known, book)
    except BadPackage as error:
        return Book(faults=[Fault("", 0, "", "", "", str(error))], is_readable=False)
    except Exception:  # a damaged part makes openpyxl raise nearly anything, also while it is read
        sentence = _("This workbook cannot be read. Save it again as .xlsx.")
        return Book(faults=[Fault("", 0, "", "", "", sentence)], is_readable=False)
    return book


def _code(cell: Cell | str) -> str:
    text = cell.text.strip("\u200e\u200f\u2066\u2067\u2068\u2069 ") if isinstance(cell, Cell) else ""
    return text[1:-1] if text.startswith("[") and text.endswith("]") else ""


def _read_meta(lines: list, meta: Sequence[str], book: Book) -> None:
    for _row, cells in lines[:60]:
        code = _code(cells[0]) if cells else ""
        if code in meta and len(cells) > 1 and isinstance(cells[1], Cell):
            book.meta.setdefault(code, cells[1].text)


def _read_base(sheet: Any) -> dict[str, dict[str, str]]:
    """What stood in each cell when the workbook was written, as marks: by reference and code."""
    found: dict[str, dict[str, str]] = {}
    sheet.reset_dimensions()
    for row in islice(sheet.iter_rows(max_col=2, values_only=True), MOST_LINES):
        if len(row) == 2 and all(isinstance(value, str) for value in row):
            found[row[0]] = dict(part.split("=", 1) for part in row[1].split() if "=" in part)
    return found


def _read_table(name: str, lines: list, known: Mapping[str, Sequence[str]], book: Book) -> None:
    head = next(
        (place for place, (_row, cells) in enumerate(lines[:LINES_BEFORE_CODES]) if "reference" in map(_code, cells)),
        None,
    )
    if head is None:
        return
    codes = {place: _code(cell) for place, cell in enumerate(lines[head][1]) if _code(cell)}
    sheet = next((one for one in known if one == name), None) or _likely(set(codes.values()), known)
    if sheet is None or sheet in book.tables:
        return
    table = book.tables.setdefault(sheet, Table())
    for place, code in codes.items():
        if code in known[sheet] and code not in table.columns:
            table.columns[code] = get_column_letter(place + 1)
    places = {place: code for place, code in codes.items() if table.columns.get(code) == get_column_letter(place + 1)}
    for row, cells in lines[head + 3 :]:
        _read_line(sheet, row, cells, places, book)
    _tell_ignored(sheet, lines[head + 3 :], places, book)


def _likely(codes: set[str], known: Mapping[str, Sequence[str]]) -> str | None:
    """The sheet that has these codes, where somebody gave it another name."""
    best = max(known, key=lambda one: len(codes & set(known[one])))
    return best if len(codes & set(known[best])) > len(known[best]) / 2 else None


def _read_line(sheet: str, row: int, cells: list, places: dict[int, str], book: Book) -> None:
    line = Line(row)
    wrong = []
    for place, code in places.items():
        cell = cells[place] if place < len(cells) and code not in NOTES else EMPTY
        if isinstance(cell, str):
            wrong.append(Fault(sheet, row, get_column_letter(place + 1), code, "", cell))
        elif cell.text:
            line.cells[code] = cell
    if line.cells or wrong:
        book.tables[sheet].lines.append(line)
        book.faults += wrong


def _tell_ignored(sheet: str, lines: list, places: dict[int, str], book: Book) -> None:
    """Columns of one's own are not read; that is said, not refused."""
    for place in range(MOST_COLUMNS):
        if place in places:
            continue
        filled = next((cells[place] for _row, cells in lines if place < len(cells) and cells[place] != EMPTY), None)
        if filled is not None:
            letter, found = get_column_letter(place + 1), short(filled.text if isinstance(filled, Cell) else filled)
            book.ignored.append(
                _("Sheet “%(sheet)s”, column %(column)s is not read: it begins with “%(found)s”.")
                % {"sheet": sheet, "column": letter, "found": found}
            )
