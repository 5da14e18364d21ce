"""A whole list as a file: CSV and JSON Lines in a stream, a spreadsheet from a temporary file.

The spreadsheet explains itself: beside the records it has a sheet of the columns, and one of licence and disclaimer.
"""

import csv
import json
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.conf import settings
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.utils.encoders import JSONEncoder

from .cells import Cell, plain, safe, typed

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BYTE_ORDER_MARK = "\ufeff"  # without it, spreadsheets read UTF-8 as something else
LONGEST_CELL = 32767
FORMATS = {"amount": "#,##0.00", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}


@dataclass(frozen=True)
class Table:
    """A list as a file: its name, its columns, what they mean, and which hold amounts."""

    name: str
    columns: list[str]
    words: Mapping[str, Any] = field(default_factory=dict)
    amounts: Collection[str] = ()


def answer(kind: str, table: Table, records: Iterable[dict]) -> HttpResponseBase:
    """A file of records under its name, as an attachment."""
    if kind == "xlsx":
        name = f"{table.name}.xlsx"
        return FileResponse(_workbook(table, records), as_attachment=True, filename=name, content_type=TYPES[kind])
    lines = _csv(table.columns, records) if kind == "csv" else _json_lines(records)
    response = StreamingHttpResponse(lines, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{table.name}.{kind}"'
    return response


class _Echo:
    """What the csv module writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def _csv(columns: list[str], records: Iterable[dict]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK + writer.writerow(columns)
    for record in records:
        yield writer.writerow([plain(record.get(column)) for column in columns])


def _json_lines(records: Iterable[dict]) -> Iterator[str]:
    for record in records:
        yield json.dumps(record, ensure_ascii=False, cls=JSONEncoder) + "\n"


# The spreadsheet ------------------------------------------------------------------------------------------------------


class _Book:
    """A workbook that is written row by row; no cell is a formula or a link."""

    def __init__(self, file: Any) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(file, options)
        self.formats = {name: self.book.add_format({"num_format": code}) for name, code in FORMATS.items()}
        self.bold = self.book.add_format({"bold": True})
        self.wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})

    def write(self, sheet: Any, row: int, cells: Iterable[Cell], style: Any = None) -> None:
        for column, value in enumerate(cells):
            if isinstance(value, bool):
                sheet.write_boolean(row, column, value)
            elif isinstance(value, Decimal):
                sheet.write_number(row, column, value, self.formats["amount"])
            elif isinstance(value, int | float):
                sheet.write_number(row, column, value)
            elif isinstance(value, date):
                name = "moment" if isinstance(value, datetime) else "day"
                sheet.write_datetime(row, column, value, self.formats[name])
            elif value:
                sheet.write_string(row, column, value[:LONGEST_CELL], style)


def _workbook(table: Table, records: Iterable[dict]):
    """The records, what the columns mean, and under which terms they may be used."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 (the answer closes it when it has been sent)
    made = _Book(file)
    sheet, count, examples = made.book.add_worksheet("records"), 0, 0
    sheet.freeze_panes(1, 0)
    made.write(sheet, 0, table.columns, made.bold)
    for record in records:
        count, examples = count + 1, examples + bool(record.get("is_example"))
        cells = [typed(record.get(name), is_amount=name in table.amounts) for name in table.columns]
        made.write(sheet, count, cells)
    _explain(made, table)
    _say_terms(made, table, count, examples)
    made.book.close()
    file.seek(0)
    return file


def _explain(made: _Book, table: Table) -> None:
    sheet = made.book.add_worksheet("columns")
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    made.write(sheet, 0, [_("Column"), _("What it holds")], made.bold)
    for row, name in enumerate(table.columns, start=1):
        made.write(sheet, row, [name, safe(str(table.words.get(name, "")))], made.wrapped)


def _say_terms(made: _Book, table: Table, count: int, examples: int) -> None:
    sheet = made.book.add_worksheet("about")
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    mark = _("EXAMPLE: rows with is_example are example data and stand for nothing real.")
    lines: list[tuple[str, Cell]] = [
        (_("List"), table.name),
        (_("Written on"), timezone.now().astimezone(UTC).replace(tzinfo=None)),
        (_("Rows"), count),
        (_("Rows of example data"), examples),
        *([(_("Example data"), mark)] if examples else []),
        (_("From"), settings.SITE_ADDRESS),
        (_("Licence"), licence()),
        (_("Disclaimer"), disclaimer()),
    ]
    for row, line in enumerate(lines):
        made.write(sheet, row, line, made.wrapped)


def licence() -> str:
    """Under which terms the portal's data may be used."""
    return _("CC BY 4.0: use it freely and name the TSC Portal as its source.")


def disclaimer() -> str:
    """What lists of countries do not say."""
    return _(
        "The designations employed and the presentation of material do not imply the expression of any opinion "
        "whatsoever concerning the legal status of any country, territory, city or area or of its authorities, or "
        "concerning the delimitation of its frontiers or boundaries."
    )
