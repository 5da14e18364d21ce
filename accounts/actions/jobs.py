"""How a job is performed: claim, work, finish; or be queued again."""

import logging
from collections.abc import Callable
from typing import Any

from ..models.job import Job

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
