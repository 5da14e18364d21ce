"""Declaring a conflict of interest, and taking the declaration back: what it bars leaves the matcher at once."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError
from accounts.models import User
from accounts.permissions import Permission, require
from centres.models import Expert, Organization, Party

from .. import announce
from ..lifecycle import MatchStatus, OfferStatus
from ..match_inputs import conflict_between
from ..models import ConflictDeclaration, CooperationRequest, Match, Offer
from ..reasons import reason_words
from .computed import recompute, release, supply_changed
from .scoring import queue_offer
from .steps import lock, lock_requests_of


@transaction.atomic
def declare(
    organization: Organization,
    *,
    by: User | None,
    expert: Expert | None = None,
    with_party: Party | None = None,
    with_request: CooperationRequest | None = None,
    with_organization: Organization | None = None,
    reason: str = "",
) -> ConflictDeclaration:
    """Declare a conflict. Offered matches that it bars are taken back; agreed work ends by its own step."""
    if by is not None:
        require(by, Permission.ORGANIZATION_EDIT, organization)
    named = {"with_party": with_party, "with_request": with_request, "with_organization": with_organization}
    if sum(one is not None for one in named.values()) != 1:
        raise DomainError(_("Name one Party, one request or one organization."))
    if with_organization == organization:
        raise DomainError(_("Name another organization than your own."))
    if expert and expert.organization_id != organization.pk:
        raise DomainError(_("Choose an expert of your own organization."))
    barred = _offered_that_may_be_barred(organization)
    lock_requests_of(barred)
    try:
        with transaction.atomic():
            made = ConflictDeclaration.objects.create(
                organization=organization, expert=expert, reason=reason, declared_by=by, **named
            )
    except IntegrityError:
        known = ConflictDeclaration.objects.in_force().filter(organization=organization, expert=expert, **named)
        return known.get()
    record("declare_conflict", made, by=by, organization=organization.slug)
    _take_back(barred)
    _rescore(organization, expert)
    return made


@transaction.atomic
def end(conflict: ConflictDeclaration, *, by: User | None) -> ConflictDeclaration:
    """Take a declaration back; the offers may be matched again. It stays in the record with its last day."""
    lock(conflict)
    if by is not None:
        require(by, Permission.ORGANIZATION_EDIT, conflict)
    if conflict.ended_at is None:
        conflict.ended_at = timezone.now()
        conflict.save(update_fields=["ended_at"])
        record("end_conflict", conflict, by=by)
        _rescore(conflict.organization, conflict.expert)
    return conflict


def _offered_that_may_be_barred(organization: Organization) -> Any:
    return Match.objects.filter(offer__organization=organization, status=MatchStatus.OFFERED)


def _take_back(offered: Any) -> None:
    """Release offered matches between the two sides of a conflict; both are told."""
    rows = offered.select_related("component__request__party", "offer")
    barred = [match.pk for match in rows if conflict_between(match.component, match.offer)]
    for match, event in release(Match.objects.filter(pk__in=barred), reason_code="conflict"):
        recompute(match.component.request)
        announce.about_match(match, event, "retract", reason=reason_words("conflict"))


def _rescore(organization: Organization, expert: Expert | None) -> None:
    """The scorer looks again at the offers concerned: they leave or enter the needs in question."""
    rows = Offer.objects.filter(organization=organization, status=OfferStatus.PUBLISHED)
    if expert:
        rows = rows.filter(experts=expert)
    for offer in rows.select_for_update().order_by("pk"):
        supply_changed(offer)
        queue_offer(offer)
