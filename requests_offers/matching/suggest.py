"""Tag suggestions while somebody writes: "you may mean target 6, because of *espèces envahissantes*"."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

from .records import Text
from .text.channel import Channel, default_channel
from .text.tokens import tokens
from .text.topics import SUBJECT_WORDS, TARGET_WORDS

_LEAST = 0.08
_SHARE_OF_BEST = 0.35
_WORDS_SHOWN = 4
_LEAST_WORD = 0.1  # of the similarity; a word that gives less is not named as a reason


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tag that a text seems to be about, and the words of the text that say so."""

    kind: str
    code: int | str
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The tags to offer, best first."""

    targets: tuple[Suggestion, ...]
    subjects: tuple[Suggestion, ...]


def suggest_tags(texts: Sequence[Text], *, top: int = 5, channel: Channel | None = None) -> Suggestions:
    """Targets and subjects a text seems to be about; nothing where it says too little."""
    channel = channel or default_channel()
    words = _weighted_words(texts, channel)
    return Suggestions(
        targets=_best("target", words, _topics(channel, "target"), top),
        subjects=_best("subject", words, _topics(channel, "subject"), top),
    )


Vector = Mapping[int, float]


def _weighted_words(texts: Iterable[Text], channel: Channel) -> dict[str, Vector]:
    """Each word of the texts with the keys it leads to; a repeated word weighs once."""
    words: dict[str, Vector] = {}
    for text in texts:
        for token in tokens(text.text, text.language):
            words.setdefault(token.surface.lower(), channel.word_links(token))
    return words


@lru_cache(maxsize=8)
def _topics(channel: Channel, kind: str) -> dict[int | str, Vector]:
    source: Mapping[int, str] | Mapping[str, str] = TARGET_WORDS if kind == "target" else SUBJECT_WORDS
    return {code: _topic_vector(words, channel) for code, words in source.items()}


def _topic_vector(words: str, channel: Channel) -> Vector:
    total: dict[int, float] = {}
    for phrase in words.split(","):
        parts = tokens(phrase, "en")
        for token in parts:
            for key, weight in channel.word_links(token).items():
                total[key] = max(total.get(key, 0.0), weight / sqrt(len(parts)))
    return _unit(total)


def _unit(vector: Vector) -> Vector:
    length = sqrt(sum(value * value for value in vector.values())) or 1.0
    return {key: value / length for key, value in vector.items()}


def _best(
    kind: str, words: Mapping[str, Vector], topics: Mapping[int | str, Vector], top: int
) -> tuple[Suggestion, ...]:
    whole: dict[int, float] = {}
    for links in words.values():
        for key, weight in links.items():
            whole[key] = whole.get(key, 0.0) + weight
    length = sqrt(sum(value * value for value in whole.values())) or 1.0
    found = []
    for code, topic in topics.items():
        given = {word: _dot(links, topic) / length for word, links in words.items()}
        score = sum(given.values())
        if score >= _LEAST:
            found.append(Suggestion(kind, code, score, _reasons(given, score)))
    found.sort(key=lambda suggestion: (-suggestion.score, _order(suggestion.code)))
    return tuple(one for one in found[:top] if one.score >= _SHARE_OF_BEST * found[0].score)


def _order(code: Hashable) -> str:
    return f"{code:03d}" if isinstance(code, int) else str(code)


def _dot(links: Vector, topic: Vector) -> float:
    return sum(weight * topic[key] for key, weight in links.items() if key in topic)


def _reasons(given: Mapping[str, float], score: float) -> tuple[str, ...]:
    order = sorted(given.items(), key=lambda word: (-word[1], word[0]))
    return tuple(word for word, part in order[:_WORDS_SHOWN] if part >= _LEAST_WORD * score)
