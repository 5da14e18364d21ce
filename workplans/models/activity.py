"""Activities of a workplan with their results and indicators.

A row belongs to one version; its identity to all of them.
"""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.texts import Line, Lines
from centres.models import fold
from requests_offers.references import make_reference, number_in

from .version import Version


class ActivityIdentity(models.Model):
    """What stays the same of an activity from version to version: its number. Pledges and comments stand on it."""

    PREFIX = "ACT"
    SCOPE: ClassVar[dict[str, str]] = {"centre": "workplan__centre"}

    workplan = models.ForeignKey("workplans.Workplan", models.PROTECT, related_name="activity_identities")
    form_key = models.UUIDField(null=True, blank=True, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)


class PlannedQuerySet(models.QuerySet):
    """Rows of a plan, reached like their versions."""

    PREFIX = ""
    VERSION = "version"

    def by_reference(self, reference: str) -> Self:
        """The rows with this reference, one in each version that holds it."""
        number = number_in(self.PREFIX, reference)
        return self.none() if number is None else self.filter(identity=number)

    def visible_to(self, user) -> Self:
        """Rows of the versions that `user` may see."""
        return self.filter(**{f"{self.VERSION}__in": Version.objects.visible_to(user)})

    def newest_visible_to(self, user) -> Self:
        """Rows of the newest version of each workplan that `user` may see: each activity or line once."""
        return self.filter(**{f"{self.VERSION}__in": Version.objects.visible_to(user).newest_of_each()})

    def public(self) -> Self:
        """Rows of finalized versions."""
        return self.filter(**{f"{self.VERSION}__in": Version.objects.public()})


class ActivityQuerySet(PlannedQuerySet):
    """Activities."""

    PREFIX = "ACT"

    def in_order(self) -> Self:
        """As the plan lists them."""
        return self.order_by("position", "identity")

    def search(self, text: str) -> Self:
        """Those with all of these words in title or text, in any script, with or without accents."""
        found = self
        for word in fold(text).split()[:12]:
            found = found.filter(search_text__contains=word)
        return found


class Activity(models.Model):
    """An activity as one version of the plan has it. `revision` rises with each edit, for those who edit at once."""

    SCOPE: ClassVar[dict[str, str]] = {"centre": "version__workplan__centre"}

    version = models.ForeignKey("workplans.Version", models.CASCADE, related_name="activities")
    identity = models.ForeignKey(ActivityIdentity, models.PROTECT, related_name="rows")
    position = models.PositiveSmallIntegerField(default=0)
    title = Line(_("title"), max_length=300)
    description = Lines(_("what will be done"), blank=True)
    functions = models.ManyToManyField(
        "centres.CentreFunction", blank=True, related_name="activities", verbose_name=_("functions of the centre")
    )
    targets = models.ManyToManyField("centres.Target", blank=True, related_name="activities", verbose_name=_("targets"))
    parties = models.ManyToManyField("centres.Party", blank=True, related_name="activities", verbose_name=_("Parties"))
    priorities = models.ManyToManyField(
        "centres.NationalPriority", blank=True, related_name="activities", verbose_name=_("national priorities")
    )
    components = models.ManyToManyField(
        "requests_offers.Component", blank=True, related_name="activities", verbose_name=_("needs of requests")
    )
    engagements = models.ManyToManyField(
        "requests_offers.Engagement", blank=True, related_name="activities", verbose_name=_("engagements")
    )
    partners = models.ManyToManyField(
        "centres.Organization", blank=True, related_name="activities", verbose_name=_("partners")
    )
    other_partners = Lines(_("other partners"), blank=True)
    is_essential = models.BooleanField(_("essential"), default=False)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    search_text = models.TextField(editable=False, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            models.UniqueConstraint(fields=["version", "identity"], name="activity_once_in_a_version"),
            models.CheckConstraint(
                name="activity_ends_after_it_starts",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        page = reverse("workplan_version", args=[self.version.workplan.reference, self.version.number])
        return f"{page}#{self.reference}"

    @property
    def reference(self) -> str:
        return make_reference("ACT", self.identity_id)

    def refresh_search_text(self) -> None:
        """Fold reference, title and text into the text that search reads; the caller saves."""
        self.search_text = fold(f"{self.reference} {self.title} {self.description} {self.other_partners}")[:20000]


class Result(models.Model):
    """An output or outcome of an activity. Its number stays the same in later versions."""

    class Kind(models.TextChoices):
        OUTPUT = "output", _("Output")
        OUTCOME = "outcome", _("Outcome")

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="results")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.OUTPUT)
    title = Line(_("title"), max_length=300)
    description = Lines(_("description"), blank=True)

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        constraints = [
            models.UniqueConstraint(fields=["activity", "number"], name="result_number_used_once_in_its_activity"),
            models.CheckConstraint(name="result_kind_known", condition=Q(kind__in=["output", "outcome"])),
        ]

    def __str__(self) -> str:
        return self.title


