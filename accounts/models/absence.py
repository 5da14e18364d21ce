"""When the holder of a role is away, so that whoever stands in is told as well."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ..texts import Line
from .membership import Membership


class AbsenceQuerySet(models.QuerySet):
    def on(self, day=None):
        """Those that cover a day; today where none is given."""
        day = day or timezone.now().date()
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def not_over(self, day=None):
        """Those that last still, or are still to come."""
        return self.filter(ends_on__gte=day or timezone.now().date())


class Absence(models.Model):
    """Somebody is away from an office from a day to a day, both included. The rights stay; the notices go further."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="absences")
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField()
    note = Line(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="absence_ends_after_it_starts", condition=Q(ends_on__gte=F("starts_on"))),
        ]

    def __str__(self):
        return f"{self.membership}: {self.starts_on} – {self.ends_on}"
