"""What the portal does by itself when a consultation's last day has passed."""

import logging
from datetime import datetime

from django.utils import timezone

from accounts.errors import DomainError

from ..lifecycle import VersionStatus
from ..models import Version
from .consultation import close_consultation

log = logging.getLogger(__name__)


def tick(now: datetime | None = None) -> int:
    """Close every consultation whose last day is over; returns how many. Several workers may call it."""
    today = (now or timezone.now()).date()
    due = Version.objects.filter(status=VersionStatus.CONSULTATION, due_on__lt=today).order_by("pk")
    return sum(_try(version) for version in due.select_related("workplan__period", "workplan__centre"))


def _try(version: Version) -> int:
    try:
        close_consultation(version)
    except DomainError:
        return 0  # somebody was quicker, or the day is not over where an office sits
    except Exception:
        log.exception("a due step failed", extra={"record": version.reference})
        return 0
    return 1
