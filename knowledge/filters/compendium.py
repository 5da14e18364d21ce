"""What lists of sources, practices and answered questions can be narrowed to; pages and API use the same names."""

from typing import Any

import django_filters
from django import forms
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.list_filters import OrderFilter, choice
from accounts.permissions import Permission, can
from centres.filters import regions
from centres.models import LANGUAGE_CHOICES

from ..lifecycle import PracticeStatus, SourceStatus
from ..models import Access, AnsweredQuestion, Convention, Freshness, Kind, Practice, Source
from .words import TargetFilter, WithWords, constraints, cooperation_types, of, subjects

SOURCE_ORDERS = {
    "name": (_("By name"), ("name",)),
    "-published_at": (_("Newest first"), (F("published_at").desc(nulls_first=True),)),
    "-updated_at": (_("Last changed first"), ("-updated_at",)),
    "checked_on": (_("Longest unchecked first"), (F("checked_on").asc(nulls_first=True),)),
}


class SourceFilter(WithWords):
    """Sources of the compendium."""

    kind = choice(_("Kind"), Kind.choices)
    target = TargetFilter()
    subject = of(subjects, "code", _("Subject"), method="tagged")
    region = of(regions, "code", _("Region"), method="in_region")
    language = choice(_("Language"), LANGUAGE_CHOICES, method="in_language")
    access = choice(_("Access"), Access.choices)
    convention = choice(_("Of use for"), Convention.choices, method="for_convention")
    freshness = choice(_("Last check"), Freshness.choices, method="of_freshness")
    status = choice(_("State"), SourceStatus.choices)
    ordering = OrderFilter(SOURCE_ORDERS, ties="pk")

    class Meta:
        model = Source
        fields: list[str] = []

    def in_region(self, rows, name, value):
        return rows.for_region(value.code)

    def in_language(self, rows, name, value):
        return rows.with_code("languages", value)

    def for_convention(self, rows, name, value):
        return rows.with_code("conventions", value)

    def of_freshness(self, rows, name, value):
        return rows.of_freshness(value, timezone.now().date())


def for_reader(found: Any, user: Any) -> forms.Form:
    """The form of a filter for a page: states are a matter of those who curate or review."""
    if not can(user, Permission.SOURCE_CURATE):
        found.form.fields.pop("status")
    return found.form


PRACTICE_ORDERS = {
    "-published_at": (_("Newest first"), (F("published_at").desc(nulls_first=True), "-pk")),
    "title": (_("By title"), ("title",)),
}


class PracticeFilter(WithWords):
    """Practices, by what they help against, target and form of cooperation."""

    constraint = of(constraints, "code", _("What it helps against"), method="tagged")
    target = TargetFilter()
    subject = of(subjects, "code", _("Subject"), method="tagged")
    cooperation_type = of(cooperation_types, "code", _("Form of cooperation"), method="tagged")
    party = django_filters.CharFilter(label=_("Country code"), field_name="party__iso2", lookup_expr="iexact")
    status = choice(_("State"), PracticeStatus.choices)
    ordering = OrderFilter(PRACTICE_ORDERS, ties="pk")

    class Meta:
        model = Practice
        fields: list[str] = []


class QuestionFilter(django_filters.FilterSet):
    """Answered questions."""

    search = django_filters.CharFilter(label=_("Words"), method="with_words", max_length=200)
    target = TargetFilter(method=None, field_name="targets", distinct=True)

    class Meta:
        model = AnsweredQuestion
        fields: list[str] = []

    def with_words(self, rows, name, value):
        return rows.search(value)
