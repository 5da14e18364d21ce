"""How a provider comes to a need: invited, in answer to an open call, or by itself. What it offers becomes a match.

Rows are locked parents first: request, offer, approach. A match is made when the offer is published, and in a call when
the call has closed; until then the approach waits.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import mail_links
from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import User
from accounts.people import holders
from accounts.permissions import Permission, can, require
from centres.models import Organization

from .. import clocks
from ..lifecycle import ApproachStatus, CallStatus, OfferStatus
from ..models import Approach, Component, CooperationRequest, Match, Offer, OpenCall
from ..models.request import Visibility
from ..reasons import reason_words
from . import matches, tidings
from .steps import check, lock, take

LONGEST_ANSWER = timedelta(days=90)
BY_MAIL = "approach_by_mail"  # the address of an invitation in mails
# An offer that is being written or verified may answer; it stands on the board once it is published.
ON_ITS_WAY = frozenset({OfferStatus.DRAFT, OfferStatus.IN_VERIFICATION})
NEVER_COMES = frozenset({OfferStatus.REFUSED, OfferStatus.WITHDRAWN})


# Inviting -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    component: Component, organization: Organization, *, by: User | None, message: str = "", until: date | None = None
) -> Approach:
    """Ask an organization to offer for a need until a day, 15 working days by default.

    Asked twice, it is asked once.
    """
    lock(component.request)
    if by is not None:
        require(by, Permission.MATCH_OFFER, component)
    check_open(component)
    check_may_be_shown(component.request, organization)
    earlier = component.approaches.filter(organization=organization, status=ApproachStatus.INVITED).first()
    if earlier:
        return earlier
    now = timezone.now()
    due = until or clocks.invitation_due(organization, now)
    check_day(due, now)
    made = Approach.objects.create(
        component=component, organization=organization, origin=Match.Origin.INVITATION, message=message, due_on=due,
        made_by=by,
    )  # fmt: skip
    event = record("invite", made, by=by, after=made.status, organization=organization.slug)
    expires = clocks.end_of(_calendar(organization), due)
    for notice in tidings.about_approach(made, event, "invite"):
        mail_links.issue(
            notice, purpose=BY_MAIL, subject=made.reference, permission=Permission.MATCH_ANSWER_PROVIDER, obj=made,
            expires_at=expires,
        )  # fmt: skip
    return made


def check_open(component: Component) -> None:
    """Only needs that are searched for take offers."""
    if not Component.objects.scored().filter(pk=component.pk).exists():
        raise IllegalStep(_("This need is not open for offers now."))


def check_may_be_shown(request: CooperationRequest, organization: Organization) -> None:
    """Who is asked must be allowed to read what it is asked about, and there must be somebody to ask."""
    if request.visibility == Visibility.RESTRICTED:
        raise DomainError(
            _("This request is restricted: nobody outside may read it. Propose a published offer and offer it to both.")
        )
    if request.visibility == Visibility.NETWORK and not organization.is_verified:
        raise DomainError(_("This request is shown to verified organizations only, and this one is not verified yet."))
    if not holders(Permission.MATCH_ANSWER_PROVIDER, organization=organization).exists():
        raise DomainError(
            _("Nobody acts for this organization in the portal yet. Invite somebody to act for it first.")
        )


def check_day(day: date, now: datetime) -> None:
    """The day to answer by lies within the next 90 days."""
    if not now.date() <= day <= now.date() + LONGEST_ANSWER:
        raise DomainError(_("Choose a day between today and 90 days from now."))


def _calendar(organization: Organization) -> Any:
    return organization.party or clocks.CoordinationCalendar()


# Answering ------------------------------------------------------------------------------------------------------------


def _lock_all(approach: Approach, offer: Offer | None) -> None:
    lock(approach.component.request)
    if approach.call:
        lock(approach.call)
    if offer:
        lock(offer)
    lock(approach)


def _check_offer(offer: Offer, organization_id: int) -> None:
    """An offer of the organization that speaks, published or on its way to be."""
    if offer.organization_id != organization_id:
        raise NotAllowed(_("Answer with an offer of your own organization."))
    if offer.status not in ON_ITS_WAY and offer.status != OfferStatus.PUBLISHED:
        raise DomainError(
            _("“%(title)s” is in the state “%(state)s”. Resume or renew it first, or choose another offer.")
            % {"title": offer.title, "state": offer.get_status_display()}
        )


@transaction.atomic
def answer(approach: Approach, *, by: User | None, offer: Offer, note: str = "") -> Approach:
    """The invited provider answers with an offer: one that is published, or a new one that has to be verified first."""
    _lock_all(approach, offer)
    check(approach, "answer", by=by)
    check_open(approach.component)
    _check_offer(offer, approach.organization_id)
    _refuse_twice(approach.component, offer)
    changes = {"offer": offer, "note": note, "answered_at": timezone.now(), "due_on": None}
    event = take(approach, "answer", by=by, changes=changes)
    mail_links.retire(BY_MAIL, approach.reference)
    if not _bring(approach, by=by, told="answer"):
        tidings.about_approach(approach, event, "answer")
    return approach


def _refuse_twice(component: Component, offer: Offer) -> None:
    if Approach.objects.filter(component=component, offer=offer, status=ApproachStatus.ANSWERED).exists():
        raise DomainError(_("You have named this offer for this need already. It waits until it can be brought in."))


@transaction.atomic
def decline(approach: Approach, *, by: User | None, reason_code: str, reason: str = "") -> Approach:
    """The invited provider does not offer, with a reason that is counted."""
    _lock_all(approach, None)
    changes = {"reason_code": reason_code, "reason": reason, "answered_at": timezone.now(), "due_on": None}
    event = take(approach, "decline", by=by, changes=changes, reason_code=reason_code, reason=reason)
    mail_links.retire(BY_MAIL, approach.reference)
    tidings.about_approach(approach, event, "decline", reason=reason_words(reason_code))
    return approach


@transaction.atomic
def offer_unasked(component: Component, offer: Offer, *, by: User, note: str = "") -> Approach:
    """A provider offers for a need that it may read, without having been asked. The same twice is said once."""
    lock(component.request)
    lock(offer)
    require(by, Permission.MATCH_ANSWER_PROVIDER, offer)
    check_open(component)
    _check_offer(offer, offer.organization_id)
    rows = Approach.objects.filter(component=component, offer=offer, origin=Match.Origin.UNSOLICITED)
    earlier = rows.filter(status__in=[ApproachStatus.ANSWERED, ApproachStatus.MATCHED]).first()
    if earlier:
        return earlier
    made = _answered(component, offer, by=by, note=note, origin=Match.Origin.UNSOLICITED)
    record("offer_unasked", made, by=by, after=made.status)
    _bring(made, by=by, told="unasked")
    return made


@transaction.atomic
def answer_call(call: OpenCall, offer: Offer, *, by: User, note: str = "") -> Approach:
    """A provider answers an open call; the centre sees the answer when the call has closed. Twice, it is said once."""
    component = call.component
    lock(component.request)
    lock(call)
    lock(offer)
    require(by, Permission.MATCH_ANSWER_PROVIDER, offer)
    if call.status != CallStatus.OPEN or clocks.has_passed(component.request.party, call.due_on, timezone.now()):
        raise IllegalStep(_("This call has closed. You can offer for the need without a call."))
    check_open(component)
    _check_offer(offer, offer.organization_id)
    earlier = call.approaches.filter(offer=offer, status=ApproachStatus.ANSWERED).first()
    if earlier:
        return earlier
    made = _answered(component, offer, by=by, note=note, origin=Match.Origin.OPEN_CALL, call=call)
    record("answer_call", made, by=by, after=made.status)
    return made


def _answered(component: Component, offer: Offer, *, by: User, **facts: Any) -> Approach:
    try:
        with transaction.atomic():
            return Approach.objects.create(
                component=component, offer=offer, organization=offer.organization, made_by=by,
                status=ApproachStatus.ANSWERED, answered_at=timezone.now(), **facts,
            )  # fmt: skip
    except IntegrityError:
        raise DomainError(
            _("You have named this offer for this need already. It waits until it can be brought in.")
        ) from None


# Bringing in ----------------------------------------------------------------------------------------------------------


def _bring(approach: Approach, *, by: User | None, told: str) -> bool:
    """Make the match of an approach, where its offer is published and its call, if any, has closed. Whether it did."""
    offer = approach.offer
    waits = approach.call is not None and approach.call.status == CallStatus.OPEN
    if waits or offer is None or offer.status != OfferStatus.PUBLISHED:
        return False
    origin, note = approach.origin, approach.note
    match = matches.bring(approach.component, offer, by=by, origin=origin, note=note)
    approach.match = None if Approach.objects.filter(match=match).exists() else match
    event = take(approach, "match", by=None, changes={"match": approach.match})
    tidings.about_approach(approach, event, told)
    return True


def bring_waiting(offer: Offer) -> None:
    """An offer was published: the needs for which it was written get it on their boards. The caller's transaction."""
    rows = Approach.objects.filter(offer=offer, status=ApproachStatus.ANSWERED).order_by("component__request", "pk")
    for approach in rows.select_related("component__request", "call", "organization"):
        bring_or_lapse(approach)


