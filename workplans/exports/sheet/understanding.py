"""What a workbook means: each record in the one form in which values are compared, and every fault that was found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.sheets.cells import short

from ...models import Activity, BudgetLine, Indicator, Result
from . import cells as reading_cells
from . import columns as c
from .columns import Column
from .lists import Lists
from .reading import Book, Fault, Line, Table
from .rows import Cells, Rows, even

MODELS: dict[str, Any] = {c.ACTIVITIES: Activity, c.RESULTS: Result, c.INDICATORS: Indicator, c.BUDGET: BudgetLine}
CHECKED_KINDS = {"line", "text", "year", "money", "rate", "staff", "number", "whole"}


@dataclass
class Understood:
    """The records of a workbook by sheet and reference, where they stand, and what is wrong. Emptied ones are named."""

    rows: Rows = field(default_factory=dict)
    plan: Cells = field(default_factory=dict)
    places: dict[tuple[str, str], int] = field(default_factory=dict)
    emptied: set[tuple[str, str]] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


class Reader:
    """Reads a workbook against the plan to which it belongs: `current` are the rows of the plan as it is now."""

    def __init__(self, book: Book, lists: Lists, years: Sequence[int], current: Rows):
        self.book, self.lists, self.current = book, lists, current
        self.tables = c.tables(years)
        self.found = Understood(faults=list(book.faults))
        self.broken = {(fault.sheet, fault.row, fault.field) for fault in book.faults}

    def read(self) -> Understood:
        self.found.plan = {code: even(self.book.meta[code]) for code in ("title", "summary") if code in self.book.meta}
        for name, columns in self.tables.items():
            self.found.rows[name] = {}
            table = self.book.tables.get(name)
            for line in table.lines if table else []:
                self._line(name, columns, table or Table(), line)
        for name, columns in self.tables.items():
            self._references(name, columns)
        order = {name: place for place, name in enumerate(self.tables)}
        self.found.faults.sort(key=lambda fault: (order.get(fault.sheet, -1), fault.row, fault.column))
        return self.found

    def fault(self, name: str, row: int, code: str, found: str, detail: str) -> None:
        """Write down what is wrong with a cell, once."""
        if (name, row, code) in self.broken:
            return
        self.broken.add((name, row, code))
        letter = self.book.tables[name].columns.get(code, "") if name in self.book.tables else ""
        self.found.faults.append(Fault(name, row, letter, code, short(found), detail))

    # One record -----------------------------------------------------------------------------------------------------

    def _line(self, name: str, columns: Sequence[Column], table: Table, line: Line) -> None:
        said = {column.code for column in columns if column.kind not in {"own", "note"} and line.get(column.code).text}
        broken = any((name, line.row, column.code) in self.broken for column in columns)
        reference = self._reference(name, line, bool(said) or broken)
        if not reference:
            return
        key = (name, reference)
        if key in self.found.places:
            sentence = _("This reference stands in row %(row)s already. Delete one of the two rows.")
            self.fault(name, line.row, c.REFERENCE, reference, sentence % {"row": self.found.places[key]})
            return
        if not said and not broken:
            if reference in self.current[name]:
                self.found.emptied.add(key)
            return
        self.found.places[key] = line.row
        self.found.rows[name][reference] = self._cells(
            name, columns, table, line, self.current[name].get(reference, {})
        )

    def _reference(self, name: str, line: Line, is_filled: bool) -> str:
        """The reference of a line; one without any is new."""
        text = line.get(c.REFERENCE).text.strip("\u200e\u200f ").upper()
        if text in self.current[name] or (text.startswith(c.NEW) and len(text) <= 12):
            return text
        if not text:
            return f"{c.NEW}ROW-{line.row}" if is_filled else ""
        if text in self.book.base:
            return text  # taken out of the plan meanwhile
        sentence = _("The plan has no record with this reference. For a new record take a line that begins with NEW.")
        self.fault(name, line.row, c.REFERENCE, text, sentence)
        return ""

    def _cells(self, name: str, columns: Sequence[Column], table: Table, line: Line, now: Cells) -> Cells:
        cells: Cells = {}
        for column in columns:
            if column.kind in {"own", "note"} or column.code not in table.columns:
                continue
            try:
                cell, kept = line.get(column.code), now.get(column.code, "")
                cells[column.code] = reading_cells.canonical(column, cell, self.lists, kept)
            except reading_cells.Unreadable as error:
                self.fault(name, line.row, column.code, line.get(column.code).text, str(error))
        return cells

    # References between records -------------------------------------------------------------------------------------

    def _references(self, name: str, columns: Sequence[Column]) -> None:
        """Each record names one that is there; a known one stays with its activity."""
        for column in columns:
            if column.kind != "ref":
                continue
            for reference, cells in self.found.rows[name].items():
                named = cells.get(column.code, "")
                if named:
                    self._check_reference(name, column, reference, named)

    def _check_reference(self, name: str, column: Column, reference: str, named: str) -> None:
        row = self.found.places[name, reference]
        there = named in self.found.rows[column.list] or (
            named in self.current[column.list] and (column.list, named) not in self.found.emptied
        )
        if not there:
            sheet = str(c.TABLE_TITLES[column.list])
            sentence = _("There is no such record in the sheet “%(sheet)s”. Choose a reference from there.")
            self.fault(name, row, column.code, named, sentence % {"sheet": sheet})
            return
        known = self.current[name].get(reference)
        if known and self._home(name, known[column.code]) != self._home(name, named):
            words = {"home": self._home(name, known[column.code])}
            sentence = (
                _("This record stays with %(home)s. To move it, take it out here and write it anew there.") % words
            )
            self.fault(name, row, column.code, named, sentence)

    def _home(self, name: str, named: str) -> str:
        """The activity to which a record belongs that names this."""
        if name != c.INDICATORS:
            return named
        result = self.found.rows[c.RESULTS].get(named) or self.current[c.RESULTS].get(named) or {}
        return result.get("activity", "")


def check_columns(name: str, column: Column, text: str) -> str:
    """What the column of the table in the database says against a value; nothing where it is right."""
    if column.required and not text:
        return _("This is missing. Fill it in.")
    if column.most and len(text) > column.most:
        words = {"long": len(text), "most": column.most}
        return _("This has %(long)s characters; at most %(most)s are allowed. Shorten it.") % words
    if not text or column.kind not in CHECKED_KINDS or column.code.startswith("target_"):
        return ""
    try:
        MODELS[name]._meta.get_field(column.code).clean(text, None)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
