"""Organizations: hosts of centres, providers, donors."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.texts import Address, Line, Lines
from centres.models.names import ReferenceQuerySet, ReferenceRecord
from centres.models.party import Party


class OrganizationQuerySet(ReferenceQuerySet):
    """Organizations of the network."""

    def current(self) -> Self:
        """Those that have neither been retired nor merged into another."""
        return super().current().filter(status=Organization.Status.ACTIVE)

    def hosts(self) -> Self:
        """Institutions that host a Support Centre."""
        return self.with_hosting().filter(centres_hosted__gt=0)

    def with_hosting(self) -> Self:
        """With `centres_hosted`, so that lists need no further query."""
        hostings = Q(hostings__retired_on__isnull=True, hostings__centre__retired_on__isnull=True)
        return self.annotate(centres_hosted=Count("hostings", filter=hostings, distinct=True))

    def visible_to(self, user: Any) -> Self:
        """The public sees verified organizations; their own people and the coordinator see the others too."""
        own = reach(user, Permission.ORGANIZATION_EDIT).as_q(Organization.SCOPE)
        decided = reach(user, Permission.CLAIM_ORGANIZATION_DECIDE).as_q(Organization.SCOPE)
        known = Q(is_verified=True) | Q(verification_lapsed_on__isnull=False) | Q(status=Organization.Status.MERGED)
        return self.filter(known | own | decided)

    def search(self, text: str) -> Self:
        """Those with these words in a name or the acronym."""
        condition = Q(acronym__iexact=text)
        # SQLite ignores case for ASCII letters only, so the capitalized form is tried too.
        for form in {text, text.capitalize(), text.title(), text.upper()}:
            for field in ("name", "name_local", "city"):
                condition |= Q(**{f"{field}__icontains": form})
        return self.filter(condition)

    def by_name(self) -> Self:
        return self.order_by(Lower("name"), "pk")


class Organization(ReferenceRecord):
    """An organization under its one official name."""

    class Kind(models.TextChoices):
        ACADEMIC = "academic", _("Academic or research institute")
        GOVERNMENT = "government", _("National government agency")
        SUBNATIONAL = "subnational_government", _("Subnational government agency")
        IGO = "igo", _("Intergovernmental organization")
        NGO = "ngo", _("Non-governmental organization")
        PRIVATE = "private_sector", _("Private sector")
        REIO = "reio", _("Regional economic integration organization")
        UN = "un_agency", _("Organization of the United Nations system")
        OTHER = "other", _("Other")

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        MERGED = "merged", _("merged into another")

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    name = Line(_("official name"), max_length=250)
    acronym = Line(_("acronym"), max_length=40, blank=True)
    name_local = Line(_("name in the organization’s own language"), max_length=250, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind, default=Kind.OTHER)
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="organizations", verbose_name=_("seat")
    )
    city = Line(_("city"), max_length=120, blank=True)
    website = Address(_("website"), max_length=300, blank=True)
    languages = models.JSONField(_("working languages"), default=list, blank=True)
    is_verified = models.BooleanField(_("verified"), default=False)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verified_until = models.DateField(_("verified until"), null=True, blank=True)
    verification_lapsed_on = models.DateField(_("verification ended on"), null=True, blank=True)
    verification_reminded_for = models.DateField(null=True, blank=True, editable=False)
    renewal_asked_at = models.DateTimeField(_("renewal asked for at"), null=True, blank=True)
    renewal_due_on = models.DateField(_("decide on the renewal until"), null=True, blank=True)
    renewal_evidence = Lines(_("what has changed, and how it can be checked"), blank=True)
    about = Lines(_("about the organization"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    is_practice = models.BooleanField(_("practice organization"), default=False)
    is_example = models.BooleanField(_("example data"), default=False)

    objects = OrganizationQuerySet.as_manager()

    SCOPE: ClassVar[dict[str, str]] = {"organization": "pk"}

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [
            models.CheckConstraint(
                name="organization_merged_iff_into_another",
                condition=Q(status="active", merged_into__isnull=True) | Q(status="merged", merged_into__isnull=False),
            ),
            models.CheckConstraint(
                name="organization_verified_at_only_when_verified",
                condition=Q(is_verified=True) | Q(verified_at__isnull=True, verified_until__isnull=True),
            ),
            models.CheckConstraint(
                name="organization_lapsed_is_not_verified",
                condition=Q(verification_lapsed_on__isnull=True) | Q(is_verified=False),
            ),
            models.CheckConstraint(
                name="organization_renewal_has_moment_and_day",
                condition=Q(renewal_asked_at__isnull=True, renewal_due_on__isnull=True)
                | Q(renewal_asked_at__isnull=False, renewal_due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="organization_for_practice_is_example", condition=Q(is_practice=False) | Q(is_example=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organization_detail", args=[self.slug])

    @property
    def reference(self) -> str:
        return self.slug

    @property
    def short_name(self) -> str:
        """The acronym where there is one."""
        return self.acronym or self.name

    @property
    def is_host(self) -> bool:
        """Whether it hosts a Support Centre; reads prefetched hostings without a query."""
        return any(hosting.retired_on is None for hosting in self.hostings.all())
