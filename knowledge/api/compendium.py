"""Sources, practices and the coverage of the compendium in the API: rows, rights and actions as on the pages."""

import django_filters
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.api.inputs import Input
from accounts.api.resource import RecordResource, Resource
from accounts.api.stepped import step_call
from accounts.api.writing import once

from .. import coverage
from ..actions import practices, sources
from ..covered import columns, covering_sources, current_targets
from ..filters.compendium import PracticeFilter, SourceFilter
from ..lifecycle import PRACTICE_STEPS, SOURCE_STEPS
from ..models import Kind, Practice, Source
from . import compendium_records as shapes
from .stepped import Body, SteppedResource


class SourceResource(SteppedResource):
    """Sources of knowledge: what the compendium lists, your own suggestions, everything for those who curate."""

    plural, key_pattern = "knowledge-sources", "SRC-[0-9]{6,12}"
    record_class, filterset_class = shapes.SourceRecord, SourceFilter
    acts, open_to = sources.STEPS, sources.open_steps

    def rows(self):
        return Source.objects.prefetch_related("targets", "subjects", "regions")

    def present(self, rows):
        prefix = self.address_of(self.plural)
        return [shapes.source_record(row, prefix) for row in rows]

    @extend_schema(request=shapes.SourceInput, responses={201: shapes.SourceRecord})
    def create(self, request, **kwargs):
        """Suggest a source."""
        return once(request, self._create)

    def _create(self) -> Response:
        return self.answer_again(sources.suggest(by=self.user, data=self.validated(shapes.SourceInput)), 201)

    @extend_schema(request=shapes.SourceChange, responses={200: shapes.SourceRecord})
    def partial_update(self, request, **kwargs):
        """Change a source: whoever curates, and whoever suggested it while it is a suggestion."""
        return once(request, self._change)

    def _change(self) -> Response:
        row = self.row()
        self.refuse_stale(row)
        sources.save(row, by=self.user, data=self.validated(shapes.SourceChange))
        return self.answer_again(row)


class PracticeResource(SteppedResource):
    """Practices: what is published, what your office writes, what waits for your review."""

    plural, key_pattern = "practices", "PRA-[0-9]{6,12}"
    record_class, filterset_class = shapes.PracticeRecord, PracticeFilter
    acts, open_to = practices.STEPS, practices.open_steps

    def rows(self):
        sets = ("constraints", "targets", "subjects", "cooperation_types", "sources")
        return Practice.objects.select_related("party", "organization", "centre").prefetch_related(*sets)

    def present(self, rows):
        prefix = self.address_of(self.plural)
        return [shapes.practice_record(row, prefix) for row in rows]

    @extend_schema(request=shapes.PracticeInput, responses={201: shapes.PracticeRecord})
    def create(self, request, **kwargs):
        """Begin a practice for your office, organization or centre."""
        return once(request, self._create)

    def _create(self) -> Response:
        data = self.validated(shapes.PracticeInput)
        made = practices.start(by=self.user, data=data, **practices.scope_of(self.user))
        return self.answer_again(made, 201)

    @extend_schema(request=shapes.PracticeChange, responses={200: shapes.PracticeRecord})
    def partial_update(self, request, **kwargs):
        """Change a draft."""
        return once(request, self._change)

    def _change(self) -> Response:
        row = self.row()
        self.refuse_stale(row)
        practices.save(row, by=self.user, data=self.validated(shapes.PracticeChange))
        return self.answer_again(row)


class Cells(list):
    """Rows that are counted, with what the lists of the API ask of a queryset."""

    def iterator(self, chunk_size: int = 0):
        return iter(self)


class CoverageFilter(django_filters.FilterSet):
    """Cells of the coverage."""

    by = django_filters.ChoiceFilter(
        label="What the column is", choices=[("region", "region"), ("kind", "kind")], method="as_they_are"
    )
    target = django_filters.NumberFilter(label="Number of the target", min_value=1, max_value=23, method="as_they_are")
    gaps = django_filters.BooleanFilter(label="Only cells with few sources", method="as_they_are")

    class Meta:
        model = Source
        fields: list[str] = []

    def as_they_are(self, rows, name, value):
        """Cells are no rows of a table: the resource narrows them itself, the form only checks what was asked."""
        return rows


class CoverageResource(Resource):
    """How many sources each target has, by region and by kind: every cell, with the gaps marked."""

    plural, key, key_pattern = "coverage", "code", r"[0-9]{1,2}\.(?:region|kind)\.[a-z0-9]{1,20}"
    record_class, filterset_class = shapes.CellRecord, CoverageFilter
    worded = ("name",)

    def rows(self):
        numbers, regions, rows = [target.number for target in current_targets()], columns(), covering_sources()
        by_region = coverage.by_region(numbers, [region.code for region in regions], rows)
        by_kind = coverage.by_kind(numbers, list(Kind.values), rows)
        names = {region.code: region.name for region in regions} | {kind.value: str(kind.label) for kind in Kind}
        found = [shapes.cell_record("region", place, cell, names) for place, cell in by_region.items()]
        return Cells(found + [shapes.cell_record("kind", place, cell, names) for place, cell in by_kind.items()])

    def narrowed(self, rows):
        super().narrowed(Source.objects.none())  # for its faults
        query = self.request.query_params
        asked = {name: query[name] for name in ("by", "target") if query.get(name)}
        few = query.get("gaps") in {"true", "1", "on"}
        kept = [row for row in rows if all(str(row[name]) == value for name, value in asked.items())]
        return Cells(row for row in kept if row["is_gap"] or not few)

    def row(self):
        found = next((row for row in self.rows() if row["code"] == self.kwargs[self.key]), None)
        if found is None:
            raise Http404
        return found

    def present(self, rows):
        prefix = self.address_of(self.plural)
        return [{"code": row["code"], "url": f"{prefix}{row['code']}/"} | row for row in rows]


# Steps as calls -------------------------------------------------------------------------------------------------------

BODIES: dict[tuple[type[SteppedResource], str], Body] = {
    (SourceResource, "refuse"): shapes.SourceReasonInput,
    (SourceResource, "remove"): shapes.SourceReasonInput,
    (PracticeResource, "return_for_changes"): shapes.PracticeReturnInput,
}

for _resource, _table in ((SourceResource, SOURCE_STEPS), (PracticeResource, PRACTICE_STEPS)):
    for _step in _table.values():
        if _step.permission is not None:
            _body = BODIES.get((_resource, _step.name), Input)
            setattr(_resource, f"step_{_step.name}", step_call(_step, _body, _resource.record_class))

RESOURCES: list[type[RecordResource]] = [SourceResource, PracticeResource, CoverageResource]
