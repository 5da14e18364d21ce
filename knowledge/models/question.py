"""Questions that the helpdesk answered and that others may find: without anything that tells who asked."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.texts import Lines
from centres.models import fold

from .source import Source


class AnsweredQuestionQuerySet(models.QuerySet):
    """Published questions."""

    def published(self) -> Self:
        """Those that nobody has taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, user: Any) -> Self:
        """What is published, for everybody."""
        return self.published()

    def search(self, text: str) -> Self:
        """Those with all of these words in question or answer."""
        found = self
        for word in fold(text).split()[:12]:
            found = found.filter(search_text__contains=word)
        return found


class AnsweredQuestion(models.Model):
    """A question to the helpdesk with its answer, written anew for everybody by whoever answered it."""

    ticket = models.OneToOneField("centres.Ticket", models.CASCADE, related_name="published_answer")
    question = Lines(_("question"))
    answer = Lines(_("answer"))
    language = models.CharField(_("language"), max_length=35, default="en")
    targets = models.ManyToManyField("centres.Target", blank=True, related_name="+", verbose_name=_("targets"))
    subjects = models.ManyToManyField("centres.Subject", blank=True, related_name="+", verbose_name=_("subjects"))
    sources = models.ManyToManyField(Source, blank=True, related_name="questions", verbose_name=_("sources"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    search_text = models.TextField(editable=False, blank=True)
    is_example = models.BooleanField(default=False)

    objects = AnsweredQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("answered question")
        indexes = [models.Index(fields=["withdrawn_at", "-published_at"], name="question_by_publication")]

    def __str__(self) -> str:
        return self.question[:80]

    def get_absolute_url(self) -> str:
        return reverse("question_detail", args=[self.pk])

    def refresh_search_text(self) -> None:
        """Fold what search reads; the caller saves."""
        self.search_text = fold(f"{self.question} {self.answer}")[:20000]
