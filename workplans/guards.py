"""What the database itself refuses: a change of a version past draft, of anything in it, or of what was locked.

The same rules as triggers for SQLite and for PostgreSQL. They are made after every migration and dropped before one:
SQLite rebuilds a table by copying it, which loses its triggers, and refuses to rename it while others speak of it.
"""

from typing import Any

from django.db import connections, transaction

VERSION, ACTIVITY, RESULT = "workplans_version", "workplans_activity", "workplans_result"
INDICATOR, LINE, TARGET = "workplans_indicator", "workplans_budgetline", "workplans_indicatortarget"
PREFIX = "frozen_"

_OF_ACTIVITY = f"SELECT v.status FROM {VERSION} v JOIN {ACTIVITY} a ON a.version_id = v.id WHERE a.id = "
_OF_RESULT = (
    f"SELECT v.status FROM {VERSION} v JOIN {ACTIVITY} a ON a.version_id = v.id "
    f"JOIN {RESULT} r ON r.activity_id = a.id WHERE r.id = "
)
_OF_INDICATOR = (
    f"SELECT v.status FROM {VERSION} v JOIN {ACTIVITY} a ON a.version_id = v.id "
    f"JOIN {RESULT} r ON r.activity_id = a.id JOIN {INDICATOR} i ON i.result_id = r.id WHERE i.id = "
)
SETS = ("functions", "targets", "parties", "priorities", "components", "engagements", "partners")
# table: how the state of the version is found to which a row belongs
INSIDE = {
    ACTIVITY: f"SELECT v.status FROM {VERSION} v WHERE v.id = {{row}}.version_id",
    LINE: _OF_ACTIVITY + "{row}.activity_id",
    RESULT: _OF_ACTIVITY + "{row}.activity_id",
    INDICATOR: _OF_RESULT + "{row}.result_id",
    TARGET: _OF_INDICATOR + "{row}.indicator_id",
    **{f"{ACTIVITY}_{name}": _OF_ACTIVITY + "{row}.activity_id" for name in SETS},
}
# Columns of a version that never change once it has left the draft.
KEPT = ("workplan_id", "number", "round", "base_id", "amendment", "title", "summary", "digest", "snapshot", "frozen_at")


def _differs(column: str, vendor: str) -> str:
    if vendor == "sqlite":
        return f"OLD.{column} IS NOT NEW.{column}"
    cast = "::text" if column in {"snapshot", "final_report"} else ""
    return f"OLD.{column}{cast} IS DISTINCT FROM NEW.{column}{cast}"


def _conditions(vendor: str) -> list[tuple[str, str, str]]:
    """Table, event, and the condition on OLD and NEW under which the event is refused."""
    rules = []
    for table, state in INSIDE.items():
        old, new = (f"COALESCE(({state.format(row=row)}), 'draft') <> 'draft'" for row in ("OLD", "NEW"))
        rules += [(table, "INSERT", new), (table, "UPDATE", f"{old} OR {new}"), (table, "DELETE", old)]
    changed = " OR ".join(_differs(column, vendor) for column in KEPT)
    rules += [
        (VERSION, "UPDATE", f"OLD.status <> 'draft' AND (NEW.status = 'draft' OR {changed})"),
        (VERSION, "DELETE", "OLD.status <> 'draft'"),
    ]
    report = " OR ".join(_differs(name, vendor) for name in ("final_report", "closed_at", "centre_id", "period_id"))
    rules += [
        ("workplans_workplan", "UPDATE", f"OLD.closed_at IS NOT NULL AND ({report})"),
        ("workplans_progress", "UPDATE", "OLD.status = 'locked'"),
        ("workplans_progress", "DELETE", "OLD.status = 'locked'"),
    ]
    return rules


def _name(table: str, event: str) -> str:
    return f"{PREFIX}{table.removeprefix('workplans_')}_{event.lower()}"


def _sqlite(table: str, event: str, condition: str) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {_name(table, event)} BEFORE {event} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, 'frozen: {table}'); END"
    ]


def _postgresql(table: str, event: str, condition: str) -> list[str]:
    name = _name(table, event)
    row = "OLD" if event == "DELETE" else "NEW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION 'frozen: {table}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {row}; END $$",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def _truncating() -> list[str]:
    """PostgreSQL empties tables without looking at rows; not these, while something in them is frozen."""
    name = f"{PREFIX}truncate"
    made = [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF EXISTS (SELECT 1 FROM {VERSION} WHERE status <> 'draft') THEN "
        "RAISE EXCEPTION 'frozen' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NULL; END $$"
    ]
    for table in (VERSION, *INSIDE):
        trigger = _name(table, "truncate")
        made += [
            f"DROP TRIGGER IF EXISTS {trigger} ON {table}",
            f"CREATE TRIGGER {trigger} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        ]
    return made


def install(using: str = "default") -> None:
    """Make the triggers, or make them anew: an earlier release may have had other rules. Nothing where tables lack."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if not {VERSION, *INSIDE} <= tables:
        return
    write = _sqlite if connection.vendor == "sqlite" else _postgresql
    statements = [line for rule in _conditions(connection.vendor) if rule[0] in tables for line in write(*rule)]
    if connection.vendor == "postgresql":
        statements += _truncating()
    with transaction.atomic(using=using), connection.cursor() as cursor:
        drop(using)
        for statement in statements:
            cursor.execute(statement)


def drop(using: str = "default") -> None:
    """Take the triggers away: before a migration, and before the database is emptied."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for table, name in _installed(connection):
            on = "" if connection.vendor == "sqlite" else f" ON {table}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def _installed(connection: Any) -> list[tuple[str, str]]:
    """Tables and names of the triggers that stand."""
    like = PREFIX.replace("_", r"\_") + "%"
    if connection.vendor == "sqlite":
        query = r"SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s ESCAPE '\'"
    else:
        query = (
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            r"WHERE n.nspname = current_schema() AND t.tgname LIKE %s ESCAPE '\'"
        )
    with connection.cursor() as cursor:
        cursor.execute(query, [like])
        return list(cursor.fetchall())


def is_installed(using: str = "default") -> bool:
    """Whether every trigger stands."""
    names = {name for _table, name in _installed(connections[using])}
    return names >= {_name(table, event) for table, event, _condition in _conditions("sqlite")}


def before_migration(*, using: str, plan: Any = (), **_rest: Any) -> None:
    """Django's pre_migrate."""
    if plan:
        drop(using)


def after_migration(*, using: str, **_rest: Any) -> None:
    """Django's post_migrate."""
    install(using)
