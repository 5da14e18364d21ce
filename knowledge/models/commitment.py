"""What a Party has committed to, at home and to others, and the organizations that matter in it; kept by its office."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.texts import Address, Line
from centres.models import Organization, Party, Target

EARLIEST_YEAR, LATEST_YEAR = 1970, 2100


class CommitmentQuerySet(models.QuerySet):
    """Commitments of Parties."""

    def in_order(self) -> Self:
        """International ones last; the newest first in each."""
        return self.order_by("-scope", "-year", "title", "pk")


class Commitment(models.Model):
    """A commitment of a Party: a law, strategy or pledge of its own, or one to an agreement or coalition."""

    class Scope(models.TextChoices):
        NATIONAL = "national", _("National")
        INTERNATIONAL = "international", _("International")

    class Kind(models.TextChoices):
        LAW = "law", _("Law or regulation")
        STRATEGY = "strategy", _("Strategy or action plan")
        TARGET = "target", _("National target")
        AGREEMENT = "agreement", _("Treaty or agreement")
        COALITION = "coalition", _("Coalition or initiative")
        PLEDGE = "pledge", _("Voluntary pledge")
        OTHER = "other", _("Something else")

    SCOPE: ClassVar[dict[str, str]] = {"party": "party"}

    party = models.ForeignKey(Party, models.CASCADE, related_name="commitments")
    scope = models.CharField(_("national or international"), max_length=15, choices=Scope)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    title = Line(_("title"), max_length=300)
    language = models.CharField(_("language"), max_length=10, default="en")
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    url = Address(_("address of the source"), max_length=500)
    targets = models.ManyToManyField(Target, related_name="commitments", blank=True)
    is_example = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        constraints = [
            models.CheckConstraint(name="commitment_scope_known", condition=Q(scope__in=["national", "international"])),
            models.CheckConstraint(
                name="commitment_year_can_be_meant",
                condition=Q(year__isnull=True) | Q(year__gte=EARLIEST_YEAR, year__lte=LATEST_YEAR),
            ),
            models.UniqueConstraint(fields=["party", "title"], name="commitment_once_in_its_party"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("country_records", args=[self.party.iso2])


class KeyPlayerQuerySet(models.QuerySet):
    """Organizations that matter in a country."""

    def in_order(self) -> Self:
        """In the order of their names."""
        return self.order_by(Lower("name"), "pk")


class KeyPlayer(models.Model):
    """An organization that matters in a country and the part it has; in the directory of the portal or not."""

    SCOPE: ClassVar[dict[str, str]] = {"party": "party"}

    party = models.ForeignKey(Party, models.CASCADE, related_name="key_players")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="key_player_in")
    name = Line(_("name"), max_length=250)
    role = Line(_("what it does for biodiversity in the country"), max_length=300)
    url = Address(_("address"), max_length=500, blank=True)
    is_example = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = KeyPlayerQuerySet.as_manager()

    class Meta:
        verbose_name = _("key player")
        verbose_name_plural = _("key players")
        constraints = [
            models.UniqueConstraint(fields=["party", "name"], name="key_player_once_in_its_party"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("country_records", args=[self.party.iso2])
