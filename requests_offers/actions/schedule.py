"""The days on which both sides are asked what came of the work: at the end, after 6 and after 12 months."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError
from accounts.models import User

from ..days import day as day_text
from ..lifecycle import EngagementStatus
from ..models import Appraisal, AppraisalDue, Engagement, Milestone
from . import telling
from .steps import lock

ASKED_AFTER = {
    Appraisal.Moment.END: timedelta(0),
    Appraisal.Moment.SIX_MONTHS: timedelta(days=182),
    Appraisal.Moment.TWELVE_MONTHS: timedelta(days=365),
}
TIME_TO_ANSWER = timedelta(days=30)
REMINDED_BEFORE = timedelta(days=7)


def ask_for_appraisals(engagement: Engagement) -> None:
    """Write down when both sides are asked; twice gives the same rows."""
    ended = (engagement.ended_at or timezone.now()).date()
    for moment, after in ASKED_AFTER.items():
        days = {"asked_on": ended + after, "due_on": ended + after + TIME_TO_ANSWER}
        for side in Appraisal.Side.values:
            AppraisalDue.objects.get_or_create(engagement=engagement, side=side, moment=moment, defaults=days)


def check_asked(engagement: Engagement, side: str, moment: str, *, by: User | None) -> None:
    """Refuse an appraisal whose day has not come."""
    if not engagement.appraisals_due.exists():
        ask_for_appraisals(engagement)  # work that was concluded before the schedule was kept
    due = engagement.appraisals_due.get(side=side, moment=moment)
    if by is not None and due.asked_on > timezone.now().date():
        raise DomainError(
            _("This is asked from %(day)s on: nobody can know yet what will have come of it by then.")
            % {"day": day_text(due.asked_on, "long")}
        )


def asked_now(engagement: Engagement, sides: list[str]) -> list[AppraisalDue]:
    """What these sides are asked today and have not answered; reads prefetched rows without a query."""
    today = timezone.now().date()
    rows = [row for row in engagement.appraisals_due.all() if row.side in sides]
    return [row for row in rows if row.answered_at is None and row.asked_on <= today]


def answered(engagement: Engagement, side: str, moment: str) -> None:
    """Note that a side has answered."""
    engagement.appraisals_due.filter(side=side, moment=moment).update(answered_at=timezone.now())


# The clock ------------------------------------------------------------------------------------------------------------


def remind_of_appraisals(now: datetime) -> int:
    """Ask each side when its day has come, and once more a week before the last day. Returns how many were told."""
    today = now.date()
    for engagement in Engagement.objects.filter(status=EngagementStatus.CONCLUDED, appraisals_due__isnull=True):
        ask_for_appraisals(engagement)
    open_rows = AppraisalDue.objects.open_on(today).filter(engagement__status=EngagementStatus.CONCLUDED)
    asked = [_tell(pk, "appraisal_asked", now) for pk in _ids(open_rows.filter(told_at__isnull=True))]
    late = open_rows.filter(told_at__lt=now, reminded_at__isnull=True, due_on__lte=today + REMINDED_BEFORE)
    again = [_tell(pk, "appraisal_reminded", now) for pk in _ids(late.filter(due_on__gte=today))]
    return sum(asked) + sum(again)


def _ids(rows: Any) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _tell(pk: int, name: str, now: datetime) -> int:
    """Tell one side, unless it has answered or been told meanwhile."""
    parts = ("engagement__match__component__request__party", "engagement__match__offer__organization")
    due = AppraisalDue.objects.select_related(*parts).get(pk=pk)
    lock(due.engagement)
    due.refresh_from_db(fields=["answered_at", "told_at", "reminded_at"])
    field = "told_at" if name == "appraisal_asked" else "reminded_at"
    if due.answered_at or getattr(due, field):
        return 0
    setattr(due, field, now)
    due.save(update_fields=[field])
    event = record(name, due.engagement, by=None, side=due.side, moment=due.moment)
    telling.about_appraisal(due, event, name)
    return 1


def remind_of_milestones(now: datetime) -> int:
    """Tell both sides of a milestone a week before its day, once for each day that was set."""
    until: date = now.date() + REMINDED_BEFORE
    rows = Milestone.objects.filter(done_on__isnull=True, due_on__lte=until, due_on__gte=now.date())
    rows = rows.filter(engagement__status=EngagementStatus.ACTIVE)
    return sum(_tell_of_milestone(pk) for pk in rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _tell_of_milestone(pk: int) -> int:
    parts = ("engagement__match__component__request__party", "engagement__match__offer__organization")
    milestone = Milestone.objects.select_related(*parts).get(pk=pk)
    lock(milestone.engagement)
    milestone.refresh_from_db(fields=["done_on", "due_on", "reminded_for"])
    if milestone.done_on or milestone.due_on is None or milestone.reminded_for == milestone.due_on:
        return 0
    milestone.reminded_for = milestone.due_on
    milestone.save(update_fields=["reminded_for"])
    event = record("milestone_due", milestone.engagement, by=None, milestone=milestone.number)
    due = milestone.due_on
    telling.about_engagement(milestone.engagement, event, "milestone_due", what=milestone.name, until=due)
    return 1
