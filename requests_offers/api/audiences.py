"""Whom a page of records is shown to: decided for each row, with a fixed number of queries for all of them."""

from accounts.permissions import Permission, reach

from ..lifecycle import MatchStatus, RequestStatus
from ..models import Endorsement, Match


class RequestAudiences:
    """The same answers as `requests_offers.audience`, for many requests at once."""

    def __init__(self, user, request_ids):
        self._draft = reach(user, Permission.REQUEST_DRAFT)
        self._view = reach(user, Permission.REQUEST_VIEW)
        provided = reach(user, Permission.MATCH_ANSWER_PROVIDER)
        self._side, self._agreed, self._joined = set(), set(), set()
        if self._view.parties:
            self._ask_joined(request_ids)
        if provided.organizations:
            self._ask(provided.organizations, request_ids)

    def _ask(self, organizations, request_ids) -> None:
        offered = Match.objects.was_offered().filter(
            offer__organization__in=organizations, component__request__in=request_ids
        )
        for request_id, status in offered.values_list("component__request_id", "status"):
            self._side.add(request_id)
            if status == MatchStatus.AGREED:
                self._agreed.add(request_id)

    def _ask_joined(self, request_ids) -> None:
        """Offices that were asked to join see what the other side sees; those that have joined see everything."""
        rows = Endorsement.objects.filter(request__in=request_ids, party__in=self._view.parties)
        for request_id, status in rows.exclude(status="declined").values_list("request_id", "status"):
            (self._joined if status == Endorsement.Status.GIVEN else self._side).add(request_id)

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
