"""What an organization shows of itself: expertise with evidence, experts, languages, past work, ties to networks."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.texts import Address, Line, Lines
from centres.models.names import LANGUAGE_CHOICES
from centres.models.organization import Organization


class Expert(models.Model):
    """A person of an organization whom everybody sees by what they can do; the name only as the owner has chosen."""

    class NameShown(models.TextChoices):
        NOBODY = "organization", _("Only our organization")
        NETWORK = "network", _("Centres, verified providers and donors")
        PUBLIC = "public", _("Everybody")

    SCOPE: ClassVar[dict[str, str]] = {"organization": "organization"}

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="experts", verbose_name=_("organization")
    )
    role = Line(_("public title"), max_length=150)
    about = Lines(_("what this person can do"), blank=True)
    name = Line(_("name"), max_length=150, blank=True)
    contact = Lines(_("contact"), blank=True)
    name_shown = models.CharField(_("who sees the name"), max_length=12, choices=NameShown, default=NameShown.NOBODY)
    is_example = models.BooleanField(_("example data"), default=False)

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        constraints = [
            models.UniqueConstraint(fields=["organization", "role"], name="expert_title_once_in_an_organization"),
            models.CheckConstraint(
                name="expert_name_shown_known", condition=Q(name_shown__in=["organization", "network", "public"])
            ),
        ]

    def __str__(self) -> str:
        return self.role


class Expertise(models.Model):
    """A field of work and the evidence for it."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="expertise", verbose_name=_("organization")
    )
    expert = models.ForeignKey(
        Expert, models.CASCADE, null=True, blank=True, related_name="expertise", verbose_name=_("expert")
    )
    subject = models.ForeignKey(
        "centres.Subject", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("subject")
    )
    target = models.ForeignKey(
        "centres.Target", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("target")
    )
    cooperation_type = models.ForeignKey(
        "centres.CooperationType",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("form of cooperation"),
    )
    text = Line(_("in a few words"), max_length=300, blank=True)
    evidence = Lines(_("evidence"), blank=True)
    evidence_url = Address(_("address of the evidence"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("expertise")
        verbose_name_plural = _("expertise")
        constraints = [
            models.CheckConstraint(
                name="expertise_names_its_field",
                condition=Q(subject__isnull=False) | Q(target__isnull=False) | Q(cooperation_type__isnull=False),
            ),
            models.CheckConstraint(
                name="expertise_comes_with_evidence", condition=~Q(evidence="") | ~Q(evidence_url="")
            ),
        ]

    def __str__(self) -> str:
        return self.text or " · ".join(str(row) for row in (self.subject, self.target, self.cooperation_type) if row)


class LanguageSkill(models.Model):
    """A language in which an organization or an expert works, and how well."""

    class Level(models.TextChoices):
        BASIC = "basic", _("Basic")
        WORKING = "working", _("Working knowledge")
        FLUENT = "fluent", _("Fluent")
        FIRST = "first", _("First language")

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="language_skills", verbose_name=_("organization")
    )
    expert = models.ForeignKey(
        Expert, models.CASCADE, null=True, blank=True, related_name="language_skills", verbose_name=_("expert")
    )
    language = models.CharField(_("language"), max_length=35, choices=LANGUAGE_CHOICES)
    level = models.CharField(_("level"), max_length=8, choices=Level)

    class Meta:
        verbose_name = _("language")
        verbose_name_plural = _("languages")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "language"],
                condition=Q(expert__isnull=True),
                name="language_once_of_an_organization",
            ),
            models.UniqueConstraint(
                fields=["expert", "language"], condition=Q(expert__isnull=False), name="language_once_of_an_expert"
            ),
            models.CheckConstraint(
                name="language_level_known", condition=Q(level__in=["basic", "working", "fluent", "first"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_language_display()}: {self.get_level_display()}"


class PastWork(models.Model):
    """A reference: work that the organization has done before."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="past_work", verbose_name=_("organization")
    )
    title = Line(_("title"), max_length=200)
    text = Lines(_("what came of it"), blank=True)
    place = Line(_("where and for whom"), max_length=200, blank=True)
    year_from = models.PositiveSmallIntegerField(_("from the year"), null=True, blank=True)
    year_until = models.PositiveSmallIntegerField(_("until the year"), null=True, blank=True)
    url = Address(_("address"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        constraints = [
            models.CheckConstraint(
                name="past_work_ends_after_it_starts",
                condition=Q(year_from__isnull=True)
                | Q(year_until__isnull=True)
                | Q(year_until__gte=models.F("year_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class NetworkTie(models.Model):
    """A network, platform or partnership in which the organization takes part."""

    class Kind(models.TextChoices):
        NETWORK = "network", _("Network")
        PLATFORM = "platform", _("Data or knowledge platform")
        COMMUNITY = "community", _("Community of practice")
        PARTNERSHIP = "partnership", _("Partnership or alliance")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="ties", verbose_name=_("organization"))
    name = Line(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.NETWORK)
    part = Line(_("our part in it"), max_length=200, blank=True)
    url = Address(_("address"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("tie to a network")
        verbose_name_plural = _("ties to networks")
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="tie_once_of_an_organization"),
            models.CheckConstraint(
                name="tie_kind_known",
                condition=Q(kind__in=["network", "platform", "community", "partnership"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name
