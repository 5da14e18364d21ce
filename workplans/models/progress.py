"""What was reached, year by year: submitted by an officer, approved by the head, then locked."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.texts import Lines

from ..lifecycle import ProgressStatus
from .activity import IndicatorIdentity


class ProgressQuerySet(models.QuerySet):
    """Reported progress."""

    def visible_to(self, user) -> Self:
        """Approved and locked: everybody. Before that: the centre and the coordinator."""
        own = reach(user, Permission.WORKPLAN_VIEW).as_q(Progress.SCOPE)
        return self.filter(Q(status__in=[ProgressStatus.APPROVED, ProgressStatus.LOCKED]) | own)

    def counted(self) -> Self:
        """What counts in sums and reports."""
        return self.filter(status__in=[ProgressStatus.APPROVED, ProgressStatus.LOCKED])


class Progress(models.Model):
    """The value that an indicator reached in a year, with the evidence for it."""

    SCOPE: ClassVar[dict[str, str]] = {"centre": "indicator__workplan__centre"}

    indicator = models.ForeignKey(IndicatorIdentity, models.PROTECT, related_name="progress")
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.DecimalField(_("value reached"), max_digits=18, decimal_places=4)
    text = Lines(_("what was done"), blank=True)
    evidence = models.URLField(_("address of the evidence"), max_length=500, blank=True)
    status = models.CharField(max_length=10, choices=ProgressStatus, default=ProgressStatus.SUBMITTED)
    returned_because = Lines(blank=True)
    revision = models.PositiveIntegerField(default=1)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)

    objects = ProgressQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress")
        constraints = [
            models.UniqueConstraint(fields=["indicator", "year"], name="progress_once_per_indicator_and_year"),
            models.CheckConstraint(name="progress_status_known", condition=Q(status__in=ProgressStatus.values)),
            models.CheckConstraint(
                name="progress_approved_at_iff_approved",
                condition=Q(status__in=["submitted", "returned"], approved_at__isnull=True)
                | Q(status__in=["approved", "locked"], approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="progress_locked_at_iff_locked",
                condition=Q(status="locked", locked_at__isnull=False) | ~Q(status="locked") & Q(locked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.year}: {self.value}"

    @property
    def reference(self) -> str:
        return f"{self.indicator.reference}/{self.year}"
