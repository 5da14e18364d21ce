"""A file of records that somebody sent: checked and stored by the worker, with everything that was found in it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..texts import Line
from .job import Job, JobQuerySet


def no_counts() -> dict[str, int]:
    """How many rows came to which end, before any did."""
    return {"made": 0, "changed": 0, "same": 0, "left": 0}


class ImportRunQuerySet(JobQuerySet):
    def visible_to(self, user):
        """Those of `user`; an import is nobody else's business."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def light(self):
        """Without the file and what was found in it, for lists."""
        return self.defer("content", "faults", "results")


class ImportRun(Job):
    """One import: the file until it is done, how far it is, and what became of each row."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("import", "Waiting")
        CHECKED = "checked", pgettext_lazy("import", "Checked, nothing stored")
        IMPORTED = "imported", pgettext_lazy("import", "Imported")
        REFUSED = "refused", pgettext_lazy("import", "Refused, nothing stored")

    TASK = "accounts.run_import"
    QUEUE = "bulk"
    LEASE = timedelta(seconds=300)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    system = models.CharField(max_length=50)
    file_name = Line(_("file"), max_length=150)
    content = models.BinaryField(null=True)
    language = models.CharField(max_length=10, default="en")
    is_trial = models.BooleanField(default=False)
    skip_bad = models.BooleanField(default=False)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    rows_total = models.PositiveIntegerField(null=True, blank=True)
    rows_done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=no_counts)
    fault_count = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    results = models.JSONField(default=list)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="import_outcome_known", condition=Q(outcome__in=["waiting", "checked", "imported", "refused"])
            ),
            models.CheckConstraint(
                name="import_keeps_its_file_until_it_is_done",
                condition=~Q(state__in=["queued", "running"]) | Q(content__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["user", "-queued_at"], name="import_by_owner")]

    def __str__(self):
        return f"{self.file_name} ({self.kind})"

    def get_absolute_url(self) -> str:
        return reverse("import_detail", args=[self.pk])

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in {Job.State.DONE, Job.State.FAILED}

    def give_up_or_retry(self, error: str) -> None:
        """As for every job; the file of one that is given up goes, whoever gives it up."""
        super().give_up_or_retry(error)
        type(self).objects.filter(pk=self.pk, state=Job.State.FAILED).update(content=None)

    def go_on(self, done: int) -> bool:
        """Write down how far it is and extend the lease; False if a later attempt took over."""
        return bool(self._mine().update(rows_done=done)) and self.renew()
