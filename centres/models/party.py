"""Parties to the Convention, their regions, flags and offices."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centres.models.names import NamedQuerySet, ReferenceQuerySet, ReferenceRecord, SixNames, fold
from centres.working_week import today_in


class Region(SixNames, ReferenceRecord):
    """A region of the United Nations standard M49."""

    class Kind(models.TextChoices):
        REGION = "region", _("region")
        SUBREGION = "subregion", _("subregion")
        INTERMEDIATE = "intermediate", _("intermediate region")

    code = models.CharField(_("M49 code"), max_length=3, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        constraints = [
            models.CheckConstraint(
                name="region_has_parent_unless_top",
                condition=Q(kind="region", parent__isnull=True) | ~Q(kind="region") & Q(parent__isnull=False),
            ),
        ]

    @property
    def reference(self) -> str:
        return self.code


def weekend_default() -> list[int]:
    return [5, 6]


class PartyQuerySet(NamedQuerySet):
    """Parties to the Convention."""

    def real(self) -> Self:
        """Without the practice Parties."""
        return self.filter(is_practice=False)

    def in_region(self, code: str) -> Self:
        """Those in a region, or in a part of it."""
        return self.filter(Q(region__code=code) | Q(region__parent__code=code) | Q(region__parent__parent__code=code))

    def flagged(self, kind: str, on: date | None = None) -> Self:
        """Those that carry this flag on a day."""
        flags = PartyFlag.objects.in_force(on).filter(party=OuterRef("pk"), kind=kind)
        return self.filter(Exists(flags))

    def developing(self, on: date | None = None) -> Self:
        return self.flagged(PartyFlag.Kind.DEVELOPING, on)

    def search(self, text: str) -> Self:
        """Those with these words in a name, an alias or a code, with or without accents."""
        return self.filter(search_text__contains=fold(text))

    def without_centre(self) -> Self:
        """Those no centre serves: the helpdesk is their way in."""
        served = Q(coverages__retired_on__isnull=True, coverages__centre__retired_on__isnull=True)
        return self.alias(times_served=Count("coverages", filter=served)).filter(times_served=0)


class Party(SixNames, ReferenceRecord):
    """A Party to the Convention, under its United Nations short name."""

    class Kind(models.TextChoices):
        STATE = "state", _("State")
        REIO = "reio", _("Regional economic integration organization")

    class UNGroup(models.TextChoices):
        AFRICAN = "AFRICAN", _("African States")
        ASIA_PACIFIC = "ASIA_PACIFIC", _("Asia-Pacific States")
        EASTERN_EUROPEAN = "EASTERN_EUROPEAN", _("Eastern European States")
        GRULAC = "GRULAC", _("Latin American and Caribbean States")
        WEOG = "WEOG", _("Western European and other States")

    class IncomeGroup(models.TextChoices):
        LOW = "low", _("low income")
        LOWER_MIDDLE = "lower_middle", _("lower middle income")
        UPPER_MIDDLE = "upper_middle", _("upper middle income")
        HIGH = "high", _("high income")

    iso2 = models.CharField(_("ISO code, two letters"), max_length=2, unique=True)
    iso3 = models.CharField(_("ISO code, three letters"), max_length=3, blank=True)
    m49 = models.CharField(_("M49 code"), max_length=3, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.STATE)
    aliases = models.TextField(_("other names, for search only"), blank=True)
    search_text = models.TextField(editable=False, blank=True)
    un_group = models.CharField(_("UN regional group"), max_length=20, choices=UNGroup, blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="parties", verbose_name=_("region")
    )
    income_group = models.CharField(_("income group"), max_length=20, choices=IncomeGroup, blank=True)
    languages = models.JSONField(_("official languages among the six"), default=list, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    weekend = models.JSONField(_("weekend (Monday is 0)"), default=weekend_default)
    latitude = models.FloatField(_("latitude of the dot"), null=True, blank=True)
    longitude = models.FloatField(_("longitude of the dot"), null=True, blank=True)
    # The dot's place on the portal's map: dots of neighbours are moved apart until none hides another.
    map_x = models.PositiveSmallIntegerField(_("place on the map, from the left"), null=True, blank=True)
    map_y = models.PositiveSmallIntegerField(_("place on the map, from the top"), null=True, blank=True)
    is_practice = models.BooleanField(_("practice Party"), default=False)
    is_example = models.BooleanField(_("example data"), default=False)

    centres = models.ManyToManyField(
        "centres.SupportCentre", through="centres.Coverage", related_name="parties", verbose_name=_("centres")
    )

    objects = PartyQuerySet.as_manager()

    SCOPE: ClassVar[dict[str, str]] = {"party": "pk"}  # where permissions find whose it is

    class Meta:
        verbose_name = _("Party")
        verbose_name_plural = _("Parties")
        constraints = [
            models.UniqueConstraint(name="party_m49_is_unique", fields=["m49"], condition=~Q(m49="")),
            models.CheckConstraint(
                name="party_dot_has_both_coordinates",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                # NULL would make the comparisons unknown, and what is unknown passes a check.
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
            ),
            models.CheckConstraint(
                name="party_map_place_has_both_parts",
                condition=Q(map_x__isnull=True, map_y__isnull=True) | Q(map_x__isnull=False, map_y__isnull=False),
            ),
            models.CheckConstraint(
                name="party_for_practice_is_example", condition=Q(is_practice=False) | Q(is_example=True)
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("party_detail", args=[self.iso2])

    # Changes ---------------------------------------------------------------

    def refresh_search_text(self) -> None:
        """Fold names, aliases and codes into the text that search reads; the caller saves."""
        words = [*self.names.values(), *self.aliases.split("|"), self.iso2, self.iso3]
        folded = dict.fromkeys(fold(word) for word in words if word)
        self.search_text = "|".join(folded)

    # Questions -------------------------------------------------------------

    @property
    def reference(self) -> str:
        return self.iso2

    def today(self) -> date:
        """The day it is now in the Party's capital."""
        return today_in(self.time_zone, timezone.now())

    def flags_on(self, on: date | None = None) -> "list[PartyFlag]":
        """Its flags in force on a day; reads prefetched flags without a query."""
        day = on or self.today()
        return sorted((flag for flag in self.flags.all() if flag.is_in_force(day)), key=lambda flag: flag.kind)

    def has_flag(self, kind: str, on: date | None = None) -> bool:
        return any(flag.kind == kind for flag in self.flags_on(on))

    @property
    def developing(self) -> bool:
        """Whether the cited list of developing countries names it today."""
        return self.has_flag(PartyFlag.Kind.DEVELOPING)


