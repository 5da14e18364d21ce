"""Merging two organizations, as far as offers are concerned: what moved is found by its new name and scored anew."""

from django.db import transaction

from accounts.models import User
from centres.actions import merging
from centres.models import Organization

from ..lifecycle import OfferStatus
from ..models import Offer
from .computed import supply_changed
from .scoring import queue_offer


@transaction.atomic
def merge(duplicate: Organization, kept: Organization, *, by: User | None) -> Organization:
    """Merge a duplicate into the organization that is kept. What refers to it, in any room of the portal, moves."""
    moved = list(Offer.objects.filter(organization=duplicate).values_list("pk", flat=True))
    kept = merging.merge(duplicate, kept, by=by)
    for offer in Offer.objects.filter(pk__in=moved).select_related("organization").order_by("pk"):
        offer.refresh_search_text()
        offer.save(update_fields=["search_text", "updated_at"])
        if offer.status == OfferStatus.PUBLISHED:
            supply_changed(offer)
            queue_offer(offer)
    return kept
