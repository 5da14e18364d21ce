"""What can be done with an engagement. Raises NotAllowed, IllegalStep or DomainError."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import DomainError, NotAllowed
from accounts.models import User
from accounts.permissions import Permission, can

from .. import announce
from ..lifecycle import EngagementStatus
from ..models import Appraisal, Engagement, Match, Milestone
from ..reasons import reason_words
from . import schedule
from .computed import recompute, recount_places
from .practising import practice_from
from .scoring import queue_run
from .steps import check, lock, take

TRANSFER = "technology_transfer"  # the form of cooperation that brings its own milestones
SIDES = {"party": Permission.ENGAGEMENT_PARTY, "provider": Permission.ENGAGEMENT_PROVIDER}


def begin(match: Match) -> Engagement:
    """The work of an agreed match begins; a transfer of technology comes with the milestones that each one passes."""
    engagement = Engagement.objects.create(match=match, is_transfer=_is_transfer(match))
    if engagement.is_transfer:
        Milestone.objects.bulk_create(
            Milestone(engagement=engagement, number=number, kind=kind)
            for number, kind in enumerate(Milestone.Kind.values, start=1)
        )
    return engagement


def _is_transfer(match: Match) -> bool:
    """Whether a technology is asked for and offered."""
    asked = match.component.cooperation_types.filter(code=TRANSFER).exists()
    return asked and match.offer.cooperation_types.filter(code=TRANSFER).exists()


def _lock_all(engagement: Engagement) -> None:
    lock(engagement.match.component.request)
    lock(engagement.match.offer)
    lock(engagement)


def sides_of(record: Any, by: User | None) -> list[str]:
    """The sides for which `by` speaks in an engagement, or in a joint proposal of the same two sides."""
    return [name for name, permission in SIDES.items() if by is None or can(by, permission, record)]


def side_that_speaks(record: Any, by: User | None, side: str) -> str:
    """The side that acts; told apart by right, and by `side` where somebody may speak for both."""
    if by is None:
        return side
    allowed = sides_of(record, by)
    if side in allowed or (not side and len(allowed) == 1):
        return side or allowed[0]
    if not allowed or side:
        raise NotAllowed(_("Only the office of the Party and the provider speak for an engagement."))
    raise DomainError(_("Say for which side you speak: the Party or the provider."))


@transaction.atomic
def conclude(engagement: Engagement, *, by: User | None, side: str = "") -> Engagement:
    """The work is done: the need is closed."""
    _lock_all(engagement)
    side = side_that_speaks(engagement, by, side)
    changes = {"ended_at": timezone.now()}
    event = take(engagement, "conclude", by=by, changes=changes, side=side, public=True)
    schedule.ask_for_appraisals(engagement)
    recompute(engagement.match.component.request)
    practice_from(engagement, by=by)
    announce.about_match(engagement.match, event, "conclude")
    return engagement


@transaction.atomic
def appraise(
    engagement: Engagement,
    *,
    by: User | None,
    text: str,
    moment: str = Appraisal.Moment.END,
    side: str = "",
    helped: str = "",
    again: str = "",
    rating: int | None = None,
) -> Engagement:
    """One side says what came of it, once at each moment; appraised when both have spoken at all three."""
    _lock_all(engagement)
    side = side_that_speaks(engagement, by, side)
    check(engagement, "appraise", by=by)
    _check_answers(text, moment, helped, again, rating)
    given = {(row.side, row.moment) for row in engagement.appraisals.all()}
    if (side, moment) in given:
        raise DomainError(_("Your side has given this appraisal already."))
    schedule.check_asked(engagement, side, moment, by=by)
    every = {(a, b) for a in Appraisal.Side.values for b in Appraisal.Moment.values}
    target = EngagementStatus.APPRAISED if given | {(side, moment)} == every else EngagementStatus.CONCLUDED
    event = take(engagement, "appraise", by=by, target=target, side=side, moment=moment)
    answers = {"text": text, "helped": helped, "again": again, "rating": rating}
    Appraisal.objects.create(engagement=engagement, side=side, moment=moment, **answers)
    schedule.answered(engagement, side, moment)
    announce.about_match(engagement.match, event, "appraise")
    return engagement


def _check_answers(text: str, moment: str, helped: str, again: str, rating: int | None) -> None:
    if not text.strip():
        raise DomainError(_("Write what came of it."))
    if moment not in Appraisal.Moment.values:
        raise DomainError(_("Choose a moment: at the end, after 6 or after 12 months."))
    if helped not in {"", *Appraisal.Helped.values} or again not in {"", *Appraisal.Again.values}:
        raise DomainError(_("Choose one of the answers."))
    if rating is not None and not 1 <= rating <= 5:
        raise DomainError(_("Give a rating from 1 to 5."))


@transaction.atomic
def end_early(
    engagement: Engagement, *, by: User | None, reason_code: str, reason: str = "", side: str = ""
) -> Engagement:
    """The work ends before it is done: the place is free again, the need opens again, the other side is told."""
    _lock_all(engagement)
    side = side_that_speaks(engagement, by, side)
    changes = {"ended_at": timezone.now(), "reason_code": reason_code, "reason": reason}
    event = take(engagement, "end_early", by=by, changes=changes, reason_code=reason_code, reason=reason, side=side)
    match = engagement.match
    recount_places(match.offer)
    request = match.component.request
    recompute(request)
    if request.is_matched_by_worker:
        queue_run(match.component, cause="ended early")
    announce.about_match(match, event, "end_early", reason=reason_words(reason_code))
    return engagement


STEPS = {"conclude": conclude, "appraise": appraise, "end_early": end_early}
