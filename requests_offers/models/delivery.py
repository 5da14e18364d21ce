"""What an engagement consists of: its milestones, results, whom it reached, and the days on which both sides appraise
it.
"""

from typing import Any, Self

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.texts import Line, Lines
from centres.models import BeneficiaryGroup

from .engagement import Appraisal, Engagement


class Milestone(models.Model):
    """One thing that is to be done by a day, and the evidence that it was."""

    class Kind(models.TextChoices):
        """The milestones that every transfer of a technology passes."""

        NEEDS = "needs_assessed", _("Assessment of needs")
        TERMS = "terms_agreed", _("Terms agreed")
        INSTALLED = "installed", _("Installed")
        TRAINED = "people_trained", _("People trained")
        RUNNING = "running", _("Running after 6 months")

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="milestones")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind, blank=True)
    title = Line(_("milestone"), max_length=200, blank=True)
    text = Lines(_("what it means"), blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    evidence = Lines(_("evidence"), blank=True)
    evidence_url = models.URLField(_("address of the evidence"), max_length=500, blank=True)
    reminded_for = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("milestone")
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="milestone_number_once_in_its_engagement"),
            models.UniqueConstraint(
                fields=["engagement", "kind"], condition=~Q(kind=""), name="milestone_of_transfer_once"
            ),
            models.CheckConstraint(name="milestone_has_a_name", condition=~Q(kind="") | ~Q(title="")),
            models.CheckConstraint(
                name="milestone_evidence_once_done",
                condition=Q(done_on__isnull=False) | Q(evidence="", evidence_url=""),
            ),
        ]
        indexes = [models.Index(fields=["done_on", "due_on"], name="milestone_by_due_day")]

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        """Its own title, or the words of its kind in the reader's language."""
        return self.title or str(self.get_kind_display())


class Result(models.Model):
    """Something that the work brought about, with evidence: a text, an address or a file."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="results")
    title = Line(_("result"), max_length=200)
    text = Lines(_("evidence in words"), blank=True)
    url = models.URLField(_("address of the evidence"), max_length=500, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    stored_as = models.CharField(max_length=80, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    form_key = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("result")
        constraints = [
            models.CheckConstraint(
                name="result_comes_with_evidence", condition=~Q(text="") | ~Q(url="") | ~Q(stored_as="")
            ),
            models.UniqueConstraint(fields=["stored_as"], condition=~Q(stored_as=""), name="result_file_stored_once"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("result_file", args=[self.engagement.reference, self.pk])

    def open(self) -> Any:
        """The stored bytes; FileNotFoundError where the file is gone."""
        return default_storage.open(self.stored_as, "rb")


class Beneficiary(models.Model):
    """A group that took part or gained, in the codes of indicator 20.b of the Framework, and how many people."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="beneficiaries")
    group = models.CharField(max_length=40, choices=BeneficiaryGroup.Code)
    people = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("group reached")
        constraints = [
            models.UniqueConstraint(fields=["engagement", "group"], name="beneficiary_group_once"),
            models.CheckConstraint(
                name="beneficiary_group_of_indicator_20b",
                condition=Q(group__in=BeneficiaryGroup.Code.values),
            ),
        ]

    def __str__(self):
        return str(self.get_group_display())


class AppraisalDueQuerySet(models.QuerySet):
    def open_on(self, today) -> Self:
        """Those that are asked for today and have not been answered."""
        return self.filter(asked_on__lte=today, answered_at__isnull=True)


class AppraisalDue(models.Model):
    """One side is asked at one moment what came of the work: from `asked_on`, until `due_on`."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="appraisals_due")
    side = models.CharField(max_length=8, choices=Appraisal.Side)
    moment = models.CharField(max_length=14, choices=Appraisal.Moment)
    asked_on = models.DateField()
    due_on = models.DateField()
    answered_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = AppraisalDueQuerySet.as_manager()

    class Meta:
        verbose_name = _("appraisal due")
        constraints = [
            models.UniqueConstraint(fields=["engagement", "side", "moment"], name="appraisal_due_once"),
            models.CheckConstraint(name="appraisal_due_after_it_is_asked", condition=Q(due_on__gte=F("asked_on"))),
        ]
        indexes = [models.Index(fields=["answered_at", "asked_on"], name="appraisal_due_by_day")]

    def __str__(self):
        return f"{self.engagement} {self.side} {self.moment}"
