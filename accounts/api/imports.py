"""Imports in the API: a file or rows go in, a job comes out that says how far it is and what was wrong."""

import json
from typing import Any, cast

import django_filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.settings import api_settings

from ..actions import imports
from ..imported import kinds
from ..models import ImportRun, Job, User
from . import fields as f
from .access import Access
from .inputs import Input
from .resource import Resource
from .writing import once

ALONE = "In a single record"


class FaultPart(serializers.Serializer):
    """What is wrong in one row."""

    row = f.number("The row as people count it in the file; 0: the file itself.")
    field = f.text("The field; empty: the whole row.")
    detail = f.text("What is wrong and what to do, in the language in which the import was sent.")


class EndPart(serializers.Serializer):
    """What became of one good row."""

    row = f.number("The row as people count it in the file.")
    reference = f.text("The record it belongs to; empty in a dry run that would make one.")
    outcome = f.choice(
        "made; changed; same: sent before with the same content; left: the record is past draft.",
        [(name, name) for name in ("made", "changed", "same", "left")],
    )


class CountsPart(serializers.Serializer):
    """How many rows came to which end."""

    made = f.number("New drafts.")
    changed = f.number("Brought up to date.")
    same = f.number("Sent before with the same content; nothing was done.")
    left = f.number("Past the state in which a file may change them; nothing was done.")


class ImportRecord(serializers.Serializer):
    """One import. Only whoever sent it sees it."""

    id = f.number("Its address here.")
    url = f.text("The address of this record.")
    kind = f.text("What kind of records it holds: requests, offers …")
    system = f.text("The system that keeps these records; with their identifiers it finds them again.")
    file_name = f.text("The name of the file.")
    dry_run = f.flag("Checked only, nothing is stored.")
    skip_bad = f.flag("The good rows are stored although others have faults.")
    state = f.choice("How far the work is.", [(state, state) for state in Job.State.values])
    outcome = f.choice(
        "waiting; checked (dry run); imported; refused: faults, and nothing was stored.",
        [(one, one) for one in ImportRun.Outcome.values],
    )
    rows_total = f.number("How many rows there are; null until the file has been read.", allow_null=True)
    rows_done = f.number("How many rows are done.")
    fault_count = f.number("How many faults were found.")
    counts = CountsPart(help_text="How many rows came to which end.")
    created_at = f.moment("When it was sent.", allow_null=False)
    finished_at = f.moment("When it was over.")
    faults = FaultPart(many=True, required=False, help_text=f"{ALONE}: every fault.")
    results = EndPart(many=True, required=False, help_text=f"{ALONE}: what became of each good row.")


class _ImportFields(Input):
    kind = serializers.ChoiceField(choices=[], help_text="What kind of records it holds.")
    system = serializers.RegexField(
        r"^[a-z0-9][a-z0-9._-]{0,49}$",
        required=False,
        default="file",
        help_text="A short name of the system that keeps these records, such as chm.example.org. With the identifier "
        "of a row it finds the record again.",
    )
    dry_run = serializers.BooleanField(required=False, default=False, help_text="Check only, store nothing.")
    skip_bad = serializers.BooleanField(
        required=False, default=False, help_text="Store the good rows although others have faults."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        cast(serializers.ChoiceField, self.fields["kind"]).choices = [(kind.name, kind.label) for kind in kinds()]


class ImportRowsInput(_ImportFields):
    """Rows in the body."""

    rows = serializers.ListField(
        child=serializers.DictField(),
        min_length=1,
        max_length=imports.MOST_ROWS,
        help_text="The records, in the fields that docs/api.md names; `id` is your identifier.",
    )


class ImportFileInput(_ImportFields):
    """A file."""

    file = serializers.FileField(
        max_length=150,
        help_text="A .json, .jsonl, .csv or .xlsx file of at most 10 MB; the first row of a table names the fields.",
    )


class ImportFilter(django_filters.FilterSet):
    """Imports."""

    kind = django_filters.CharFilter(label="Kind of records")
    system = django_filters.CharFilter(label="The system that keeps the records")
    state = django_filters.ChoiceFilter(label="How far the work is", choices=Job.State.choices)
    outcome = django_filters.ChoiceFilter(label="What came of it", choices=ImportRun.Outcome.choices)

    class Meta:
        model = ImportRun
        fields: list[str] = []


class ImportResource(Resource):
    """Files of records that you sent: drafts are made or brought up to date, found again by your identifiers."""

    access = Access.SIGNED_IN
    plural, key, key_pattern = "imports", "id", "[0-9]{1,18}"
    record_class, filterset_class = ImportRecord, ImportFilter
    orderings = {"created_at": "queued_at"}
    default_order = ("-queued_at", "-pk")
    parser_classes = [*cast(Any, api_settings.DEFAULT_PARSER_CLASSES), MultiPartParser]

    def rows(self):
        return ImportRun.objects.light()

    def visible(self, rows):
        return rows.visible_to(self.request.user)

    def present(self, rows):
        prefix = self.address_of(self.plural)
        return [_import(row, prefix) for row in rows]

    def more(self, row):
        return {"faults": row.faults, "results": row.results}

    @extend_schema(
        request={"application/json": ImportRowsInput, "multipart/form-data": ImportFileInput},
        responses={202: ImportRecord},
        parameters=[
            OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[202], description="The import.")
        ],
    )
    def create(self, request, **kwargs):
        """Send rows or a file. The answer is the import as it waits; look at its address until it is done."""
        return once(request, self._start)

    def _start(self) -> Response:
        by_file = self.request.content_type.startswith("multipart/")
        said = self.validated(ImportFileInput if by_file else ImportRowsInput)
        name, content = self._file(said) if by_file else self._rows(said)
        run = imports.start_import(
            said["kind"], by=cast(User, self.request.user), name=name, content=content,
            system=said["system"], trial=said["dry_run"], skip_bad=said["skip_bad"],
        )  # fmt: skip
        response = self.answer_again(run, 202)
        response["Location"] = f"{self.address_of(self.plural)}{run.pk}/"
        return response

    def _file(self, said: dict[str, Any]) -> tuple[str, bytes]:
        return said["file"].name, said["file"].read(imports.LARGEST_FILE + 1)

    def _rows(self, said: dict[str, Any]) -> tuple[str, bytes]:
        return "rows.json", json.dumps(said["rows"]).encode()


def _import(row: ImportRun, prefix: str) -> dict:
    plain = (
        "kind", "system", "file_name", "skip_bad", "state", "outcome", "rows_total", "rows_done", "counts",
        "fault_count",
    )  # fmt: skip
    return {"id": row.pk, "url": f"{prefix}{row.pk}/", "dry_run": row.is_trial} | {
        **{name: getattr(row, name) for name in plain},
        "created_at": row.queued_at,
        "finished_at": row.finished_at,
    }
