"""What a centre keeps about a request it holds: who works on it, notes, texts for answers, criteria and scores."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.people import holds_at_centre
from accounts.permissions import Permission, reach
from accounts.texts import Line, Lines

from ..criteria import FIRST, Criterion, from_rows
from ..references import make_reference
from .request import CooperationRequest, Language

USER = settings.AUTH_USER_MODEL
CENTRE = "centres.SupportCentre"


# Who works on it ------------------------------------------------------------------------------------------------------


class AssignmentQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Those that nobody has ended."""
        return self.filter(until__isnull=True)

    def in_force(self) -> Self:
        """Those that nobody has ended, of people who may still work for the centre: a role that is over frees the
        record.
        """
        return self.open().filter(holds_at_centre(Permission.REQUEST_TRIAGE, "officer", "centre"))

    def newest_first(self) -> Self:
        """All of them, each with `is_held`: of somebody who may still work for the centre."""
        held = holds_at_centre(Permission.REQUEST_TRIAGE, "officer", "centre")
        return self.annotate(is_held=Case(When(held, then=True), default=False)).order_by("-pk")

    def orphaned(self) -> Self:
        """Those that nobody has ended, of people whose role is over."""
        return self.open().exclude(holds_at_centre(Permission.REQUEST_TRIAGE, "officer", "centre"))


class Assignment(models.Model):
    """An officer works on a request, for the centre that held it then (None: the helpdesk)."""

    class Why(models.TextChoices):
        """Why it ended."""

        CHANGED = "changed", _("Somebody else was chosen")
        GIVEN_BACK = "given_back", _("Given back to the centre")
        HANDED_ON = "handed_on", _("The request was handed on")
        ROLE_ENDED = "role_ended", _("The role of the officer ended")

    request = models.ForeignKey(CooperationRequest, models.CASCADE, related_name="assignments")
    officer = models.ForeignKey(USER, models.CASCADE, related_name="assignments")
    centre = models.ForeignKey(CENTRE, models.PROTECT, null=True, blank=True, related_name="+")
    assigned_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=10, choices=Why, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(until__isnull=True), name="request_has_one_assignee_at_a_time"
            ),
            models.CheckConstraint(
                name="assignment_says_why_iff_ended",
                condition=Q(until__isnull=True, why="") | Q(until__isnull=False) & ~Q(why=""),
            ),
        ]

    def __str__(self):
        return f"{self.officer}: {self.reference}"

    @property
    def reference(self) -> str:
        """The reference of the request."""
        return make_reference("REQ", self.request_id)


# What it writes for itself --------------------------------------------------------------------------------------------


class InternalNoteQuerySet(models.QuerySet):
    def visible_to(self, user) -> Self:
        """Of what one's centre holds all, of what it held before what it wrote; the coordinator all."""
        part = reach(user, Permission.REQUEST_NOTE)
        return self.filter(part.as_q(InternalNote.SCOPE) | Q(centre__in=part.centres))


class InternalNote(models.Model):
    """A note about a request, read by the staff of the centre that holds it, of the one that wrote it, and the
    coordinator.
    """

    SCOPE = {"centre": "request__centre"}

    request = models.ForeignKey(CooperationRequest, models.CASCADE, related_name="internal_notes")
    centre = models.ForeignKey(CENTRE, models.PROTECT, null=True, blank=True, related_name="+")
    author = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    text = Lines()
    created_at = models.DateTimeField(default=timezone.now)
    form_key = models.UUIDField(null=True, blank=True, unique=True)

    objects = InternalNoteQuerySet.as_manager()

    def __str__(self):
        return f"{make_reference('REQ', self.request_id)}: {self.text[:40]}"


class ReplyTemplateQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(retired_at__isnull=True)

    def usable_for(self, request: CooperationRequest) -> Self:
        """The network's, and those of the centre that holds the request."""
        return self.current().filter(Q(centre__isnull=True) | Q(centre=request.centre_id))

    def manageable_by(self, user) -> Self:
        """A centre's own; the coordinator all."""
        return self.filter(reach(user, Permission.TEMPLATE_EDIT).as_q(ReplyTemplate.SCOPE))


class ReplyTemplate(models.Model):
    """A text for an answer that is given again and again; {placeholders} are filled from the request."""

    class Step(models.TextChoices):
        """The steps that take a text."""

        ASK_CLARIFICATION = "ask_clarification", _("Ask a question")
        ANSWER_DIRECTLY = "answer_directly", _("Answer directly")
        REDIRECT = "redirect", _("Hand to another centre")
        REFUSE = "refuse", _("Refuse the request")

    SCOPE = {"centre": "centre"}

    centre = models.ForeignKey(CENTRE, models.PROTECT, null=True, blank=True, related_name="reply_templates")
    step = models.CharField(max_length=20, choices=Step)
    language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    title = Line(max_length=120)
    text = Lines()
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    objects = ReplyTemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reply_template_step_known",
                condition=Q(step__in=["ask_clarification", "answer_directly", "redirect", "refuse"]),
            ),
            models.UniqueConstraint(
                fields=["centre", "step", "language", "title"],
                condition=Q(retired_at__isnull=True, centre__isnull=False),
                name="reply_template_of_a_centre_titled_once",
            ),
            models.UniqueConstraint(
                fields=["step", "language", "title"],
                condition=Q(retired_at__isnull=True, centre__isnull=True),
                name="reply_template_of_the_network_titled_once",
            ),
        ]

    def __str__(self):
        return self.title


# By what it is looked at ----------------------------------------------------------------------------------------------


class CriteriaVersionQuerySet(models.QuerySet):
    def newest(self):
        """The version in force; None while the first, which stands in the code, is."""
        return self.order_by("-version").first()


class CriteriaVersion(models.Model):
    """The criteria from a moment on. Rows are only added; version 1 stands in `requests_offers.criteria`."""

    version = models.PositiveIntegerField(unique=True)
    criteria = models.JSONField()
    reason = Lines()
    created_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = CriteriaVersionQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="criteria_begin_with_version_two", condition=Q(version__gte=2))]

    def __str__(self):
        return f"criteria {self.version}"

    @property
    def listed(self) -> tuple[Criterion, ...]:
        return from_rows(self.criteria)

    @classmethod
    def of(cls, version: int) -> tuple[Criterion, ...]:
        """The criteria of a version."""
        return FIRST if version == 1 else cls.objects.get(version=version).listed


class Assessment(models.Model):
    """How one officer scores a request, criterion by criterion. All scores of a request are by one version of them."""

    request = models.ForeignKey(CooperationRequest, models.CASCADE, related_name="assessments")
    officer = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    centre = models.ForeignKey(CENTRE, models.PROTECT, null=True, blank=True, related_name="+")
    criteria_version = models.PositiveIntegerField()
    note = Lines(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "officer", "criteria_version"], name="assessment_once_by_an_officer"
            ),
        ]

    def __str__(self):
        return f"{make_reference('REQ', self.request_id)}: {self.officer}"


class AssessmentScore(models.Model):
    """One value, with a note if the officer wrote one."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="scores")
    criterion = models.SlugField(max_length=40)
    value = models.PositiveSmallIntegerField()
    note = Line(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="criterion_scored_once_in_an_assessment"),
            models.CheckConstraint(name="criterion_scored_up_to_three", condition=Q(value__lte=3)),
        ]

    def __str__(self):
        return f"{self.criterion}: {self.value}"
