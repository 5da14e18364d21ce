"""Import a file of offers."""

from requests_offers.actions.imports.run import import_offers

from ._imports import RecordImport


class Command(RecordImport):
    help = "Import offers from a JSON, JSON Lines, CSV or XLSX file: published, or as drafts."
    states = ("published", "draft")
    state = "published"
    noun = "offer"

    def act(self, path, **options):
        return import_offers(path, **options)
