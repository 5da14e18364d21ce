"""Matches of a need that nobody has filed: the worker scores it, the answer waits for it a little while."""

import time
from typing import cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api import fields as f
from accounts.api.access import Access
from accounts.api.resource import RecordResource
from accounts.api.writing import once
from accounts.models import User

from ..actions.previews import start_preview
from ..models import PreviewRun
from ..wording.names import Names
from .inputs import PreviewInput
from .records import ResultRecord
from .shapes import score_of

LOOK_AGAIN_AFTER = 0.05  # seconds


class PreviewRecord(serializers.Serializer):
    """A preview. It is kept for a day, for whoever asked."""

    id = f.number("Its address here.")
    url = f.text("The address of this record.")
    state = f.choice("queued, running, done or failed.", PreviewRun.State.choices)
    results = ResultRecord(many=True, help_text="What would match, best first; empty until it is done.")


class PreviewResource(RecordResource):
    """What would match a need that nobody has filed. Nothing is kept but the answer, for a day."""

    access = Access.SIGNED_IN
    changes_nothing = True
    plural, key, key_pattern = "match-preview", "id", "[0-9]{1,18}"
    record_class = PreviewRecord
    worded = ("results",)
    waits_for = 2.8  # seconds: the answer is there within 3

    def rows(self):
        return PreviewRun.objects.filter(user=self.request.user)

    def present(self, rows):
        prefix, names = self.address_of(self.plural), Names()
        return [_preview(row, prefix, names) for row in rows]

    @extend_schema(
        request=PreviewInput,
        responses={200: PreviewRecord, 202: PreviewRecord},
        parameters=[
            OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[202], description="The preview.")
        ],
    )
    def create(self, request, **kwargs):
        """Ask. 200 with `results` within 3 seconds, else 202 with the address where they will be."""
        started = once(request, self._start)
        row = self._wait(started.data["id"])
        if row.state == PreviewRun.State.DONE:
            return self.answer(row)
        response = self.answer(row, 202)
        response["Location"] = response.data["url"]
        return response

    def _start(self) -> Response:
        said = self.validated(PreviewInput)
        asker = cast(User, self.request.user)  # anonymous callers do not get here
        run = start_preview(_in_codes(said), by=asker)
        return Response({"id": run.pk}, status=202)

    def _wait(self, pk: int) -> PreviewRun:
        """The preview once it is done, or as it is when the time is over."""
        until = time.monotonic() + self.waits_for
        while True:
            row = PreviewRun.objects.get(pk=pk)
            if row.state in {PreviewRun.State.DONE, PreviewRun.State.FAILED} or time.monotonic() > until:
                return row
            time.sleep(LOOK_AGAIN_AFTER)


def _in_codes(said: dict) -> dict:
    """What was asked, as plain JSON: controlled words by their codes, days as ISO dates."""
    codes = {
        "party": lambda party: party.iso2,
        "co_parties": lambda rows: [row.iso2 for row in rows],
        "targets": lambda rows: [row.number for row in rows],
        "subjects": lambda rows: [row.code for row in rows],
        "cooperation_types": lambda rows: [row.code for row in rows],
        "starts_on": lambda day: day and day.isoformat(),
        "ends_on": lambda day: day and day.isoformat(),
    }
    return {name: codes[name](value) if name in codes else value for name, value in said.items()}


def _preview(row: PreviewRun, prefix: str, names: Names) -> dict:
    heads = ("offer", "offer_title", "organization")
    results = [
        {"match": None} | {name: found[name] for name in heads} | {"status": None} | score_of(found, names)
        for found in row.results or []
    ]
    return {"id": row.pk, "url": f"{prefix}{row.pk}/", "state": row.state, "results": results}
