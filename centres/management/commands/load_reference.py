from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.publishing import look_at_everything
from centres.actions.reference import ReferenceFaults, TableReport, load_reference
from centres.actions.reference_tables import REFERENCE_FOLDER


class Command(BaseCommand):
    help = "Load the reference tables: Parties, centres, institutions, targets and vocabularies."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Say what would change and change nothing.")
        parser.add_argument("--folder", type=Path, default=REFERENCE_FOLDER, help="Where the CSV files lie.")

    def handle(self, *args, **options):
        reports = self.load(options)
        for report in reports:
            self._print(report, options["verbosity"])
        if all(report.is_unchanged for report in reports):
            self.stdout.write("No change.")
        elif options["dry_run"]:
            self.stdout.write("This was a dry run: nothing was changed.")
        else:
            look_at_everything()  # those who follow the changes hear of it

    def load(self, options) -> list[TableReport]:
        """Load the tables of the network; rooms above add theirs."""
        try:
            return load_reference(options["folder"], dry_run=options["dry_run"])
        except ReferenceFaults as error:
            lines = "\n".join(map(str, error.faults))
            raise CommandError(f"Nothing was loaded. Faults found: {len(error.faults)}\n{lines}") from error

    def _print(self, report: TableReport, verbosity: int) -> None:
        counts = {
            "added": len(report.added),
            "changed": len(report.changed),
            "retired": len(report.retired),
            "edited in the portal and left alone": len(report.kept),
        }
        told = ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "no change"
        self.stdout.write(f"{report.name}: {report.rows} rows, {told}")
        if verbosity > 1:
            for name in report.added:
                self.stdout.write(f"  + {name}")
        for name, fields in report.changed.items():
            self.stdout.write(f"  ~ {name}: {', '.join(fields)}")
        for name in report.retired:
            self.stdout.write(f"  - {name}")
