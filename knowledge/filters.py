"""What lists of sources and practices can be narrowed to; pages and API use the same names."""

from typing import Any

import django_filters
from django import forms
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters.fields import ModelChoiceField

from accounts.permissions import Permission, can
from accounts.references import PATTERN
from centres.models import Constraint, CooperationType, Region, Subject, Target
from centres.models.names import LANGUAGE_CHOICES

from .lifecycle import PracticeStatus, SourceStatus
from .models import Access, AnsweredQuestion, Convention, Freshness, Kind, Practice, Source

ANY = pgettext_lazy("filter", "Any")


class NumberedField(ModelChoiceField):
    """Targets, each with its number."""

    def label_from_instance(self, target: Any) -> str:
        return f"{target.number} {target.name}"


def words(label: Any, rows: Any, key: str, **kwargs: Any) -> django_filters.ModelChoiceFilter:
    """A choice among the words of one vocabulary, by their codes."""
    return django_filters.ModelChoiceFilter(
        label=label, queryset=rows, to_field_name=key, empty_label=ANY, method="tagged", **kwargs
    )


class TargetFilter(django_filters.ModelChoiceFilter):
    """One of the 23 targets."""

    field_class = NumberedField

    def __init__(self, **kwargs: Any) -> None:
        rows = {"queryset": lambda request: Target.objects.current().in_order(), "to_field_name": "number"}
        super().__init__(**{"label": _("Target"), "empty_label": ANY, "method": "tagged"} | rows | kwargs)


def subjects(request: Any) -> Any:
    return Subject.objects.offered().by_name()


def choice(label: Any, choices: Any, **kwargs: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label=ANY, **kwargs)


class OrderFilter(django_filters.ChoiceFilter):
    """The order of a list, from an allow-list; ties end in the primary key."""

    def __init__(self, orders: dict[str, tuple[Any, tuple]], **kwargs: Any) -> None:
        self.orders = orders
        choices = [(name, label) for name, (label, _order) in orders.items()]
        super().__init__(choices=choices, label=_("Order"), empty_label=None, **kwargs)

    def filter(self, rows: Any, value: str) -> Any:
        _label, order = self.orders.get(value) or next(iter(self.orders.values()))
        return rows.order_by(*order, "pk")


class WithWords(django_filters.FilterSet):
    """What all lists here share."""

    search = django_filters.CharFilter(label=_("Words or reference"), method="with_words", max_length=200)

    def with_words(self, rows, name, value):
        reference = value.strip().upper()
        return rows.by_reference(reference) if PATTERN.fullmatch(reference) else rows.search(value)

    def tagged(self, rows, name, value):
        places = {"target": "targets", "subject": "subjects", "constraint": "constraints"}
        place = places.get(name, "cooperation_types")
        through = getattr(rows.model, place).field.m2m_reverse_field_name()
        return rows.tagged(place, through, value)


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
    subject = words(_("Subject"), subjects, "code")
    region = django_filters.ModelChoiceFilter(
        label=_("Region"),
        queryset=lambda request: Region.objects.current().by_name(),
        to_field_name="code",
        empty_label=ANY,
        method="in_region",
    )
    language = choice(_("Language"), list(LANGUAGE_CHOICES.items()), method="in_language")
    access = choice(_("Access"), Access.choices)
    convention = choice(_("Of use for"), Convention.choices, method="for_convention")
    freshness = choice(_("Last check"), Freshness.choices, method="of_freshness")
    status = choice(_("State"), SourceStatus.choices)
    ordering = OrderFilter(SOURCE_ORDERS)

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

    constraint = words(_("What it helps against"), lambda request: Constraint.objects.current().in_order(), "code")
    target = TargetFilter()
    subject = words(_("Subject"), subjects, "code")
    cooperation_type = words(
        _("Form of cooperation"), lambda request: CooperationType.objects.current().in_order(), "code"
    )
    party = django_filters.CharFilter(label=_("Country code"), field_name="party__iso2", lookup_expr="iexact")
    status = choice(_("State"), PracticeStatus.choices)
    ordering = OrderFilter(PRACTICE_ORDERS)

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