class Measure(models.TextChoices):
    """What is counted alike in all plans, so that it can be added up to centre and network."""

    PEOPLE_TRAINED = "people_trained", _("People trained")
    INSTITUTIONS_STRENGTHENED = "institutions_strengthened", _("Institutions strengthened")
    PARTIES_SUPPORTED = "parties_supported", _("Parties supported")
    REQUESTS_ANSWERED = "requests_answered", _("Requests answered")
    MATCHES_AGREED = "matches_agreed", _("Matches agreed")
    PROJECTS_STARTED = "projects_started", _("Projects started")
    TECHNOLOGIES_TRANSFERRED = "technologies_transferred", _("Technologies transferred")
    KNOWLEDGE_PRODUCTS = "knowledge_products", _("Knowledge products published")
    PRACTICES_DOCUMENTED = "practices_documented", _("Good practices documented")
    PARTNERSHIPS = "partnerships", _("Partnerships formed")
    OWN = "", _("A measure of this plan alone")


class IndicatorIdentity(models.Model):
    """What stays the same of an indicator from version to version. Reported progress stands on it."""

    SCOPE: ClassVar[dict[str, str]] = {"centre": "workplan__centre"}

    workplan = models.ForeignKey("workplans.Workplan", models.PROTECT, related_name="indicator_identities")

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return make_reference("IND", self.pk)


class IndicatorQuerySet(PlannedQuerySet):
    """Indicators."""

    PREFIX = "IND"
    VERSION = "result__activity__version"


class Indicator(models.Model):
    """What is measured: where it stands before, and where it should stand at the end of each year."""

    SCOPE: ClassVar[dict[str, str]] = {"centre": "result__activity__version__workplan__centre"}

    result = models.ForeignKey(Result, models.CASCADE, related_name="indicators")
    identity = models.ForeignKey(IndicatorIdentity, models.PROTECT, related_name="rows")
    title = Line(_("indicator"), max_length=300)
    measure = models.CharField(_("counted as"), max_length=30, choices=Measure, blank=True, default="")
    unit = Line(_("unit"), max_length=60, blank=True)
    is_cumulative = models.BooleanField(_("each year adds to the years before"), default=True)
    baseline = models.DecimalField(_("baseline"), max_digits=18, decimal_places=4, null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField(_("year of the baseline"), null=True, blank=True)
    source = Line(_("means of verification"), max_length=300, blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        constraints = [
            models.UniqueConstraint(fields=["result", "identity"], name="indicator_once_in_a_result"),
            models.CheckConstraint(name="indicator_measure_known", condition=Q(measure__in=Measure.values)),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def reference(self) -> str:
        return make_reference("IND", self.identity_id)


class IndicatorTarget(models.Model):
    """The value that an indicator should reach in a year."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets")
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "year"], name="indicator_target_once_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.year}: {self.value}"
