"""The nudge: after commit, tell the worker by name that a row waits for it. A dead broker costs nobody an answer."""

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from celery import current_app
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from .models.job import Job

log = logging.getLogger(__name__)
RENUDGE_AFTER = timedelta(seconds=20)
SWEEP_LIMIT = 500
_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def quietly():
    """No nudges inside: for work that is done on the spot, such as building a demo world; the sweep finds the rest."""
    mark = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(mark)


def is_quiet() -> bool:
    """Whether nobody is to be woken here."""
    return _quiet.get()


def nudge(job: Job) -> None:
    """Send the job's task after commit. If the broker is down it is logged, and the sweep finds the row."""
    if _quiet.get():
        return
    task, pk, queue = job.TASK, job.pk, job.QUEUE

    def send_after_commit():
        current_app.send_task(task, args=[pk], queue=queue)

    transaction.on_commit(send_after_commit, robust=True)


def job_models() -> list[type[Job]]:
    """Every concrete kind of job in the installed apps."""
    return [model for model in apps.get_models() if issubclass(model, Job)]


def sweep(now=None) -> int:
    """Queue lost jobs again and nudge those that wait without one; returns how many were nudged."""
    now = now or timezone.now()
    return sum(_sweep_or_log(model, now) for model in job_models())


def _sweep_or_log(model: type[Job], now) -> int:
    """One kind of job that cannot be swept must not keep the others waiting."""
    try:
        return _sweep_model(model, now)
    except Exception:
        log.exception("sweep failed", extra={"task": model.TASK})
        return 0


def _sweep_model(model: type[Job], now) -> int:
    for job in model.objects.lost(now)[:SWEEP_LIMIT]:
        job.give_up_or_retry("The worker vanished before it finished.")
    forgotten = model.objects.waiting(now).exclude(nudged_at__gt=now - RENUDGE_AFTER)
    pks = list(
        forgotten.filter(queued_at__lte=now - timedelta(seconds=1))
        .order_by("due_at", "pk")
        .values_list("pk", flat=True)[:SWEEP_LIMIT]
    )
    for pk in pks:
        current_app.send_task(model.TASK, args=[pk], queue=model.QUEUE)
    model.objects.filter(pk__in=pks).update(nudged_at=now)
    return len(pks)
