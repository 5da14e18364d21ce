"""Everything that an office, a centre, an organization or the coordination entity has open: the list to hand over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Claim
from accounts.permissions import Permission, can
from centres.calendars import CoordinationCalendar
from centres.models import Ticket

from .clocks import centre_calendars, working_days_left
from .lifecycle import ENDED_REQUEST, EngagementStatus, MatchStatus, OfferStatus, RequestStatus
from .models import Appraisal, Assignment, CooperationRequest, Engagement, Match, Offer

KINDS = ("party", "centre", "organization")
SIDES = {"party": "party", "organization": "provider"}  # of a match
OWN_OFFERS = frozenset(
    {
        OfferStatus.DRAFT,
        OfferStatus.IN_VERIFICATION,
        OfferStatus.PUBLISHED,
        OfferStatus.PAUSED,
        OfferStatus.EXPIRED,
    }
)
IN_HAND = frozenset({MatchStatus.PROPOSED, MatchStatus.SHORTLISTED, MatchStatus.OFFERED})


@dataclass(frozen=True)
class Place:
    """Where people hold roles: a Party's office, a centre, an organization, or the whole network (no scope)."""

    kind: str
    scope: Any = None

    @property
    def key(self) -> str:
        """What addresses call it."""
        return f"{self.kind}-{self.scope.pk}" if self.scope else self.kind

    @property
    def name(self) -> str:
        return str(self.scope or _("The coordinator’s helpdesk"))

    @property
    def filter(self) -> dict[str, Any]:
        """A look-up of what belongs to this place, by scope; nothing of a narrower scope for the network."""
        return {kind: self.scope if kind == self.kind else None for kind in KINDS}


def places_of(user) -> list[Place]:
    """The places for which somebody acts today, each once; the network for those who answer for the helpdesk."""
    found = {}
    for membership in user.current_memberships:
        if membership.scope:
            place = Place(next(kind for kind in KINDS if getattr(membership, f"{kind}_id")), membership.scope)
            found[place.key] = place
    if can(user, Permission.TICKET_HAND_OVER):
        found["network"] = Place("network")
    return list(found.values())


@dataclass(frozen=True)
class Item:
    """One open thing: what it is, where its page is, until when somebody must act, and who began it."""

    noun: str
    status: str
    reference: str
    title: str
    language: str
    of: str
    url: str
    due: date | None
    days_left: int | None
    person: Any
    is_example: bool
    left_by: Any = None  # who worked on it until the role ended; nobody has taken it over yet

    @property
    def is_late(self) -> bool:
        return self.days_left is not None and self.days_left < 0


def open_items(place: Place, now: datetime, *, with_claims: bool = True) -> list[Item]:
    """Every open item of a place, late ones first, then by due date; in a fixed number of queries."""
    found = [*_requests(place, now), *_matches(place, now), *_offers(place, now), *_engagements(place, now)]
    found += _tickets(place, now)
    if with_claims:
        found += _claims(place, now)
    return sorted(found, key=lambda item: (not item.is_late, item.due or date.max, item.noun, item.reference))


# Requests -------------------------------------------------------------------------------------------------------------


def _requests(place: Place, now: datetime) -> Iterator[Item]:
    rows = CooperationRequest.objects.exclude(status__in=ENDED_REQUEST)
    if place.kind == "organization":
        return
    if place.kind == "party":
        rows = rows.filter(party=place.scope)
    else:
        rows = rows.exclude(status=RequestStatus.DRAFT).filter(centre=place.scope)
    found = list(rows.select_related("party", "created_by"))
    calendars = centre_calendars({row.centre_id for row in found} - {None})
    worked_on = {} if place.kind == "party" else _worked_on(found)
    for row in found:
        with_centre = row.status in {RequestStatus.SUBMITTED, RequestStatus.MATCHING}
        calendar = calendars[row.centre_id] if with_centre else row.party
        facts = {} if place.kind == "party" else worked_on.get(row.pk, {"person": None})
        yield _item("request", row, of=row.party, calendar=calendar, now=now, url=row.get_absolute_url(), **facts)


def _worked_on(rows) -> dict[int, dict[str, Any]]:
    """By request: who of the centre works on it, or did so until the role ended. One query."""
    found: dict[int, dict[str, Any]] = {}
    for one in Assignment.objects.newest_first().filter(request__in=rows).select_related("officer"):
        if one.request_id not in found:
            found[one.request_id] = _holder(one)
    return found


def _holder(newest: Assignment) -> dict[str, Any]:
    if newest.until is None and newest.is_held:  # type: ignore[attr-defined]  # given by newest_first()
        return {"person": newest.officer}
    role_ended = newest.until is None or newest.why == Assignment.Why.ROLE_ENDED
    return {"person": None, "left_by": newest.officer if role_ended else None}


# Both sides of a match ------------------------------------------------------------------------------------------------


