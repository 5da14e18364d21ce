"""What the portal does by itself when a day has passed. Each record in its own transaction: a fault stops no other."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.errors import DomainError

from .. import clocks
from ..lifecycle import CallStatus, MatchStatus, OfferStatus, RequestStatus
from ..models import Approach, Assignment, CooperationRequest, Match, Offer, OpenCall
from . import approaches, assigning, calls, matches, offers, requests

log = logging.getLogger(__name__)


def tick(now: datetime | None = None) -> int:
    """Take every step whose day has passed; returns how many were taken. Several workers may call it."""
    now = now or timezone.now()
    return sum(_try(act, record) for act, record in _due(now))


def _due(now: datetime) -> Iterator[tuple[Callable[[Any], Any], Any]]:
    today = now.date()
    dormant = CooperationRequest.objects.filter(status=RequestStatus.CLARIFICATION)
    for request in dormant.filter(due_on__lt=today).order_by("pk"):
        if requests.may_lapse(request, now):
            yield requests.lapse, request
    waiting = CooperationRequest.objects.filter(status=RequestStatus.MATCHING)
    long_enough = Q(due_on__lt=today) | Q(pk__in=_turned_down())
    for request in waiting.filter(long_enough).order_by("pk"):
        if requests.may_be_declared_unmet(request, now):
            yield requests.declare_unmet, request
    offered = Match.objects.filter(status=MatchStatus.OFFERED, due_on__lt=today).order_by("pk")
    for match in offered.select_related("component__request__party"):
        if match.due_on and clocks.has_passed(match.component.request.party, match.due_on, now):
            yield matches.lapse, match
    yield from _approaches_and_calls(now)
    live = Offer.objects.filter(status__in=[OfferStatus.PUBLISHED, OfferStatus.PAUSED])
    for offer in live.filter(expires_on__lt=today).order_by("pk"):
        yield offers.expire, offer
    for assignment in Assignment.objects.orphaned().order_by("pk"):
        yield assigning.free, assignment


def _approaches_and_calls(now: datetime) -> Iterator[tuple[Callable[[Any], Any], Any]]:
    """Calls whose day is over, before the approaches of which nothing can come any more."""
    open_calls = OpenCall.objects.filter(status=CallStatus.OPEN, due_on__lt=now.date()).order_by("pk")
    for call in open_calls.select_related("component__request__party"):
        if calls.may_close(call):
            yield calls.close, call
    waiting = Approach.objects.live().order_by("pk")
    for approach in waiting.select_related("component__request__party", "offer", "organization__party"):
        if approaches.may_lapse(approach, now):
            yield approaches.lapse, approach


def _turned_down() -> Any:
    """Requests of which a need was offered something in vain, by id."""
    failed = Match.objects.filter(status__in=[MatchStatus.DECLINED, MatchStatus.LAPSED], offered_at__isnull=False)
    return failed.values("component__request")


def _try(act: Callable[[Any], Any], record: Any) -> int:
    try:
        act(record)
    except DomainError:
        return 0  # somebody was quicker, or it is not due where the office sits
    except Exception:
        log.exception("a due step failed", extra={"record": record.reference})
        return 0
    return 1
