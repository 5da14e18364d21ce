"""The workbook and the plan put together: what a person changed in the file, beside what others changed meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.cldr import validate_currency
from accounts.sheets.cells import short

from ...validators import validate_days, validate_rate
from . import columns as c
from .columns import Column
from .reading import Book, Fault
from .rows import Cells, Rows, even, mark
from .understanding import Understood, check_columns

CHILDREN = {c.RESULTS: "activity", c.BUDGET: "activity", c.INDICATORS: "result"}
PARENTS = {c.RESULTS: c.ACTIVITIES, c.BUDGET: c.ACTIVITIES, c.INDICATORS: c.RESULTS}


@dataclass(frozen=True)
class Clash:
    """A cell that was changed in the file and in the portal since the download."""

    sheet: str
    reference: str
    code: str
    portal: str
    file: str


@dataclass
class Merged:
    """The rows as they would be, what the file changed in them, what it takes out, what clashes, what is wrong."""

    rows: Rows = field(default_factory=dict)
    plan: Cells = field(default_factory=dict)
    changed: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    added: dict[str, list[str]] = field(default_factory=dict)
    removed: dict[str, list[str]] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.changed or any(self.added.values()) or any(self.removed.values()))


def merge(book: Book, understood: Understood, current: Rows, plan: Cells, years: Sequence[int]) -> Merged:
    """What the file makes of the plan as it is now. Without marks in the file, every cell that differs is a change."""
    return _Merger(book, understood, current, plan, years).merge()


class _Merger:
    def __init__(self, book: Book, understood: Understood, current: Rows, plan: Cells, years: Sequence[int]):
        self.book, self.understood, self.current, self.plan = book, understood, current, plan
        self.tables = c.tables(years)
        self.years = {str(year) for year in years}
        self.merged = Merged(plan=dict(plan), faults=list(understood.faults))
        self.faulty = {(fault.sheet, fault.row, fault.field) for fault in understood.faults}

    def merge(self) -> Merged:
        self._cells((c.PLAN, c.PLAN), self.understood.plan, self.plan, self.merged.plan)
        for name in self.tables:
            self.merged.rows[name], self.merged.added[name], self.merged.removed[name] = {}, [], []
            if name in self.book.tables:
                self._known(name)
                self._new(name)
            else:
                self.merged.rows[name] = {reference: dict(cells) for reference, cells in self.current[name].items()}
        self._drop_orphans()
        self._check()
        return self.merged

    # Records --------------------------------------------------------------------------------------------------------

    def _known(self, name: str) -> None:
        """Records of the plan: kept, changed, or taken out by the file."""
        for reference, now in self.current[name].items():
            said = self.understood.rows[name].get(reference)
            if said is not None:
                cells = self.merged.rows[name][reference] = dict(now)
                self._cells((name, reference), said, now, cells)
            elif (name, reference) in self.understood.emptied or self._was_there(reference):
                self.merged.removed[name].append(reference)
            else:
                self.merged.rows[name][reference] = dict(now)

    def _was_there(self, reference: str) -> bool:
        """Whether the file, when it was downloaded, had this record: then somebody deleted its row."""
        return self.book.is_whole and (not self.book.base or reference in self.book.base)

    def _new(self, name: str) -> None:
        for reference, said in self.understood.rows[name].items():
            if reference in self.current[name]:
                continue
            if not reference.startswith(c.NEW):
                self._gone(name, reference, said)
                continue
            self.merged.rows[name][reference] = said
            self.merged.added[name].append(reference)

    def _gone(self, name: str, reference: str, said: Cells) -> None:
        """A record that somebody took out meanwhile: no matter, unless the file changed it."""
        base = self.book.base[reference]
        if any(base.get(code, mark("")) != mark(text) for code, text in said.items()):
            sentence = _(
                "Somebody took this record out of the plan meanwhile. Copy it to a new line, or delete its row."
            )
            self._fault(name, reference, c.REFERENCE, reference, sentence)

    def _cells(self, key: tuple[str, str], said: Cells, now: Cells, cells: Cells) -> None:
        """Cell by cell: what the person changed counts; what others changed stays; both is a clash."""
        base = self.book.base.get(key[1], {})
        for code, text in said.items():
            there = now.get(code, "")
            if even(text) == even(there) or (code == "position" and not text):
                continue
            before = base.get(code, mark("")) if base else None
            if before is not None and mark(text) == before:
                continue
            if before is not None and mark(there) != before:
                self.merged.clashes.append(Clash(*key, code, there, text))
            cells[code] = text
            self.merged.changed.setdefault(key, set()).add(code)

    def _drop_orphans(self) -> None:
        """What hangs on a record that is taken out goes with it, untold."""
        for name in (c.RESULTS, c.BUDGET, c.INDICATORS):
            kept = self.merged.rows[PARENTS[name]]
            for reference, cells in list(self.merged.rows[name].items()):
                parent = cells.get(CHILDREN[name], "")
                if parent in kept or not parent:
                    continue
                if reference in self.merged.added[name] or (name, reference) in self.merged.changed:
                    sentence = _("The record that it names is taken out. Delete this row too, or name another.")
                    self._fault(name, reference, CHILDREN[name], parent, sentence)
                else:
                    del self.merged.rows[name][reference]
                    self.merged.removed[name].append(reference)

    # Rules ----------------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        for code in ("title", "summary"):
            if code == "title" and (c.PLAN, c.PLAN) in self.merged.changed and not self.merged.plan["title"]:
                self.merged.faults.append(Fault(c.PLAN, 0, "", code, "", _("This is missing. Fill it in.")))
        for name, columns in self.tables.items():
            for reference in [*self.merged.added[name], *(key[1] for key in self.merged.changed if key[0] == name)]:
                if reference in self.merged.rows[name]:
                    self._check_record(name, columns, reference, self.merged.rows[name][reference])

    def _check_record(self, name: str, columns: Sequence[Column], reference: str, cells: Cells) -> None:
        for column in columns:
            if sentence := check_columns(name, column, cells.get(column.code, "")):
                self._fault(name, reference, column.code, cells.get(column.code, ""), sentence)
        if name == c.ACTIVITIES:
            days = [_day(cells.get(code, "")) for code in ("starts_on", "ends_on")]
            self._rule(name, reference, "ends_on", cells, lambda: validate_days(*days))
        elif name == c.BUDGET:
            self._check_line(reference, cells)

    def _check_line(self, reference: str, cells: Cells) -> None:
        if cells.get("year", "") not in self.years | {""}:
            words = {"years": ", ".join(sorted(self.years))}
            self._fault(c.BUDGET, reference, "year", cells["year"], _("Choose a year of the plan: %(years)s.") % words)
        currency = cells.get("currency", "")
        if currency:
            self._rule(c.BUDGET, reference, "currency", cells, lambda: validate_currency(currency))
        rate = cells.get("rate_to_usd", "")
        figure = Decimal(rate) if rate else None
        on, source = _day(cells.get("rate_on", "")), cells.get("rate_source", "")
        self._rule(c.BUDGET, reference, "rate_to_usd", cells, lambda: validate_rate(currency, figure, on, source))

    def _rule(self, name: str, reference: str, code: str, cells: Cells, check: Any) -> None:
        try:
            check()
        except ValidationError as error:
            self._fault(name, reference, code, cells.get(code, ""), " ".join(error.messages))

    def _fault(self, name: str, reference: str, code: str, found: str, detail: str) -> None:
        row = self.understood.places.get((name, reference), 0)
        if (name, row, code) in self.faulty:
            return
        self.faulty.add((name, row, code))
        table = self.book.tables.get(name)
        letter = table.columns.get(code, "") if table else ""
        self.merged.faults.append(Fault(name, row, letter, code, short(found), detail))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
