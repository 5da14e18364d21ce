"""Practices: what an engagement taught, so that others need not learn it again."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.references import make_reference, number_in
from accounts.texts import Line, Lines
from centres.models import fold

from ..lifecycle import PracticeStatus


class PracticeQuerySet(models.QuerySet):
    """Practices; every list starts from `visible_to`."""

    def by_reference(self, reference: str) -> Self:
        """The practice with this reference, or none."""
        number = number_in("PRA", reference)
        return self.none() if number is None else self.filter(pk=number)

    def published(self) -> Self:
        """Those that a centre has reviewed and everybody reads."""
        return self.filter(status=PracticeStatus.PUBLISHED)

    def visible_to(self, user: Any) -> Self:
        """What is published for everybody; drafts for the offices that write them;
        what is in review also for those who review.
        """
        if not user.is_authenticated:
            return self.published()
        writers = reach(user, Permission.PRACTICE_WRITE).as_q(Practice.SCOPE)
        reviewers = reach(user, Permission.PRACTICE_REVIEW)
        read = Q(pk__in=[])
        if reviewers:
            read = ~Q(status=PracticeStatus.DRAFT) & (reviewers.as_q(Practice.SCOPE) | Q(centre__isnull=True))
        return self.filter(Q(status=PracticeStatus.PUBLISHED) | Q(author=user.pk) | writers | read)

    def search(self, text: str) -> Self:
        """Those with all of these words in title, summary or lessons."""
        found = self
        for word in fold(text).split()[:12]:
            found = found.filter(search_text__contains=word)
        return found


class Practice(models.Model):
    """What was done where, what came of it, and what others should know before they do the same."""

    PREFIX = "PRA"
    SCOPE: ClassVar[dict[str, str]] = {"party": "party", "organization": "organization", "centre": "centre"}

    status = models.CharField(max_length=10, choices=PracticeStatus, default=PracticeStatus.DRAFT)
    title = Line(_("title"), max_length=200)
    summary = Lines(_("what was done, and what came of it"), blank=True)
    lessons = Lines(_("what others should know"), blank=True)
    language = models.CharField(_("language"), max_length=35, default="en")
    constraints = models.ManyToManyField(
        "centres.Constraint", blank=True, related_name="practices", verbose_name=_("what it helps against")
    )
    targets = models.ManyToManyField("centres.Target", blank=True, related_name="practices", verbose_name=_("targets"))
    subjects = models.ManyToManyField(
        "centres.Subject", blank=True, related_name="practices", verbose_name=_("subjects")
    )
    cooperation_types = models.ManyToManyField(
        "centres.CooperationType", blank=True, related_name="practices", verbose_name=_("forms of cooperation")
    )
    sources = models.ManyToManyField("knowledge.Source", blank=True, related_name="practices")
    party = models.ForeignKey("centres.Party", models.PROTECT, null=True, blank=True, related_name="practices")
    organization = models.ForeignKey(
        "centres.Organization", models.PROTECT, null=True, blank=True, related_name="practices"
    )
    centre = models.ForeignKey("centres.SupportCentre", models.PROTECT, null=True, blank=True, related_name="practices")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="practices"
    )
    review_note = Lines(_("what the review asks for"), blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    form_key = models.UUIDField(null=True, blank=True, unique=True)
    search_text = models.TextField(editable=False, blank=True)
    is_example = models.BooleanField(default=False)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")
        constraints = [
            models.CheckConstraint(name="practice_status_known", condition=Q(status__in=PracticeStatus.values)),
            models.CheckConstraint(
                name="practice_published_at_once_published",
                condition=~Q(status=PracticeStatus.PUBLISHED) | Q(published_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-published_at"], name="practice_by_status"),
            models.Index(fields=["-updated_at"], name="practice_by_change"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("practice_detail", args=[self.reference])

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)

    def refresh_search_text(self) -> None:
        """Fold what search reads; the caller saves."""
        self.search_text = fold(f"{self.title} {self.summary} {self.lessons}")[:20000]
