"""Sending what is due, each once: the row of a reminder and its notices are written together."""

import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions.audit import record
from accounts.actions.notices import tell
from accounts.people import with_stand_ins

from ...models import Reminder
from .levels import Level, levels_due
from .waits import Wait, all_waits
from .words import said

log = logging.getLogger(__name__)


Waits = Callable[[datetime], Iterable[Wait]]
Said = Callable[[Wait, Level], dict[str, Any]]


def remind(now: datetime | None = None, *, waits: Waits = all_waits, said: Said = said) -> int:
    """Send every reminder and escalation whose time has come; returns how many. Safe at any time, in several workers.

    The rooms above bring waits of their own, with the words for them.
    """
    now = now or timezone.now()
    due = [(wait, level) for wait in waits(now) for level in _levels(wait, now)]
    sent = _sent(wait for wait, _level in due)
    return sum(_try(wait, level, said) for wait, level in due if (*wait.key, level.value) not in sent)


def _levels(wait: Wait, now: datetime) -> list[Level]:
    return levels_due(wait.calendar, wait.due_on, now, lapses=wait.lapses)


def _sent(waits: Iterable[Wait]) -> set[tuple[str, int, str, date, int]]:
    """What has been sent already, in one query for each kind of record."""
    ids: dict[str, set[int]] = {}
    for wait in waits:
        ids.setdefault(wait.record._meta.label_lower, set()).add(wait.record.pk)
    rows = [Reminder.objects.filter(object_type=kind, object_id__in=found) for kind, found in ids.items()]
    fields = ("object_type", "object_id", "side", "due_on", "level")
    return {tuple(row) for found in rows for row in found.values_list(*fields)}


def _try(wait: Wait, level: Level, said: Said) -> int:
    """One fault stops nobody else's reminder."""
    try:
        return int(send(wait, level, said))
    except Exception:
        log.exception("a reminder failed", extra={"record": wait.key})
        return 0


@transaction.atomic
def send(wait: Wait, level: Level, said: Said = said) -> bool:
    """Send one reminder, unless somebody has acted meanwhile, or another worker was quicker."""
    rows = type(wait.record).objects.select_for_update()
    if rows.filter(wait.still, pk=wait.record.pk, due_on=wait.due_on).first() is None:
        return False
    object_type, object_id, side, due_on = wait.key
    _row, made = Reminder.objects.get_or_create(
        object_type=object_type, object_id=object_id, side=side, due_on=due_on, level=level
    )
    if not made:
        return False
    action = "remind" if level is Level.BEFORE else "escalate"
    event = record(action, wait.record, by=None, side=side, level=level.value, due_on=due_on.isoformat())
    tell(with_stand_ins(wait.people(level)), event, kind=f"{action}_{wait.kind}", **said(wait, level))
    return True