def bring_or_lapse(approach: Approach) -> None:
    """Bring an answer to the board; one that cannot come any more lapses, and its provider is told."""
    _lock_all(approach, approach.offer)
    if approach.status != ApproachStatus.ANSWERED:
        return
    try:
        with transaction.atomic():
            _bring(approach, by=None, told="match")
    except DomainError:
        _lapse(approach)


# Ends -----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def take_back(approach: Approach, *, by: User | None) -> Approach:
    """The provider takes its answer back before it stands on the board."""
    _lock_all(approach, None)
    event = take(approach, "take_back", by=by)
    sealed = approach.call is not None and approach.call.status == CallStatus.OPEN
    if not sealed:
        tidings.about_approach(approach, event, "take_back")
    return approach


@transaction.atomic
def call_off(approach: Approach, *, by: User | None) -> Approach:
    """The officer takes an invitation back."""
    _lock_all(approach, None)
    event = take(approach, "call_off", by=by, changes={"due_on": None})
    mail_links.retire(BY_MAIL, approach.reference)
    tidings.about_approach(approach, event, "call_off")
    return approach


@transaction.atomic
def lapse(approach: Approach, *, by: User | None = None) -> Approach:
    """The clock: an invitation was not answered in time, or the need or the offer is gone for good."""
    _lock_all(approach, approach.offer)
    check(approach, "lapse", by=by)
    if not may_lapse(approach, timezone.now()):
        raise DomainError(_("There is still time to answer."))
    return _lapse(approach)


