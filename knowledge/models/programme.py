"""Programmes, funds and partners to which countries can turn: what each is, how it stands, and how one applies."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.texts import Address, Line, Lines
from centres.models.names import Confidence, ReferenceQuerySet, ReferenceRecord


class ProgrammeQuerySet(ReferenceQuerySet):
    """Programmes and partners."""

    def by_name(self) -> Self:
        """In the order of their names, small letters or capital."""
        return self.order_by(Lower("name"), "pk")

    def search(self, text: str) -> Self:
        """Those with these words in name, acronym or description."""
        return self.filter(Q(name__icontains=text) | Q(acronym__iexact=text) | Q(about__icontains=text))


class Programme(ReferenceRecord):
    """A programme, fund or partner under its own name. Its facts have a day and a source; texts are in English."""

    class Kind(models.TextChoices):
        PROGRAMME = "programme", _("Programme of the Convention")
        PARTNERSHIP = "partnership", _("Partnership or initiative")
        FUND = "fund", _("Fund")
        ORGANIZATION = "organization", _("Organization")

    class Standing(models.TextChoices):
        OPEN = "open", _("Takes applications")
        CALLS = "calls", _("Takes applications in calls")
        RUNNING = "running", _("Runs; no applications of countries")
        PAUSED = "paused", _("No new call known")
        STARTING = "starting", _("Being set up")

    slug = models.SlugField(_("name in addresses"), max_length=60, unique=True)
    name = Line(_("name"), max_length=200)
    acronym = Line(_("acronym"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    held_by = Line(_("who runs it"), max_length=200, blank=True)
    about = Lines(_("what it is"))
    standing = models.CharField(_("how it stands"), max_length=10, choices=Standing)
    standing_note = Line(_("how it stands, in words"), max_length=400, blank=True)
    as_of = models.DateField(_("as of"))
    confidence = models.CharField(_("how sure this is"), max_length=6, choices=Confidence, default=Confidence.HIGH)
    eligibility = Lines(_("who may apply"))
    how_to_apply = Lines(_("how to apply"))
    url = Address(_("address"), max_length=500)
    # The code under which requests say that they were also filed there; empty where none does.
    mechanism = models.CharField(_("code in filings"), max_length=20, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            models.CheckConstraint(
                name="programme_kind_known",
                condition=Q(kind__in=["programme", "partnership", "fund", "organization"]),
            ),
            models.UniqueConstraint(
                fields=["mechanism"], condition=~Q(mechanism=""), name="programme_once_for_its_mechanism"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("programme_detail", args=[self.slug])

    @property
    def reference(self) -> str:
        return self.slug

    @property
    def title(self) -> str:
        """The name with its acronym."""
        return f"{self.name} ({self.acronym})" if self.acronym else self.name

    @property
    def is_provisional(self) -> bool:
        return self.confidence != Confidence.HIGH
