"""What a Party wants by itself: its national targets and the actions of its strategy (NBSAP)."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.texts import Line
from centres.models.names import ReferenceQuerySet, ReferenceRecord
from centres.models.party import Party
from centres.models.vocabulary import Target

EARLIEST_YEAR, LATEST_YEAR = 1990, 2100


class NationalPriorityQuerySet(ReferenceQuerySet):
    """National priorities."""

    def of(self, parties: Any) -> Self:
        """Those of these Parties."""
        return self.filter(party__in=parties)

    def in_force(self, on: date | None = None) -> Self:
        """Those that have not been ended and whose years are not over on a day."""
        year = (on or timezone.now().date()).year
        return self.current().filter(Q(until_year__isnull=True) | Q(until_year__gte=year))

    def in_order(self) -> Self:
        """National targets first, then by code."""
        return self.order_by("-kind", "code", "pk")


class NationalPriority(ReferenceRecord):
    """A national target or an action of the national strategy, which requests and activities can name.

    It is ended, not deleted: older requests go on naming it. `source` says where it stands, `url` leads there.
    """

    class Kind(models.TextChoices):
        NATIONAL_TARGET = "national_target", _("National target")
        NBSAP_ACTION = "nbsap_action", _("Action of the national strategy (NBSAP)")

    SCOPE: ClassVar[dict[str, str]] = {"party": "party"}

    party = models.ForeignKey(Party, models.PROTECT, related_name="priorities", verbose_name=_("Party"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    code = models.CharField(_("code"), max_length=40)
    title = Line(_("title"), max_length=300)
    language = models.CharField(_("language"), max_length=35, default="en")
    targets = models.ManyToManyField(Target, blank=True, related_name="priorities", verbose_name=_("targets"))
    url = models.URLField(_("address"), max_length=500, blank=True)
    from_year = models.PositiveSmallIntegerField(_("from the year"), null=True, blank=True)
    until_year = models.PositiveSmallIntegerField(_("until the year"), null=True, blank=True)
    is_example = models.BooleanField(_("example data"), default=False)

    objects = NationalPriorityQuerySet.as_manager()

    class Meta:
        verbose_name = _("national priority")
        verbose_name_plural = _("national priorities")
        constraints = [
            models.CheckConstraint(
                name="national_priority_kind_known", condition=Q(kind__in=["national_target", "nbsap_action"])
            ),
            models.CheckConstraint(name="national_priority_has_a_code", condition=~Q(code="")),
            models.UniqueConstraint(
                name="national_priority_code_once_in_its_party",
                fields=["party", "code"],
                condition=Q(retired_on__isnull=True),
            ),
            models.CheckConstraint(
                name="national_priority_ends_after_it_begins",
                condition=Q(from_year__isnull=True) | Q(until_year__isnull=True) | Q(until_year__gte=F("from_year")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("priority_list", args=[self.party.iso2])

    @property
    def has_ended(self) -> bool:
        """Whether new requests may not name it any more."""
        over = self.until_year is not None and self.until_year < timezone.now().year
        return self.retired_on is not None or over

    @property
    def years(self) -> str:
        """The years for which it holds: 2025–2030, from 2025 with an open end, or nothing."""
        if not self.from_year and not self.until_year:
            return ""
        return f"{self.from_year or ''}–{self.until_year or ''}"
