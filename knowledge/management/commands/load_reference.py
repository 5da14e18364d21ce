"""The reference tables of the network, then those of this room; it takes the place of the command of `centres`."""

from django.core.management.base import CommandError

from accounts.sheets.files import BadFile
from centres.actions.reference import TableReport
from centres.actions.reference_tables import REFERENCE_FOLDER
from centres.management.commands.load_reference import Command as NetworkCommand
from knowledge.actions.importing import Report as SourceReport
from knowledge.actions.importing import load_sources


class Command(NetworkCommand):
    help = "Load the reference tables: Parties, centres, institutions, targets, vocabularies and knowledge sources."

    def load(self, options) -> list[TableReport]:
        reports = super().load(options)
        if options["folder"] != REFERENCE_FOLDER:
            return reports  # somebody tries other tables of the network
        try:
            report = load_sources(dry_run=options["dry_run"])
        except BadFile as bad:
            lines = "\n".join(map(str, bad.faults))
            raise CommandError(f"No knowledge source was loaded. Faults found: {len(bad.faults)}\n{lines}") from None
        return [*reports, _of_table(report)]


def _of_table(report: SourceReport) -> TableReport:
    """What was done to the sources, in the words for all tables."""
    rows = len(report.made) + len(report.changed) + report.same + len(report.kept)
    return TableReport(
        "knowledge sources",
        rows=rows,
        added=[str(row) for row in report.made],
        changed={str(row): [] for row in report.changed},
        retired=[str(row) for row in report.retired],
        kept=[str(row) for row in report.kept],
    )
