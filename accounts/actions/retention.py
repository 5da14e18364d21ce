"""How long what is known about people is kept: the page about privacy shows this table, and each night keeps to it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models import Change, Digest, IdempotencyKey, ImportRun, Invitation, Notice, User, WebhookDelivery
from ..models.change import KEPT_FOR
from ..models.webhook import KEPT_FOR as DELIVERIES_FOR

log = logging.getLogger(__name__)


def _delete(rows: QuerySet) -> int:
    return rows.delete()[0]


@dataclass(frozen=True)
class Period:
    """One kind of record, for how many days it is kept after its use has ended, and those whose time is over.

    `forget` deletes them, or takes out what tells of people, and returns how many.
    """

    what: str | Promise
    since: str | Promise
    days: int
    over: Callable[[datetime], QuerySet]
    forget: Callable[[QuerySet], int] = _delete


def _sessions(before: datetime) -> QuerySet:
    return Session.objects.filter(expire_date__lt=before)


def _keys(before: datetime) -> QuerySet:
    return IdempotencyKey.objects.filter(created_at__lt=before)


def _unconfirmed(before: datetime) -> QuerySet:
    """Accounts that somebody began and whose address nobody ever confirmed."""
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    begun = EmailAddress.objects.filter(user=OuterRef("pk"))
    waiting = User.objects.filter(Exists(begun), ~Exists(confirmed), date_joined__lt=before, last_login__isnull=True)
    return waiting.filter(is_staff=False, is_superuser=False, is_example=False, memberships__isnull=True)


def _invitations(before: datetime) -> QuerySet:
    return Invitation.objects.filter(accepted_at__isnull=True, expires_at__lt=before)


def _notices(before: datetime) -> QuerySet:
    return Notice.objects.filter(read_at__lt=before)


def _digests(before: datetime) -> QuerySet:
    return Digest.objects.filter(state="done", finished_at__lt=before)


def _changes(before: datetime) -> QuerySet:
    return Change.objects.filter(at__lt=before)


def _deliveries(before: datetime) -> QuerySet:
    return WebhookDelivery.objects.filter(queued_at__lt=before).exclude(state="queued")


def _imports(before: datetime) -> QuerySet:
    """The file itself goes as soon as it is done."""
    return ImportRun.objects.filter(finished_at__lt=before)


PERIODS = [
    Period(_("That you are signed in"), _("after the sign-in has run out"), 1, _sessions),
    Period(_("The answer to a call of the API with a key against doubles"), _("after the call"), 1, _keys),
    Period(_("An account whose address nobody confirmed"), _("after it was begun"), 30, _unconfirmed),
    Period(_("An invitation that nobody took up"), _("after its last day"), 90, _invitations),
    Period(_("A notice"), _("after you have read it"), 365, _notices),
    Period(_("That a record changed, for systems that follow it"), _("after the change"), KEPT_FOR.days, _changes),
    Period(_("What was sent to a webhook"), _("after it was sent"), DELIVERIES_FOR.days, _deliveries),
    Period(_("That a collected mail was sent"), _("after it was sent"), 365, _digests),
    Period(_("What was found in a file that you sent for import"), _("after the import was over"), 365, _imports),
]


def also(*periods: Period) -> None:
    """What a room above keeps about people; called from the `ready()` of its app."""
    PERIODS.extend(period for period in periods if period not in PERIODS)


def forget(now: datetime | None = None) -> int:
    """Forget what has been kept long enough; returns how many rows. Safe to repeat."""
    now = now or timezone.now()
    gone = sum(period.forget(period.over(now - timedelta(days=period.days))) for period in PERIODS)
    log.info("forgotten", extra={"rows": gone})
    return gone
