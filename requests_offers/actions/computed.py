"""What follows from other rows, in the same transaction: states of components and requests, places of offers."""

from typing import Any

from django.utils import timezone

from accounts.actions import mail_links
from accounts.actions.audit import record
from accounts.models import AuditEvent

from .. import clocks
from ..lifecycle import (
    ComponentStatus,
    MatchStatus,
    RequestStatus,
    component_status,
    partners_among,
    request_status,
)
from ..models import Component, CooperationRequest, Match, Offer, SupplyRevision
from .scoring import queue_offer

BY_MAIL = "match_by_mail"  # the address of a match in mails, where a side answers without signing in


def recompute(request: CooperationRequest) -> None:
    """Set the states of a locked request and its components from its matches and engagements."""
    components = list(request.components.order_by("number"))
    moved = [_recompute_component(component, request) for component in components]
    has_partner = bool(partners_among(_engagements_of(request)))
    status = request_status(request.status, [component.status for component in components], has_partner)
    if status != request.status:
        before, request.status = request.status, status
        _set_clock(request)
        request.save(update_fields=["status", "matching_since", "due_on", "updated_at"])
        record("computed", request, by=None, before=before, after=status, public=True)
    elif any(moved):
        request.save(update_fields=["updated_at"])  # whoever follows changes sees that a need moved
    # Leaving or entering "unmet" shows on the components that nobody answered.
    for component in components:
        _recompute_component(component, request)


def _set_clock(request: CooperationRequest) -> None:
    """Only a request of which no need has a partner waits for the day on which it is declared unmet."""
    request.due_on = None
    if request.status == RequestStatus.MATCHING:
        request.matching_since = timezone.now()
        request.due_on = (request.matching_since + clocks.UNMET_AFTER).date()


def _engagements_of(request: CooperationRequest) -> list[str]:
    rows = Match.objects.filter(component__request=request, engagement__isnull=False)
    return list(rows.values_list("engagement__status", flat=True))


def _recompute_component(component: Component, request: CooperationRequest) -> bool:
    """Set the state of one component; whether it changed."""
    matches = list(component.matches.values_list("status", "engagement__status"))
    engagements = [engagement for _, engagement in matches if engagement]
    status = component_status(request.status, [match for match, _ in matches], engagements, component.partners_wanted)
    if status == component.status:
        return False
    component.status = status
    component.save(update_fields=["status"])
    return True


def recount_places(offer: Offer) -> None:
    """Count the places of a locked offer that matches hold; a full offer leaves the search, a free one comes back."""
    was_full = offer.is_full
    offer.places_taken = Match.objects.filter(offer=offer).holding_a_place().count()
    offer.save(update_fields=["places_taken", "updated_at"])
    if offer.is_full != was_full:
        supply_changed(offer)
        queue_offer(offer)


def supply_changed(offer: Offer) -> None:
    """Stamp an offer with the next supply revision: what the scorer can see of it has changed."""
    offer.match_revision = SupplyRevision.raise_it()
    offer.save(update_fields=["match_revision"])


def release(matches: Any, *, reason_code: str) -> list[tuple[Match, AuditEvent]]:
    """Retract offered matches because the request or the offer went away; returns them with their events."""
    released = []
    offered = matches.filter(status=MatchStatus.OFFERED).order_by("offer_id", "pk")
    _lock_offers_of(offered)
    for match in offered.select_for_update(of=("self",)).select_related("offer", "component__request"):
        match.status, match.reason_code = MatchStatus.RETRACTED, reason_code
        match.due_on = None
        match.updated_at = timezone.now()
        match.save(update_fields=["status", "reason_code", "due_on", "updated_at"])
        event = record(
            "retract", match, by=None, before=MatchStatus.OFFERED, after=match.status, reason_code=reason_code
        )
        mail_links.retire(BY_MAIL, match.reference)
        released.append((match, event))
        recount_places(match.offer)
    return released


def _lock_offers_of(matches: Any) -> None:
    """Lock all offers before the first is changed: whoever fills one up holds it while waiting for the next
    revision.
    """
    offers = Offer.objects.filter(pk__in=matches.values("offer")).order_by("pk")
    list(offers.select_for_update().values_list("pk"))


def is_closed(request: CooperationRequest) -> bool:
    """Whether every component of a request is closed."""
    return not request.components.exclude(status=ComponentStatus.CLOSED).exists()
