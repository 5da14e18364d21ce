"""The jobs that score, the weights they use, and the revision by which a warm index knows that it is stale."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.job import Job, waits_only_once
from accounts.texts import Lines


class MatchRun(Job):
    """Score one component against all published offers.

    One queued run per component; the last one done is its history.
    """

    TASK = "requests_offers.score_component"
    QUEUE = "quick"
    LEASE = timedelta(seconds=30)

    component = models.ForeignKey("requests_offers.Component", models.CASCADE, related_name="runs")
    cause = models.CharField(max_length=40)

    class Meta:
        constraints = [waits_only_once("match_run_waits_only_once", "component")]
        indexes = [
            models.Index(fields=["state", "due_at"], name="match_run_by_state"),
            models.Index(fields=["component", "-queued_at"], name="match_run_by_component"),
        ]

    def __str__(self):
        return f"{self.component} ({self.state})"


class OfferRun(Job):
    """An offer changed: find the components it could enter or leave, and queue their runs."""

    TASK = "requests_offers.score_offer"
    QUEUE = "quick"
    LEASE = timedelta(seconds=90)

    offer = models.ForeignKey("requests_offers.Offer", models.CASCADE, related_name="runs")

    class Meta:
        constraints = [waits_only_once("offer_run_waits_only_once", "offer")]
        indexes = [models.Index(fields=["state", "due_at"], name="offer_run_by_state")]

    def __str__(self):
        return f"{self.offer} ({self.state})"


class PreviewRun(Job):
    """What would match a need that nobody has filed. `need` is what was asked, in codes; kept for a day."""

    TASK = "requests_offers.preview"
    QUEUE = "quick"
    LEASE = timedelta(seconds=30)
    KEPT_FOR = timedelta(days=1)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    need = models.JSONField()
    results = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "due_at"], name="preview_run_by_state"),
            models.Index(fields=["queued_at"], name="preview_run_by_age"),
        ]

    def __str__(self):
        return f"preview {self.pk} ({self.state})"


class MatchWeights(models.Model):
    """A version of the weights. Versions are only ever added; the newest is in force."""

    version = models.PositiveIntegerField(unique=True)
    values = models.JSONField()
    reason = Lines(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"weights {self.version}"


class SupplyRevision(models.Model):
    """One row: the number of the last change to what the scorer can see of the offers.

    Whoever changes an offer raises it under lock and stamps the offer with it, so numbers become visible in their
    order.
    """

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="supply_revision_is_one_row", condition=Q(pk=1))]

    def __str__(self):
        return str(self.number)

    @classmethod
    def raise_it(cls) -> int:
        """The next number. Call inside a transaction: the row stays locked until it ends."""
        cls.objects.get_or_create(pk=1)
        cls.objects.filter(pk=1).update(number=F("number") + 1)
        return cls.objects.values_list("number", flat=True).get(pk=1)

    @classmethod
    def now(cls) -> int:
        """The number of the last committed change."""
        return cls.objects.filter(pk=1).values_list("number", flat=True).first() or 0
