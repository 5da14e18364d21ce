"""Papers by which a donor judges whether it can give money to a host: audits, legal status, policies."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.texts import Line
from centres.models import LANGUAGE_CHOICES

FIRST_YEAR, LAST_YEAR = 1990, 2100


class DocumentKind(models.TextChoices):
    """What a paper is."""

    AUDIT = "audit", _("Audit report")
    STATEMENT = "statement", _("Financial statement")
    LEGAL = "legal", _("Legal status")
    BANK = "bank", _("Policy on bank details and payments")
    PROCUREMENT = "procurement", _("Rules of procurement")
    INTEGRITY = "integrity", _("Policy against fraud and corruption")
    SAFEGUARDS = "safeguards", _("Social and environmental safeguards")
    ASSESSMENT = "assessment", _("Assessment by a donor or fund")
    HOSTING = "hosting", _("Hosting agreement")
    OTHER = "other", _("Another paper")


class Audience(models.TextChoices):
    """Who may read a paper."""

    PUBLIC = "public", _("Everybody")
    DONORS = "donors", _("Donors only")


class HostDocumentQuerySet(models.QuerySet):
    """Papers of hosts; every list starts from `visible_to`."""

    def current(self) -> Self:
        """Those that were not taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, user) -> Self:
        """What is public; donors see all; a centre and the coordinator their own, or all, as well."""
        part = reach(user, Permission.FIDUCIARY_VIEW)
        if part.organizations:  # whoever speaks for a donor
            return self.current()
        return self.current().filter(Q(audience=Audience.PUBLIC) | part.as_q(self.model.SCOPE))

    def in_order(self) -> Self:
        """By centre, the newest year first."""
        return self.order_by("centre__name_en", models.F("year").desc(nulls_last=True), "kind", "pk")


class HostDocument(models.Model):
    """One paper of a centre or of an institution that hosts it; without a centre, of the coordination entity.

    Its bytes lie under a random name and are only ever handed out as a file to keep.
    """

    SCOPE: ClassVar[dict[str, str]] = {"centre": "centre"}

    centre = models.ForeignKey(
        "centres.SupportCentre", models.PROTECT, null=True, blank=True, related_name="host_documents"
    )
    organization = models.ForeignKey(
        "centres.Organization", models.PROTECT, null=True, blank=True, related_name="host_documents"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=DocumentKind)
    title = Line(_("title"), max_length=200)
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    language = models.CharField(_("language"), max_length=5, choices=LANGUAGE_CHOICES, default="en")
    audience = models.CharField(_("who may read it"), max_length=6, choices=Audience, default=Audience.DONORS)
    name = Line(max_length=200)
    stored_as = models.CharField(max_length=80, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    objects = HostDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper of a host")
        verbose_name_plural = _("papers of hosts")
        constraints = [
            models.CheckConstraint(name="host_document_kind_known", condition=Q(kind__in=DocumentKind.values)),
            models.CheckConstraint(name="host_document_audience_known", condition=Q(audience__in=Audience.values)),
            models.CheckConstraint(
                name="host_document_year_can_be_meant",
                condition=Q(year__isnull=True) | Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
            ),
            models.UniqueConstraint(
                fields=["centre", "sha256"],
                condition=Q(withdrawn_at__isnull=True),
                name="host_document_once_for_its_centre",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    def get_absolute_url(self) -> str:
        return reverse("host_document", args=[self.pk])

    def open(self) -> Any:
        """The stored bytes; FileNotFoundError where the file is gone."""
        return default_storage.open(self.stored_as, "rb")
