"""Load the reference tables: add what is new, change what differs, retire what vanished, twice for nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.errors import DomainError
from centres.actions.reference_tables import (
    REFERENCE_FOLDER,
    TABLES,
    Fault,
    Key,
    Line,
    Table,
    read_table,
    reference_faults,
)


class ReferenceFaults(DomainError):
    """The tables have faults; nothing was loaded."""

    def __init__(self, faults: list[Fault]):
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass
class TableReport:
    """What loading one table changed, by the names of its rows."""

    name: str
    rows: int = 0
    added: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    retired: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def is_unchanged(self) -> bool:
        return not (self.added or self.changed or self.retired)


def load_reference(folder: Path = REFERENCE_FOLDER, *, dry_run: bool = False) -> list[TableReport]:
    """Bring the database to what the tables say, all or nothing; raises ReferenceFaults with every fault found."""
    read = _read_all(folder)
    with transaction.atomic():
        reports = _Loading().load(read)
        transaction.set_rollback(dry_run)
    return reports


def _read_all(folder: Path) -> list[tuple[Table, list[Line]]]:
    faults: list[Fault] = []
    read: list[tuple[Table, list[Line]]] = []
    for table in TABLES:
        lines, found = read_table(table, folder)
        read.append((table, lines))
        faults.extend(found)
    known = {table.name: {str(line.key[0]) for line in lines} for table, lines in read}
    for table, lines in read:
        faults.extend(reference_faults(table, lines, known))
    if faults:
        raise ReferenceFaults(faults)
    return read


class _Loading:
    """One load: the tables in their order, each seeing the rows of those before it."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, models.Model]] = {}  # table → code → row, for references
        self.today = timezone.now().date()

    def load(self, read: list[tuple[Table, list[Line]]]) -> list[TableReport]:
        return [self._load_table(table, lines) for table, lines in read]

    def _load_table(self, table: Table, lines: list[Line]) -> TableReport:
        report = TableReport(table.name, rows=len(lines))
        existing = self._existing(table)
        self.rows[table.name] = {str(key[0]): row for key, row in existing.items()} if len(table.key) == 1 else {}
        for wave in self._waves(table, lines):
            self._upsert(table, wave, existing, report)
        self._retire(table, {line.key for line in lines}, existing, report)
        return report

    def _existing(self, table: Table) -> dict[Key, Any]:
        referring = [name for name in table.key if name in table.references]
        rows = table.model._default_manager.select_related(*referring).order_by("from_reference", "pk")
        return {self._key_of(table, row): row for row in rows}

    def _key_of(self, table: Table, row: Any) -> Key:
        values = (getattr(row, name) for name in table.key)
        return tuple(getattr(value, "reference", value) for value in values)

    def _waves(self, table: Table, lines: list[Line]) -> Iterator[list[Line]]:
        """Lines that refer to lines of the same table wait until those are written."""
        own = [column for column, name in table.references.items() if name == table.name]
        waiting = lines
        while waiting:
            pending = {str(line.key[0]) for line in waiting} if own else set()
            ready = [line for line in waiting if not any(line.references[column] in pending for column in own)]
            if not ready:
                sentence = "The rows refer to each other in a circle."
                raise ReferenceFaults([Fault(f"{table.name}.csv", line.number, own[0], sentence) for line in waiting])
            yield ready
            written = {line.number for line in ready}
            waiting = [line for line in waiting if line.number not in written]

    def _upsert(self, table: Table, lines: list[Line], existing: dict[Key, Any], report: TableReport) -> None:
        new, changed = [], []
        for line in lines:
            row = existing.get(line.key)
            if row is None:
                row = self._fill(table, table.model(from_reference=True), line)
                new.append((line, row))
                report.added.append(_name(line.key))
            elif not row.from_reference:
                report.kept.append(_name(line.key))
            elif fields := self._differences(table, row, line):
                changed.append((line, row))
                report.changed[_name(line.key)] = fields
            existing[line.key] = row
        self._write(table, new, changed)
        if len(table.key) == 1:
            self.rows[table.name] |= {str(line.key[0]): existing[line.key] for line in lines}

    def _fill(self, table: Table, row: Any, line: Line) -> Any:
        for name, value in line.values.items():
            setattr(row, name, value)
        for column, code in line.references.items():
            setattr(row, column, self.rows[table.references[column]][code] if code else None)
        row.retired_on = None
        if table.derive:
            table.derive(row)
        return row

    def _differences(self, table: Table, row: Any, line: Line) -> list[str]:
        fields = (table.model._meta.get_field(name) for name in (*table.fields, "retired_on"))
        columns = [field.attname for field in fields if isinstance(field, models.Field)]
        before = {name: getattr(row, name) for name in columns}
        self._fill(table, row, line)
        return [name for name in columns if getattr(row, name) != before[name]]

    def _write(self, table: Table, new: list[tuple[Line, Any]], changed: list[tuple[Line, Any]]) -> None:
        manager = table.model._default_manager
        try:
            with transaction.atomic():
                manager.bulk_create([row for _, row in new])
                manager.bulk_update([row for _, row in changed], [*table.fields, "retired_on"], batch_size=100)
        except IntegrityError as error:
            raise ReferenceFaults(_constraint_faults(table, new + changed, error)) from error

    def _retire(self, table: Table, keys: set[Key], existing: dict[Key, Any], report: TableReport) -> None:
        for key, row in existing.items():
            if key not in keys and row.from_reference and row.retired_on is None:
                row.retired_on = self.today
                row.save(update_fields=["retired_on"])
                report.retired.append(_name(key))


def _name(key: Key) -> str:
    return " ".join(map(str, key))


def _constraint_faults(table: Table, rows: list[tuple[Line, Any]], error: IntegrityError) -> list[Fault]:
    """Which lines break which rule of the database."""
    file = f"{table.name}.csv"
    faults = []
    for line, row in rows:
        for constraint in table.model._meta.constraints:
            try:
                constraint.validate(table.model, row)
            except ValidationError:
                faults.append(Fault(file, line.number, "line", f"It breaks the rule {constraint.name}."))
    return faults or [Fault(file, 0, "file", str(error))]
