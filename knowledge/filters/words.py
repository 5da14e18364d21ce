"""What the lists of this room are narrowed with: words, targets, other vocabularies, and an order."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField

from accounts.list_filters import ANY
from accounts.references import PATTERN
from centres.models import Constraint, CooperationType, Subject, Target

SETS = {  # the filter, and the set of a record in which it looks
    "target": "targets",
    "subject": "subjects",
    "constraint": "constraints",
    "cooperation_type": "cooperation_types",
}


def targets(request: Any = None) -> QuerySet[Target]:
    return Target.objects.current().in_order()


def subjects(request: Any = None) -> QuerySet[Subject]:
    return Subject.objects.offered().by_name()


def constraints(request: Any = None) -> QuerySet[Constraint]:
    return Constraint.objects.current().in_order()


def cooperation_types(request: Any = None) -> QuerySet[CooperationType]:
    return CooperationType.objects.current().in_order()


def of(rows: Any, key: str, label: Any, **kwargs: Any) -> django_filters.ModelChoiceFilter:
    """A choice among rows by their natural code."""
    return django_filters.ModelChoiceFilter(label=label, empty_label=ANY, queryset=rows, to_field_name=key, **kwargs)


class _NumberedField(ModelChoiceField):
    """Targets begin with their number."""

    def label_from_instance(self, target: Target) -> str:
        return f"{target.number} {target.name}"


class TargetFilter(django_filters.ModelChoiceFilter):
    """One of the 23 targets."""

    field_class = _NumberedField

    def __init__(self, **kwargs: Any) -> None:
        told = {"label": _("Target"), "empty_label": ANY, "method": "tagged"}
        super().__init__(**told | {"queryset": targets, "to_field_name": "number"} | kwargs)


def tied(model: Any, name: str, value: Any) -> Exists:
    """A condition: a record has this word in one of its sets; as Exists, so that none comes twice."""
    through = getattr(model, name).through
    owner, word = model._meta.model_name, getattr(model, name).field.m2m_reverse_field_name()
    return Exists(through.objects.filter(**{owner: OuterRef("pk"), word: value}))


class WithWords(django_filters.FilterSet):
    """What all lists here share."""

    search = django_filters.CharFilter(label=_("Words or reference"), method="with_words", max_length=200)

    def with_words(self, rows: Any, name: str, value: str) -> Any:
        reference = value.strip().upper()
        return rows.by_reference(reference) if PATTERN.fullmatch(reference) else rows.search(value)

    def tagged(self, rows: Any, name: str, value: Any) -> Any:
        return rows.filter(tied(self._meta.model, SETS[name], value))
