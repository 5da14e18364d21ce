"""What belongs to a single match in the API besides its steps: the conversation, who translates, who comes next."""

from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.api.reading import invalid
from accounts.api.writing import once
from accounts.errors import NotAllowed
from accounts.permissions import Permission, can, require

from ..actions import conversation, matches
from ..models import Match
from . import people_records as shown
from .records import MatchRecord


class Conversing:
    """What belongs to a single match besides its steps: the conversation, who translates, who comes next."""

    request: Any

    def _inside(self) -> Match:
        """The match, for those who belong to it; 404 for whoever does not see it, 403 for whoever only sees it."""
        row = self.row()  # type: ignore[attr-defined]
        if not Match.objects.inside(self.request.user).filter(pk=row.pk).exists():
            raise NotAllowed(_("Only both sides and the centre read what was written about a match."))
        return cast(Match, row)

    @extend_schema(responses={200: shown.MessagesRecord})
    @action(detail=True, methods=["get"], url_path="messages")
    def messages(self, request, **kwargs):
        """The conversation about a match: for both sides and the centre."""
        return Response(_messages(self._inside(), request))

    @extend_schema(request=shown.MessageInput, responses={201: shown.MessagesRecord})
    @messages.mapping.post
    def say(self, request, **kwargs):
        """Write to the others about an offered or agreed match; the answer is the whole conversation."""
        return once(request, self._say)

    def _say(self) -> Response:
        match = self._inside()
        data = self.validated(shown.MessageInput)  # type: ignore[attr-defined]
        conversation.say(Match.objects.get(pk=match.pk), by=self.request.user, **data)
        return Response(_messages(match, self.request), status=201)

    @extend_schema(request=shown.TranslatorInput, responses={200: MatchRecord})
    @action(detail=True, methods=["post"], url_path="name_translator")
    def name_translator(self, request, **kwargs):
        """Write down who translates between two sides without a language in common. By the officer of the centre."""
        return once(request, self._name_translator)

    def _name_translator(self) -> Response:
        match = self._inside()
        require(self.request.user, Permission.MATCH_OFFER, match)
        data = {"since": None} | self.validated(shown.TranslatorInput)  # type: ignore[attr-defined]
        conversation.name_translator(Match.objects.get(pk=match.pk), by=self.request.user, **data)
        return self.answer_again(match)  # type: ignore[attr-defined]

    @extend_schema(responses={200: shown.NextRecord})
    @action(detail=True, methods=["get"], url_path="next")
    def following(self, request, **kwargs):
        """The next three offers for the need of a match that came to nothing. For the centre."""
        match = self._inside()
        if not can(request.user, Permission.MATCH_VIEW, match):
            raise NotAllowed(_("Only the centre sees which offers come next."))
        found = Match.objects.next_after(match, timezone.now().date())
        return Response({"match": match.reference, "following": [one.reference for one in found]})

    @extend_schema(request=shown.NextInput, responses={200: MatchRecord})
    @action(detail=True, methods=["post"], url_path="offer_next")
    def offer_next(self, request, **kwargs):
        """After a no or a silence: offer one of the next to both sides; the answer is that match."""
        return once(request, self._offer_next)

    def _offer_next(self) -> Response:
        ended = self._inside()
        require(self.request.user, Permission.MATCH_OFFER, ended)
        reference = self.validated(shown.NextInput)["match"]  # type: ignore[attr-defined]
        following = Match.objects.visible_to(self.request.user).by_reference(reference).first()
        if following is None:
            raise invalid("match", _("There is nothing here with this reference."), "does_not_exist")
        matches.offer_next(Match.objects.get(pk=ended.pk), following, by=self.request.user)
        return self.answer_again(following)  # type: ignore[attr-defined]


def _messages(match: Match, request) -> dict[str, Any]:
    rows = match.messages.prefetch_related("files").order_by("at", "pk")
    found = []
    for row in rows:
        row.match = match
        files = []
        for file in row.files.all():
            file.message = row
            facts = {name: getattr(file, name) for name in ("name", "size", "content_type")}
            files.append(facts | {"url": request.build_absolute_uri(file.get_absolute_url())})
        found.append({"side": row.side, "text": row.text, "language": row.language, "at": row.at, "files": files})
    return {"match": match.reference, "messages": found}
