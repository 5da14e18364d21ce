"""Where else a request was filed: the same need at another mechanism, under that mechanism's own reference."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.texts import Line

from .request import CooperationRequest


class Mechanism(models.TextChoices):
    """Mechanisms at which countries ask for cooperation or money. Their names are names: they are not translated."""

    BIO_BRIDGE = "bio_bridge", "Bio-Bridge Initiative"
    LIFEWEB = "lifeweb", "LifeWeb Initiative"
    NBSAP_AP = "nbsap_ap", "NBSAP Accelerator Partnership"
    CTCN = "ctcn", "Climate Technology Centre and Network (CTCN)"
    NDC_PARTNERSHIP = "ndc_partnership", "NDC Partnership"
    GEF = "gef", "Global Environment Facility (GEF)"
    GBFF = "gbff", "Global Biodiversity Framework Fund (GBFF)"
    GCF = "gcf", "Green Climate Fund (GCF)"
    BIOFIN = "biofin", "BIOFIN"
    OTHER = "other", _("Another one")


class FilingStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    FILED = "filed", _("Filed")
    UNDER_REVIEW = "under_review", _("Under review")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Not accepted")
    ENDED = "ended", _("Ended")


class FilingQuerySet(models.QuerySet):
    """Filings elsewhere."""

    def known_as(self, mechanism: str = "", external_id: str = "") -> Self:
        """Those at this mechanism, under this reference; an empty word narrows nothing."""
        found = self.filter(mechanism=mechanism) if mechanism else self
        return found.filter(external_id__iexact=external_id.strip()) if external_id.strip() else found

    def in_order(self) -> Self:
        """By mechanism, then as they were added."""
        return self.order_by("mechanism", "pk")


class Filing(models.Model):
    """A request at another mechanism: its reference there, how far it came, and where it can be read."""

    SCOPE = {"party": "request__party", "centre": "request__centre"}

    request = models.ForeignKey(CooperationRequest, models.CASCADE, related_name="filings")
    mechanism = models.CharField(_("mechanism"), max_length=20, choices=Mechanism)
    name = Line(_("name of the mechanism"), max_length=120, blank=True)
    external_id = Line(_("reference there"), max_length=120, blank=True)
    status = models.CharField(_("status there"), max_length=20, choices=FilingStatus, default=FilingStatus.FILED)
    url = models.URLField(_("address"), max_length=500, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing elsewhere")
        constraints = [
            models.CheckConstraint(name="filing_mechanism_known", condition=Q(mechanism__in=Mechanism.values)),
            models.CheckConstraint(name="filing_status_known", condition=Q(status__in=FilingStatus.values)),
            models.CheckConstraint(
                name="filing_names_another_mechanism", condition=~Q(mechanism="other") | ~Q(name="")
            ),
            models.UniqueConstraint(
                fields=["request", "mechanism", "name", "external_id"], name="filing_once_under_its_reference"
            ),
        ]
        indexes = [models.Index(fields=["mechanism", "external_id"], name="filing_by_reference")]

    def __str__(self):
        return f"{self.title} {self.external_id}".strip()

    @property
    def title(self) -> str:
        """The mechanism's name."""
        return self.name if self.mechanism == Mechanism.OTHER else str(self.get_mechanism_display())
