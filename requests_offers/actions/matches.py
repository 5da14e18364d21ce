"""What can be done with a match: the officer offers, both sides answer. Raises NotAllowed, IllegalStep or DomainError.

Rows are locked parents first: request, offer, match. A place of the offer's capacity is taken under the offer's lock,
so the last one goes to one match only.
"""

from datetime import date, timedelta
from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import mail_links
from accounts.actions.audit import record
from accounts.errors import DomainError, NotAllowed
from accounts.models import AuditEvent, Notice, User
from accounts.permissions import Permission, can, require

from .. import announce, clocks, reasons
from ..lifecycle import LIVE_MATCH, MatchStatus, OfferStatus
from ..match_inputs import conflict_between
from ..models import Component, Match, Offer
from . import engagements, tidings
from .computed import BY_MAIL, recompute, recount_places
from .steps import check, lock, take

LONGEST_ANSWER = timedelta(days=90)
NEXT_AFTER = ("decline", "lapse")
SIDES = {"party": Permission.MATCH_ANSWER_PARTY, "provider": Permission.MATCH_ANSWER_PROVIDER}


def _lock_all(match: Match) -> None:
    """Lock request, offer and match, in this order everywhere."""
    lock(match.component.request)
    lock(match.offer)
    lock(match)


@transaction.atomic
def shortlist(match: Match, *, by: User | None) -> Match:
    """Put a suggested or proposed match on the centre's short list."""
    _lock_all(match)
    take(match, "shortlist", by=by)
    return match


@transaction.atomic
def drop(match: Match, *, by: User | None) -> Match:
    """Take a match off the table before anybody outside the centre saw it; a provider that came by itself is told."""
    _lock_all(match)
    event = take(match, "drop", by=by)
    tidings.about_own_offer(match, event, "not_taken_up")
    return match


@transaction.atomic
def propose(component: Component, offer: Offer, *, by: User | None) -> Match:
    """The officer brings an offer and a need together that the scorer did not suggest."""
    lock(component.request)
    lock(offer)
    if by is not None:
        require(by, Permission.MATCH_OFFER, component)
    match = Match.objects.filter(component=component, offer=offer).first()
    if match is None or match.comes_back:
        return _bring(component, offer, match, by=by, origin=Match.Origin.OFFICER)
    if match.status not in LIVE_MATCH:
        raise DomainError(
            _("This offer was already considered for this need, with the answer “%(state)s”.")
            % {"state": match.get_status_display()}
        )
    return match


def bring(component: Component, offer: Offer, *, by: User | None, origin: str, note: str = "") -> Match:
    """Put what a provider offered itself on the centre's board. Inside the transaction of the act that locked both.

    What the scorer had suggested becomes a proposal of the provider; what the centre has taken up goes on as it is.
    """
    match = Match.objects.filter(component=component, offer=offer).first()
    if match is None or match.comes_back or match.status == MatchStatus.SUGGESTED:
        return _bring(component, offer, match, by=by, origin=origin, note=note)
    if match.status not in LIVE_MATCH:
        raise DomainError(_("The centre has looked at this offer for this need already. Another offer may fit."))
    if note and not match.note:
        match.note = note
        match.save(update_fields=["note", "updated_at"])
    return match


def _bring(component: Component, offer: Offer, match: Match | None, *, by: User | None, **facts: str) -> Match:
    """A proposal, new or made of what the scorer suggested or the portal had retracted."""
    _check_pair(component, offer)
    before = match.status if match else ""
    match = match or Match(component=component, offer=offer, created_by=by)
    match.status, match.reason_code = MatchStatus.PROPOSED, ""
    match.offered_at = match.accepted_by_party_at = match.accepted_by_provider_at = None
    for name, value in facts.items():
        setattr(match, name, value)
    match.save()
    proposed = match.origin == Match.Origin.OFFICER
    record("propose" if proposed else "bring", match, by=by, before=before, after=match.status)
    return match


@transaction.atomic
def offer_to_both(match: Match, *, by: User | None, until: date | None = None) -> Match:
    """Offer a match to both sides until a day, 15 working days by default, and reserve a place of the offer."""
    _lock_all(match)
    check(match, "offer_to_both", by=by)
    now = timezone.now()
    due = until or clocks.match_due(match.component.request.party, now)
    if not now.date() <= due <= now.date() + LONGEST_ANSWER:
        raise DomainError(_("Choose a day between today and 90 days from now."))
    _check_offerable(match)
    event = take(match, "offer_to_both", by=by, changes={"offered_at": now, "due_on": due})
    recount_places(match.offer)
    recompute(match.component.request)
    _let_answer_by_mail(match, announce.about_match(match, event, "offer_to_both"))
    return match


def _let_answer_by_mail(match: Match, notices: list[Notice]) -> None:
    """Give those who may answer for a side a link in their mail that does it without a sign-in, once, until the day."""
    until = clocks.end_of(match.component.request.party, cast(date, match.due_on))
    facts: dict[str, Any] = {"purpose": BY_MAIL, "subject": match.reference, "obj": match, "expires_at": until}
    for notice in notices:
        any(mail_links.issue(notice, permission=permission, **facts) for permission in SIDES.values())


