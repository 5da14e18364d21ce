"""The collected mail: the notices of a day or a week in one, for those who do not want each at once."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from ..models import Digest, Notice, User
from ..models.user import NoticeFrequency
from ..outbox import nudge
from .jobs import perform
from .notices import send_mail_unsafe

MORNING = 6  # o'clock, where the person is


def period_end(person: User, now: datetime, frequency: str = "") -> datetime:
    """Until when a person's last full day or week went: a morning; this moment if they now want mail at once.

    `frequency` where something has one of its own.
    """
    frequency = frequency or person.notice_frequency
    if frequency == NoticeFrequency.AT_ONCE:
        return now
    here = now.astimezone(person.zone)
    morning = here.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    if morning > here:
        morning -= timedelta(days=1)
    if frequency == NoticeFrequency.WEEKLY:
        morning -= timedelta(days=morning.weekday())
    return morning


def queue_digests(now: datetime | None = None) -> int:
    """Queue a mail for everybody whose day or week is over and brought something; returns how many. Safe to repeat."""
    now = now or timezone.now()
    waiting = Notice.objects.for_digest(now).values("recipient")
    people = User.objects.filter(pk__in=waiting, is_active=True).exclude(notice_frequency=NoticeFrequency.NONE)
    return sum(_queue_digest(person, now) for person in people.order_by("pk"))


@transaction.atomic
def _queue_digest(person: User, now: datetime) -> bool:
    until = period_end(person, now)
    if not person.notices.for_digest(until).exists() or person.digests.filter(state__in=["queued", "running"]).exists():
        return False
    digest, made = Digest.objects.get_or_create(recipient=person, until=until)
    if made:
        nudge(digest)
    return made


def send_digest(pk: int) -> None:
    """Send one collected mail."""
    perform(Digest, pk, _send)


def _send(digest: Digest) -> None:
    waiting = digest.recipient.notices.for_digest(digest.until).select_related("mail_link")
    notices = list(waiting.order_by("queued_at", "pk"))
    if notices and digest.recipient.is_active:
        send_mail_unsafe(digest.recipient, "digest", digest, notices=notices)
    with transaction.atomic():
        if digest.finish():
            Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=timezone.now())
