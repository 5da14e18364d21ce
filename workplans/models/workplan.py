"""A workplan: what a centre, or the network, will do in a period. What it says stands in its versions."""

import re
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.texts import Lines
from centres.models import LANGUAGE_CHOICES, fold

from ..lifecycle import OPEN_VERSION

REFERENCE = re.compile(r"WP-(\d{4})-([a-z0-9-]{1,60})")
NETWORK = "network"


class PeriodQuerySet(models.QuerySet):
    """Periods of workplans."""

    def in_order(self) -> Self:
        """The newest first."""
        return self.order_by("-starts", "-pk")

    def containing(self, year: int) -> Self:
        """Those to which a year belongs."""
        return self.filter(starts__lte=year, ends__gte=year)


class Period(models.Model):
    """The years for which workplans are made, such as 2025–2026. The coordinator adds periods."""

    starts = models.PositiveSmallIntegerField(_("first year"), unique=True)
    ends = models.PositiveSmallIntegerField(_("last year"))

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        constraints = [
            models.CheckConstraint(
                name="period_ends_after_it_starts", condition=Q(ends__gte=F("starts"), ends__lte=F("starts") + 9)
            ),
            models.CheckConstraint(name="period_is_in_our_time", condition=Q(starts__gte=2020, starts__lte=2100)),
        ]

    def __str__(self) -> str:
        return str(self.starts) if self.starts == self.ends else f"{self.starts}–{self.ends}"

    @property
    def years(self) -> list[int]:
        return list(range(self.starts, self.ends + 1))


class WorkplanQuerySet(models.QuerySet):
    """Workplans; every list starts from `visible_to`."""

    def by_reference(self, reference: str) -> Self:
        """The workplan with a reference such as WP-2025-pacific or WP-2025-network, or none."""
        found = REFERENCE.fullmatch(reference)
        if not found:
            return self.none()
        centre = Q(centre__isnull=True) if found[2] == NETWORK else Q(centre__slug=found[2])
        return self.filter(centre, period__starts=int(found[1]))

    def visible_to(self, user) -> Self:
        """Those of which `user` may see a version: the public the finalized one, the centre all, offices theirs."""
        versions = self.model._meta.get_field("versions").related_model.objects.visible_to(user)
        return self.filter(Exists(versions.filter(workplan=OuterRef("pk"))))

    def published(self) -> Self:
        """Those with a finalized version."""
        return self.filter(current_version__isnull=False)

    def search(self, text: str) -> Self:
        """Those with all of these words in the title or the name of the centre."""
        found = self
        for word in fold(text).split()[:12]:
            found = found.filter(search_text__contains=word)
        return found


class Workplan(models.Model):
    """The plan of a centre (of the whole network, kept by the coordination entity, where there is none) for a period.

    `current_version` is the finalized, public one. `search_text` follows the version that people see.
    """

    SCOPE: ClassVar[dict[str, str]] = {"centre": "centre"}

    centre = models.ForeignKey("centres.SupportCentre", models.PROTECT, null=True, blank=True, related_name="workplans")
    period = models.ForeignKey(Period, models.PROTECT, related_name="workplans")
    language = models.CharField(_("language"), max_length=5, choices=LANGUAGE_CHOICES, default="en")
    current_version = models.ForeignKey("workplans.Version", models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_words = Lines(_("what came of the plan"), blank=True)
    final_report = models.JSONField(null=True, blank=True)
    search_text = models.TextField(editable=False, blank=True)
    is_example = models.BooleanField(default=False)

    objects = WorkplanQuerySet.as_manager()

    class Meta:
        verbose_name = _("workplan")
        verbose_name_plural = _("workplans")
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "period"],
                condition=Q(centre__isnull=False),
                name="workplan_once_per_centre_and_period",
            ),
            models.UniqueConstraint(
                fields=["period"], condition=Q(centre__isnull=True), name="workplan_of_network_once_per_period"
            ),
            models.CheckConstraint(
                name="workplan_closed_iff_reported",
                condition=Q(closed_at__isnull=True, final_report__isnull=True)
                | Q(closed_at__isnull=False, final_report__isnull=False),
            ),
            models.CheckConstraint(
                name="workplan_closed_only_when_finalized",
                condition=Q(closed_at__isnull=True) | Q(current_version__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("workplan_detail", args=[self.reference])

    @property
    def reference(self) -> str:
        """WP, the first year of the period, the centre; needs both related rows."""
        return f"WP-{self.period.starts}-{self.centre.slug if self.centre_id else NETWORK}"

    @property
    def is_network(self) -> bool:
        return self.centre_id is None

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def open_version(self):
        """The version on which somebody works or comments, if there is one."""
        return self.versions.filter(status__in=OPEN_VERSION).first()

    @property
    def newest_version(self):
        return self.versions.order_by("-number").first()
