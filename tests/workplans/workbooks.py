"""Workbooks of plans in tests: written, edited cell by cell as a person would, and read again."""

import io
import subprocess
from uuid import UUID

from django.utils.translation import override
from openpyxl import load_workbook

from workplans.actions import snapshots
from workplans.exports.sheet import columns as c
from workplans.exports.sheet import reading, writing
from workplans.exports.sheet.comparing import compare
from workplans.exports.sheet.lists import Lists

KEY = UUID(int=7)


def written(version, language="en", key=KEY):
    """The workbook of a draft."""
    with override(language):
        return writing.write(snapshots.document(version), lists=Lists(version.workplan.period.years), file_key=key)


def read(content, years=(2027, 2028)):
    known = {name: [column.code for column in columns] for name, columns in c.tables(years).items()}
    return reading.read(io.BytesIO(content), known, c.META, c.BASE)


def compared(version, content, by):
    return compare(version, read(content), by=by)


class Edited:
    """A workbook in a person's hands: `with Edited(content) as book: book.put("activities", "ACT-…", "title", "x")`."""

    def __init__(self, content):
        self.book = load_workbook(io.BytesIO(content))
        self.content = content

    def __enter__(self):
        return self

    def __exit__(self, *_details):
        file = io.BytesIO()
        self.book.save(file)
        self.content = file.getvalue()

    def sheet(self, name):
        return self.book[name]

    def column(self, name, code):
        cells = self.book[name][1]
        return next(cell.column for cell in cells if cell.value == f"[{code}]")

    def row(self, name, reference):
        column = self.column(name, "reference")
        return next(
            row for row in range(4, self.book[name].max_row + 1) if self.book[name].cell(row, column).value == reference
        )

    def cell(self, name, reference, code):
        return self.book[name].cell(self.row(name, reference), self.column(name, code))

    def put(self, name, reference, code, value):
        self.cell(name, reference, code).value = value

    def get(self, name, reference, code):
        return self.cell(name, reference, code).value

    def delete(self, name, reference):
        self.book[name].delete_rows(self.row(name, reference))


def through_libreoffice(content, tmp_path):
    """The same workbook, opened and saved by LibreOffice: its formulas are reckoned anew."""
    source, target = tmp_path / "in", tmp_path / "out"
    for folder in (source, target):
        folder.mkdir(parents=True)
    (source / "plan.xlsx").write_bytes(content)
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run([*command, "--outdir", target, source / "plan.xlsx"], check=True, capture_output=True, timeout=300)
    return (target / "plan.xlsx").read_bytes()
