"""What a request is looked at by: whether it can be taken on (eligibility), and how much it presses (priority).

Version 1 stands here, in the languages of the catalogues; later ones are rows that the coordinator adds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = str | Promise


class Kind(TextChoices):
    """The two questions."""

    ELIGIBILITY = "eligibility", _("Eligibility: can it be taken on?")
    PRIORITY = "priority", _("Priority: how much does it press?")


SCALES: dict[str, dict[int, Words]] = {
    Kind.ELIGIBILITY: {
        2: pgettext_lazy("criterion met", "Yes"),
        1: pgettext_lazy("criterion met", "Not clear yet"),
        0: pgettext_lazy("criterion met", "No"),
    },
    Kind.PRIORITY: {
        3: pgettext_lazy("criterion met", "3: very much"),
        2: pgettext_lazy("criterion met", "2: clearly"),
        1: pgettext_lazy("criterion met", "1: a little"),
        0: pgettext_lazy("criterion met", "0: not at all"),
    },
}
MOST = 20


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion. `names` and `texts` by language, for what the coordinator wrote; English stands in."""

    code: str
    kind: str
    name: Words = ""
    text: Words = ""
    names: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def named(self, language: str) -> str:
        return self.names.get(language) or self.names.get("en") or str(self.name)

    def explained(self, language: str) -> str:
        return self.texts.get(language) or self.texts.get("en") or str(self.text)

    @property
    def scale(self) -> dict[int, Words]:
        """The values that may be given, best first, in words."""
        return SCALES[self.kind]

    @property
    def best(self) -> int:
        return max(self.scale)


def _eligible(code: str, name: Words, text: Words) -> Criterion:
    return Criterion(code, Kind.ELIGIBILITY, name, text)


def _pressing(code: str, name: Words, text: Words) -> Criterion:
    return Criterion(code, Kind.PRIORITY, name, text)


FIRST: tuple[Criterion, ...] = (
    _eligible(
        "party",
        _("A Party asks"),
        _("The office of a Party to the Convention has submitted or endorsed the request."),
    ),
    _eligible(
        "scope",
        _("It is technical and scientific cooperation"),
        _("What is asked for is knowledge, technology, training or joint work, not general funding."),
    ),
    _eligible(
        "framework",
        _("It serves the Framework"),
        _("It serves a target of the Kunming-Montreal Framework or a national priority of the Party."),
    ),
    _eligible(
        "clear",
        _("The need is clear"),
        _("Somebody who could help would understand what is needed, where and until when."),
    ),
    _pressing(
        "circumstances",
        _("Special circumstances"),
        _("A least developed, landlocked or small island State asks, or a country with economy in transition."),
    ),
    _pressing(
        "urgency",
        _("Urgency"),
        _("Without help soon, something is lost that cannot be brought back, or a deadline passes."),
    ),
    _pressing(
        "lasting",
        _("Lasting capacity"),
        _("What is learned or built stays in the country: people, institutions, data, equipment."),
    ),
    _pressing(
        "people",
        _("Those concerned take part"),
        _("Indigenous peoples and local communities, women and youth are part of the work and gain from it."),
    ),
    _pressing(
        "reach",
        _("Use beyond one country"),
        _("Other Parties have the same need, or can use the result."),
    ),
    _pressing(
        "readiness",
        _("Readiness"),
        _("The office has people and means of its own to begin the work."),
    ),
)


def from_rows(rows: Iterable[Mapping[str, Any]]) -> tuple[Criterion, ...]:
    """The criteria of a version that the coordinator wrote."""
    return tuple(
        Criterion(row["code"], row["kind"], names=row.get("names", {}), texts=row.get("texts", {})) for row in rows
    )
