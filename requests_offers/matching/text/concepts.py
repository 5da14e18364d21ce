"""Thesaurus concepts found in a text: they suggest tags while somebody writes, and they explain a match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from ..records import Text
from . import lexicon as lexicon_file
from .lexicon import ConceptLabels, Lexicon
from .tokens import Token, clean, fold, tokens

_LONGEST = 6  # words of a label; for Chinese, characters + 1


class Mention(NamedTuple):
    """A concept, the words of the text that name it, and how many words or characters its label has."""

    concept: int
    surface: str
    start: int
    end: int
    size: int


def label_key(label: str, language: str) -> str:
    """The form under which a label is looked up."""
    if language == "zh":
        return "".join(fold(label, "zh").split())
    return " ".join(token.stem for token in tokens(label, language))


class ConceptIndex:
    """Finds the labels of concepts in running text, in each language by its own stems."""

    def __init__(self, labels: ConceptLabels) -> None:
        self._names = labels.names
        self._concepts: dict[str, dict[str, tuple[int, ...]]] = {}
        for language, keys in labels.keys.items():
            found = self._concepts.setdefault(language, {})
            for key, concept in zip(keys, labels.concepts[language], strict=True):
                found[key] = (*found.get(key, ()), int(concept))

    def label(self, concept: int, language: str = "en") -> str:
        """The display label of a concept, in English where the language has none."""
        names = self._names.get(language, ())
        name = names[concept] if concept < len(names) else ""
        return name or self._names["en"][concept]

    def mentions(self, text: Text) -> list[Mention]:
        """The concepts that a text names, longest labels first at each place, without labels inside longer ones."""
        found: list[Mention] = []
        covered = 0
        for mention in self._candidates(text):
            if mention.end > covered:
                found.append(mention)
                covered = max(covered, mention.end)
        return found

    def _candidates(self, text: Text) -> Iterator[Mention]:
        cleaned = clean(text.text)
        run: list[Token] = []
        for token in tokens(cleaned, text.language):
            if run and token.language != run[-1].language:
                yield from self._in_run(cleaned, run)
                run = []
            run.append(token)
        yield from self._in_run(cleaned, run)

    def _in_run(self, text: str, run: list[Token]) -> Iterator[Mention]:
        known: Mapping[str, tuple[int, ...]] = self._concepts.get(run[0].language, {}) if run else {}
        chinese = bool(run) and run[0].language == "zh"
        for at in range(len(run)):
            for size in range(min(_LONGEST, len(run) - at), 0, -1):
                words = run[at : at + size]
                if chinese and words[-1].end - words[0].start != size + 1:
                    continue
                surface = text[words[0].start : words[-1].end]
                key = fold(surface, "zh") if chinese else " ".join(word.stem for word in words)
                if key in known:
                    for concept in known[key]:
                        yield Mention(concept, surface, words[0].start, words[-1].end, size)
                    break

    def concepts(self, texts: Iterable[Text]) -> dict[int, str]:
        """Concept → its first surface, over several texts."""
        found: dict[int, str] = {}
        for text in texts:
            for mention in self.mentions(text):
                found.setdefault(mention.concept, mention.surface)
        return found


@lru_cache(maxsize=4)
def concepts_of(lexicon: Lexicon) -> ConceptIndex:
    """The concepts of a lexicon, indexed once per process."""
    return ConceptIndex(lexicon.concepts)


def default_concepts() -> ConceptIndex:
    """The concepts of the packaged lexicon."""
    return concepts_of(lexicon_file.packaged())
