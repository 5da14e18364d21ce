"""Once in a while: remind of offers, verifications, milestones and appraisals whose day is near."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions.audit import record
from accounts.actions.notices import tell
from centres.actions import verification

from .. import announce
from ..lifecycle import OfferStatus
from ..models import Offer
from . import offers, schedule
from .steps import lock

log = logging.getLogger(__name__)
REMINDED_BEFORE = (timedelta(days=30), timedelta(days=7))


def look_after(now: datetime | None = None) -> int:
    """Send every reminder whose day has come, each kind for itself: a fault in one stops no other."""
    now = now or timezone.now()
    kinds: tuple[Callable[[datetime], int], ...] = (
        verification.look_after,
        remind_of_offers,
        schedule.remind_of_milestones,
        schedule.remind_of_appraisals,
    )
    return sum(_try(kind, now) for kind in kinds)


def _try(kind: Callable[[datetime], int], now: datetime) -> int:
    try:
        return kind(now)
    except Exception:
        log.exception("reminders failed", extra={"kind": kind.__name__})
        return 0


def remind_of_offers(now: datetime) -> int:
    """Tell a provider 30 and 7 days before an offer expires; one click publishes it for another year."""
    today = now.date()
    rows = Offer.objects.filter(status__in=[OfferStatus.PUBLISHED, OfferStatus.PAUSED], expires_on__gte=today)
    near = rows.filter(expires_on__lte=today + max(REMINDED_BEFORE)).order_by("pk")
    return sum(_remind(pk, now) for pk in list(near.values_list("pk", flat=True)))


@transaction.atomic
def _remind(pk: int, now: datetime) -> int:
    offer = Offer.objects.select_related("organization").get(pk=pk)
    lock(offer)
    day = _reminder_day(offer, now)
    if day is None or (offer.reminded_for and offer.reminded_for >= day):
        return 0
    Offer.objects.filter(pk=pk).update(reminded_for=day)  # not a change of the offer: nothing else moves
    event = record("remind_of_expiry", offer, by=None)
    words: dict[str, Any] = {"reference": offer.reference, "title": offer.title, "until": offer.expires_on}
    told = tell(
        announce.provider(offer),
        event,
        kind="offer_expires",
        subject=_("%(reference)s expires on %(until)s: one click publishes it for another year"),
        text=_("Your offer “%(title)s” leaves the search after %(until)s. One click publishes it for one more year."),
        path=reverse_lazy("offer_detail", args=[offer.reference]),
        params=words,
    )
    offers.let_renew_by_mail(offer, told)
    return 1


def _reminder_day(offer: Offer, now: datetime) -> Any:
    if offer.expires_on is None:
        return None
    days = [offer.expires_on - before for before in REMINDED_BEFORE]
    return max((day for day in days if day <= now.date()), default=None)
