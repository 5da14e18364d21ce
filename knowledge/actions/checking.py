"""The link checker: which addresses are due, one look at each, and what follows from it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.actions.jobs import perform
from accounts.models.job import Job
from accounts.outbox import nudge

from .. import links
from ..lifecycle import SourceStatus
from ..models import LinkCheck, Source
from . import sources

EVERY = timedelta(days=14)  # an address that works
AGAIN = timedelta(days=2)  # one that did not answer
UNREACHABLE_AFTER = 3  # looks without an answer, one after the other
AT_ONCE = 200
KEPT_FOR = timedelta(days=180)


def queue_checks(now: Any = None) -> int:
    """Queue a look at each address that is due, the longest waiting first; nothing where the checker is off."""
    if not settings.LINK_CHECKER:
        return 0
    now = now or timezone.now()
    LinkCheck.objects.filter(state=Job.State.DONE, queued_at__lt=now - KEPT_FOR).delete()
    due = _due(now)[:AT_ONCE]
    return sum(queue_check(source) for source in due)


def _due(now: Any) -> Any:
    looks = LinkCheck.objects.filter(source=OuterRef("pk"))
    lately = looks.filter(queued_at__gt=now - EVERY)
    just_now = looks.filter(queued_at__gt=now - AGAIN)
    fine, failing = Q(failures=0) & ~Exists(lately), Q(failures__gt=0) & ~Exists(just_now)
    return Source.objects.listed().filter(fine | failing).order_by(F("checked_on").asc(nulls_first=True), "pk")


def queue_check(source: Source) -> bool:
    """Queue one look; a look that waits already serves for both."""
    try:
        with transaction.atomic():
            job = LinkCheck.objects.create(source=source)
            nudge(job)
    except IntegrityError:
        return False
    return True


def perform_check(pk: int, look: Any = links.look) -> None:
    """Look at one address and write down what was found. Safe to call twice with the same id."""

    def work(job: LinkCheck) -> None:
        found = look(job.source.url)  # slow, outside any transaction
        with transaction.atomic():
            if job.finish():
                words = {"works": found.works, "http_status": found.status, "detail": found.detail[:200]}
                LinkCheck.objects.filter(pk=job.pk).update(**words)
                if Source.objects.filter(pk=job.source_id, url=job.source.url).exists():  # not mended meanwhile
                    note(job.source, works=found.works)

    perform(LinkCheck, pk, work)


def note(source: Source, *, works: bool, now: Any = None) -> Source:
    """What one look means for a source: an answer makes it fresh, several failures one after the other unreachable."""
    now = now or timezone.now()
    source.refresh_from_db(from_queryset=Source.objects.select_for_update())
    if not source.is_listed:
        return source
    if works:
        if source.failures or source.status == SourceStatus.UNREACHABLE:
            return sources.confirm_address(source, by=None)
        source.checked_on = now.date()
        source.save(update_fields=["checked_on"])
        return source
    source.failures += 1
    source.failed_since = source.failed_since or now
    source.save(update_fields=["failures", "failed_since"])
    if source.failures >= UNREACHABLE_AFTER and source.status == SourceStatus.PUBLISHED:
        return sources.find_unreachable(source)
    return source
