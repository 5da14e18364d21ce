"""What the portal does by itself when a day has passed: a consultation's last one, or a pledge's without a step."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.errors import DomainError

from ..lifecycle import VersionStatus
from ..models import Version
from .consultation import close_consultation
from .pledge_money import due_pledges

log = logging.getLogger(__name__)


def tick(now: datetime | None = None) -> int:
    """Take every step whose day has passed; returns how many were taken. Several workers may call it."""
    now = now or timezone.now()
    due = Version.objects.filter(status=VersionStatus.CONSULTATION, due_on__lt=now.date()).order_by("pk")
    closed = sum(_try(close_consultation, one) for one in due.select_related("workplan__period", "workplan__centre"))
    return closed + sum(_try(act, pledge, now) for act, pledge in due_pledges(now))


def _try(act: Callable[..., Any], record: Any, *facts: Any) -> int:
    try:
        act(record, *facts)
    except DomainError:
        return 0  # somebody was quicker, or the day is not over where an office sits
    except Exception:
        log.exception("a due step failed", extra={"record": record.reference})
        return 0
    return 1
