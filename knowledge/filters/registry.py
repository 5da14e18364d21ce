"""What lists of projects, programmes and opportunities can be narrowed to; pages and API use the same names."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.list_filters import choice
from centres.filters import parties, regions
from centres.models import LANGUAGE_CHOICES, Party, Region

from ..lifecycle import OpportunityStatus, ProjectStatus
from ..models import Opportunity, Phase, Programme, Project
from ..validators import FIRST_YEAR, LAST_YEAR
from .words import TargetFilter, WithWords, cooperation_types, of, subjects


class ProjectFilter(WithWords):
    """Projects."""

    party = of(parties, "iso2", _("Country"), method="in_country")
    region = of(regions, "code", _("Region"), method="within_region")
    target = TargetFilter()
    subject = of(subjects, "code", _("Subject"), method="tagged")
    status = choice(_("Status"), ProjectStatus.choices, method="in_state")
    phase = choice(_("Period"), Phase.choices, method="in_phase")
    year = django_filters.NumberFilter(
        label=_("Running in the year"), method="in_year", min_value=FIRST_YEAR, max_value=LAST_YEAR
    )
    moderated = django_filters.BooleanFilter(
        label=_("Only those that wait for my decision"), method="for_me", widget=forms.CheckboxInput
    )

    class Meta:
        model = Project
        fields: list[str] = []

    def in_country(self, rows: Any, name: str, value: Party) -> Any:
        return rows.of_party(value)

    def within_region(self, rows: Any, name: str, value: Region) -> Any:
        inside = Party.objects.in_region(value.code).values("pk")
        shared = Project.co_parties.through.objects.filter(project=OuterRef("pk"), party__in=inside)
        return rows.filter(Q(party__in=inside) | Q(Exists(shared)))

    def in_state(self, rows: Any, name: str, value: str) -> Any:
        """What is published stays so for readers while a change of it is looked at; only those inside know of that."""
        between = [ProjectStatus.SUBMITTED, ProjectStatus.CHANGE_REQUESTED]
        if value == ProjectStatus.PUBLISHED:
            return rows.filter(Q(status=value) | Q(published_at__isnull=False, status__in=between))
        found = rows.filter(status=value)
        if value not in between:
            return found
        return found.known_inside(self.request.user) if self.request else found.none()

    def in_phase(self, rows: Any, name: str, value: str) -> Any:
        return rows.in_phase(value, timezone.now().date())

    def in_year(self, rows: Any, name: str, value: Any) -> Any:
        return rows.running_in(int(value))

    def for_me(self, rows: Any, name: str, value: bool) -> Any:
        if not value or self.request is None:
            return rows
        return rows.moderated_by(self.request.user).filter(status=ProjectStatus.SUBMITTED)


class ProgrammeFilter(django_filters.FilterSet):
    """Programmes and partners."""

    search = django_filters.CharFilter(label=_("Words"), method="with_words", max_length=200)
    kind = choice(_("Kind"), Programme.Kind.choices)
    standing = choice(_("How it stands"), Programme.Standing.choices)

    class Meta:
        model = Programme
        fields: list[str] = []

    def with_words(self, rows: Any, name: str, value: str) -> Any:
        return rows.search(value)


STATES = [("open", _("Open")), *((state.value, state.label) for state in OpportunityStatus)]


class OpportunityFilter(WithWords):
    """Opportunities; without a choice those that are open."""

    status = choice(_("Status"), STATES, method="in_state")
    kind = choice(_("What it is"), Opportunity.Kind.choices)
    party = of(parties, "iso2", _("For this country"), method="for_country")
    region = of(regions, "code", _("Region"), method="for_region")
    target = TargetFilter()
    subject = of(subjects, "code", _("Subject"), method="tagged")
    cooperation_type = of(cooperation_types, "code", _("Form of cooperation"), method="tagged")
    language = choice(_("Language of applications"), LANGUAGE_CHOICES, method="applied_in")
    programme = django_filters.CharFilter(label=_("Programme"), field_name="programme__slug", max_length=60)
    closes_until = django_filters.DateFilter(
        label=_("Deadline until"), field_name="closes_on", lookup_expr="lte", widget=forms.DateInput({"type": "date"})
    )

    class Meta:
        model = Opportunity
        fields: list[str] = []

    @property
    def qs(self) -> Any:
        rows = super().qs
        chosen = self.form.cleaned_data.get("status") if self.form.is_valid() else ""
        return rows if chosen else rows.open()

    def in_state(self, rows: Any, name: str, value: str) -> Any:
        now = timezone.now()
        if value == "open":
            return rows.open(now)
        if value == OpportunityStatus.EXPIRED:
            over = Q(status=OpportunityStatus.PUBLISHED, closes_at__lte=now)
            return rows.filter(Q(status=OpportunityStatus.EXPIRED) | over)
        return rows.open(now) if value == OpportunityStatus.PUBLISHED else rows.filter(status=value)

    def for_country(self, rows: Any, name: str, value: Party) -> Any:
        return rows.for_party(value)

    def for_region(self, rows: Any, name: str, value: Region) -> Any:
        inside = Party.objects.in_region(value.code).values("pk")
        within = Q(code=value.code) | Q(parent__code=value.code) | Q(parent__parent__code=value.code)
        around = Q(children__code=value.code) | Q(children__children__code=value.code)
        named = Opportunity.parties.through.objects.filter(opportunity=OuterRef("pk"), party__in=inside)
        places = Region.objects.filter(within | around).values("pk")
        covering = Opportunity.regions.through.objects.filter(opportunity=OuterRef("pk"), region__in=places)
        return rows.filter(Q(worldwide=True) | Q(Exists(named)) | Q(Exists(covering)))

    def applied_in(self, rows: Any, name: str, value: str) -> Any:
        # A JSON list has no "contains" on every database; read here, since there are few open ones.
        spoken = [pk for pk, languages in rows.values_list("pk", "languages") if not languages or value in languages]
        return rows.filter(pk__in=spoken)
