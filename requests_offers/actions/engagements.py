"""What can be done with an engagement. Raises NotAllowed, IllegalStep or DomainError."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import DomainError, NotAllowed
from accounts.models import User
from accounts.permissions import Permission, can

from .. import announce
from ..lifecycle import EngagementStatus
from ..models import Appraisal, Engagement
from ..reasons import reason_label
from .computed import recompute, recount_places
from .scoring import queue_run
from .steps import check, lock, take

SIDES = {"party": Permission.ENGAGEMENT_PARTY, "provider": Permission.ENGAGEMENT_PROVIDER}


def _lock_all(engagement: Engagement) -> None:
    lock(engagement.match.component.request)
    lock(engagement.match.offer)
    lock(engagement)


def _side(engagement: Engagement, by: User | None, side: str) -> str:
    if by is None:
        return side
    allowed = [name for name, permission in SIDES.items() if can(by, permission, engagement)]
    if side in allowed or (not side and len(allowed) == 1):
        return side or allowed[0]
    if not allowed or side:
        raise NotAllowed(_("Only the office of the Party and the provider speak for an engagement."))
    raise DomainError(_("Say for which side you speak: the Party or the provider."))


@transaction.atomic
def conclude(engagement: Engagement, *, by: User | None, side: str = "") -> Engagement:
    """The work is done: the need is closed."""
    _lock_all(engagement)
    side = _side(engagement, by, side)
    changes = {"ended_at": timezone.now()}
    event = take(engagement, "conclude", by=by, changes=changes, side=side, public=True)
    recompute(engagement.match.component.request)
    announce.about_match(engagement.match, event, "conclude")
    return engagement


@transaction.atomic
def appraise(
    engagement: Engagement, *, by: User | None, text: str, moment: str = Appraisal.Moment.END, side: str = ""
) -> Engagement:
    """One side says what came of it, once at each moment; appraised when both have spoken at all three."""
    _lock_all(engagement)
    side = _side(engagement, by, side)
    check(engagement, "appraise", by=by)
    if not text.strip():
        raise DomainError(_("Write what came of it."))
    if moment not in Appraisal.Moment.values:
        raise DomainError(_("Choose a moment: at the end, after 6 or after 12 months."))
    given = {(row.side, row.moment) for row in engagement.appraisals.all()}
    if (side, moment) in given:
        raise DomainError(_("Your side has given this appraisal already."))
    every = {(a, b) for a in Appraisal.Side.values for b in Appraisal.Moment.values}
    target = EngagementStatus.APPRAISED if given | {(side, moment)} == every else EngagementStatus.CONCLUDED
    event = take(engagement, "appraise", by=by, target=target, side=side, moment=moment)
    Appraisal.objects.create(engagement=engagement, side=side, moment=moment, text=text)
    announce.about_match(engagement.match, event, "appraise")
    return engagement


@transaction.atomic
def end_early(
    engagement: Engagement, *, by: User | None, reason_code: str, reason: str = "", side: str = ""
) -> Engagement:
    """The work ends before it is done: the place is free again, the need opens again, the other side is told."""
    _lock_all(engagement)
    side = _side(engagement, by, side)
    changes = {"ended_at": timezone.now(), "reason_code": reason_code, "reason": reason}
    event = take(engagement, "end_early", by=by, changes=changes, reason_code=reason_code, reason=reason, side=side)
    match = engagement.match
    recount_places(match.offer)
    request = match.component.request
    recompute(request)
    if request.is_matched_by_worker:
        queue_run(match.component, cause="ended early")
    announce.about_match(match, event, "end_early", reason=reason_label(reason_code))
    return engagement


STEPS = {"conclude": conclude, "appraise": appraise, "end_early": end_early}
