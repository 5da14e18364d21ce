"""The workbook of a plan: a guide, a sheet for each kind of record, lists to choose from, totals that reckon
themselves.
"""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import xlsxwriter
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from requests_offers.offline.words import writable

from ...actions.snapshots import digest
from . import columns as c
from .columns import Column
from .lists import Lists
from .rows import LONGEST_CELL, Cells, mark, rows_of

FREE_LINES = {c.ACTIVITIES: 30, c.RESULTS: 40, c.INDICATORS: 40, c.BUDGET: 100}
FIRST = 3  # the first line of records, below codes, labels and help
DATE, MONEY = "yyyy-mm-dd", "#,##0.00"
FORMATS: dict[str, dict[str, Any]] = {
    "code": {"font_color": "#595959", "bg_color": "#EDEDED", "font_size": 9, "valign": "top"},
    "head": {"bold": True, "bg_color": "#EDEDED", "text_wrap": True, "valign": "top"},
    "help": {"font_color": "#595959", "bg_color": "#F7F7F7", "font_size": 9, "text_wrap": True, "valign": "top"},
    "text": {"border": 1, "text_wrap": True, "valign": "top", "num_format": "@", "locked": False},
    "day": {"border": 1, "valign": "top", "num_format": DATE, "locked": False, "align": "center"},
    "money": {"border": 1, "valign": "top", "num_format": MONEY, "locked": False},
    "number": {"border": 1, "valign": "top", "num_format": "General", "locked": False},
    "note": {"font_color": "#595959", "text_wrap": True, "valign": "top", "bg_color": "#F7F7F7"},
    "title": {"bold": True, "font_size": 14},
    "warn": {"bold": True, "font_color": "#A31B21", "text_wrap": True},
    "plain": {"text_wrap": True, "valign": "top"},
    "sum": {"num_format": MONEY, "bold": True, "top": 1},
    "reckoned": {"num_format": MONEY},
}
NUMBERS = {"whole", "year", "number", "rate", "staff"}
PROTECTED = {
    "insert_rows": True, "delete_rows": True, "sort": True, "autofilter": True, "format_cells": True,
    "format_columns": True, "format_rows": True,
}  # fmt: skip


def write(document: dict[str, Any], *, lists: Lists, file_key: UUID) -> bytes:
    """The workbook of a snapshot in the active language. No text of a person ever becomes a formula.

    By `file_key` the portal knows the new records of a file again when it is uploaded a second time.
    """
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": writable(document["title"]), "author": "TSC Portal"})
        _Writer(book, document, lists, file_key).write()
    return file.getvalue()


