"""A list that somebody narrowed down and wants to hear about."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..texts import Line
from .user import NoticeFrequency


class SavedSearchQuerySet(models.QuerySet):
    def wanted(self):
        """Those of active people who want to hear of what is new."""
        return self.filter(user__is_active=True).exclude(frequency=NoticeFrequency.NONE)


class SavedSearch(models.Model):
    """`kind` names the list (accounts.searches), `query` is what its address says.

    Evaluated as its owner, each time anew.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    kind = models.CharField(max_length=30)
    query = models.CharField(max_length=2000, blank=True)
    name = Line(max_length=120)
    frequency = models.CharField(max_length=10, choices=NoticeFrequency, default=NoticeFrequency.DAILY)
    last_seen_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "query"], name="saved_search_kept_once_by_a_person"),
            models.CheckConstraint(
                name="saved_search_frequency_known", condition=Q(frequency__in=NoticeFrequency.values)
            ),
        ]
        indexes = [models.Index(fields=["frequency", "last_seen_at"], name="saved_search_by_turn")]

    def __str__(self):
        return f"{self.user}: {self.name}"
