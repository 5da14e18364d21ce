"""Make database and uploaded files what they were when a backup was made."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from tsc_portal.backups import restoring
from tsc_portal.backups.archive import BadBackup


class Command(BaseCommand):
    help = "Restore FILE into an empty database. Stop the web server and the workers first."
    requires_system_checks = []  # they would look into the database that is about to be replaced

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="throw away what the database and the folder of files hold now"
        )

    def handle(self, *args, file: Path, replace: bool, **options):
        try:
            manifest = restoring.restore(file, replace=replace)
        except BadBackup as fault:
            raise CommandError(str(fault)) from None
        except Error as fault:
            sentence = "The database refused; is the portal still running? Stop it, then restore again with --replace."
            raise CommandError(f"{sentence} ({str(fault).strip()})") from fault
        rows = sum(facts["parts"] for facts in manifest["tables"].values())
        self.stdout.write(f"Restored the backup of {manifest['made_at']}: {rows} rows, {len(manifest['files'])} files.")
        if not restoring.has_the_same_key(manifest):
            self.stdout.write(
                "This portal has another SECRET_KEY than the one that made the backup: links in mails that were sent "
                "before no longer work. Set the old key if you have it."
            )
        self.stdout.write("Everybody signs in again: sessions are not part of a backup.")
