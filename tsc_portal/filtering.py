"""Read a list's filter form back as the chips above the list."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.forms import BaseForm, Field
from django.http import QueryDict

from tsc_portal.formats import day_text


class Chip(NamedTuple):
    """A filter that is set, and the address of the list without it."""

    label: str
    url: str


def active_filters(form: BaseForm) -> list[Chip]:
    """One chip for each value of a GET form that narrows the list."""
    query = form.data
    if not isinstance(query, QueryDict) or not form.is_bound or not form.is_valid():
        return []
    return [
        Chip(label, _without(query, form.add_prefix(name), raw))
        for name, field in form.fields.items()
        for label, raw in _labels(form, name, field, query)
    ]


def _labels(form: BaseForm, name: str, field: Field, query: QueryDict) -> Iterator[tuple[str, str]]:
    value = form.cleaned_data.get(name)
    if value in (None, "", [], False) or name in ("ordering", "page", "page_size"):
        return
    key = form.add_prefix(name)
    choices = _flat(getattr(field, "choices", ()))
    for raw in query.getlist(key):
        if raw:
            yield _words(field, raw, value, choices), raw


def _words(field: Field, raw: str, value: object, choices: dict[str, str]) -> str:
    if raw in choices:
        return choices[raw]
    if value is True:
        return str(field.label)
    if isinstance(value, date):
        return f"{field.label}: {day_text(value)}"
    return f"{field.label}: {raw}" if field.label else raw


def _flat(choices: object) -> dict[str, str]:
    flat: dict[str, str] = {}
    for value, label in choices:  # type: ignore[attr-defined]
        if isinstance(label, list | tuple):
            flat |= _flat(label)
        else:
            flat[str(value)] = str(label)
    return flat


def _without(query: QueryDict, key: str, raw: str) -> str:
    left = query.copy()
    left.setlist(key, [value for value in left.getlist(key) if value != raw])
    left.pop("page", None)
    return f"?{left.urlencode()}"