def _of_need(place: Place, prefix: str) -> Q:
    """A condition on what hangs on a need or an offer, for either side and for the centre."""
    paths = {
        "party": f"{prefix}component__request__party",
        "centre": f"{prefix}component__request__centre",
        "network": f"{prefix}component__request__centre",
        "organization": f"{prefix}offer__organization",
    }
    return Q(**{paths[place.kind]: place.scope})


def _matches(place: Place, now: datetime) -> Iterator[Item]:
    """For a side what it has not answered yet; for a centre all that it has in hand."""
    rows = Match.objects.filter(_of_need(place, ""))
    if place.kind in SIDES:
        rows = rows.filter(Q(status=MatchStatus.OFFERED), **{f"accepted_by_{SIDES[place.kind]}_at__isnull": True})
    else:
        rows = rows.filter(status__in=IN_HAND)
    for row in rows.select_related("component__request__party", "offer__organization", "created_by"):
        need = row.component
        url = _matches_url(need)
        facts = {"title": need.title, "language": need.request.language}
        yield _item("match", row, of=need.request.party, calendar=need.request.party, now=now, url=url, **facts)


def _matches_url(need) -> str:
    return reverse("request_matches", args=[need.request.reference]) + f"?component={need.number}"


def _engagements(place: Place, now: datetime) -> Iterator[Item]:
    """Work that is going on, for each side and the centre; and ended work of which a side has not said what came of
    it.
    """
    open_now = Q(status=EngagementStatus.ACTIVE)
    if place.kind in SIDES:
        given = Appraisal.objects.filter(engagement=OuterRef("pk"), moment=Appraisal.Moment.END, side=SIDES[place.kind])
        open_now |= Q(status=EngagementStatus.CONCLUDED) & ~Q(Exists(given))
    rows = Engagement.objects.filter(_of_need(place, "match__"), open_now)
    for row in rows.select_related("match__component__request__party"):
        request = row.match.component.request
        facts = {"title": row.match.component.title, "language": request.language, "is_example": request.is_example}
        url = _matches_url(row.match.component)
        yield _item("engagement", row, of=request.party, calendar=None, now=now, url=url, **facts)


# Offers, claims, questions --------------------------------------------------------------------------------------------


def _offers(place: Place, now: datetime) -> Iterator[Item]:
    if place.kind == "party":
        return
    if place.kind == "organization":
        rows = Offer.objects.filter(organization=place.scope, status__in=OWN_OFFERS)
    else:
        rows = Offer.objects.filter(verifying_centre=place.scope, status=OfferStatus.IN_VERIFICATION)
    found = list(rows.select_related("organization", "created_by"))
    calendars = centre_calendars({row.verifying_centre_id for row in found} - {None})
    for row in found:
        calendar = calendars[row.verifying_centre_id]
        yield _item("offer", row, of=row.organization, calendar=calendar, now=now, url=row.get_absolute_url())


def _claims(place: Place, now: datetime) -> Iterator[Item]:
    """Claims that wait for the office itself, for the heads around a seat, or for the coordinator."""
    rows = Claim.objects.waiting()
    if place.kind == "organization":
        return
    if place.kind == "party":
        rows = rows.filter(party=place.scope)
    elif place.kind == "centre":
        covered = {"seat__coverages__centre": place.scope, "seat__coverages__retired_on__isnull": True}
        rows = rows.filter(party__isnull=True, **covered).distinct()
    for row in rows.select_related("user", "party", "organization", "seat"):
        calendar = row.party or row.seat or CoordinationCalendar()
        facts = {"title": str(row.user), "reference": "", "language": "", "person": None}
        yield _item("claim", row, of=row.claimed, calendar=calendar, now=now, url=reverse("claim_list"), **facts)


def _tickets(place: Place, now: datetime) -> Iterator[Item]:
    if place.kind not in {"centre", "network"}:
        return
    rows = Ticket.objects.not_solved().filter(centre=place.scope).select_related("party", "assigned_to")
    calendars = centre_calendars([place.scope.pk] if place.scope else [])
    for row in rows:
        calendar = calendars[row.centre_id]
        facts = {"title": row.subject, "person": row.assigned_to}
        yield _item("ticket", row, of=row.party or "", calendar=calendar, now=now, url=row.get_absolute_url(), **facts)


def _item(noun: str, row, *, of, calendar, now: datetime, url: str, **facts) -> Item:
    """An item with what the record says, unless told otherwise."""
    due = getattr(row, "due_on", None)
    said: dict[str, Any] = {
        "reference": getattr(row, "reference", ""),
        "title": getattr(row, "title", ""),
        "language": getattr(row, "language", ""),
        "person": getattr(row, "created_by", None),
        "is_example": getattr(row, "is_example", False),
    }
    left = working_days_left(calendar, due, now) if calendar else None
    return Item(noun=noun, status=row.status, of=str(of), url=url, due=due, days_left=left, **said | facts)
