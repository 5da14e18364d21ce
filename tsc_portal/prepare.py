"""Brings an installation up to date before its processes start: database, static files, reference data, demo world.

Each part looks first whether there is anything to do, so that the second start is quick.
"""

import hashlib
import io
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.checks import Tags, run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tsc_portal import marks
from workplans import guards


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def prepare() -> None:
    """Everything that must be there before the first page."""
    refuse_wrong_data()
    migrate()
    if settings.DEMO:
        marks.mode_file().write_text("demo\n")
    collect_static()
    load_reference()
    if settings.DEMO and not marks.made_by_demo():
        make_demo()
    call_command("guard_audit", stdout=io.StringIO())
    if not guards.is_installed():  # a migration that broke off leaves finalized plans without their guard
        guards.install()


def migrate() -> None:
    """Apply migrations if any wait."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    say("Setting up the database …")
    call_command("migrate", interactive=False, verbosity=0)


def refuse_wrong_data() -> None:
    """End with a sentence if the data do not fit the mode: production without examples, demo without real people."""
    found = run_checks(tags=[Tags.database, Tags.security], databases=["default"])
    faults = [fault for fault in found if fault.is_serious()]
    for fault in faults:
        say(f"{fault.msg} {fault.hint or ''}".rstrip())
    if faults:
        raise SystemExit(1)


def fingerprint(*folders: Path) -> str:
    """A digest of the names and contents of all files below the folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(f"{file.relative_to(folder)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def collect_static() -> None:
    """Gather, compress and name the static files if any changed; those of packages change with the requirements."""
    now = fingerprint(settings.BASE_DIR / "static", settings.BASE_DIR / "requirements")
    kept = marks.kept("static-files")
    if kept.is_same(now) and Path(settings.STATIC_ROOT).exists():
        return
    say("Gathering style sheets, scripts and pictures …")
    call_command("collectstatic", interactive=False, verbosity=0)
    kept.keep(now)


def load_reference() -> None:
    """Load Parties, centres, targets and subjects if their files changed or this database has not seen them."""
    tables = [settings.BASE_DIR / room / "reference" for room in ("centres", "knowledge")]
    now = f"{marks.database_name()} {fingerprint(*tables)}"
    kept = marks.kept("reference-data")
    if kept.is_same(now):
        return
    say("Loading reference data …")
    call_command("load_reference", stdout=io.StringIO())
    kept.keep(now)


def make_demo() -> None:
    """Build the demo world, once for each database."""
    say("Building the demo world; this takes a moment, the first time only …")
    call_command("demo", stdout=io.StringIO())
    marks.remember_demo()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsc_portal.settings")
    django.setup()
    try:
        prepare()
    except CommandError as fault:
        say(str(fault))
        sys.exit(1)
