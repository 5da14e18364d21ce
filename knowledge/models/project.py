"""Projects of countries: what a registry says of each, who submitted it, and what the office decided."""

from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.people import office_is_held
from accounts.permissions import Permission, can, reach
from accounts.references import make_reference, number_in
from accounts.texts import Address, Line, Lines
from centres.models import Party, Subject, Target

from ..lifecycle import ProjectStatus

CONFIRMED_FOR = timedelta(days=365)  # a published project stands for a year after somebody has said that it is right
STALE_AFTER = timedelta(days=30)  # after the reminder


class Phase(models.TextChoices):
    """Where a project is in time; follows from its days."""

    PLANNED = "planned", pgettext_lazy("project", "Planned")
    RUNNING = "running", pgettext_lazy("project", "Running")
    ENDED = "ended", pgettext_lazy("project", "Ended")


class ProjectQuerySet(models.QuerySet):
    """Projects; every list starts from `visible_to`."""

    def by_reference(self, reference: str) -> Self:
        """The project with this reference, or none."""
        number = number_in(Project.PREFIX, reference)
        return self.none() if number is None else self.filter(pk=number)

    def listed(self) -> Self:
        """Those that everybody sees: published once, and not taken down since."""
        return self.filter(published_at__isnull=False)

    def moderated_by(self, user: Any) -> Self:
        """Those on which `user` decides: the office of the Party, the coordinator where the Party has none here."""
        office = reach(user, Permission.PROJECT_MODERATE).as_q(Project.SCOPE)
        if not reach(user, Permission.PROJECT_STAND_IN):
            return self.filter(office)
        return self.filter(office | ~Q(office_is_held(Permission.PROJECT_MODERATE, "party")))

    def visible_to(self, user: Any) -> Self:
        """What is published for everybody; the rest for whoever submitted it and for those who decide on it."""
        if not user.is_authenticated:
            return self.listed()
        decided = Project.objects.moderated_by(user).values("pk")
        return self.filter(Q(published_at__isnull=False) | Q(submitter=user.pk) | Q(pk__in=decided))

    def known_inside(self, user: Any) -> Self:
        """Those of which `user` knows what is between submitter and office: one's own, and those one decides on."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(submitter=user.pk) | Q(pk__in=Project.objects.moderated_by(user).values("pk")))

    def of_party(self, party: Party) -> Self:
        """Those in a country, as the first one or together with others."""
        shared = Project.co_parties.through.objects.filter(party=party).values("project")
        return self.filter(Q(party=party) | Q(pk__in=shared))

    def in_phase(self, phase: str, today: date) -> Self:
        """Those that are planned, running or ended on a day; without days none."""
        conditions = {
            Phase.PLANNED: Q(starts_on__gt=today),
            Phase.RUNNING: Q(starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today)),
            Phase.ENDED: Q(ends_on__lt=today),
        }
        return self.filter(conditions[Phase(phase)])

    def running_in(self, year: int) -> Self:
        """Those that run at some time of a year."""
        begun = Q(starts_on__isnull=False, starts_on__lte=date(year, 12, 31))
        return self.filter(begun & (Q(ends_on__isnull=True) | Q(ends_on__gte=date(year, 1, 1))))

    def search(self, text: str) -> Self:
        """Those with these words in title, summary, partners or territories, or with this reference."""
        condition = Q(pk__in=Project.objects.by_reference(text.strip().upper()).values("pk"))
        for field in ("title", "summary", "partners", "territories"):
            for form in {text, text.capitalize(), text.lower()}:  # SQLite ignores case for ASCII letters only
                condition |= Q(**{f"{field}__icontains": form})
        return self.filter(condition)


class Project(models.Model):
    """A project in one or several countries; the office of the first decides whether it is published.

    What is public was published by the office: a later change waits in `pending` until the office has looked at it.
    `contact`, name and address of whoever submitted it are never public.
    """

    PREFIX = "PRJ"
    SCOPE: ClassVar[dict[str, str]] = {"party": "party"}

    party = models.ForeignKey(Party, models.PROTECT, related_name="projects", verbose_name=_("country"))
    co_parties = models.ManyToManyField(Party, related_name="shared_projects", blank=True)
    territories = Line(_("territories"), max_length=300, blank=True)
    title = Line(_("title"), max_length=200)
    summary = Lines(_("summary"))
    language = models.CharField(_("language"), max_length=35, default="en")
    targets = models.ManyToManyField(Target, related_name="projects", blank=True)
    subjects = models.ManyToManyField(Subject, related_name="projects", blank=True)
    partners = Lines(_("partners"), blank=True)
    starts_on = models.DateField(_("begins on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    url = Address(_("address"), max_length=500, blank=True)
    source = Line(_("source"), max_length=500, blank=True)
    contact = Lines(_("contact person"), blank=True)

    status = models.CharField(max_length=20, choices=ProjectStatus, default=ProjectStatus.SUBMITTED)
    pending = models.JSONField(null=True, blank=True, editable=False)
    change_asked = Lines(blank=True)
    reason_code = models.CharField(max_length=20, blank=True)
    reason = Lines(blank=True)
    due_on = models.DateField(null=True, blank=True)
    reminded_for = models.DateField(null=True, blank=True, editable=False)
    submitter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="projects_submitted"
    )
    submitter_name = Line(max_length=150, blank=True)
    submitter_email = models.EmailField(blank=True)
    submitter_language = models.CharField(max_length=10, default="en")
    form_key = models.UUIDField(null=True, blank=True, unique=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.CheckConstraint(name="project_status_known", condition=Q(status__in=ProjectStatus.values)),
            models.CheckConstraint(
                name="project_ends_after_it_begins",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="project_published_has_its_moments",
                condition=~Q(status__in=["published", "stale"])
                | Q(published_at__isnull=False, confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="project_refused_is_not_public", condition=~Q(status="refused") | Q(published_at__isnull=True)
            ),
            models.CheckConstraint(
                name="project_change_asked_says_what", condition=~Q(status="change_requested") | ~Q(change_asked="")
            ),
        ]
        indexes = [
            models.Index(fields=["status", "due_on"], name="project_by_due_day"),
            models.Index(fields=["-updated_at"], name="project_by_change"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("project_detail", args=[self.reference])

    # Questions -------------------------------------------------------------

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)

    @property
    def is_listed(self) -> bool:
        """Whether everybody sees it."""
        return self.published_at is not None

    @property
    def public_status(self) -> str:
        """Its state for those who do not see what the office and its submitter are about: published stays published."""
        between = {ProjectStatus.SUBMITTED, ProjectStatus.CHANGE_REQUESTED}
        return ProjectStatus.PUBLISHED if self.is_listed and self.status in between else self.status

    @property
    def phase(self) -> str:
        """Planned, running or ended, by its days; empty where they are not known."""
        today = timezone.now().date()
        if self.ends_on and self.ends_on < today:
            return Phase.ENDED
        if self.starts_on is None:
            return ""
        return Phase.PLANNED if self.starts_on > today else Phase.RUNNING

    def may_be_moderated_by(self, user: Any) -> bool:
        """Whether `user` decides on it; the same answer as `moderated_by`, for one project."""
        if can(user, Permission.PROJECT_MODERATE, self):
            return True
        stands_in = can(user, Permission.PROJECT_STAND_IN)
        return stands_in and Project.objects.moderated_by(user).filter(pk=self.pk).exists()


class Funding(models.Model):
    """Who pays for a project, and how much where that is known; sums of several currencies are never added."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="funding")
    funder = Line(_("funder"), max_length=200)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)

    class Meta:
        verbose_name = _("funding of a project")
        constraints = [
            models.CheckConstraint(
                name="funding_amount_has_its_currency",
                condition=Q(amount__isnull=True, currency="") | Q(amount__gt=0) & ~Q(currency=""),
            ),
            models.CheckConstraint(name="funding_names_its_funder", condition=~Q(funder="")),
        ]

    def __str__(self) -> str:
        return self.funder
