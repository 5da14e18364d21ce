"""What lists of Parties and organizations can be narrowed to; pages and API use the same names."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from centres.models import Organization, Party, PartyFlag, Region, SupportCentre


def regions(request: Any = None) -> QuerySet[Region]:
    return Region.objects.current().by_name()


def centres(request: Any = None) -> QuerySet[SupportCentre]:
    return SupportCentre.objects.current().by_name()


def parties(request: Any = None) -> QuerySet[Party]:
    return Party.objects.current().by_name()


class PartyFilter(django_filters.FilterSet):
    """Parties by words, region, group, status and centre."""

    search = django_filters.CharFilter(label=_("Name or code"), method="with_words")
    region = django_filters.ModelChoiceFilter(
        label=_("Region"), empty_label=_("Any"), queryset=regions, to_field_name="code", method="within_region"
    )
    un_group = django_filters.ChoiceFilter(
        label=_("UN regional group"), empty_label=_("Any"), choices=Party.UNGroup.choices
    )
    flag = django_filters.ChoiceFilter(
        label=_("Status"), empty_label=_("Any"), choices=PartyFlag.Kind.choices, method="with_flag"
    )
    centre = django_filters.ModelChoiceFilter(
        label=_("Served by"), empty_label=_("Any"), queryset=centres, to_field_name="slug", method="served_by"
    )
    without_centre = django_filters.BooleanFilter(
        label=_("Without a centre"), method="not_served", widget=forms.CheckboxInput
    )

    class Meta:
        model = Party
        fields: list[str] = []

    def with_words(self, rows, name, value):
        return rows.search(value)

    def within_region(self, rows, name, value):
        return rows.in_region(value.code)

    def with_flag(self, rows, name, value):
        return rows.flagged(value)

    def served_by(self, rows, name, value):
        return rows.filter(coverages__centre=value, coverages__retired_on__isnull=True)

    def not_served(self, rows, name, value):
        return rows.without_centre() if value else rows


class OrganizationFilter(django_filters.FilterSet):
    """Organizations by words, kind and seat."""

    search = django_filters.CharFilter(label=_("Name, acronym or city"), method="with_words")
    kind = django_filters.ChoiceFilter(label=_("Kind"), empty_label=_("Any"), choices=Organization.Kind.choices)
    party = django_filters.ModelChoiceFilter(
        label=_("Seat"), empty_label=_("Any"), queryset=parties, to_field_name="iso2"
    )
    is_host = django_filters.BooleanFilter(
        label=_("Hosts a Support Centre"), method="hosting", widget=forms.CheckboxInput
    )

    class Meta:
        model = Organization
        fields: list[str] = []

    def with_words(self, rows, name, value):
        return rows.search(value)

    def hosting(self, rows, name, value):
        return rows.hosts() if value else rows
