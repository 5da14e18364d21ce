"""Support Centres, who hosts them and whom they serve."""

from datetime import date
from itertools import combinations
from typing import ClassVar, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.texts import Line, Lines
from centres.models.names import Confidence, NamedQuerySet, ReferenceQuerySet, ReferenceRecord, SixNames
from centres.models.organization import Organization
from centres.models.party import Party

SURE_FIRST = Case(
    When(coverages__confidence=Confidence.HIGH, then=Value(0)),
    When(coverages__confidence=Confidence.MEDIUM, then=Value(1)),
    default=Value(2),
)


class SupportCentreQuerySet(NamedQuerySet):
    """Support Centres."""

    def real(self) -> Self:
        """Without the practice centre."""
        return self.filter(is_practice=False)

    def with_operating(self, on: date | None = None) -> Self:
        """With `is_operating`: whether a host has opened it by this day."""
        day = on or timezone.now().date()
        opened = Hosting.objects.current().filter(centre=OuterRef("pk"), operating_on__lte=day)
        return self.annotate(is_operating=Exists(opened))

    def operating(self, on: date | None = None) -> Self:
        """Those that can receive requests."""
        return self.with_operating(on).filter(is_operating=True)

    def serving(self, party: Party, on: date | None = None) -> Self:
        """Those that serve a Party: operating first, then by how sure the coverage is."""
        covering = self.current().filter(coverages__party=party, coverages__retired_on__isnull=True)
        return covering.with_operating(on).order_by("-is_operating", SURE_FIRST, "slug")


class SupportCentre(SixNames, ReferenceRecord):
    """A regional or subregional centre of the cooperation mechanism. Its names are working names."""

    class Status(models.TextChoices):
        DESIGNATED = "designated", _("Designated")
        HOSTED = "hosted", _("Agreement signed")
        OPERATING = "operating", _("Operating")

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    coverage_confidence = models.CharField(
        _("confidence in the list of Parties"), max_length=10, choices=Confidence, default=Confidence.LOW
    )
    coverage_basis = Lines(_("where the list of Parties comes from"), blank=True)
    languages = models.JSONField(_("working languages"), default=list, blank=True)
    expertise = models.JSONField(_("expertise"), default=list, blank=True)
    is_practice = models.BooleanField(_("practice centre"), default=False)
    is_example = models.BooleanField(_("example data"), default=False)

    hosts = models.ManyToManyField(
        Organization, through="centres.Hosting", related_name="centres", verbose_name=_("hosts")
    )

    objects = SupportCentreQuerySet.as_manager()

    SCOPE: ClassVar[dict[str, str]] = {"centre": "pk"}

    class Meta:
        verbose_name = _("Support Centre")
        verbose_name_plural = _("Support Centres")
        constraints = [
            models.CheckConstraint(
                name="centre_coverage_confidence_known", condition=Q(coverage_confidence__in=Confidence.values)
            ),
            models.CheckConstraint(
                name="centre_for_practice_is_example", condition=Q(is_practice=False) | Q(is_example=True)
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("centre_detail", args=[self.slug])

    @property
    def reference(self) -> str:
        return self.slug

    @property
    def is_provisional(self) -> bool:
        """Whether its list of Parties is derived and must be confirmed."""
        return self.coverage_confidence != Confidence.HIGH

    def status_on(self, on: date) -> str:
        """The furthest step one of its hosts has taken by a day; reads prefetched hostings without a query."""
        hostings = [hosting for hosting in self.hostings.all() if hosting.retired_on is None]
        if any(hosting.operating_on and hosting.operating_on <= on for hosting in hostings):
            return self.Status.OPERATING
        if any(hosting.agreement_signed_on and hosting.agreement_signed_on <= on for hosting in hostings):
            return self.Status.HOSTED
        return self.Status.DESIGNATED

    @property
    def status(self) -> str:
        return self.status_on(timezone.now().date())

    def get_status_display(self) -> str:
        return str(self.Status(self.status).label)

    @property
    def operates(self) -> bool:
        """Whether it can receive requests."""
        return self.status == self.Status.OPERATING


STEPS = ("selected_on", "invited_on", "accepted_on", "agreement_signed_on", "operating_on")


def _in_order(earlier: str, later: str) -> models.CheckConstraint:
    unknown = Q(**{f"{earlier}__isnull": True}) | Q(**{f"{later}__isnull": True})
    name = f"hosting_{later.removesuffix('_on')}_not_before_{earlier.removesuffix('_on')}"
    return models.CheckConstraint(name=name, condition=unknown | Q(**{f"{later}__gte": F(earlier)}))


class Hosting(ReferenceRecord):
    """An institution runs a centre, alone or with others. A day that is not known stays empty."""

    class Role(models.TextChoices):
        LEAD = "lead", _("lead host")
        CO_HOST = "co_host", _("joint host")
        PARTNER = "partner", _("partner")

    centre = models.ForeignKey(SupportCentre, models.PROTECT, related_name="hostings", verbose_name=_("centre"))
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="hostings", verbose_name=_("institution")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.LEAD)
    selected_by = Line(_("selected by"), max_length=120, blank=True)
    selection_region = Line(_("region it was selected for"), max_length=60, blank=True)
    selected_on = models.DateField(_("selected on"), null=True, blank=True)
    invited_on = models.DateField(_("invited on"), null=True, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    agreement_signed_on = models.DateField(_("agreement signed on"), null=True, blank=True)
    operating_on = models.DateField(_("operating since"), null=True, blank=True)
    office_city = Line(_("office of the centre, where not at the seat"), max_length=120, blank=True)
    confidence = models.CharField(_("confidence"), max_length=10, choices=Confidence, default=Confidence.HIGH)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("hosting")
        verbose_name_plural = _("hostings")
        constraints = [
            models.UniqueConstraint(name="hosting_once_per_centre_and_host", fields=["centre", "organization"]),
            models.UniqueConstraint(
                name="hosting_one_lead_per_centre",
                fields=["centre"],
                condition=Q(role="lead", retired_on__isnull=True),
            ),
            *(_in_order(earlier, later) for earlier, later in combinations(STEPS, 2)),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} hosts {self.centre_id}"

    @property
    def dated_steps(self) -> list[tuple[str, date]]:
        """The steps whose day is known, in their order."""
        labels = {name: str(self._meta.get_field(name).verbose_name) for name in STEPS}
        return [(labels[name], getattr(self, name)) for name in STEPS if getattr(self, name)]


class Coverage(ReferenceRecord):
    """A centre serves a Party. Many lists are derived, so each row says how sure it is."""

    centre = models.ForeignKey(SupportCentre, models.CASCADE, related_name="coverages", verbose_name=_("centre"))
    party = models.ForeignKey(Party, models.CASCADE, related_name="coverages", verbose_name=_("Party"))
    basis = Line(_("basis"), max_length=500, blank=True)
    confidence = models.CharField(_("confidence"), max_length=10, choices=Confidence, default=Confidence.LOW)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("coverage")
        verbose_name_plural = _("coverage")
        constraints = [
            models.UniqueConstraint(name="coverage_once_per_centre_and_party", fields=["centre", "party"]),
        ]

    def __str__(self) -> str:
        return f"{self.centre_id} serves {self.party_id}"

    @property
    def is_provisional(self) -> bool:
        return self.confidence != Confidence.HIGH