class PartyFlagQuerySet(ReferenceQuerySet):
    """Flags of Parties."""

    def in_force(self, on: date | None = None) -> Self:
        """Those in force on a day. A change that is only scheduled waits until somebody confirms it."""
        day = on or timezone.now().date()
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
        lasting = Q(confirmed=True) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        end_only_scheduled = Q(confirmed=False, valid_to__isnull=False)
        return self.current().filter(begun & (lasting | end_only_scheduled))


class PartyFlag(ReferenceRecord):
    """A status a Party has from a day to a day. `valid_to` is the first day without it.

    `confirmed` speaks of the last date set: of the end where there is one, of the beginning otherwise.
    """

    class Kind(models.TextChoices):
        LDC = "LDC", _("Least developed country")
        SIDS = "SIDS", _("Small island developing State")
        LLDC = "LLDC", _("Landlocked developing country")
        DEVELOPING = "DEVELOPING", _("Developing country")

    party = models.ForeignKey(Party, models.CASCADE, related_name="flags", verbose_name=_("Party"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until (first day without)"), null=True, blank=True)
    confirmed = models.BooleanField(_("confirmed"), default=True)

    objects = PartyFlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag of a Party")
        verbose_name_plural = _("flags of Parties")
        constraints = [
            models.UniqueConstraint(name="party_flag_once_per_start", fields=["party", "kind", "valid_from"]),
            models.UniqueConstraint(
                name="party_flag_once_without_start", fields=["party", "kind"], condition=Q(valid_from__isnull=True)
            ),
            models.CheckConstraint(
                name="party_flag_ends_after_it_begins",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gt=models.F("valid_from")),
            ),
            models.CheckConstraint(
                name="party_flag_kind_known", condition=Q(kind__in=["LDC", "SIDS", "LLDC", "DEVELOPING"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.kind}"

    def is_in_force(self, on: date) -> bool:
        """The same answer as the query, for a row that is already in hand."""
        if self.retired_on or (self.valid_from and self.valid_from > on):
            return False
        if self.confirmed:
            return self.valid_to is None or self.valid_to > on
        return self.valid_to is not None


class Office(models.Model):
    """An office of a Party: rights belong to it, not to the people who hold it for a time."""

    class Kind(models.TextChoices):
        CBD = "CBD", _("Convention on Biological Diversity")
        TSC = "TSC", _("Technical and scientific cooperation")
        CHM = "CHM", _("Clearing-house mechanism")
        SBSTTA = "SBSTTA", _("Scientific, technical and technological advice")
        ABS = "ABS", _("Access and benefit-sharing")
        CARTAGENA = "CARTAGENA", _("Cartagena Protocol")

    party = models.ForeignKey(Party, models.CASCADE, related_name="offices", verbose_name=_("Party"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    is_example = models.BooleanField(_("example data"), default=False)

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        constraints = [
            models.UniqueConstraint(name="office_once_per_party_and_kind", fields=["party", "kind"]),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.kind}"
