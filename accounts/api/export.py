"""A whole list as a file: CSV and JSON Lines in a stream, a spreadsheet from a temporary file."""

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.utils.encoders import JSONEncoder

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BYTE_ORDER_MARK = "\ufeff"  # without it, spreadsheets read UTF-8 as something else
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32767


def answer(kind: str, name: str, columns: list[str], records: Iterable[dict]) -> HttpResponseBase:
    """A file of records under its name, as an attachment."""
    if kind == "xlsx":
        return FileResponse(
            _workbook(columns, records), as_attachment=True, filename=f"{name}.xlsx", content_type=TYPES[kind]
        )
    lines = _csv(columns, records) if kind == "csv" else _json_lines(records)
    response = StreamingHttpResponse(lines, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


class _Echo:
    """What the csv module writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def _csv(columns: list[str], records: Iterable[dict]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK + writer.writerow(columns)
    for record in records:
        yield writer.writerow([cell(record.get(column)) for column in columns])


def _json_lines(records: Iterable[dict]) -> Iterator[str]:
    for record in records:
        yield json.dumps(record, ensure_ascii=False, cls=JSONEncoder) + "\n"


def _workbook(columns: list[str], records: Iterable[dict]):
    """A workbook with one sheet, written row by row; no cell is a formula or a link."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 (the answer closes it when it has been sent)
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("records")
    sheet.freeze_panes(1, 0)
    _write_row(sheet, 0, columns)
    for row, record in enumerate(records, start=1):
        _write_row(sheet, row, [cell(record.get(column)) for column in columns])
    book.close()
    file.seek(0)
    return file


def _write_row(sheet, row: int, cells: list) -> None:
    for column, value in enumerate(cells):
        if isinstance(value, int | float):
            sheet.write_number(row, column, value)
        elif value:
            sheet.write_string(row, column, value[:LONGEST_CELL])


def cell(value):
    """One value as a cell: codes joined, nested records as JSON, and nothing that a spreadsheet would compute."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return value
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        value = "; ".join(str(item) for item in value)
    elif isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False, cls=JSONEncoder)
    text = str(value) if isinstance(value, str) else json.dumps(value, cls=JSONEncoder).strip('"')
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text
