"""How long things take, as on the public page of the clock: medians, never a case that could be told apart."""

from dataclasses import dataclass
from typing import Any

import django_filters
from django.http import Http404
from django.utils import timezone
from rest_framework import serializers

from accounts.api import fields as f
from accounts.api.resource import Resource
from centres.models import SupportCentre

from .. import clocks
from ..durations import CLOCK_OF, ENOUGH, Figure, Measure, durations

NETWORK, HELPDESK = "network", "helpdesk"


class ClockRecord(serializers.Serializer):
    """How long one kind of answer took over the past twelve months, in the network or at a centre."""

    code = f.text("Its address here: the centre's slug, network or helpdesk, and the measure.")
    url = f.text("The address of this record.")
    scope = f.text("network, helpdesk, or the slug of a centre.")
    measure = f.choice("What was waited for.", Measure.choices)
    label = f.text("The same in words.")  # type: ignore[assignment]
    median_working_days = serializers.FloatField(
        help_text=f"The median, in working days of the office that acts; null with fewer than {ENOUGH} cases.",
        allow_null=True,
    )
    cases = f.number(f"How many waits were counted; null with fewer than {ENOUGH}.", allow_null=True)
    promised_working_days = f.number("How many working days the office has.")
    since = f.day("The first day that is counted.")
    until = f.day("The last one.")


@dataclass(frozen=True)
class Line:
    """One record before it is worded."""

    scope: str
    measure: Measure
    figure: Figure
    promised: int
    since: Any
    until: Any

    @property
    def code(self) -> str:
        return f"{self.scope}.{self.measure.value}"


class Lines(list):
    """Rows that are computed, with what the lists of the API ask of a queryset."""

    def iterator(self, chunk_size: int = 0):
        return iter(self)


class ClockFilter(django_filters.FilterSet):
    """The clock."""

    scope = django_filters.CharFilter(label="network, helpdesk, or the slug of a centre", method="as_they_are")
    measure = django_filters.ChoiceFilter(label="What was waited for", choices=Measure.choices, method="as_they_are")

    class Meta:
        model = SupportCentre
        fields: list[str] = []

    def as_they_are(self, rows, name, value):
        """Figures are no rows of a table: the resource narrows them itself, the form only checks what was asked."""
        return rows


class ClockResource(Resource):
    """How long things take: medians of the past twelve months beside what was promised."""

    plural, key, key_pattern = "clock", "code", r"[a-z0-9-]{1,100}\.[a-z_]{1,30}"
    record_class, filterset_class = ClockRecord, ClockFilter
    worded = ("label",)

    def rows(self):
        found, promised = durations(timezone.now()), clocks.lengths()
        scopes = [(NETWORK, found.network)]
        scopes += [(centre.slug if centre else HELPDESK, figures) for centre, figures in found.centres]
        return Lines(
            Line(scope, measure, figure, promised[CLOCK_OF[measure]], found.since, found.until)
            for scope, figures in scopes
            for measure, figure in figures.items()
        )

    def narrowed(self, rows):
        super().narrowed(SupportCentre.objects.none())  # for its faults
        query = self.request.query_params
        asked = {name: query[name] for name in ("scope", "measure") if query.get(name)}
        return Lines(row for row in rows if all(str(getattr(row, name)) == value for name, value in asked.items()))

    def row(self):
        found = next((row for row in self.rows() if row.code == self.kwargs[self.key]), None)
        if found is None:
            raise Http404
        return found

    def present(self, rows):
        prefix = self.address_of(self.plural)
        return [
            {
                "code": row.code,
                "url": f"{prefix}{row.code}/",
                "scope": row.scope,
                "measure": row.measure.value,
                "label": str(row.measure.label),
                "median_working_days": row.figure.median,
                "cases": row.figure.cases,
                "promised_working_days": row.promised,
                "since": row.since,
                "until": row.until,
            }
            for row in rows
        ]
