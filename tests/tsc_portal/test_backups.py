"""Backup and restore: what comes back is what was there, to the last row and file;
nothing is overwritten by mistake.
"""

import io
import json
import sqlite3
import threading
from contextlib import contextmanager
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, connections

from accounts.actions import trail
from accounts.actions.audit import record
from accounts.models import ApiToken, AuditEvent
from requests_offers.actions import attachments, drafts
from requests_offers.models import CooperationRequest
from tests import factories as f
from tests.requests_offers.office_files import PNG
from tsc_portal.backups import restoring, rows, saving
from tsc_portal.backups.archive import BadBackup, Reader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def media(settings, tmp_path):
    """A folder of files of this test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def world(media):
    """Something of every kind: people, steps, a file, a number that was given and is gone."""
    people = f.everyone_known()
    f.engagement_in(match=f.match_in("agreed", offer=f.offer_in("published", people.organization)))
    f.request_in("clarification", title="Récifs — الشعاب المرجانية 珊瑚礁", contact="Mere, +679 1")
    draft = f.draft_request(people.party)
    attachments.attach(draft, by=people.focal_point, file=ContentFile(PNG, "map.png"), name="map.png")
    ApiToken.objects.create(people.focal_point, scopes=["read"])
    gone = f.draft_request(people.party, title="Thrown away")
    drafts.delete_draft(gone, by=people.focal_point)
    return people


@pytest.fixture
def empty_database(tmp_path):
    """A database of the same engine with nothing in it, under the name “drill”."""
    with another_database(tmp_path):
        yield connections["drill"]


@contextmanager
def another_database(tmp_path):
    known = dict(connection.settings_dict)
    known["TEST"] = dict(known["TEST"])
    name = f"{known['NAME']}_drill"
    if connection.vendor == "sqlite":
        known["NAME"] = str(tmp_path / "drill.sqlite3")
    else:
        known["NAME"] = name
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
    connections.databases["drill"] = known
    try:
        connections["drill"].connect()  # Django lets a test use other databases only if they are connected already
        yield
    finally:
        connections["drill"].close()
        del connections["drill"]
        del connections.databases["drill"]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}"')


def contents(path):
    """What a backup says of itself, apart from the moment when it was made."""
    manifest = Reader(path).manifest
    return {name: manifest[name] for name in ("tables", "files", "migrations", "key", "engine")}


def test_wipe_and_restore_gives_the_same_export(world, media, empty_database, tmp_path):
    before, after = tmp_path / "before.zip", tmp_path / "after.zip"
    saving.save(before)
    for file in [path for path in media.rglob("*") if path.is_file()]:
        file.unlink()
    restoring.restore(before, using="drill")
    saving.save(after, using="drill")
    assert contents(after) == contents(before)
    tables = contents(before)["tables"]
    for table in ("accounts_user", "accounts_auditevent", "requests_offers_cooperationrequest", "centres_party"):
        assert tables[table]["parts"] > 0
    assert len(contents(before)["files"]) == 1
    assert [path.read_bytes() for path in media.rglob("*") if path.is_file()] == [PNG]
    assert trail.is_guarded(using="drill")


def test_no_number_is_given_a_second_time(world, media, empty_database, tmp_path):
    last = CooperationRequest.objects.order_by("-pk").first().pk
    saving.save(tmp_path / "backup.zip")
    restoring.restore(tmp_path / "backup.zip", replace=True, using="drill")
    table = rows.name(CooperationRequest)
    found = [rows.last_number(CooperationRequest, connections[alias]) for alias in ("default", "drill")]
    assert found[0] == found[1] > last, table


def test_the_portal_goes_on_writing_while_a_backup_is_made(world, tmp_path, monkeypatch):
    """What is committed after the backup has begun is not in it, not even in part, and nobody waits for it."""
    before = AuditEvent.objects.count()
    save_table = saving._save_table

    def write_meanwhile(writer, model, link):
        if rows.name(model) == "accounts_apitoken":  # one of the first
            other = threading.Thread(target=somebody_acts)
            other.start()
            other.join(15)
            assert not other.is_alive()
        return save_table(writer, model, link)

    def somebody_acts():
        record("tested", world.officer, by=world.officer)
        connection.close()

    monkeypatch.setattr(saving, "_save_table", write_meanwhile)
    manifest = saving.save(tmp_path / "backup.zip")
    assert AuditEvent.objects.count() == before + 1
    assert manifest["tables"]["accounts_auditevent"]["parts"] == before


def test_sessions_and_the_key_stay_outside(world, client, settings, tmp_path):
    client.force_login(world.officer)
    saving.save(tmp_path / "backup.zip")
    with ZipFile(tmp_path / "backup.zip") as archive:
        assert not [name for name in archive.namelist() if "session" in name]
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert client.session.session_key.encode() not in everything
    assert settings.SECRET_KEY.encode() not in everything
    assert (tmp_path / "backup.zip").stat().st_mode & 0o077 == 0


# Refusals -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def backup(world, tmp_path):
    saving.save(tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


def rewritten(path, change):
    """The same archive with one member changed."""
    copy = path.with_name("changed.zip")
    with ZipFile(path) as old, ZipFile(copy, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            name, content = change(name, old.read(name))
            new.writestr(name, content)
    return copy


def test_a_database_in_use_is_not_overwritten_unless_told(backup):
    people = rows_of("accounts_user")
    with pytest.raises(CommandError, match="This database is in use"):
        call_command("restore", backup)
    assert rows_of("accounts_user") == people


def rows_of(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return cursor.fetchall()


def test_files_that_lie_there_are_not_overwritten_unless_told(backup, empty_database, media):
    with pytest.raises(BadBackup, match="holds files"):
        restoring.restore(backup, using="drill")
    stray = media / "stray.txt"
    stray.write_text("of somebody else")
    restoring.restore(backup, replace=True, using="drill")
    assert not stray.exists()
    restoring.restore(backup, replace=True, using="drill")  # over a database in use, guard and all


def test_a_changed_row_is_found_before_anything_is_touched(backup, empty_database):
    def nicer(name, content):
        return name, content.replace(b"clarification", b"published!!!!") if "cooperationrequest" in name else content

    with pytest.raises(BadBackup, match="its checksum differs"):
        restoring.restore(rewritten(backup, nicer), replace=True, using="drill")
    assert empty_database.introspection.table_names() == []


def test_a_path_that_leads_out_is_refused(backup, empty_database, media):
    def outside(name, content):
        if name.startswith("files/"):
            return "files/../../outside.png", content
        if name == "manifest.json":
            manifest = json.loads(content)
            manifest["files"] = dict.fromkeys(["../../outside.png"], *manifest["files"].values())
            return name, json.dumps(manifest)
        return name, content

    with pytest.raises(BadBackup, match="lead out of its folder"):
        restoring.restore(rewritten(backup, outside), replace=True, using="drill")
    assert not (media.parent.parent / "outside.png").exists()


@pytest.mark.parametrize("half", [0, 100, 0.5, 0.99])
def test_half_a_file_is_no_backup(backup, half):
    content = backup.read_bytes()
    backup.write_bytes(content[: int(half if half > 1 else len(content) * half)])
    with pytest.raises(CommandError, match="not a backup of this portal, or not a whole one"):
        call_command("restore", backup)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        call_command("restore", tmp_path / "none.zip")


def with_manifest(path, **changes):
    def change(name, content):
        return name, json.dumps(json.loads(content) | changes) if name == "manifest.json" else content

    return rewritten(path, change)


def test_a_backup_of_another_release_names_what_is_unknown(backup):
    newer = with_manifest(backup, migrations=[["accounts", "0999_of_tomorrow"]])
    with pytest.raises(CommandError, match=r"accounts\.0999_of_tomorrow is not known here"):
        call_command("restore", newer, "--replace")


def test_demo_and_production_do_not_take_each_others_data(backup, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="takes no example data"):
        call_command("restore", with_manifest(backup, is_demo=True), "--replace")
    settings.PRODUCTION, settings.DEMO = False, True
    with pytest.raises(CommandError, match="real data"):
        call_command("restore", with_manifest(backup, is_demo=False), "--replace")


def test_a_backup_is_never_written_over_and_leaves_nothing_half_done(world, tmp_path, monkeypatch):
    file = tmp_path / "backups" / "one.zip"
    out = io.StringIO()
    call_command("backup", file, stdout=out)
    assert "SHA-256" in out.getvalue()
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", file)
    monkeypatch.setattr(saving, "_save_table", lambda *_: (_ for _ in ()).throw(OSError("No space left on device")))
    with pytest.raises(CommandError, match="No space left"):
        call_command("backup", tmp_path / "backups" / "two.zip")
    assert [path.name for path in file.parent.iterdir()] == ["one.zip"]


def test_another_key_is_told(backup, settings, empty_database):
    manifest = Reader(backup).manifest
    assert restoring.has_the_same_key(manifest)
    settings.SECRET_KEY = "another"
    assert not restoring.has_the_same_key(manifest)
    assert sqlite3.sqlite_version_info > (3, 31)
