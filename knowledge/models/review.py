"""Review rounds: the coordinator asks advisors for a verdict on sources, and applies or rejects what they propose."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import Permission, can
from accounts.texts import Line, Lines

from .source import Source


class Verdict(models.TextChoices):
    """What an advisor says of a source."""

    KEEP = "keep", _("Keep it as it is")
    CHANGE = "change", _("Change it")
    REMOVE = "remove", _("Take it out")


class Decision(models.TextChoices):
    """What the coordinator makes of a proposed change."""

    APPLIED = "applied", _("Applied")
    REJECTED = "rejected", _("Rejected")


class ReviewRoundQuerySet(models.QuerySet):
    """Rounds; every list starts from `visible_to`."""

    def visible_to(self, user: Any) -> Self:
        """All for whoever opens rounds, for an advisor those with a source of theirs."""
        if can(user, Permission.SOURCE_ROUND):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(pk__in=Review.objects.filter(advisor=user.pk).values("round"))

    def open(self) -> Self:
        """Rounds that still take answers."""
        return self.filter(closed_at__isnull=True)


class ReviewRound(models.Model):
    """A look of the advisory group at a part of the compendium, until a day."""

    title = Line(_("title"), max_length=200)
    guidance = Lines(_("what the advisors should look at"), blank=True)
    filters = models.JSONField(default=dict, blank=True)  # the query by which the sources were chosen
    due_on = models.DateField(_("answers until"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    reminded_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    objects = ReviewRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("review round")
        indexes = [models.Index(fields=["closed_at", "due_on"], name="review_round_by_due_day")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("review_round", args=[self.pk])

    @property
    def reference(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class ReviewQuerySet(models.QuerySet):
    """What advisors were asked."""

    def waiting_for(self, user: Any) -> Self:
        """Those that this advisor has not answered, of rounds that are open."""
        return self.filter(advisor=user, verdict="", round__closed_at__isnull=True)

    def visible_to(self, user: Any) -> Self:
        """All for whoever opens rounds, to an advisor their own: nobody writes off what a colleague said."""
        if can(user, Permission.SOURCE_ROUND):
            return self
        return self.filter(advisor=user.pk) if user.is_authenticated else self.none()


class Review(models.Model):
    """One source that one advisor is asked about in one round, and what they say."""

    round = models.ForeignKey(ReviewRound, models.CASCADE, related_name="reviews")
    source = models.ForeignKey(Source, models.CASCADE, related_name="reviews")
    advisor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="source_reviews")
    verdict = models.CharField(_("verdict"), max_length=6, choices=Verdict, blank=True)
    reason = Lines(_("reason"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        constraints = [
            models.UniqueConstraint(fields=["round", "source", "advisor"], name="review_asked_once"),
            models.CheckConstraint(name="review_verdict_known", condition=Q(verdict__in=["", *Verdict.values])),
            models.CheckConstraint(
                name="review_answered_at_iff_verdict",
                condition=Q(verdict="", answered_at__isnull=True) | ~Q(verdict="") & Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="review_with_a_reason_unless_kept", condition=Q(verdict__in=["", "keep"]) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.source_id} {self.verdict}"

    def get_absolute_url(self) -> str:
        return reverse("review_answer", args=[self.round_id, self.pk])

    @property
    def is_late(self) -> bool:
        return not self.verdict and self.round.due_on < date.today()


class ProposedChange(models.Model):
    """One field that an advisor would change, or the removal of the source, until the coordinator decides."""

    REMOVAL = "remove"

    review = models.ForeignKey(Review, models.CASCADE, related_name="proposals")
    field = models.CharField(max_length=20)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    note = Lines(pgettext_lazy("decision", "Why"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("proposed change")
        constraints = [
            models.UniqueConstraint(fields=["review", "field"], name="proposed_change_once_for_a_field"),
            models.CheckConstraint(
                name="proposed_change_decided_at_iff_decided",
                condition=Q(decision="", decided_at__isnull=True) | ~Q(decision="") & Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.field}"