def _check_offerable(match: Match) -> None:
    """Only open needs of requests in matching, and only published offers with a place left."""
    _check_pair(match.component, match.offer)
    if match.offer.is_full:
        raise DomainError(
            _("All places of this offer are taken. Choose another offer, or wait until a place is free again.")
        )


def _check_pair(component: Component, offer: Offer) -> None:
    """Only open needs of requests in matching, and only published offers that have not expired."""
    if not Component.objects.scored().filter(pk=component.pk).exists():
        raise DomainError(_("This need is not open for matching now."))
    if offer.status != OfferStatus.PUBLISHED:
        raise DomainError(_("The offer is not published now."))
    if offer.expires_on and offer.expires_on < timezone.now().date():
        raise DomainError(_("The offer has expired."))
    if conflict_between(component, offer):
        raise DomainError(
            _("The provider declared a conflict of interest: this offer cannot be matched with this need.")
        )


def sides_of(match: Match, by: User | None) -> list[str]:
    """The sides for which `by` may speak: party, provider or both."""
    return [side for side, permission in SIDES.items() if can(by, permission, match)]


def _side(match: Match, by: User | None, side: str) -> str:
    """The side that speaks; told apart by right, and by `side` where somebody may speak for both.

    None acts for the side given.
    """
    if by is None:
        return side
    allowed = sides_of(match, by)
    if side in allowed or (not side and len(allowed) == 1):
        return side or allowed[0]
    if not allowed or side:
        raise NotAllowed(_("Only the office of the Party and the provider answer a match."))
    raise DomainError(_("Say for which side you answer: the Party or the provider."))


@transaction.atomic
def accept(match: Match, *, by: User | None, side: str = "", publish: bool = False) -> Match:
    """One side says yes. When both have, in whatever order, the match is agreed and the engagement begins."""
    _lock_all(match)
    side = _side(match, by, side)
    check(match, "accept", by=by)
    now = timezone.now()
    field = f"accepted_by_{side}_at"
    if getattr(match, field):
        return match  # a second click changes nothing
    changes = {field: now, f"publish_by_{side}": publish}
    other = "provider" if side == "party" else "party"
    agreed = getattr(match, f"accepted_by_{other}_at") is not None
    if agreed:
        changes |= {"agreed_at": now, "due_on": None}
    target = MatchStatus.AGREED if agreed else MatchStatus.OFFERED
    event = take(match, "accept", by=by, target=target, changes=changes, public=agreed, side=side)
    if agreed:
        engagements.begin(match)
        recompute(match.component.request)
        mail_links.retire(BY_MAIL, match.reference)
    announce.about_match(match, event, "agreed" if agreed else "accept")
    return match


@transaction.atomic
def decline(match: Match, *, by: User | None, side: str = "", reason_code: str, reason: str = "") -> Match:
    """One side says no, with a reason that is counted. The place is free again."""
    _lock_all(match)
    side = _side(match, by, side)
    changes = {"declined_by": side, "reason_code": reason_code, "reason": reason, "due_on": None}
    event = take(match, "decline", by=by, changes=changes, reason_code=reason_code, reason=reason, side=side)
    after_release(match, event, reason_code, name="decline")
    return match


@transaction.atomic
def lapse(match: Match, *, by: User | None = None) -> Match:
    """The clock: the last day has passed and not both have answered. The place is free again."""
    _lock_all(match)
    check(match, "lapse", by=by)
    due = match.due_on
    if due is None or not clocks.has_passed(match.component.request.party, due, timezone.now()):
        raise DomainError(_("There is still time to answer."))
    event = take(match, "lapse", by=by, changes={"due_on": None})
    after_release(match, event, "", name="lapse")
    return match


@transaction.atomic
def retract(match: Match, *, by: User | None, reason_code: str, reason: str = "") -> Match:
    """The officer takes a match back, with a reason told to both sides."""
    _lock_all(match)
    was_offered = match.status == MatchStatus.OFFERED
    changes = {"reason_code": reason_code, "reason": reason, "due_on": None}
    event = take(match, "retract", by=by, changes=changes, reason_code=reason_code, reason=reason)
    if was_offered:
        after_release(match, event, reason_code)
    else:
        tidings.about_own_offer(match, event, "not_taken_up")
    return match


def after_release(match: Match, event: AuditEvent, reason_code: str, name: str = "retract") -> None:
    """After a place was given back: count places, open the need again, tell the other side,
    name the centre the next.
    """
    recount_places(match.offer)
    recompute(match.component.request)
    mail_links.retire(BY_MAIL, match.reference)
    reason = reasons.reason_words(reason_code)
    if name in NEXT_AFTER:
        tidings.who_comes_next(match, event, name, reason=reason)
    announce.about_match(match, event, name, reason=reason)


@transaction.atomic
def offer_next(ended: Match, following: Match, *, by: User | None) -> Match:
    """After a no or a silence: offer the need's next offer to both sides, with the usual time to answer."""
    if following not in Match.objects.next_after(ended, timezone.now().date()):
        raise DomainError(_("This offer is no longer among the next ones for this need. Look at the board again."))
    return offer_to_both(following, by=by)


STEPS = {
    "shortlist": shortlist,
    "drop": drop,
    "offer_to_both": offer_to_both,
    "accept": accept,
    "decline": decline,
    "retract": retract,
}
