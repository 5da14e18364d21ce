"""One file with every row and every uploaded file; the portal goes on working meanwhile."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from tsc_portal.backups import archive, saving


class Command(BaseCommand):
    help = "Write a backup of database and uploaded files to FILE. The SECRET_KEY is not in it: keep that elsewhere."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, file: Path, **options):
        if file.exists():
            raise CommandError(f"{file} is there already. Choose another name: a backup is never written over.")
        try:
            manifest = saving.save(file)
        except OSError as fault:
            raise CommandError(f"The backup could not be written: {fault}.") from None
        rows = sum(facts["parts"] for facts in manifest["tables"].values())
        self.stdout.write(
            f"{rows} rows of {len(manifest['tables'])} tables and {len(manifest['files'])} files are in {file}.\n"
            f"SHA-256 {archive.sha256_of(file)}\n"
            "Copy it to another place. Keep the SECRET_KEY apart from it: it is not in the file."
        )
