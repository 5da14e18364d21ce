"""How a job is performed: claim, work, finish; or be queued again."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..errors import IllegalStep
from ..models import User
from ..models.job import Job
from ..outbox import nudge
from ..permissions import Permission, require
from . import audit

log = logging.getLogger(__name__)


def perform(model: type[Job], pk: int, work: Callable[[Any], object]) -> Job | None:
    """Claim job `pk` and do its `work(job)`, which must call `job.finish()` in the transaction of its effect.

    Safe to call twice: the second call finds nothing to claim. Any failure queues the job again with a pause, and after
    MAX_ATTEMPTS shows it as failed. Returns the claimed job, or None.
    """
    job = model.objects.claim(pk)
    if job is None:
        return None
    try:
        work(job)
    except Exception as error:
        log.exception("job failed", extra={"task": model.TASK, "job": pk, "attempt": job.attempt})
        job.give_up_or_retry(f"{type(error).__name__}: {error}")
    return job


def try_again(model: type[Job], pk: int, *, by: User) -> None:
    """Let a job that failed for good start anew, with all its attempts.

    Raises IllegalStep where it did not fail, or where the same work waits already; NotAllowed for anybody else than
    those who look after the workers.
    """
    require(by, Permission.JOBS_MANAGE)
    fresh = {"state": Job.State.QUEUED, "attempt": 0, "due_at": timezone.now(), "nudged_at": None, "finished_at": None}
    try:
        with transaction.atomic():
            if not model.objects.filter(pk=pk, state=Job.State.FAILED).update(**fresh):
                raise IllegalStep(_("This work has not failed, or somebody has let it be tried again already."))
            job = model.objects.get(pk=pk)
            audit.record("try_again", job, by=by, before=Job.State.FAILED, after=Job.State.QUEUED)
            nudge(job)
    except IntegrityError as error:
        raise IllegalStep(_("The same work waits for a worker already. There is nothing to do.")) from error
