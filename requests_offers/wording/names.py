"""The names of all controlled words (Parties, regions, targets …) in the reader's language, in one query."""

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from django.db.models import BooleanField, Case, CharField, F, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import gettext as _

from centres.models import (
    CentreFunction,
    Constraint,
    CooperationType,
    Party,
    Region,
    Subject,
    SupportCentre,
    Target,
    fold,
    language_of,
)

KINDS = {
    "party": (Party, "iso2", ""),
    "region": (Region, "code", ""),
    "centre": (SupportCentre, "slug", ""),
    "target": (Target, "number", "number"),
    "subject": (Subject, "code", ""),
    "cooperation_type": (CooperationType, "code", "number"),
    "constraint": (Constraint, "code", "number"),
    "function": (CentreFunction, "code", "number"),
}


class Word(NamedTuple):
    """One controlled word: its code in addresses and the API, its place, its name, and whether forms offer it."""

    code: str
    place: int
    name: str
    is_offered: bool


def _rows(kind: str):
    """The words of one kind, in columns that all kinds share."""
    model, code, place = KINDS[kind]
    named = Coalesce(NullIf(F(f"name_{language_of()}"), Value("")), F("name_en"))
    offered = {"retired_on__isnull": True} | ({"is_offered": True} if kind == "subject" else {})
    return model._default_manager.order_by().values_list(
        Value(kind, output_field=CharField()),
        Cast(code, CharField(max_length=120)),
        F(place) if place else Value(0),
        named,
        Case(When(**offered, then=Value(True)), default=Value(False), output_field=BooleanField()),
    )


class Names:
    """Ask it for names and for the choices of a form; the first question makes the one query."""

    @cached_property
    def _words(self) -> dict[str, dict[str, Word]]:
        first, *others = (_rows(kind) for kind in KINDS)
        found: dict[str, dict[str, Word]] = {kind: {} for kind in KINDS}
        for kind, code, place, name, offered in first.union(*others, all=True):
            found[kind][code] = Word(code, place, name, bool(offered))
        return found

    def name(self, kind: str, code) -> str:
        """The name of one word; its code where nobody knows it."""
        word = self._words[kind].get(str(code))
        return word.name if word else str(code)

    def listed(self, kind: str, codes: Iterable) -> str:
        """Several names as one line: "Fiji, Tuvalu"."""
        return _(", ").join(self.name(kind, code) for code in codes)

    def choices(self, kind: str) -> list[tuple[str, str]]:
        """Code and name of the words that forms offer: in the Convention's order, else by name."""
        words = [word for word in self._words[kind].values() if word.is_offered]
        words.sort(key=lambda word: (word.place, fold(word.name), word.code))
        return [(word.code, self.label(kind, word)) for word in words]

    @staticmethod
    def label(kind: str, word: Word) -> str:
        """What a choice says: a target begins with its number."""
        return f"{word.code} {word.name}" if kind == "target" else word.name
