"""Restoring a backup: into an empty database, on the same engine or the other, from this release or an earlier one."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from accounts.actions import trail
from tsc_portal import marks

from . import rows, saving
from .archive import BadBackup, Reader

LIVED_IN = ("accounts_user", "accounts_auditevent")
Node = tuple[str, str]


def restore(path: Path, *, replace: bool = False, using: str = DEFAULT_DB_ALIAS) -> dict[str, Any]:
    """Make database and files what they were, and return the manifest. Raises BadBackup before anything is changed.

    `replace` throws away what the database and the folder of files hold now.
    """
    reader = Reader(path)
    connection = connections[using]
    nodes = _nodes(reader, connection)
    _refuse_wrong_mode(reader.manifest)
    if not replace:
        _refuse_what_is_lived_in(connection)
    reader.check()
    _drop_everything(connection)
    _build(connection, nodes)
    _fill(reader, connection, nodes)
    _put_files(reader)
    call_command("migrate", database=using, interactive=False, verbosity=0)
    trail.guard(using=using)
    if reader.manifest["is_demo"]:
        marks.remember_demo()
    return reader.manifest


def has_the_same_key(manifest: dict[str, Any]) -> bool:
    """Whether what was signed before the backup (links in mails) is still good."""
    return manifest["key"] == saving.key_fingerprint()


def _nodes(reader: Reader, connection: BaseDatabaseWrapper) -> list[Node]:
    known = MigrationLoader(connection).graph.nodes
    nodes = [(app, name) for app, name in reader.manifest["migrations"]]
    if strange := [".".join(node) for node in nodes if node not in known]:
        raise BadBackup(f"This backup was made by another release ({strange[0]} is not known here). Install that one.")
    return nodes


def _refuse_wrong_mode(manifest: dict[str, Any]) -> None:
    if manifest["is_demo"] and settings.PRODUCTION:
        raise BadBackup("This is a backup of the demo. A portal in production takes no example data.")
    if not manifest["is_demo"] and settings.DEMO:
        raise BadBackup("This backup holds real data. Restore it with TSC_MODE=production, not in the demo.")


def _refuse_what_is_lived_in(connection: BaseDatabaseWrapper) -> None:
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in LIVED_IN:
            if table not in there:
                continue
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            if cursor.fetchone()[0]:
                raise BadBackup(
                    "This database is in use: it holds people or their acts. Restore into an empty one, or throw away "
                    "what it holds with --replace."
                )
    if saving.media_files():
        raise BadBackup(f"{settings.MEDIA_ROOT} holds files. Move them away, or throw them away with --replace.")


def _drop_everything(connection: BaseDatabaseWrapper) -> None:
    """An empty database.

    On PostgreSQL a portal that still runs would wait for it, and it for the portal: give up soon.
    """
    tables = connection.introspection.table_names()
    if not tables:
        return
    quoted = [connection.ops.quote_name(table) for table in tables]
    if connection.vendor == "sqlite":
        with connection.constraint_checks_disabled(), connection.cursor() as cursor:
            for table in quoted:
                cursor.execute(f"DROP TABLE IF EXISTS {table}")
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        cursor.execute(f"DROP TABLE {', '.join(quoted)} CASCADE")


def _build(connection: BaseDatabaseWrapper, nodes: list[Node]) -> None:
    """The tables as they were when the backup was made."""
    executor = MigrationExecutor(connection)
    executor.migrate(_last_of(executor.loader, nodes))


def _last_of(loader: MigrationLoader, nodes: list[Node]) -> list[Node]:
    """Those of the migrations that no other of the same app follows."""
    there = set(nodes)
    followed = {
        parent.key for node in nodes for parent in loader.graph.node_map[node].parents if parent.key[0] == node[0]
    }
    return sorted(there - followed)


def _fill(reader: Reader, connection: BaseDatabaseWrapper, nodes: list[Node]) -> None:
    """All rows in one transaction, then each table is read again and compared with what was saved."""
    models = rows.tables(MigrationLoader(connection), nodes)
    with transaction.atomic(using=connection.alias):
        for model in models:
            _empty(model, connection)
        for model in models:
            facts = reader.manifest["tables"].get(rows.name(model))
            if facts is None or facts["columns"] != [field.column for field in rows.columns(model)]:
                raise BadBackup(f"The table {rows.name(model)} has other columns than in the backup.")
            rows.write(model, reader.lines(rows.name(model)), connection)
            rows.go_on_after(model, facts["last"], connection)
        connection.check_constraints()
        for model in models:
            _compare(model, reader.manifest["tables"][rows.name(model)], connection)


def _empty(model: rows.Model, connection: BaseDatabaseWrapper) -> None:
    """Migrations may have put rows there; those of the backup take their place."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(rows.name(model))}")  # noqa: S608


def _compare(model: rows.Model, facts: dict[str, Any], connection: BaseDatabaseWrapper) -> None:
    digest = hashlib.sha256()
    for line in rows.lines(model, connection):
        digest.update(line)
    if digest.hexdigest() != facts["sha256"]:
        raise BadBackup(f"The rows of {rows.name(model)} did not come back as they were. Nothing was restored.")


def _put_files(reader: Reader) -> None:
    root = Path(settings.MEDIA_ROOT)
    for name in set(saving.media_files()) - set(reader.manifest["files"]):
        (root / name).unlink()
    for name in reader.manifest["files"]:
        reader.copy_file(name, root / name)
