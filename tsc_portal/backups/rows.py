"""Rows as lines of JSON and back, for any table of any database, with the columns that its migrations gave it."""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.utils.duration import duration_iso_string

AT_ONCE = 1000
# A copy of these would let whoever holds the file go on in somebody's session. After a restore people sign in again.
LEFT_OUT = frozenset({"sessions.session", "usersessions.usersession"})

Model = type[models.Model]


def tables(loader: MigrationLoader, nodes: Iterable[tuple[str, str]]) -> list[Model]:
    """The models as they are after these migrations, those that others point at not in any special order."""
    state = loader.project_state(list(nodes))
    found = state.apps.get_models(include_auto_created=True)
    kept = [model for model in found if model._meta.managed and not model._meta.proxy]
    return sorted((model for model in kept if model._meta.label_lower not in LEFT_OUT), key=lambda model: name(model))


def name(model: Model) -> str:
    """What the table is called in the database and in the file."""
    return model._meta.db_table


def columns(model: Model) -> list[models.Field]:
    """The columns that hold something of their own."""
    return [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]


# Out ------------------------------------------------------------------------------------------------------------------


def lines(model: Model, connection: BaseDatabaseWrapper) -> Iterator[bytes]:
    """Each row as one line of JSON, in the order of the primary key."""
    readers = [_reader(field, connection) for field in columns(model)]
    for row in _read(model, connection):
        values = [_plain(read(value)) for read, value in zip(readers, row, strict=True)]
        yield json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _read(model: Model, connection: BaseDatabaseWrapper) -> Iterator[tuple]:
    """All rows, some at a time: neither memory nor a cursor is held for long."""
    quote = connection.ops.quote_name
    fields = columns(model)
    key = model._meta.pk
    assert key is not None
    place = fields.index(key)
    wanted = ", ".join(quote(str(field.column)) for field in fields)
    order = f"ORDER BY {quote(str(key.column))} LIMIT {AT_ONCE}"
    begin = f"SELECT {wanted} FROM {quote(name(model))} "  # noqa: S608 (names of our own tables)
    last: list[Any] = []
    with connection.cursor() as cursor:
        while True:
            after = f"WHERE {quote(str(key.column))} > %s " if last else ""
            cursor.execute(begin + after + order, last)
            rows = cursor.fetchall()
            yield from rows
            if len(rows) < AT_ONCE:
                return
            last = [rows[-1][place]]


def _reader(field: models.Field, connection: BaseDatabaseWrapper) -> Callable[[Any], Any]:
    """What turns a value of the database into one of Python, as the query compiler does it."""
    column = field.get_col(field.model._meta.db_table)
    converters = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]

    def read(value: Any) -> Any:
        for convert in converters:
            value = convert(value, column, connection)
        return value

    return read


def _plain(value: Any) -> Any:
    """A value as JSON knows it, with nothing rounded."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value


# In -------------------------------------------------------------------------------------------------------------------


def write(model: Model, written: Iterable[bytes], connection: BaseDatabaseWrapper) -> int:
    """Put lines back as rows, exactly as they were; returns how many."""
    fields = columns(model)
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    insert = f"INSERT INTO {quote(name(model))} ({names}) VALUES ({marks})"  # noqa: S608
    count = 0
    with connection.cursor() as cursor:
        for some in _parts(written):
            cursor.executemany(insert, [_values(line, fields, connection) for line in some])
            count += len(some)
    return count


def _parts(written: Iterable[bytes]) -> Iterator[list[bytes]]:
    some: list[bytes] = []
    for line in written:
        some.append(line)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _values(line: bytes, fields: list[models.Field], connection: BaseDatabaseWrapper) -> list[Any]:
    values = json.loads(line)
    return [
        field.get_db_prep_save(_python(field, value), connection) for field, value in zip(fields, values, strict=True)
    ]


def _python(field: models.Field, value: Any) -> Any:
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if value is None or isinstance(field, models.JSONField):
        return value
    return field.to_python(value)


# The numbers that were given last -------------------------------------------------------------------------------------


def last_number(model: Model, connection: BaseDatabaseWrapper) -> int:
    """The highest primary key ever given, also to rows that are gone: no reference may come a second time."""
    if not isinstance(model._meta.pk, models.AutoField | models.BigAutoField):
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [name(model)])
            return (cursor.fetchone() or (0,))[0]
        cursor.execute(f"SELECT last_value, is_called FROM {_sequence(model, cursor)}")  # noqa: S608
        value, is_given = cursor.fetchone()
        return value if is_given else 0


def go_on_after(model: Model, last: int, connection: BaseDatabaseWrapper) -> None:
    """Let the next primary key be one more than `last`."""
    if not last:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [name(model)])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [name(model), last])
        else:
            cursor.execute("SELECT setval(%s, %s)", [_sequence(model, cursor), last])


def _sequence(model: Model, cursor: Any) -> str:
    key = model._meta.pk
    assert key is not None
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{name(model)}"', key.column])
    return cursor.fetchone()[0]
