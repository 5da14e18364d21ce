"""Lists whose searches can be saved. Each app names its own when it is ready (`register`), with its set of filters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise

from .models import User

LONGEST_QUERY = 2000


@dataclass(frozen=True)
class SavedList:
    """One list: its name in the row, what people call it, its address, its filters and its rows.

    `rows` are those that somebody may see, newest first; `fresh` is a condition on those that came into it after one
    moment and up to another. Rows have `reference`, `title` and an address of their own.
    """

    name: str
    label: str | Promise
    url_name: str
    filterset: Callable[..., Any]
    rows: Callable[[Any], QuerySet]
    fresh: Callable[[datetime, datetime], Q]

    def _filtered(self, user: User, query: str) -> Any:
        asked = SimpleNamespace(user=user, GET=QueryDict(query))
        return self.filterset(asked.GET, queryset=self.rows(user), request=asked)

    def clean(self, user: User, query: str) -> str | None:
        """The query with what this list knows and nothing else, in a fixed order; None where it says nothing valid."""
        found = self._filtered(user, query)
        if not found.form.is_valid():
            return None
        said = QueryDict(query)
        kept = QueryDict(mutable=True)
        for name in sorted(found.form.fields):
            if values := [value for value in said.getlist(name) if value]:
                kept.setlist(name, values)
        text = kept.urlencode()
        return text if len(text) <= LONGEST_QUERY else None

    def words(self, user: User, query: str) -> str:
        """What a query narrows the list to, in words."""
        form, said = self._filtered(user, query).form, QueryDict(query)
        found = []
        for name, field in form.fields.items():
            if name == "ordering":
                continue
            choices = {str(key): str(label) for key, label in _flat(getattr(field, "choices", ()))}
            ticked = field.widget.__class__.__name__ == "CheckboxInput"
            found += [str(field.label) if ticked else choices.get(one, one) for one in said.getlist(name) if one]
        return ", ".join(found)[:120]

    def news(self, user: User, query: str, since: datetime, until: datetime) -> QuerySet:
        """What came into the list between two moments, as far as `user` may see it now."""
        found = self._filtered(user, query)
        return found.qs.filter(self.fresh(since, until)) if found.form.is_valid() else found.qs.none()

    def address(self, query: str) -> str:
        """The list, narrowed, in the language that is active."""
        return reverse(self.url_name) + (f"?{query}" if query else "")


def _flat(choices: Any) -> Any:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield key, label


_KINDS: dict[str, SavedList] = {}


def register(kind: SavedList) -> None:
    """Let people save searches of a list; called from the `ready()` of its app."""
    _KINDS[kind.name] = kind


def kind_of(name: str) -> SavedList | None:
    """The list with this name; None where no app has named it (any more)."""
    return _KINDS.get(name)
