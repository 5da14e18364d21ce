"""Who has to act on what until when: every record with a due day that is near or past, a side at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Model, Q, QuerySet

from accounts.models import Claim, User
from accounts.people import holders, on_rung
from accounts.permissions import Permission
from centres.actions.claims import deciders
from centres.calendars import CoordinationCalendar, centre_calendars
from centres.helpdesk.actions import handlers
from centres.models import SupportCentre, Ticket
from centres.working_week import Calendar

from ...lifecycle import ApproachStatus, MatchStatus, OfferStatus, RequestStatus
from ...models import Approach, Assignment, CooperationRequest, Match, Offer
from .levels import Level

HORIZON = timedelta(days=14)  # two working days lie well within it, whatever the weekend
R = RequestStatus


@dataclass(frozen=True)
class Wait:
    """A record waits for one side until a day.

    `people`: whom a level reaches; `still`: whether it waits, asked again.
    """

    kind: str
    record: Any
    side: str
    calendar: Calendar
    people: Callable[[Level], list[User]]
    still: Q
    lapses: bool = False

    @property
    def due_on(self) -> date:
        return self.record.due_on

    @property
    def key(self) -> tuple[str, int, str, date]:
        """What a reminder is kept by, beside its level."""
        return (self.record._meta.label_lower, self.record.pk, self.side, self.due_on)


def all_waits(now: datetime) -> Iterator[Wait]:
    """Every wait whose day is near or past. A fixed number of queries, whatever their number."""
    until = now.date() + HORIZON
    yield from _requests(until)
    yield from _matches(until)
    yield from _invitations(until)
    yield from _offers(until)
    yield from _claims(until)
    yield from _tickets(until)


def _near(rows: QuerySet, until: date) -> Any:
    return rows.filter(due_on__lte=until).order_by("due_on", "pk")


def _requests(until: date) -> Iterator[Wait]:
    rows = CooperationRequest.objects.filter(status__in=[R.SUBMITTED, R.CLARIFICATION, R.ANSWERED])
    found = list(_near(rows, until).select_related("party", "centre"))
    calendars = centre_calendars({row.centre_id for row in found} - {None})
    assigned = _assigned(found)
    for row in found:
        still = Q(status=row.status)
        if row.status == R.SUBMITTED:
            side, people = _desk(row.centre)
            people = _first_to(assigned.get(row.pk), people)
            yield Wait("request_submitted", row, side, calendars[row.centre_id], people, still)
        else:
            yield Wait(f"request_{row.status}", row, "country", row.party, _office(row.party), still)


def _assigned(rows: list[CooperationRequest]) -> dict[int, User]:
    """By request: who works on it, in one query."""
    held = Assignment.objects.in_force().filter(request__in=rows).select_related("officer")
    return {row.request_id: row.officer for row in held}


def _first_to(person: User | None, others: Callable[[Level], list[User]]) -> Callable[[Level], list[User]]:
    """Up to the first late notice whoever works on it is reminded; then it goes on to the others as without."""
    if person is None:
        return others
    return lambda level: [person] if level <= Level.FIRST else others(level)


def _desk(centre: SupportCentre | None) -> tuple[str, Callable[[Level], list[User]]]:
    """The side of whoever has a record: the centre, or the coordinator’s helpdesk where there is none."""
    side = "centre" if centre else "helpdesk"
    return side, lambda level: on_rung(side, max(level, 1), centre=centre)


def _office(party: Any) -> Callable[[Level], list[User]]:
    """Before the date everybody in the office, drafters included; past it step by step."""

    def people(level: Level) -> list[User]:
        if level is Level.BEFORE:
            return list(holders(Permission.REQUEST_DRAFT, party=party))
        return on_rung("country", level, party=party)

    return people


def _matches(until: date) -> Iterator[Wait]:
    """Offered matches, for each side that has not answered. They lapse past their date, so there is no escalation."""
    rows = _near(Match.objects.filter(status=MatchStatus.OFFERED), until)
    offered = Q(status=MatchStatus.OFFERED)
    for row in rows.select_related("component__request__party", "offer__organization__party"):
        party, organization = row.component.request.party, row.offer.organization
        if not row.accepted_by_party_at:
            answers = _those_who(Permission.MATCH_ANSWER_PARTY, party=party)
            still = offered & Q(accepted_by_party_at__isnull=True)
            yield Wait("match_party", row, "country", party, answers, still, lapses=True)
        if not row.accepted_by_provider_at:
            answers = _those_who(Permission.MATCH_ANSWER_PROVIDER, organization=organization)
            still = offered & Q(accepted_by_provider_at__isnull=True)
            calendar = organization.party or CoordinationCalendar()
            yield Wait("match_provider", row, "provider", calendar, answers, still, lapses=True)


def _invitations(until: date) -> Iterator[Wait]:
    """Invitations to offer that nobody has answered. They lapse past their date, so there is no escalation."""
    rows = _near(Approach.objects.filter(status=ApproachStatus.INVITED), until)
    for row in rows.select_related("component__request__party", "organization__party"):
        answers = _those_who(Permission.MATCH_ANSWER_PROVIDER, organization=row.organization)
        calendar = row.organization.party or CoordinationCalendar()
        yield Wait("approach", row, "provider", calendar, answers, Q(status=row.status), lapses=True)


def _those_who(permission: Permission, **scope: Model) -> Callable[[Level], list[User]]:
    return lambda level: list(holders(permission, **scope))


def _offers(until: date) -> Iterator[Wait]:
    rows = Offer.objects.filter(status=OfferStatus.IN_VERIFICATION)
    found = list(_near(rows, until).select_related("organization", "verifying_centre"))
    calendars = centre_calendars({row.verifying_centre_id for row in found} - {None})
    for row in found:
        side, people = _desk(row.verifying_centre)
        still = Q(status=row.status)
        yield Wait("offer_in_verification", row, side, calendars[row.verifying_centre_id], people, still)


def _claims(until: date) -> Iterator[Wait]:
    rows = _near(Claim.objects.waiting(), until).select_related("user", "party", "organization", "seat")
    for row in rows:
        calendar = row.party or row.seat or CoordinationCalendar()
        side = "country" if row.party else "centre"
        yield Wait("claim", row, side, calendar, _deciders(row), Q(status=Claim.Status.CLAIMED))


def _deciders(claim: Claim) -> Callable[[Level], list[User]]:
    """Those nearest to a claim decide it first: the office, or the heads around the seat; the coordinators at last."""

    def people(level: Level) -> list[User]:
        coordinators = on_rung("helpdesk", 1)
        near = [person for person in deciders(claim) if person not in coordinators]
        return near if near and level is not Level.THIRD else coordinators

    return people


def _tickets(until: date) -> Iterator[Wait]:
    rows = list(_near(Ticket.objects.filter(status=Ticket.Status.OPEN), until).select_related("centre", "assigned_to"))
    calendars = centre_calendars({row.centre_id for row in rows} - {None})
    for row in rows:
        side, people = _desk(row.centre)
        yield Wait("ticket", row, side, calendars[row.centre_id], _handlers(row, people), Q(status=row.status))


def _handlers(ticket: Ticket, later: Callable[[Level], list[User]]) -> Callable[[Level], list[User]]:
    return lambda level: handlers(ticket) if level is Level.BEFORE else later(level)
