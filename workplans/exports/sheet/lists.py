"""The lists of codes of the workbook: what its cells offer, and which code somebody meant by what stands there."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django.utils.translation import override

from centres.models import CentreFunction, NationalPriority, Organization, Party, Target, fold
from requests_offers.models import Component, Engagement
from requests_offers.offline.words import MARKS, YES_NO, plain_digits

from ...models import Category, Funding, Measure, Result

LANGUAGES = ("en", "fr", "es", "ar", "zh-hans", "ru")
MORE_WORDS = {"yes": ["true", "1", "x"], "no": ["false", "0"]}
CHOICES: dict[str, Any] = {"kinds": Result.Kind, "measures": Measure, "categories": Category, "fundings": Funding}
REFERENCES = {"priorities", "components", "engagements"}
Folded = tuple[dict[str, str], dict[str, str]]


class Lists:
    """Codes with their words, read once for a workbook; `user` says which requests may be named."""

    def __init__(self, years: Iterable[int], user: Any = None):
        self.years = [str(year) for year in years]
        self.user = user

    def shown(self, name: str) -> list[tuple[str, str]]:
        """The codes of a list and their words in the active language."""
        if name in CHOICES:
            return [(str(code), str(label)) for code, label in CHOICES[name].choices]
        if name == "yes_no":
            return [(code, str(label)) for code, label in YES_NO.items()]
        if name == "years":
            return [(year, year) for year in self.years]
        return list(self._names(name).items())

    def _names(self, name: str) -> dict[str, str]:
        """Names by code; where two are called alike, the code stands before the name."""
        rows = self._rows[name]
        times = Counter(row.name for row in rows.values())
        return {code: row.name if times[row.name] == 1 else f"{code}: {row.name}" for code, row in rows.items()}

    def label(self, name: str, code: str) -> str:
        """A code as a cell shows it: its words where one is chosen, itself in a list of several."""
        return self._labels(name).get(code, code)

    def _labels(self, name: str) -> dict[str, str]:
        if name not in self._kept_labels:
            self._kept_labels[name] = dict(self.shown(name))
        return self._kept_labels[name]

    @cached_property
    def _kept_labels(self) -> dict[str, dict[str, str]]:
        return {}

    @cached_property
    def _rows(self) -> dict[str, dict[str, Any]]:
        return {
            "functions": {row.code: row for row in CentreFunction.objects.current().in_order()},
            "targets": {str(row.number): row for row in Target.objects.current().in_order()},
            "parties": {row.iso2: row for row in Party.objects.current().by_name()},
            "organizations": {row.slug: row for row in Organization.objects.current().by_name()},
        }

    # What somebody meant --------------------------------------------------------------------------------------------

    def code_of(self, name: str, text: str) -> str | None:
        """The code that a text stands for: the code, its words in one of six languages, or both; None for none."""
        if name in REFERENCES:
            return self._reference(name, text)
        codes, names = self._written[name]
        whole = fold(plain_digits(text))
        if found := codes.get(whole) or names.get(whole):
            return found
        marks = (*MARKS, " ") if name == "targets" else MARKS
        heads = (whole.split(mark, 1)[0].strip() for mark in marks if mark in whole)
        return next((codes[head] for head in heads if head in codes), None)

    @cached_property
    def _written(self) -> dict[str, Folded]:
        found = {
            name: _folded({code: _all_names(row) for code, row in rows.items()}) for name, rows in self._rows.items()
        }
        found["years"] = _folded(dict.fromkeys(self.years, ()))
        words: dict[str, dict[str, list[str]]] = {name: {} for name in CHOICES}
        words["yes_no"] = {code: list(more) for code, more in MORE_WORDS.items()}
        for language in LANGUAGES:
            with override(language):
                for name in words:
                    for code, label in self.shown(name):
                        words[name].setdefault(code, []).append(label)
        return found | {name: _folded(table) for name, table in words.items()}

    def _reference(self, name: str, text: str) -> str | None:
        if name not in self._kept_references:
            self._kept_references[name] = {_close(one): one for one in self._known(name)}
        return self._kept_references[name].get(_close(text))

    def priority(self, code: str) -> int | str:
        """The key of a national priority that is written as FJ:T3; the text itself where there is none."""
        party, _colon, name = code.partition(":")
        rows = NationalPriority.objects.current().filter(party__iso2=party, code=name)
        found = rows.values_list("pk", flat=True).first()
        return code if found is None else found

    @cached_property
    def _kept_references(self) -> dict[str, dict[str, str]]:
        return {}

    def _known(self, name: str) -> list[str]:
        """The references that may be named; read only where a workbook names any."""
        if name == "priorities":
            return [priority_code(row) for row in NationalPriority.objects.current().select_related("party")]
        if self.user is None:
            return []
        if name == "components":
            seen = Component.objects.visible_to(self.user).select_related("request")
            return [row.reference for row in seen]
        return [row.reference for row in Engagement.objects.visible_to(self.user)]


def priority_code(priority: Any) -> str:
    """A national priority by its country and its code; needs its Party."""
    return f"{priority.party.iso2}:{priority.code}"


def _all_names(row: Any) -> list[str]:
    """A name in six languages, or the name and the short name of an organization."""
    return [row.name, row.acronym] if isinstance(row, Organization) else list(row.names.values())


def _close(text: str) -> str:
    return fold(plain_digits(text)).replace(" ", "")


def _folded(table: Mapping[str, Iterable[str]]) -> Folded:
    """Codes and names as they are searched; a name that means two things means none."""
    names: dict[str, str] = {}
    twice = set()
    for code, words in table.items():
        for word in {fold(word) for word in words if word}:
            if names.setdefault(word, code) != code:
                twice.add(word)
    names = {word: code for word, code in names.items() if word not in twice}
    return {fold(code): code for code in table if code}, names
