"""JSON, JSON Lines, CSV and XLSX to rows. A file that cannot be read gives faults, never an exception."""

import csv
import io
import json
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from zipfile import ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook

log = logging.getLogger(__name__)
LARGEST_FILE = 50 * 1024 * 1024
LARGEST_UNPACKED = 300 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 200
LARGEST_FIELD = 1_000_000


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong where, and what to do. Row 0 is the file itself; rows count as a person sees them in the file."""

    row: int
    field: str
    detail: str

    def __str__(self) -> str:
        place = _("Row %(row)s") % {"row": self.row} if self.row else _("The file")
        return f"{place}, {self.field}: {self.detail}" if self.field else f"{place}: {self.detail}"


class BadFile(Exception):
    """The file has faults and nothing was stored; `faults` lists all of them."""

    def __init__(self, faults: list[Fault]):
        super().__init__(_("%(count)s faults; nothing was imported.") % {"count": len(faults)})
        self.faults = faults


@dataclass
class Table:
    """The rows of a file, each with its place, and what could not be read."""

    rows: list[tuple[int, dict[str, Any]]]
    faults: list[Fault]


def read_file(path: Path) -> Table:
    """Read a file by its ending. Faults of reading are in the table; rows that could be read are there all the same."""
    table = Table([], [])
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        table.faults.append(Fault(0, "", _("Use a file that ends in .json, .jsonl, .csv or .xlsx.")))
        return table
    if not path.is_file():
        table.faults.append(Fault(0, "", _("There is no file with this name.")))
        return table
    if path.stat().st_size > LARGEST_FILE:
        table.faults.append(Fault(0, "", _("The file is larger than 50 MB. Split it into smaller ones.")))
        return table
    reader(path, table)
    if len(table.rows) > MOST_ROWS:
        table.faults.append(Fault(0, "", _("The file has more than 100,000 rows. Split it into smaller ones.")))
    elif not table.rows and not table.faults:
        table.faults.append(Fault(0, "", _("The file has no rows.")))
    return table


def read_content(name: str, content: bytes) -> Table:
    """Read a file that was sent, by the ending of its name."""
    with NamedTemporaryFile(suffix=Path(name).suffix.lower()) as file:
        file.write(content)
        file.flush()
        return read_file(Path(file.name))


def _text(path: Path, table: Table) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        place = {"place": error.start}
        table.faults.append(Fault(0, "", _("The file is not UTF-8 (byte %(place)s). Save it again as UTF-8.") % place))
        return None


def _read_json(path: Path, table: Table) -> None:
    text = _text(path, table)
    if text is None:
        return
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        table.faults.append(Fault(0, "", _("This is not valid JSON: %(error)s.") % {"error": error}))
        return
    if not isinstance(content, list):
        table.faults.append(Fault(0, "", _("The file must hold one list of records: [{…}, {…}].")))
        return
    for number, row in enumerate(content, start=1):
        _keep(number, row, table)


def _read_json_lines(path: Path, table: Table) -> None:
    text = _text(path, table)
    for number, line in enumerate((text or "").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            table.faults.append(Fault(number, "", _("This line is not valid JSON: %(error)s.") % {"error": error}))
            continue
        _keep(number, row, table)


def _keep(number: int, row: Any, table: Table) -> None:
    if isinstance(row, dict):
        table.rows.append((number, row))
    else:
        table.faults.append(Fault(number, "", _("This must be a record in curly brackets: {…}.")))


def _read_csv(path: Path, table: Table) -> None:
    text = _text(path, table)
    if text is None:
        return
    if "\x00" in text:
        table.faults.append(Fault(0, "", _("The file holds binary data. Save it as CSV, UTF-8.")))
        return
    csv.field_size_limit(LARGEST_FIELD)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        _take_cells(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), table)
    except csv.Error as error:
        table.faults.append(Fault(0, "", _("The table cannot be read: %(error)s.") % {"error": error}))


def _read_xlsx(path: Path, table: Table) -> None:
    try:
        with ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                table.faults.append(
                    Fault(0, "", _("The workbook is too large when unpacked. Split it into smaller ones."))
                )
                return
        _take_first_sheet(path, table)
    except Exception:  # a broken workbook fails in any of a dozen libraries' ways, and anywhere in its middle
        log.info("a workbook could not be read", exc_info=True)
        table.rows.clear()
        table.faults.append(Fault(0, "", _("This is not an Excel workbook (.xlsx). Save it again as XLSX.")))


def _take_first_sheet(path: Path, table: Table) -> None:
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        _take_cells(book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS + 1), table)
    finally:
        book.close()


def _take_cells(lines: Iterator, table: Table) -> None:
    """The first line names the fields; empty lines are passed over, empty cells are left out."""
    names: list[str] | None = None
    for number, line in enumerate(lines, start=1):
        cells = ["" if cell is None else cell for cell in line]
        if not any(str(cell).strip() for cell in cells):
            continue
        if names is None:
            names = _names(cells)
            _check_heading(names, number, table)
            if len(names) > MOST_COLUMNS:
                return
            continue
        if len(cells) > len(names) and any(str(cell).strip() for cell in cells[len(names) :]):
            table.faults.append(Fault(number, "", _("This row has more cells than the heading has names.")))
        row = {name: cell for name, cell in zip(names, cells, strict=False) if name and str(cell).strip()}
        table.rows.append((number, row))
        if len(table.rows) > MOST_ROWS:
            return


def _names(cells: list) -> list[str]:
    """The names in a heading, up to the last one."""
    names = [str(cell).strip().lower().replace(" ", "_") for cell in cells]
    while not names[-1]:
        names.pop()
    return names


def _check_heading(names: list[str], number: int, table: Table) -> None:
    if len(names) > MOST_COLUMNS:
        table.faults.append(Fault(number, "", _("The table has more than 200 columns.")))
        return
    for name in sorted(name for name, count in Counter(names).items() if name and count > 1):
        table.faults.append(Fault(number, name, _("Two columns have this name. Keep one.")))


READERS = {
    ".json": _read_json,
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
    ".csv": _read_csv,
    ".xlsx": _read_xlsx,
}