def may_lapse(approach: Approach, now: datetime) -> bool:
    """Whether nothing can come of an approach any more."""
    if not approach.component.request.is_open:
        return True
    if approach.status == ApproachStatus.INVITED:
        day = approach.due_on
        return day is not None and clocks.has_passed(_calendar(approach.organization), day, now)
    return approach.offer is None or approach.offer.status in NEVER_COMES


def _lapse(approach: Approach) -> Approach:
    event = take(approach, "lapse", by=None, changes={"due_on": None})
    mail_links.retire(BY_MAIL, approach.reference)
    tidings.about_approach(approach, event, "lapse")
    return approach


def offers_of(user: User, component: Component) -> Any:
    """The offers with which a provider may come to a need: published or on their way, not yet considered for it."""
    rows = Offer.objects.filter(status__in=[*ON_ITS_WAY, OfferStatus.PUBLISHED]).exclude(matches__in=_known(component))
    mine = [row.pk for row in rows.select_related("organization") if can(user, Permission.MATCH_ANSWER_PROVIDER, row)]
    return Offer.objects.filter(pk__in=mine).order_by("-published_at", "-pk")


def _known(component: Component) -> Any:
    """Matches for a need on which the centre or a side has spoken already."""
    fresh = Match.may_come_back()
    return Match.objects.filter(component=component).exclude(fresh).exclude(status="suggested")


STEPS = {"answer": answer, "decline": decline, "take_back": take_back, "call_off": call_off}
