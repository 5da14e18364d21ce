"""Work that somebody else reports as IATI and that may pay for a part of a plan.

Proposed to the centre from a file, then accepted or dismissed. It stands beside the portal's own money and never
counts.
"""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.texts import Line, Lines
from requests_offers.references import make_reference, number_in

from ..lifecycle import CoFundingStatus


class CoFundingQuerySet(models.QuerySet):
    """Reported co-funding; every list starts from `visible_to`."""

    def by_reference(self, reference: str) -> Self:
        """The record with this reference, or none."""
        number = number_in(CoFunding.PREFIX, reference)
        return self.none() if number is None else self.filter(pk=number)

    def visible_to(self, user) -> Self:
        """What a centre accepted for a public plan: everybody. The rest: the centre and the coordinator."""
        own = reach(user, Permission.WORKPLAN_VIEW).as_q(CoFunding.SCOPE)
        return self.filter(own | Q(status=CoFundingStatus.ACCEPTED, workplan__current_version__isnull=False))

    def accepted(self) -> Self:
        """Those that stand beside a plan."""
        return self.filter(status=CoFundingStatus.ACCEPTED)

    def newest_first(self) -> Self:
        """Last changed first."""
        return self.order_by("-updated_at", "-pk")


class CoFunding(models.Model):
    """An activity of a file of somebody else, as a centre looked at it.

    `amounts` holds sums by kind (budget, commitment, disbursement) and currency as that file says them.
    """

    PREFIX = "COF"
    SCOPE: ClassVar[dict[str, str]] = {"centre": "centre"}

    centre = models.ForeignKey(
        "centres.SupportCentre", models.PROTECT, null=True, blank=True, related_name="co_funding"
    )
    iati_identifier = Line(_("identifier"), max_length=250)
    reporting_ref = Line(_("identifier of the organization that reports"), max_length=150, blank=True)
    reporting_name = Line(_("organization that reports"), max_length=250, blank=True)
    title = Line(_("title"), max_length=300)
    description = Lines(_("description"), blank=True)
    funders = models.JSONField(default=list)
    countries = models.JSONField(default=list)
    amounts = models.JSONField(default=dict)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    standard = models.CharField(_("version of the standard"), max_length=10, blank=True)
    last_updated_at = models.DateTimeField(_("last updated by its reporter"), null=True, blank=True)
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=CoFundingStatus, default=CoFundingStatus.PROPOSED)
    workplan = models.ForeignKey("workplans.Workplan", models.PROTECT, null=True, blank=True, related_name="co_funding")
    activity = models.ForeignKey(
        "workplans.ActivityIdentity", models.PROTECT, null=True, blank=True, related_name="co_funding"
    )
    words = Lines(_("note"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    is_example = models.BooleanField(default=False)

    objects = CoFundingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reported co-funding")
        verbose_name_plural = _("reported co-funding")
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "iati_identifier"],
                condition=Q(centre__isnull=False),
                name="co_funding_once_in_a_centre",
            ),
            models.UniqueConstraint(
                fields=["iati_identifier"], condition=Q(centre__isnull=True), name="co_funding_once_in_the_network"
            ),
            models.CheckConstraint(name="co_funding_status_known", condition=Q(status__in=CoFundingStatus.values)),
            models.CheckConstraint(
                name="co_funding_has_its_plan_iff_accepted",
                condition=Q(status="accepted", workplan__isnull=False)
                | ~Q(status="accepted") & Q(workplan__isnull=True, activity__isnull=True),
            ),
            models.CheckConstraint(
                name="co_funding_decided_at_iff_decided",
                condition=Q(status="proposed", decided_at__isnull=True)
                | ~Q(status="proposed") & Q(decided_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["status", "-updated_at"], name="co_funding_by_change")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("co_funding_detail", args=[self.reference])

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)

    @property
    def reporter(self) -> str:
        """Who reports it, by name, else by identifier."""
        return self.reporting_name or self.reporting_ref
