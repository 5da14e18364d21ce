"""What the portal does by itself with projects and opportunities when a day has passed. Each record in its own
transaction: a fault stops no other.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions.audit import record
from accounts.errors import DomainError
from centres.calendars import has_passed, working_days_left

from ..announce import office_told, submitter_told
from ..lifecycle import OpportunityStatus, ProjectStatus
from ..models import Opportunity, Project
from ..models.project import CONFIRMED_FOR, STALE_AFTER
from . import submitter_mails
from .opportunities import expire_if_due
from .projects import take_by_clock

log = logging.getLogger(__name__)
REMIND_BEFORE = 3  # working days of the office


def tick(now: datetime | None = None) -> int:
    """Take every step and send every reminder whose day has come; returns how many. Several workers may call it."""
    now = now or timezone.now()
    return sum(_try(act, row, now) for act, row in _due(now)) + submitter_mails.forget_unconfirmed()


def _due(now: datetime) -> Iterator[tuple[Callable[[Any, datetime], bool], Any]]:
    over = Opportunity.objects.filter(status=OpportunityStatus.PUBLISHED, closes_at__lte=now)
    yield from ((expire_if_due, row) for row in over.order_by("pk"))
    rows = Project.objects.select_related("party").order_by("pk")
    shown = rows.filter(status=ProjectStatus.PUBLISHED)
    asked = shown.filter(asked_at__isnull=False, asked_at__lte=now - STALE_AFTER)
    yield from ((grow_stale, row) for row in asked)
    year = shown.filter(asked_at__isnull=True, confirmed_at__lte=now - CONFIRMED_FOR)
    yield from ((ask_whether_right, row) for row in year)
    soon = now.date() + timedelta(days=2 + 2 * REMIND_BEFORE)
    waiting = rows.filter(status=ProjectStatus.SUBMITTED, due_on__lte=soon)
    yield from ((remind_office, row) for row in waiting)


@transaction.atomic
def ask_whether_right(project: Project, now: datetime) -> bool:
    """A year after somebody last said that it is right: ask whether it still is."""
    _lock(project)
    if project.status != ProjectStatus.PUBLISHED or project.asked_at or not project.confirmed_at:
        return False
    if project.confirmed_at > now - CONFIRMED_FOR:
        return False
    project.asked_at, project.due_on = now, (now + STALE_AFTER).date()
    project.save(update_fields=["asked_at", "due_on", "updated_at"])
    event = record("ask_whether_right", project, by=None)
    submitter_told(project, event, "remind_submitter")
    return True


@transaction.atomic
def grow_stale(project: Project, now: datetime) -> bool:
    """Nobody has answered the reminder: the project is shown as not updated for long."""
    _lock(project)
    if project.status != ProjectStatus.PUBLISHED or not project.asked_at or project.asked_at > now - STALE_AFTER:
        return False
    submitter_mails.retire(project)
    event = take_by_clock(project, "grow_stale", due_on=None)
    submitter_told(project, event, "grow_stale")
    office_told(project, event, "grow_stale")
    return True


@transaction.atomic
def remind_office(project: Project, now: datetime) -> bool:
    """Some working days before a decision is due, and once when its day has passed, then the coordinator as well."""
    _lock(project)
    due, party = project.due_on, project.party
    if project.status != ProjectStatus.SUBMITTED or due is None:
        return False
    late = has_passed(party, due, now)
    left = working_days_left(party, due, now)
    day = due + timedelta(days=1) if late else due  # one mark for each of the two reminders
    if project.reminded_for == day or (not late and (left or 0) > REMIND_BEFORE):
        return False
    project.reminded_for = day
    project.save(update_fields=["reminded_for"])
    name = "late" if late else "remind_office"
    event = record("remind", project, by=None, level=name)
    office_told(project, event, name)
    return True


def _lock(project: Project) -> None:
    project.refresh_from_db(from_queryset=Project.objects.select_for_update(of=("self",)).select_related("party"))


def _try(act: Callable[[Any, datetime], bool], row: Any, now: datetime) -> int:
    try:
        return int(act(row, now))
    except DomainError:
        return 0  # somebody was quicker
    except Exception:
        log.exception("a due step failed", extra={"record": row.reference})
        return 0
