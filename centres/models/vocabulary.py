"""The controlled words of the portal: targets, goals, subjects, forms of cooperation, constraints, functions."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centres.models.names import NamedQuerySet, ReferenceRecord, SixNames


class TermQuerySet(NamedQuerySet):
    """Terms of one vocabulary."""

    def in_order(self) -> Self:
        """In the order in which the Convention lists them."""
        return self.order_by("number", "pk")


class Term(SixNames, ReferenceRecord):
    """One term of a vocabulary: a code for machines, a number for the order, names for people."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    number = models.PositiveSmallIntegerField(_("number"), default=0)

    objects = TermQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def reference(self) -> str:
        return self.code


class CooperationType(Term):
    """A form of cooperation: what one side does for, or with, the other."""

    class Meta:
        verbose_name = _("form of cooperation")
        verbose_name_plural = _("forms of cooperation")


class Constraint(Term):
    """What holds a country back."""

    class Meta:
        verbose_name = _("constraint")
        verbose_name_plural = _("constraints")


class BeneficiaryGroup(Term):
    """A group of people that gains from cooperation, in the codes and words of indicator 20.b."""

    class Code(models.TextChoices):
        """The groups that people are counted in. The table also has "none", the answer that there was none."""

        WOMEN_GIRLS = "womenGirls", _("Women and girls")
        CHILDREN_YOUTH = "childrenYouth", _("Children and youth")
        DISABILITIES = "personWithDisabilities", _("Persons with disabilities")
        IPLC = "indigenousPeoplesLocalCommunities", _("Indigenous peoples and local communities")
        OTHER = "other", _("Other groups")

    class Meta:
        verbose_name = _("group that benefits")
        verbose_name_plural = _("groups that benefit")


class CentreFunction(Term):
    """One of the twelve functions expected of a Support Centre."""

    class Meta:
        verbose_name = _("function of a centre")
        verbose_name_plural = _("functions of a centre")


class SubjectQuerySet(TermQuerySet):
    """Subjects of the Convention's thesaurus."""

    def offered(self) -> Self:
        """Those a form offers: no anniversaries, bodies or earlier plans."""
        return self.current().filter(is_offered=True)


class Subject(Term):
    """A subject of the Convention's thesaurus."""

    identifier = models.CharField(_("identifier in the thesaurus"), max_length=80, unique=True)
    broader = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="narrower", verbose_name=_("broader subject")
    )
    is_offered = models.BooleanField(_("offered in forms"), default=True)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")


class Target(SixNames, ReferenceRecord):
    """One of the 23 targets of the Kunming-Montreal Global Biodiversity Framework, by its heading."""

    class Section(models.TextChoices):
        THREATS = "reducing_threats", _("Reducing threats to biodiversity")
        PEOPLE = "meeting_needs", _("Meeting people’s needs through sustainable use and benefit-sharing")
        TOOLS = "tools_and_solutions", _("Tools and solutions for implementation and mainstreaming")

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    identifier = models.CharField(_("identifier"), max_length=40, unique=True)
    section = models.CharField(_("section"), max_length=30, choices=Section)
    names_official = models.JSONField(_("languages in which the heading is official"), default=list)
    indicators = models.JSONField(_("indicators"), default=list, blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.CheckConstraint(name="target_number_is_1_to_23", condition=Q(number__gte=1, number__lte=23)),
        ]

    @property
    def reference(self) -> str:
        return str(self.number)

    @property
    def label(self) -> str:
        """The number and the heading, as one line."""
        return gettext("Target %(number)s: %(heading)s") % {"number": self.number, "heading": self.name}


class Goal(SixNames, ReferenceRecord):
    """One of the four goals for 2050."""

    letter = models.CharField(_("letter"), max_length=1, unique=True)
    identifier = models.CharField(_("identifier"), max_length=40, unique=True)
    names_official = models.JSONField(_("languages in which the heading is official"), default=list)
    indicators = models.JSONField(_("indicators"), default=list, blank=True)

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")

    @property
    def reference(self) -> str:
        return self.letter