class _Writer:
    """The sheets of one workbook."""

    def __init__(self, book: Any, document: dict[str, Any], lists: Lists, file_key: UUID):
        self.book, self.document, self.lists, self.file_key = book, document, lists, file_key
        self.years = [int(year) for year in lists.years]
        self.formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        self.tables = c.tables(self.years)
        self.rows = rows_of(document)
        self.sheets = {name: self._sheet(name) for name in (c.GUIDE, c.PLAN, *self.tables, c.TOTALS, c.CODES, c.BASE)}

    def _sheet(self, name: str) -> Any:
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        if get_language_bidi():
            sheet.right_to_left()
        return sheet

    def write(self) -> None:
        self._guide()
        self._plan()
        self._codes()
        for name, columns in self.tables.items():
            self._table(name, columns)
        self._totals()
        self._base()

    # Guide and plan -------------------------------------------------------------------------------------------------

    def _guide(self) -> None:
        sheet = self.sheets[c.GUIDE]
        sheet.set_column(0, 0, 110)
        sheet.write_string(0, 0, writable(self.document["title"]), self.formats["title"])
        if self.document["is_example"]:
            sheet.write_string(1, 0, _("EXAMPLE: this plan is example data."), self.formats["warn"])
        for row, sentence in enumerate(guide(), start=2):
            sheet.write_string(row, 0, sentence, self.formats["plain"])
        sheet.protect()

    def _plan(self) -> None:
        sheet = self.sheets[c.PLAN]
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, 90)
        facts = {
            "WORKPLAN": c.EDITION,
            "PLAN": self.document["reference"],
            "VERSION": str(self.document["number"]),
            "STATE": digest(self.document)[:16],
            "FILE": str(self.file_key),
            "LANGUAGE": get_language() or "en",
        }
        for row, (code, value) in enumerate(facts.items()):
            sheet.write_string(row, 0, f"[{code}]", self.formats["code"])
            sheet.write_string(row, 1, value, self.formats["code"])
        answers = {"title": _("Title of the plan"), "summary": _("Summary")}
        for row, (code, label) in enumerate(answers.items(), start=len(facts) + 1):
            sheet.write_string(row, 0, f"[{code}]", self.formats["code"])
            sheet.write_string(row, 1, writable(self.document[code])[:LONGEST_CELL], self.formats["text"])
            sheet.write_string(row, 2, label, self.formats["help"])
        sheet.set_column(2, 2, 24)
        sheet.protect("", PROTECTED)

    # Records --------------------------------------------------------------------------------------------------------

    def _table(self, name: str, columns: Sequence[Column]) -> None:
        sheet = self.sheets[name]
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, f"[{column.code}]", self.formats["code"])
            sheet.write_string(1, place, str(column.label), self.formats["head"])
            sheet.write_string(2, place, str(column.help), self.formats["help"])
        known = list(self.rows[name].items())
        free: list[tuple[str, Cells]] = [(f"{c.NEW}{number}", {}) for number in range(1, FREE_LINES[name] + 1)]
        for row, (reference, cells) in enumerate([*known, *free], start=FIRST):
            for place, column in enumerate(columns):
                self._cell(sheet, row, place, column, reference, cells)
        last = FIRST + len(known) + len(free) - 1
        for place, column in enumerate(columns):
            self._validate(sheet, name, place, column, last)
        sheet.freeze_panes(FIRST, 3 if columns[2].kind == "note" else 1)
        sheet.autofilter(1, 0, last, len(columns) - 1)
        sheet.protect("", PROTECTED)

    def _cell(self, sheet: Any, row: int, place: int, column: Column, reference: str, cells: Cells) -> None:
        text = cells.get(column.code, "")
        if column.kind == "own":
            sheet.write_string(row, place, reference, self.formats["code"])
        elif column.kind == "note":
            self._title_formula(sheet, row, place, cells)
        elif not text:
            sheet.write_blank(row, place, None, self._format(column))
        elif column.kind == "day":
            sheet.write_datetime(row, place, date.fromisoformat(text), self._format(column))
        elif column.kind == "money" or column.kind in NUMBERS:
            sheet.write_number(row, place, float(text), self._format(column))
        elif column.kind in {"code", "flag"}:
            sheet.write_string(row, place, self.lists.label(column.list, text), self._format(column))
        else:
            sheet.write_string(row, place, writable(text)[:LONGEST_CELL], self._format(column))

    def _format(self, column: Column) -> Any:
        name = column.kind if column.kind in {"day", "money"} else "number" if column.kind in NUMBERS else "text"
        return self.formats[name]

    def _title_formula(self, sheet: Any, row: int, place: int, cells: Cells) -> None:
        """The title of the activity beside its reference: it follows when somebody chooses another."""
        beside = xl_rowcol_to_cell(row, place - 1)
        titles = self._range(c.ACTIVITIES, "reference", "title")
        formula = f'=IF({beside}="","",IFERROR(VLOOKUP({beside},{titles},3,FALSE),""))'
        title = self.rows[c.ACTIVITIES].get(cells.get("activity", ""), {}).get("title", "")
        sheet.write_formula(row, place, formula, self.formats["note"], writable(title))

    def _range(self, name: str, first: str, last: str = "") -> str:
        places = {column.code: place for place, column in enumerate(self.tables[name])}
        end = FIRST + len(self.rows[name]) + FREE_LINES[name] + 200  # lines that people add below
        start, stop = xl_col_to_name(places[first]), xl_col_to_name(places[last or first])
        return f"{name}!${start}${FIRST + 1}:${stop}${end}"

    def _validate(self, sheet: Any, name: str, place: int, column: Column, last: int) -> None:
        rule = self._rule(name, column)
        if rule:
            sheet.data_validation(FIRST, place, last + 200, place, {"ignore_blank": True} | rule)

    def _rule(self, name: str, column: Column) -> dict[str, Any] | None:
        """What a cell offers or takes. It warns; the portal decides, and says all at once."""
        warn = {"error_type": "warning"}
        if column.kind == "ref":
            return warn | {"validate": "list", "source": f"={self._range(column.list, 'reference')}"}
        if column.kind in {"code", "flag"} or column.list == "years":
            return warn | {"validate": "list", "source": f"={self._list_range(column.list)}"}
        if column.kind == "day":
            period = {"minimum": date(2000, 1, 1), "maximum": date(2100, 12, 31)}
            return warn | {"validate": "date", "criteria": "between"} | period
        if column.kind in {"money", "staff", "rate"}:
            return warn | {"validate": "decimal", "criteria": ">=", "value": 0}
        if column.kind == "whole":
            return warn | {"validate": "integer", "criteria": ">=", "value": 1}
        return None

    # Lists, totals, base --------------------------------------------------------------------------------------------

    def _list_range(self, name: str) -> str:
        letter = xl_col_to_name(2 * list(c.LIST_TITLES).index(name) + 1)
        return f"{c.CODES}!${letter}$2:${letter}${len(self.lists.shown(name)) + 1}"

    def _codes(self) -> None:
        """Two columns for each list: codes and words."""
        sheet = self.sheets[c.CODES]
        for number, (name, title) in enumerate(c.LIST_TITLES.items()):
            sheet.set_column(2 * number, 2 * number, 16)
            sheet.set_column(2 * number + 1, 2 * number + 1, 34)
            sheet.write_string(0, 2 * number, str(title), self.formats["head"])
            sheet.write_string(0, 2 * number + 1, "", self.formats["head"])
            for row, (code, label) in enumerate(self.lists.shown(name), start=1):
                sheet.write_string(row, 2 * number, code, self.formats["code"])
                sheet.write_string(row, 2 * number + 1, label, self.formats["plain"])
        sheet.protect()

    def _totals(self) -> None:
        """Sums per year and currency, as formulas: they follow while somebody writes."""
        sheet = self.sheets[c.TOTALS]
        lines = self.rows[c.BUDGET].values()
        currencies = sorted({line["currency"] for line in lines} | {"USD"})
        sheet.set_column(0, len(currencies), 20)
        sheet.write_string(0, 0, _("Budget by year and currency"), self.formats["title"])
        amounts, of, year_of = (self._range(c.BUDGET, code) for code in ("amount", "currency", "year"))
        for place, currency in enumerate(currencies, start=1):
            sheet.write_string(1, place, currency, self.formats["head"])
            for row, year in enumerate(self.years, start=2):
                sheet.write_number(row, 0, year)
                formula = f'=SUMIFS({amounts},{of},"{currency}",{year_of},{year})'
                there = [Decimal(r["amount"]) for r in lines if r["currency"] == currency and r["year"] == str(year)]
                sheet.write_formula(row, place, formula, self.formats["reckoned"], float(sum(there)))
            last = len(self.years) + 2
            letter = xl_col_to_name(place)
            whole = sum(Decimal(r["amount"]) for r in lines if r["currency"] == currency)
            formula = f'=SUMIFS({amounts},{of},"{currency}")'
            sheet.write_formula(f"{letter}{last + 1}", formula, self.formats["sum"], float(whole))
        sheet.write_string(len(self.years) + 2, 0, _("All years"), self.formats["head"])
        sheet.protect()

    def _base(self) -> None:
        """Marks of what each cell says now: by them the portal knows later which cells a person changed."""
        sheet = self.sheets[c.BASE]
        sheet.hide()
        facts = {code: self.document[code] for code in ("title", "summary")}
        records = [(c.PLAN, facts), *(one for name in self.tables for one in self.rows[name].items())]
        for row, (reference, cells) in enumerate(records):
            sheet.write_string(row, 0, reference)
            sheet.write_string(row, 1, " ".join(f"{code}={mark(text)}" for code, text in cells.items()))
        sheet.protect()


def guide() -> list[str]:
    """How the workbook is used, sentence by sentence, in the active language."""
    return [
        _("This workbook holds the plan as it was when it was downloaded. Change what you like, then upload it again."),
        _("The portal shows every change before anything is saved, and lists everything that has to be corrected."),
        _("Leave the codes in square brackets and the references as they are: the portal finds the records by them."),
        _("For a new record, fill in the next free line. Its reference begins with NEW; budget lines can name it."),
        _("To take a record out, delete its row or empty all of its cells. The portal asks before it is removed."),
        _("Rows may be sorted and filtered. The order of activities follows the column “Place”."),
        _("A formula counts with its result. Columns that you add for yourself are not read."),
        _("The lists to choose from stand in the sheet “codes”. Codes and names in any of the six languages are read."),
        _(
            "If somebody changes the plan in the portal meanwhile, both changes are kept; the same cell is shown to "
            "you."
        ),
    ]
