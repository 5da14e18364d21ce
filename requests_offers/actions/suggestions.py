"""Tags for a text while somebody writes it: targets and subjects, with the words that caused them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model

from centres.models import Subject, Target

from ..matching.records import Text
from ..matching.suggest import Suggestion, Suggestions, suggest_tags

MOST_LETTERS = 20_000  # of all texts together; what comes after adds time and no tags


@dataclass(frozen=True, slots=True)
class SuggestedTag:
    """One box to tick: the form's field, the value it sends, what it says, and the words of the text behind it."""

    field: str
    value: int
    code: str
    label: str
    words: tuple[str, ...]


def suggest(texts: Iterable[str], language: str = "") -> Suggestions:
    """What the core suggests for these texts; nothing where they say too little."""
    return suggest_tags(_shortened(texts, language))


def _shortened(texts: Iterable[str], language: str) -> list[Text]:
    kept, room = [], MOST_LETTERS
    for text in texts:
        if text.strip() and room:
            kept.append(Text(text[:room], language))
            room -= len(kept[-1].text)
    return kept


def suggest_for(texts: Iterable[str], language: str = "") -> list[SuggestedTag]:
    """Targets, then subjects, that these texts seem to be about, best first: as boxes of a form, ready to be ticked."""
    found = suggest(texts, language)
    targets: dict[int | str, Model] = {
        row.number: row for row in Target.objects.current().filter(number__in=_codes(found.targets))
    }
    subjects: dict[int | str, Model] = {
        row.code: row for row in Subject.objects.offered().filter(code__in=_codes(found.subjects))
    }
    boxes = [_box("targets", one, targets.get(one.code)) for one in found.targets]
    boxes += [_box("subjects", one, subjects.get(one.code)) for one in found.subjects]
    return [box for box in boxes if box is not None]


def _codes(suggestions: Iterable[Suggestion]) -> list[int | str]:
    return [suggestion.code for suggestion in suggestions]


def _box(field: str, suggestion: Suggestion, row: Model | None) -> SuggestedTag | None:
    """The box of one suggestion; None for a word that the portal does not offer."""
    if row is None:
        return None
    label = f"{suggestion.code} {row}" if field == "targets" else str(row)
    return SuggestedTag(field, row.pk, str(suggestion.code), label, suggestion.words)
