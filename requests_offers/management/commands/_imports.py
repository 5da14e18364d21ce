"""What both import commands say at the end."""

from accounts.management.imports import ImportCommand


class RecordImport(ImportCommand):
    """Requests or offers."""

    noun = ""

    def told(self, report, state):
        lines = [f"{len(report.made)} {self.noun}s imported ({state})."]
        if report.known_before:
            lines.append(f"{report.known_before} were there already and were left as they are.")
        return lines
