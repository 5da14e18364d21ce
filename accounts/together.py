"""The sets of several records (targets, subjects, Parties …) in one query instead of one for each set.

A page of one record shows a dozen short lists. Asked for one by one they cost a round trip each; here each list is a
part of one UNION, its rows packed as JSON objects, and ends up where `prefetch_related` would have put it.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import JSONObject

Wanted = tuple[Sequence[models.Model], Iterable[str]]


def prefetch_together(*wanted: Wanted) -> None:
    """Fill the named many-to-many sets of these records, in one query for all. A record may be of any model."""
    places = [(records, record_set) for records, names in wanted if records for record_set in _sets(records, names)]
    parts = [_part(number, records, record_set) for number, (records, record_set) in enumerate(places)]
    if not parts:
        return
    found: dict[tuple[int, Any], list[models.Model]] = {}
    for number, owner, packed in parts[0].union(*parts[1:], all=True):
        model = places[number][1].related_model
        found.setdefault((number, owner), []).append(_unpacked(model, packed))
    for number, (records, record_set) in enumerate(places):
        for record in records:
            _keep(record, record_set, found.get((number, record.pk), []))


def _sets(records: Sequence[models.Model], names: Iterable[str]) -> list[models.ManyToManyField]:
    fields = [records[0]._meta.get_field(name) for name in names]
    assert all(isinstance(field, models.ManyToManyField) for field in fields), names
    return fields  # type: ignore[return-value]


def _part(number: int, records: Sequence[models.Model], record_set: Any) -> models.QuerySet:
    """The rows of one set: which set, whose, and the row itself."""
    owner, other = record_set.m2m_field_name(), record_set.m2m_reverse_field_name()
    names = [field.attname for field in record_set.related_model._meta.concrete_fields]
    row = JSONObject(**{name: F(f"{other}__{name}") for name in names})
    rows = record_set.remote_field.through._default_manager.filter(**{f"{owner}__in": [one.pk for one in records]})
    return rows.order_by().values_list(Value(number, output_field=models.IntegerField()), f"{owner}_id", row)


def _unpacked(model: type[models.Model], packed: dict[str, Any]) -> models.Model:
    """A row as if the database had given it column by column."""
    fields = model._meta.concrete_fields
    values = [_python(field, packed[field.attname]) for field in fields]
    return model.from_db("default", [field.attname for field in fields], values)


def _python(field: Any, value: Any) -> Any:
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.JSONField):  # SQLite packs what it keeps, which is text
        return json.loads(value) if isinstance(value, str) else value
    return field.to_python(value)


def _keep(record: models.Model, record_set: Any, rows: list[models.Model]) -> None:
    """Put the rows where the manager of the set looks for what was fetched before, in the order of their keys."""
    known = getattr(record, record_set.name).get_queryset()
    known._result_cache = sorted(rows, key=lambda row: row.pk)
    known._prefetch_done = True
    cache = record.__dict__.setdefault("_prefetched_objects_cache", {})
    cache[record_set.name] = known
