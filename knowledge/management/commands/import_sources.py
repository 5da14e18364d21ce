"""Import a file of knowledge sources."""

from accounts.management.imports import ImportCommand
from knowledge.actions.importing import import_sources


class Command(ImportCommand):
    help = "Import knowledge sources from a JSON, JSON Lines, CSV or XLSX file: as suggestions, or published."
    states = ("suggested", "published")
    state = "suggested"

    def act(self, path, **options):
        return import_sources(path, **options)

    def told(self, report, state):
        changed = f"{len(report.changed)} changed, {report.same} as before."
        return [f"{len(report.made)} sources imported ({state}), {changed}"]
