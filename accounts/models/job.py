"""The one job mechanism: a row per piece of work that leaves a request, claimed by a worker with a lease.

The message to the worker is only a nudge (accounts.outbox). A row is queued in the transaction of the act that needs
it, claimed by compare-and-set, finished in the transaction that writes its effect, and swept up if its worker vanishes.
"""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone


class JobQuerySet(models.QuerySet):
    def claim(self, pk, now=None):
        """Take a queued and due job for this worker; None if another has it. One winner, whoever asks."""
        now = now or timezone.now()
        taken = self.filter(pk=pk, state=Job.State.QUEUED, due_at__lte=now).update(
            state=Job.State.RUNNING, attempt=F("attempt") + 1, claimed_at=now, lease_until=now + self.model.lease()
        )
        return self.get(pk=pk) if taken else None

    def waiting(self, now=None):
        """Queued jobs whose time has come."""
        return self.filter(state=Job.State.QUEUED, due_at__lte=now or timezone.now())

    def lost(self, now=None):
        """Running jobs whose lease has run out: their worker is gone."""
        return self.filter(state=Job.State.RUNNING, lease_until__lt=now or timezone.now())


class Job(models.Model):
    """Abstract. A kind of work names its TASK, QUEUE, LEASE (longer than the task's time limit) and attempts."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    TASK = ""
    QUEUE = "quick"
    LEASE = timedelta(seconds=40)
    MAX_ATTEMPTS = 5

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    nudged_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def lease(cls) -> timedelta:
        """How long a worker has for one attempt before it counts as gone; trials of killed workers shorten it."""
        return cls.LEASE * settings.JOB_LEASE_SCALE

    def _mine(self):
        """This row, if the attempt that this object was claimed with is still the one that counts."""
        return type(self).objects.filter(pk=self.pk, state=Job.State.RUNNING, attempt=self.attempt)

    def finish(self) -> bool:
        """Mark the job done; False if a later attempt took over. Call it in the transaction that writes the effect."""
        return bool(self._mine().update(state=Job.State.DONE, finished_at=timezone.now(), error=""))

    def renew(self) -> bool:
        """Extend the lease of a long job; False if a later attempt took over."""
        return bool(self._mine().update(lease_until=timezone.now() + self.lease()))

    def give_up_or_retry(self, error: str) -> None:
        """After a failure: queue the job again with a growing pause, or show it as failed after MAX_ATTEMPTS."""
        if self.attempt >= self.MAX_ATTEMPTS:
            self._mine().update(state=Job.State.FAILED, finished_at=timezone.now(), error=error[:2000])
            return
        try:
            with transaction.atomic():
                self._queue_again(error)
        except IntegrityError:
            # The same work was asked for again meanwhile, and only one row may wait for it: that one does it.
            self._mine().update(
                state=Job.State.DONE, finished_at=timezone.now(), error=f"Left to a later one. {error}"[:2000]
            )

    def pause(self) -> timedelta:
        """How long to wait after this attempt before the next."""
        return timedelta(seconds=2**self.attempt)

    def _queue_again(self, error: str) -> None:
        self._mine().update(
            state=Job.State.QUEUED,
            due_at=timezone.now() + self.pause(),
            nudged_at=None,
            lease_until=None,
            error=error[:2000],
        )


def waits_only_once(name: str, *fields: str) -> models.UniqueConstraint:
    """A constraint for a concrete job: at most one queued row for the same piece of work."""
    return models.UniqueConstraint(fields=list(fields), condition=Q(state="queued"), name=name)
