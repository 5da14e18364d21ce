"""The reference tables of the network, then those of this room; it takes the place of the command of `centres`."""

from django.core.management.base import CommandError

from accounts.sheets.files import BadFile
from centres.actions.reference_tables import REFERENCE_FOLDER
from centres.management.commands.load_reference import Command as NetworkCommand
from knowledge.actions.importing import load_sources


class Command(NetworkCommand):
    help = "Load the reference tables: Parties, centres, institutions, targets, vocabularies and knowledge sources."

    def handle(self, *args, **options):
        super().handle(*args, **options)
        if options["folder"] != REFERENCE_FOLDER:
            return  # somebody tries other tables of the network
        try:
            report = load_sources(dry_run=options["dry_run"])
        except BadFile as bad:
            lines = "\n".join(map(str, bad.faults))
            raise CommandError(f"No knowledge source was loaded. Faults found: {len(bad.faults)}\n{lines}") from None
        self.stdout.write(
            f"knowledge sources: {len(report.made)} added, {len(report.changed)} changed, {report.same} as before, "
            f"{len(report.retired)} taken out, {len(report.kept)} edited in the portal and left alone"
        )
