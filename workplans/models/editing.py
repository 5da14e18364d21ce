"""Several people write one draft: who is at what, and every edit as it was before and after."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PRESENT_FOR = timedelta(minutes=2)


class PresenceQuerySet(models.QuerySet):
    """Who is at what."""

    def now(self, at=None) -> Self:
        """Those who were there a moment ago."""
        return self.filter(seen_at__gte=(at or timezone.now()) - PRESENT_FOR)


class Presence(models.Model):
    """A person has a part of a draft open: an activity, or the plan as a whole."""

    version = models.ForeignKey("workplans.Version", models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    activity = models.ForeignKey(
        "workplans.ActivityIdentity", models.CASCADE, null=True, blank=True, related_name="presences"
    )
    seen_at = models.DateTimeField(default=timezone.now)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "user"], name="presence_of_a_person_in_one_place"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.version_id}"


class Change(models.Model):
    """One edit of a draft. `before` and `after` are the contents that were there; null where there was nothing."""

    class Kind(models.TextChoices):
        PLAN = "plan", _("plan")
        ACTIVITY = "activity", _("activity")
        LINE = "line", _("budget line")

    version = models.ForeignKey("workplans.Version", models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind)
    number = models.BigIntegerField(null=True, blank=True)  # of the identity; null for the plan itself
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    is_undo = models.BooleanField(default=False)
    is_quiet = models.BooleanField(default=False)  # saved by the page itself; the writer may go on with it

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="change_names_its_row_unless_the_plan",
                condition=Q(kind="plan", number__isnull=True) | ~Q(kind="plan") & Q(number__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["version", "-at"], name="change_newest_first")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} {self.at:%Y-%m-%d %H:%M}"
