"""The desk of a person: what waits for their offices, centres and organizations, and what others have for them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission as P
from accounts.permissions import can, reach
from centres.models import Organization

from . import desk_knowledge, desk_providers, desk_questions, desk_registry
from .clocks import CoordinationCalendar, centre_calendars, working_days_left
from .lifecycle import ENDED_REQUEST, ApproachStatus, ComponentStatus, MatchStatus, OfferStatus, RequestStatus
from .models import Approach, Component, CooperationRequest, Endorsement, Match, Offer

MOST = 100  # of each kind; whoever has more works in the lists
R = RequestStatus


@dataclass(frozen=True)
class Item:
    """One thing to do, or to wait for."""

    url: str
    title: str
    language: str
    reference: str
    of: str  # the Party or organization it belongs to
    kind: str
    next: str
    due: date | None
    days_left: int | None
    is_example: bool
    who: str = ""

    @property
    def is_late(self) -> bool:
        return self.days_left is not None and self.days_left < 0


OFFICE = {  # state of a request: (what kind, what comes next) for the office that may submit
    R.DRAFT: (_("Draft"), _("Finish and submit")),
    R.CLARIFICATION: (_("Question of the centre"), _("Answer the question")),
    R.DORMANT: (_("Dormant"), _("An answer revives it")),
    R.ANSWERED: (_("Direct answer"), _("Say whether it helps")),
    R.PAUSED: (_("Paused"), _("Resume it")),
}
DRAFTER = {
    R.DRAFT: (_("Draft"), _("Go on writing")),
    R.CLARIFICATION: (_("Question of the centre"), _("Help to answer")),
}
TRIAGE = (_("First answer"), _("Accept, ask or answer"))
CHOOSE = (_("Offers found"), _("Choose offers"))
ANSWER = (_("Offered match"), _("Accept or decline"))
INVITED = (_("Invitation to offer"), _("Answer with an offer, or decline"))
LATE = (_("Late at a centre"), _("Ask the centre, or hand it on"))
VERIFY = (_("Offer to verify"), _("Publish or return"))
JOIN = (_("Endorsement"), _("Confirm that your office stands behind it, or decline"))
COMPLETE = (_("All needs are closed"), _("Complete the request"))
OWN_OFFER = {
    OfferStatus.DRAFT: (_("Draft of an offer"), _("Finish and submit")),
    OfferStatus.EXPIRED: (_("Expired offer"), _("Renew it")),
}
HELPDESK = _("The coordinator’s helpdesk")

_MORE: list[Callable[[Any], Iterable[Any]]] = []


def register(source: Callable[[Any], Iterable[Any]]) -> None:
    """Let another app put on the desk what waits in it; called from the `ready()` of that app."""
    _MORE.append(source)


class Desk:
    """Gathers items from all roles of one person, in a fixed number of queries."""

    def __init__(self, user, now):
        self.user, self.now = user, now

    @cached_property
    def items(self) -> list[Item]:
        """What waits for this person: late first, then by due date; what has no date last."""
        found = {(item.url, item.kind): item for source in self._sources for item in source()}
        return sorted(found.values(), key=lambda item: (not item.is_late, item.due or date.max, item.reference))

    @property
    def _sources(self):
        return (
            self._requests_of_the_office,
            self._endorsements_to_give,
            self._requests_to_triage,
            self._requests_late_elsewhere,
            self._needs_with_offers,
            self._matches_to_answer,
            self._invitations_to_answer,
            self._offers_to_verify,
            self._own_offers,
            self._requests_to_complete,
            *desk_providers.sources(self),
            *desk_questions.sources(self),
            *desk_registry.sources(self),
            *desk_knowledge.sources(self),
            *(partial(source, self) for source in _MORE),
        )

    @cached_property
    def organizations(self) -> list[Organization]:
        """The organizations whose profile this person writes."""
        return desk_providers.organizations(self.user)

    @property
    def ways(self) -> dict[str, Any]:
        """What this person may begin."""
        return {
            "can_request": can(self.user, P.REQUEST_DRAFT),
            "can_offer": can(self.user, P.OFFER_EDIT),
            "profiles": self.organizations,
        }

    # The office of a Party -------------------------------------------------

    def _requests_of_the_office(self) -> Iterator[Item]:
        part, submits = reach(self.user, P.REQUEST_DRAFT), reach(self.user, P.REQUEST_SUBMIT)
        if not part.parties:
            return
        rows = self._requests.filter(party__in=part.parties, status__in=OFFICE)
        for row in rows[:MOST]:
            table = OFFICE if row.party_id in submits.parties else DRAFTER
            if row.status in table:
                yield self._of_request(row, table[row.status], row.party)

    def _endorsements_to_give(self) -> Iterator[Item]:
        """Joint requests whose other office has asked this one, and requests that came in a file."""
        rows = Endorsement.objects.waiting_for(self.user).exclude(request__status__in=ENDED_REQUEST)
        for row in rows.select_related("request__party").order_by("pk")[:MOST]:
            url = reverse("request_endorsement", args=[row.request.reference])
            yield self.item(row.request, JOIN, url=url, title=row.request.title, reference=row.request.reference)

    # The centre ------------------------------------------------------------

    def _requests_to_triage(self) -> Iterator[Item]:
        rows = self._in_reach(self._requests.filter(status=R.SUBMITTED), P.REQUEST_TRIAGE, CooperationRequest.SCOPE)
        yield from self._with_calendar(rows, lambda row, calendar: self._of_request(row, TRIAGE, calendar))

    def _requests_late_elsewhere(self) -> Iterator[Item]:
        """What a centre has let pass is shown to the coordinator."""
        if not reach(self.user, P.REQUEST_REDIRECT).everywhere:
            return
        rows = self._requests.filter(status=R.SUBMITTED, centre__isnull=False, due_on__lt=self.now.date())
        yield from self._with_calendar(rows, lambda row, calendar: self._of_request(row, LATE, calendar))

    def _needs_with_offers(self) -> Iterator[Item]:
        """Needs for which the scorer found something good, or somebody chose an offer, and nobody has been asked."""
        chosen = Q(status__in=[MatchStatus.PROPOSED, MatchStatus.SHORTLISTED])
        good = Match.objects.filter(chosen | Q(status=MatchStatus.SUGGESTED) & ~Q(band=""), component=OuterRef("pk"))
        rows = Component.objects.scored().exclude(status=ComponentStatus.OFFERED).filter(Exists(good))
        rows = self._in_reach(rows, P.MATCH_OFFER, Component.SCOPE).select_related("request__party")
        for row in rows.order_by("request__accepted_at", "pk")[:MOST]:
            url = reverse("request_matches", args=[row.request.reference]) + f"?component={row.number}"
            yield self.item(row.request, CHOOSE, url=url, title=row.title, reference=row.reference)

    def _offers_to_verify(self) -> Iterator[Item]:
        rows = Offer.objects.filter(status=OfferStatus.IN_VERIFICATION)
        rows = self._in_reach(rows, P.OFFER_VERIFY, {"centre": "verifying_centre"})
        rows = rows.select_related("organization", "verifying_centre").order_by("due_on", "pk")
        yield from self._with_calendar(
            rows, lambda row, calendar: self._of_offer(row, VERIFY, calendar), "verifying_centre"
        )

    def _requests_to_complete(self) -> Iterator[Item]:
        still = Component.objects.filter(request=OuterRef("pk")).exclude(status=ComponentStatus.CLOSED)
        rows = self._requests.filter(status__in=[R.MATCHED, R.PARTLY_MATCHED]).exclude(Exists(still))
        party = reach(self.user, P.REQUEST_SUBMIT).as_q({"party": "party"}) & Q(completed_by_party_at__isnull=True)
        centre = reach(self.user, P.REQUEST_TRIAGE).as_q({"centre": "centre"}) & Q(completed_by_centre_at__isnull=True)
        for row in rows.filter(party | centre)[:MOST]:
            yield self._of_request(row, COMPLETE, row.party)

    # Both sides of a match -------------------------------------------------

    def _matches_to_answer(self) -> Iterator[Item]:
        party = reach(self.user, P.MATCH_ANSWER_PARTY).as_q({"party": Match.SCOPE["party"]})
        provider = reach(self.user, P.MATCH_ANSWER_PROVIDER).as_q({"organization": Match.SCOPE["organization"]})
        waits = party & Q(accepted_by_party_at__isnull=True) | provider & Q(accepted_by_provider_at__isnull=True)
        for row in self._matches.filter(waits)[:MOST]:
            yield self._of_match(row, ANSWER)

    def _invitations_to_answer(self) -> Iterator[Item]:
        part = reach(self.user, P.MATCH_ANSWER_PROVIDER)
        if not part.organizations:
            return
        rows = Approach.objects.filter(organization__in=part.organizations, status=ApproachStatus.INVITED)
        rows = rows.select_related("component__request__party", "organization__party").order_by("due_on", "pk")
        for row in rows[:MOST]:
            calendar = row.organization.party or CoordinationCalendar()
            facts = {"url": row.get_absolute_url(), "title": row.component.title, "reference": row.reference}
            yield self.item(row.component.request, INVITED, due=row.due_on, calendar=calendar, **facts)

    # The provider ----------------------------------------------------------

    def _own_offers(self) -> Iterator[Item]:
        ours = reach(self.user, P.OFFER_EDIT).organizations
        if not ours:
            return
        rows = Offer.objects.filter(organization__in=ours, status__in=OWN_OFFER).select_related("organization")
        for row in rows.order_by("-updated_at", "pk")[:MOST]:
            yield self._of_offer(row, OWN_OFFER[OfferStatus(row.status)], None)

    # What others have ------------------------------------------------------

    @cached_property
    def others(self) -> list[Item]:
        """What others have in hand for this person: nothing to do, they will be told."""
        found = [*self._with_the_centre(), *self._with_the_other_side(), *self._with_the_verifier()]
        return sorted(found, key=lambda item: (item.due or date.max, item.reference))

    def _with_the_centre(self) -> Iterator[Item]:
        ours = reach(self.user, P.REQUEST_DRAFT).parties
        if not ours:
            return
        held = self._requests.filter(party__in=ours, status__in=[R.SUBMITTED, R.MATCHING, R.PARTLY_MATCHED, R.UNMET])
        yield from self._with_calendar(
            held, lambda row, calendar: self._of_request(row, ("", ""), calendar, who=_name(row.centre))
        )

    def _with_the_other_side(self) -> Iterator[Item]:
        """Offered matches to which the own side has said yes, and for the centre those that it has offered."""
        party = reach(self.user, P.MATCH_ANSWER_PARTY).as_q({"party": Match.SCOPE["party"]})
        provider = reach(self.user, P.MATCH_ANSWER_PROVIDER).as_q({"organization": Match.SCOPE["organization"]})
        said = party & Q(accepted_by_party_at__isnull=False) | provider & Q(accepted_by_provider_at__isnull=False)
        centre = reach(self.user, P.MATCH_OFFER).as_q({"centre": Match.SCOPE["centre"]})
        for row in self._matches.filter(said | centre)[:MOST]:
            asked = [
                *([row.component.request.party.name] if not row.accepted_by_party_at else []),
                *([row.offer.organization.name] if not row.accepted_by_provider_at else []),
            ]
            yield self._of_match(row, ("", ""), who=" · ".join(asked))

    def _with_the_verifier(self) -> Iterator[Item]:
        ours = reach(self.user, P.OFFER_EDIT).organizations
        if not ours:
            return
        rows = Offer.objects.filter(organization__in=ours, status=OfferStatus.IN_VERIFICATION)
        rows = rows.select_related("organization", "verifying_centre").order_by("due_on", "pk")
        yield from self._with_calendar(
            rows,
            lambda row, calendar: self._of_offer(row, ("", ""), calendar, who=_name(row.verifying_centre)),
            "verifying_centre",
        )

    # Rows and items --------------------------------------------------------

    @property
    def _requests(self):
        return CooperationRequest.objects.select_related("party", "centre").order_by("due_on", "pk")

    @property
    def _matches(self):
        rows = Match.objects.filter(status=MatchStatus.OFFERED).order_by("due_on", "pk")
        return rows.select_related("component__request__party", "offer__organization")

    def _in_reach(self, rows, permission, scope):
        return rows.filter(reach(self.user, permission).as_q(scope))

    def _with_calendar(self, rows, make, field="centre") -> Iterator[Item]:
        """Items of rows that a centre holds, by the working week of each centre, in two queries."""
        rows = list(rows[:MOST])
        calendars = centre_calendars({getattr(row, f"{field}_id") for row in rows} - {None})
        for row in rows:
            yield make(row, calendars[getattr(row, f"{field}_id")])

    def _of_request(self, row, words, calendar, **more) -> Item:
        more = {"url": row.get_absolute_url(), "title": row.title, "reference": row.reference} | more
        return self.item(row, words, due=row.due_on, calendar=calendar, **more)

    def _of_match(self, row, words, **more) -> Item:
        request, url = row.component.request, row.get_absolute_url()
        more = {"url": url, "title": row.component.title, "reference": row.reference} | more
        return self.item(request, words, due=row.due_on, calendar=request.party, **more)

    def _of_offer(self, row, words, calendar, **more) -> Item:
        more = {"url": row.get_absolute_url(), "title": row.title, "reference": row.reference} | more
        return self.item(row, words, of=row.organization.name, due=row.due_on, calendar=calendar, **more)

    def item(self, record, words, *, due=None, calendar=None, of="", **more) -> Item:
        """One item of the list; `calendar` counts its working days."""
        kind, following = words
        left = working_days_left(calendar, due, self.now) if calendar else None
        return Item(
            language=getattr(record, "language", ""),
            of=of or record.party.name,
            kind=str(kind),
            next=str(following),
            due=due,
            days_left=left,
            is_example=record.is_example,
            **more,
        )


def _name(centre) -> str:
    return centre.name if centre else str(HELPDESK)
