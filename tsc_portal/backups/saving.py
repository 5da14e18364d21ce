"""Making a backup while the portal runs: one moment of the database, and the files that its rows name."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.crypto import salted_hmac

from tsc_portal import marks

from . import archive, rows


def save(path: Path, *, using: str = DEFAULT_DB_ALIAS) -> dict[str, Any]:
    """Write a backup to `path` and return its manifest. Nobody has to stop working meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with making.open("xb") as file, ZipFile(file, "w", ZIP_DEFLATED) as zipped:
            making.chmod(0o600)
            manifest = _write(archive.Writer(zipped), using)
        archive.finish(making, path)
    finally:
        making.unlink(missing_ok=True)
    return manifest


def _write(writer: archive.Writer, using: str) -> dict[str, Any]:
    """Files that are there before are copied first, those that came meanwhile afterwards:
    a row never lacks its file.
    """
    files = dict(_copy_files(writer, already=set()))
    with snapshot(using) as connection:
        loader = MigrationLoader(connection)
        applied = sorted(set(loader.applied_migrations) & set(loader.graph.nodes))
        manifest = {
            "made_at": timezone.now().isoformat(),
            "engine": connection.vendor,
            "is_demo": marks.made_by_demo(),
            "key": key_fingerprint(),
            "migrations": [list(node) for node in applied],
            "tables": {
                rows.name(model): _save_table(writer, model, connection) for model in rows.tables(loader, applied)
            },
        }
    files |= dict(_copy_files(writer, already=set(files)))
    manifest["files"] = files
    writer.close(manifest)
    return manifest


def _save_table(writer: archive.Writer, model: rows.Model, connection: BaseDatabaseWrapper) -> dict[str, Any]:
    facts = writer.add(archive.table_member(rows.name(model)), rows.lines(model, connection))
    names = [field.column for field in rows.columns(model)]
    return facts | {"columns": names, "last": rows.last_number(model, connection)}


@contextmanager
def snapshot(using: str) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own that sees the database as it is now, whatever others write meanwhile."""
    connection = connections[using].copy()
    begin = "BEGIN"  # SQLite: deferred, so writers are not kept waiting (PRAGMA journal_mode=WAL)
    if connection.vendor == "postgresql":
        begin = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
    try:
        connection.connect()
        with connection.cursor() as cursor:
            cursor.execute(begin)
            yield connection
            cursor.execute("ROLLBACK")
    finally:
        connection.close()


def key_fingerprint() -> str:
    """By this a restore sees whether it has the same SECRET_KEY, which stays outside of backups."""
    return salted_hmac("tsc_portal.backups", "key", algorithm="sha256").hexdigest()[:16]


def media_files() -> list[str]:
    """The uploaded files, by their names below MEDIA_ROOT."""
    root = Path(settings.MEDIA_ROOT)
    found = (path for path in root.rglob("*") if path.is_file()) if root.exists() else []
    return sorted(path.relative_to(root).as_posix() for path in found)


def _copy_files(writer: archive.Writer, already: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in media_files():
        if name in already:
            continue
        try:
            file = (Path(settings.MEDIA_ROOT) / name).open("rb")
        except FileNotFoundError:
            continue  # taken away this moment
        with file:
            yield name, writer.add(archive.file_member(name), archive.chunks(file))
