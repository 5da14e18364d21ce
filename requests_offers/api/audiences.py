"""Whom a page of records is shown to: decided for each row, with a fixed number of queries for all of them."""

from accounts.api.codes import Codes, Relation
from accounts.permissions import Permission, reach

from ..lifecycle import MatchStatus, RequestStatus
from ..models import Endorsement, Match

ASKED, OFFERED = "asked", "offered"  # no names of fields of a record


class RequestAudiences:
    """The same answers as `requests_offers.audience`, for many requests at once.

    What they rest on rides in the one query that brings all codes of a page: `relations` go in, `read` takes them out.
    """

    def __init__(self, user, request_ids):
        self._ids = list(request_ids)
        self._draft = reach(user, Permission.REQUEST_DRAFT)
        self._view = reach(user, Permission.REQUEST_VIEW)
        self._provided = reach(user, Permission.MATCH_ANSWER_PROVIDER)
        self._side, self._agreed, self._joined = set(), set(), set()

    def relations(self) -> list[Relation]:
        """Offices that were asked to join, and organizations to which a need was offered, where the reader has some."""
        found = []
        if self._view.parties:
            asked = Endorsement.objects.filter(request__in=self._ids, party__in=self._view.parties)
            found.append(Relation(ASKED, asked.exclude(status="declined"), "request_id", "status"))
        if self._provided.organizations:
            offered = Match.objects.was_offered().filter(
                offer__organization__in=self._provided.organizations, component__request__in=self._ids
            )
            found.append(Relation(OFFERED, offered, "component__request_id", "status"))
        return found

    def read(self, codes: Codes) -> None:
        """An office that was asked sees what the other side sees; one that has joined sees everything."""
        for pk in self._ids:
            asked, offered = codes[ASKED, pk], codes[OFFERED, pk]
            if Endorsement.Status.GIVEN in asked:
                self._joined.add(pk)
            if offered or len(asked) > asked.count(Endorsement.Status.GIVEN):
                self._side.add(pk)
            if MatchStatus.AGREED in offered:
                self._agreed.add(pk)

    def of(self, row) -> str:
        """ "full", "side" or "public"."""
        right = self._draft if row.status == RequestStatus.DRAFT else self._view
        if right.covers(row) or row.pk in self._joined:
            return "full"
        return "side" if row.pk in self._side else "public"

    def sees_contact(self, row, seen_as: str) -> bool:
        """Whoever sees everything, and the other side of an agreed match."""
        return seen_as == "full" or row.pk in self._agreed


class MatchAudience:
    """Whether somebody belongs to a match: its centre, its office, its provider, the coordinator."""

    def __init__(self, user):
        self._staff = reach(user, Permission.MATCH_VIEW)
        self._office = reach(user, Permission.REQUEST_VIEW)
        self._provider = reach(user, Permission.MATCH_ANSWER_PROVIDER)

    def belongs(self, row) -> bool:
        return any(part.covers(row) for part in (self._staff, self._office, self._provider))
