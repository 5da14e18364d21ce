"""What can be done with an offer: one function per business act. Raises NotAllowed, IllegalStep or DomainError."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import mail_links
from accounts.errors import DomainError
from accounts.models import MailLink, Notice, User
from accounts.permissions import Permission
from centres.models import SupportCentre

from .. import announce, clocks
from ..days import day
from ..lifecycle import ApproachStatus, MatchStatus, OfferStatus
from ..models import Approach, Match, Offer
from ..reasons import reason_words
from . import approaches, drafts, tidings
from .computed import recompute, release, supply_changed
from .scoring import queue_offer
from .steps import check, lock, lock_requests_of, take

RENEWED_FOR = timedelta(days=365)
RENEWED_BY_MAIL_WITHIN = timedelta(days=60)
BY_MAIL = "offer_by_mail"  # the address that takes the link


@transaction.atomic
def submit(offer: Offer, *, by: User | None, permission: Permission | None = None) -> Offer:
    """Submit a draft for verification by the centre that serves the seat of the organization,
    else by the coordinator.
    """
    check(offer, "submit", by=by, permission=permission)
    _check_complete(offer)
    now = timezone.now()
    offer.verifying_centre = verifying_centre(offer)
    changes = {
        "verifying_centre": offer.verifying_centre,
        "due_on": clocks.verification_due(offer.verifying_centre, now),
    }
    event = take(offer, "submit", by=by, permission=permission, changes=changes)
    announce.about_offer(offer, event, "submit")
    return offer


def verifying_centre(offer: Offer) -> SupportCentre | None:
    """The operating centre in whose Parties the organization is seated; None where the coordinator verifies."""
    seat = offer.organization.party
    return SupportCentre.objects.serving(seat).operating().first() if seat else None


def _check_complete(offer: Offer) -> None:
    if not offer.title.strip() or not offer.text.strip():
        raise DomainError(_("Write a title and what you offer before you submit the offer."))
    if offer.expires_on and offer.expires_on < timezone.now().date():
        raise DomainError(_("The offer expires on a day that has passed. Choose a later day."))


@transaction.atomic
def publish(offer: Offer, *, by: User | None, permission: Permission | None = None, spread: bool = True) -> Offer:
    """Publish a verified offer: from now on it is compared with every open need.

    With `spread=False` the caller queues the runs of all needs itself: an import does so once for many offers.
    """
    lock_requests_of(Approach.objects.filter(offer=offer, status=ApproachStatus.ANSWERED))
    changes = {"published_at": timezone.now(), "due_on": None}
    event = take(offer, "publish", by=by, permission=permission, changes=changes, public=True)
    supply_changed(offer)
    if spread:
        queue_offer(offer)
    announce.about_offer(offer, event, "publish")
    approaches.bring_waiting(offer)
    return offer


def _into_the_matcher(offer: Offer) -> None:
    """What the scorer can see has changed: stamp it, and ask for the needs that it could enter or leave."""
    supply_changed(offer)
    queue_offer(offer)


@transaction.atomic
def return_for_changes(offer: Offer, *, by: User | None, reason_code: str, reason: str = "") -> Offer:
    """Send an offer back to its provider, with a reason."""
    event = take(offer, "return_for_changes", by=by, changes={"due_on": None}, reason_code=reason_code, reason=reason)
    announce.about_offer(offer, event, "return_for_changes", reason=reason_words(reason_code), text=reason)
    return offer


@transaction.atomic
def refuse(offer: Offer, *, by: User | None, reason_code: str, reason: str = "") -> Offer:
    """Refuse an offer, with a reason told to the provider."""
    event = take(offer, "refuse", by=by, changes={"due_on": None}, reason_code=reason_code, reason=reason)
    announce.about_offer(offer, event, "refuse", reason=reason_words(reason_code), text=reason)
    return offer


@transaction.atomic
def pause(offer: Offer, *, by: User | None) -> Offer:
    """Take an offer out of the search for a while."""
    event = take(offer, "pause", by=by)
    _into_the_matcher(offer)
    tidings.about_offer(offer, event, "pause")
    return offer


@transaction.atomic
def resume(offer: Offer, *, by: User | None) -> Offer:
    """Put a paused offer back into the search."""
    event = take(offer, "resume", by=by)
    _into_the_matcher(offer)
    tidings.about_offer(offer, event, "resume")
    return offer


@transaction.atomic
def expire(offer: Offer, *, by: User | None = None) -> Offer:
    """The clock: past its last day an offer leaves the search, and matches that wait for answers are released."""
    lock_requests_of(_waiting(offer))
    check(offer, "expire", by=by)
    if offer.expires_on is None or offer.expires_on >= timezone.now().date():
        raise DomainError(_("The offer has not expired yet."))
    event = take(offer, "expire", by=by)
    _release(offer, "offer_expired")
    let_renew_by_mail(offer, announce.about_offer(offer, event, "expire"))
    tidings.about_offer(offer, event, "expire")
    return offer


@transaction.atomic
def renew(offer: Offer, *, by: User | None, expires_on: date | None = None) -> Offer:
    """Publish an expired offer again, for a year unless another day is given."""
    check(offer, "renew", by=by)
    today = timezone.now().date()
    until = expires_on or today + RENEWED_FOR
    if until < today:
        raise DomainError(_("Choose a day in the future."))
    event = take(offer, "renew", by=by, changes={"expires_on": until}, public=True)
    _into_the_matcher(offer)
    tidings.about_offer(offer, event, "renew")
    return offer


@transaction.atomic
def extend(offer: Offer, *, by: User | None) -> str:
    """One more year for a published or paused offer; an expired one is renewed. Returns the last day, in words."""
    lock(offer)
    if offer.status == OfferStatus.EXPIRED:
        renew(offer, by=by)
    else:
        until = timezone.now().date() + RENEWED_FOR
        drafts.save_offer(offer, by=by, data={"expires_on": until})
    return day(offer.expires_on, "long")


def let_renew_by_mail(offer: Offer, notices: Iterable[Notice]) -> None:
    """Give these notices a link that publishes the offer for one more year without a sign-in, once, for two months."""
    until = timezone.now() + RENEWED_BY_MAIL_WITHIN
    for notice in notices:
        mail_links.issue(
            notice,
            purpose=BY_MAIL,
            subject=offer.reference,
            permission=Permission.OFFER_EDIT,
            obj=offer,
            expires_at=until,
        )


@transaction.atomic
def extend_by_mail(link: MailLink) -> Offer:
    """Use the link of a mail up: one more year for its offer, in the name of whom it was sent to."""
    by = mail_links.redeem(link)
    offer = Offer.objects.visible_to(by).by_reference(link.subject).get()
    extend(offer, by=by)
    mail_links.retire(BY_MAIL, offer.reference)
    return offer


@transaction.atomic
def withdraw(offer: Offer, *, by: User | None) -> Offer:
    """Withdraw an offer for good; matches that wait for answers are released, engagements end by their own step."""
    lock_requests_of(_waiting(offer))
    event = take(offer, "withdraw", by=by, changes={"due_on": None})
    _release(offer, "offer_withdrawn")
    tidings.about_offer(offer, event, "withdraw")
    return offer


def _waiting(offer: Offer) -> Any:
    """The matches of an offer that wait for an answer."""
    return Match.objects.filter(offer=offer, status=MatchStatus.OFFERED)


def _release(offer: Offer, reason_code: str) -> None:
    """Give back what offered matches of an offer hold, tell both sides, and take the offer out of the search."""
    lock_requests_of(_waiting(offer))  # again: one more may have been offered before the offer itself was locked
    for match, event in release(Match.objects.filter(offer=offer), reason_code=reason_code):
        recompute(match.component.request)
        announce.about_match(match, event, "retract", reason=reason_words(reason_code))
    offer.refresh_from_db()
    _into_the_matcher(offer)


STEPS = {
    "submit": submit,
    "publish": publish,
    "return_for_changes": return_for_changes,
    "refuse": refuse,
    "pause": pause,
    "resume": resume,
    "renew": renew,
    "withdraw": withdraw,
}
