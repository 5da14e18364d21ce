"""Reminding the offices that have not answered a consultation. It closes at its date, so nothing escalates past it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from requests_offers.actions.reminding.levels import Level
from requests_offers.actions.reminding.send import remind as send_all
from requests_offers.actions.reminding.waits import HORIZON, Wait
from requests_offers.announce import day

from .. import announce
from ..lifecycle import VersionStatus
from ..models import Invitation

SUBJECT = _("%(plan)s: please comment until %(until)s")
TEXT = _(
    "%(centre)s waits until %(until)s for what your office says about its workplan “%(title)s”. Comment, support or "
    "object, or say that you have no comments. After this day the consultation closes."
)


def remind(now: datetime | None = None) -> int:
    """Send every reminder of a consultation whose time has come; returns how many."""
    return send_all(now, waits=waits, said=said)


def waits(now: datetime) -> Iterator[Wait]:
    """The offices that are waited for, whose day is near. A fixed number of queries, whatever their number."""
    rows = Invitation.objects.unanswered().filter(
        version__status=VersionStatus.CONSULTATION, due_on__lte=now.date() + HORIZON
    )
    related = ("party", "version__workplan__centre", "version__workplan__period")
    for row in rows.select_related(*related).order_by("due_on", "pk"):
        still = Q(answered_at__isnull=True)
        yield Wait("consultation", row, "country", row.party, _office(row.party), still, lapses=True)


def _office(party: Any) -> Callable[[Level], list[User]]:
    return lambda level: list(announce.office(party))


def said(wait: Wait, level: Level) -> dict[str, Any]:
    """The arguments of a notice."""
    version = wait.record.version
    params = {
        "plan": version.workplan.reference,
        "title": version.title or version.workplan.reference,
        "centre": announce.name_of(version.workplan.centre),
        "until": day(wait.due_on),
    }
    path = reverse_lazy("workplan_version", args=[version.workplan.reference, version.number])
    return {"subject": SUBJECT, "text": TEXT, "path": path, "params": params}
