"""Import a file of requests."""

from requests_offers.actions.imports.run import import_requests

from ._imports import RecordImport


class Command(RecordImport):
    help = "Import requests from a JSON, JSON Lines, CSV or XLSX file: as drafts, or taken to matching."
    states = ("draft", "matching")
    state = "draft"
    noun = "request"

    def act(self, path, **options):
        return import_requests(path, **options)
