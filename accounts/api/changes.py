"""The feed of changes: what happened to the records that the caller may see, in the order in which it was published."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from .. import feed
from ..actions.following import CursorAhead, CursorTooOld, Told, as_record, newest, read
from . import fields as f
from .access import Access
from .faults import Gone
from .reading import invalid, whole_number
from .resource import ApiView
from .schema import ERRORS, ProblemRecord

MOST, USUALLY = 100, 50
LONGEST_CURSOR = 15
NOW = "now"


class ChangeRecord(serializers.Serializer):
    """One change of one record."""

    seq = f.number("Its number: numbers only grow, and are given after the change was committed.")
    at = f.moment("When it was published.", allow_null=False)
    type = f.text("The kind of record, as in the addresses: requests, offers, workplans …")
    reference = f.text("The record's reference or code.")
    url = f.text("The address of the record.")
    change = f.choice(
        "changed: read the record anew. gone: you could see it and cannot any more (its visibility was narrowed, it "
        "was withdrawn, hidden or deleted), so delete your copy.",
        [("changed", "changed"), ("gone", "gone")],
    )
    version = f.number("Counts the published changes of this record; a copy with a higher one is newer.")
    fields = serializers.ListField(  # type: ignore[assignment]
        child=serializers.CharField(), help_text="Names of the fields that changed, as far as you may see them."
    )
    is_example = f.flag("Example data.")


class ChangesRecord(serializers.Serializer):
    """A part of the feed."""

    results = ChangeRecord(many=True, help_text="The changes after the cursor, oldest first.")
    cursor = f.number("Where you are now: keep it when you have done your work with these results.")
    has_more = f.flag("Whether more is waiting. Where it is false, ask again later with the cursor.")
    next = f.text("The address of the next part, also where nothing is waiting yet.")


class Changes(ApiView):
    """What changed: a feed to follow instead of reading all lists again and again."""

    access = Access.PUBLIC
    plural = "changes"
    parameters = ("since", "types", "page_size")

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "since",
                {"type": "string", "pattern": f"^(now|[0-9]{{1,{LONGEST_CURSOR}}})$"},
                description="The cursor of your last call. Without it the feed begins with the oldest change that is "
                "kept (a year). `now` gives no changes, only the cursor: take it before you read the lists for the "
                "first time.",
            ),
            OpenApiParameter("types", str, description="Only these kinds, separated by commas: requests,offers"),
            OpenApiParameter(
                "page_size",
                {"type": "integer", "minimum": 1, "default": USUALLY},
                description=f"How many changes at once; never more than {MOST}.",
            ),
        ],
        responses={200: ChangesRecord, 410: OpenApiResponse(ProblemRecord, description=ERRORS[410])},
    )
    def get(self, request):
        """What changed after a cursor, oldest first: without a token what is public, with one what its owner may see.

        Work through the results in order, then keep `cursor`. Whoever crashes before that gets the same changes again,
        so reading a record twice must do no harm. `changed` says that a record is new or different: read it at its
        address. `gone` says that you could see it and cannot any more: delete your copy. When your own rights grow,
        records that did not change are not told again: read the lists once. A cursor that is older than a year is
        answered with 410: take a new one with `since=now` and read the lists again.
        """
        kinds = self._kinds()
        most = min(whole_number(request.query_params, "page_size") or USUALLY, MOST)
        since = self._since()
        if since == NOW:
            return Response(self._page([], newest(), False))
        try:
            page = read(request.user, since, kinds=kinds, most=most)
        except CursorAhead as error:
            raise invalid("since", str(error)) from None
        except CursorTooOld as error:
            raise Gone(str(error)) from None
        return Response(self._page(page.told, page.cursor, page.has_more))

    def _since(self) -> int | str | None:
        text = self.request.query_params.get("since")
        if text is None or text == NOW:
            return text
        if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_CURSOR):
            raise invalid("since", _("Send the cursor of your last call, or “now”."))
        return int(text)

    def _kinds(self) -> list[str]:
        if "types" not in self.request.query_params:
            return []
        asked = [name.strip() for name in self.request.query_params["types"].split(",") if name.strip()]
        if not asked or set(asked) - set(feed.kinds()):
            sentence = _("Name kinds of records, separated by commas: %(kinds)s.") % {"kinds": ", ".join(feed.kinds())}
            raise invalid("types", sentence, "invalid_choice")
        return asked

    def _page(self, told: list[Told], cursor: int, has_more: bool) -> dict[str, Any]:
        prefix = self.request.build_absolute_uri("/").rstrip("/")
        query = self.request.query_params.copy()
        query["since"] = str(cursor)
        return {
            "results": [as_record(one, prefix) for one in told],
            "cursor": cursor,
            "has_more": has_more,
            "next": self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}"),
        }
