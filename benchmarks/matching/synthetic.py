"""Synthetic needs and offers for the bench: seeded, of realistic shape, without a sentence of anybody's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from requests_offers.matching.records import Candidate, Need, Text
from requests_offers.matching.text.channel import Channel, default_channel

TODAY = date(2026, 11, 20)
TOPICS = 40
WORDS_OF_A_TOPIC = 220
LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")
SHARE = (0.5, 0.16, 0.14, 0.08, 0.06, 0.06)
SUBJECTS = tuple(f"s{number}" for number in range(60))
KINDS = tuple(f"k{number}" for number in range(8))
PARTIES = tuple(f"{first}{second}" for first in "ABCDEFGHIJKLMN" for second in "ABCDEFGHIJKLMN")
REGIONS = tuple(f"{number:03d}" for number in range(1, 23))


class World:
    """A seeded source of needs and offers."""

    def __init__(self, seed: int = 0, channel: Channel | None = None) -> None:
        self._random = np.random.default_rng(seed)
        self._channel = channel or default_channel()
        self._words = {code: self._vocabulary(code) for code in LANGUAGES}
        self._topics = {
            code: self._random.integers(0, len(words), (TOPICS, WORDS_OF_A_TOPIC)) for code, words in self._words.items()
        }

    def _vocabulary(self, code: str) -> tuple[str, ...]:
        lexicon = self._channel.lexicon
        known = lexicon.english if code == "en" else lexicon.words[code]
        return tuple(word for word in known if not word.isdigit())

    def _text(self, topic: int, words: int) -> Text:
        code = LANGUAGES[int(self._random.choice(len(LANGUAGES), p=SHARE))]
        vocabulary = self._words[code]
        rank = self._random.zipf(1.35, words) % WORDS_OF_A_TOPIC
        own = self._topics[code][topic][rank]
        common = (self._random.zipf(1.2, words) - 1) % len(vocabulary)
        chosen = np.where(self._random.random(words) < 0.6, own, common)
        return Text(("" if code == "zh" else " ").join(vocabulary[number] for number in chosen), code)

    def _some(self, members: tuple[str, ...], least: int, most: int, topic: int) -> frozenset[str]:
        count = int(self._random.integers(least, most + 1))
        near = [(topic * 7 + int(step)) % len(members) for step in self._random.integers(0, 4, count)]
        far = self._random.integers(0, len(members), count)
        return frozenset(
            members[int(one if self._random.random() < 0.5 else two)] for one, two in zip(near, far, strict=True)
        )

    def _numbers(self, least: int, most: int, topic: int) -> frozenset[int]:
        names = tuple(str(number) for number in range(1, 24))
        return frozenset(int(name) for name in self._some(names, least, most, topic))

    def offers(self, count: int) -> Iterator[Candidate]:
        """So many offers, with rising ids."""
        for number in range(count):
            topic = int(self._random.integers(0, TOPICS))
            text = self._text(topic, int(self._random.integers(60, 140)))
            yield Candidate(
                id=number + 1,
                organization_id=number % 997,
                items=(text,),
                targets=self._numbers(1, 4, topic),
                subjects=self._some(SUBJECTS, 1, 6, topic),
                cooperation_types=self._some(KINDS, 1, 3, topic),
                parties=self._some(PARTIES, 0, 4, topic),
                regions=self._some(REGIONS, 0, 3, topic),
                worldwide=bool(self._random.random() < 0.1),
                developing=bool(self._random.random() < 0.5),
                languages=self._some(LANGUAGES, 1, 3, topic),
                available_from=TODAY + timedelta(days=int(self._random.integers(-300, 300))),
                available_until=TODAY + timedelta(days=int(self._random.integers(300, 900))),
                cost_model=("free", "shared", "paid")[int(self._random.integers(0, 3))],
                places_left=int(self._random.integers(0, 6)),
            )

    def needs(self, count: int) -> Iterator[Need]:
        """So many needs."""
        for number in range(count):
            topic = int(self._random.integers(0, TOPICS))
            yield Need(
                id=number + 1,
                texts=(self._text(topic, int(self._random.integers(40, 120))),),
                targets=self._numbers(1, 4, topic),
                subjects=self._some(SUBJECTS, 1, 6, topic),
                cooperation_types=self._some(KINDS, 1, 3, topic),
                parties=self._some(PARTIES, 1, 1, topic),
                regions=self._some(REGIONS, 1, 3, topic),
                developing=bool(self._random.random() < 0.8),
                languages=self._some(LANGUAGES, 1, 2, topic),
                starts_on=TODAY + timedelta(days=int(self._random.integers(0, 400))),
                ends_on=TODAY + timedelta(days=int(self._random.integers(400, 800))),
                budget=("none", "part", "full")[int(self._random.integers(0, 3))],
            )


def lengths(values: NDArray[np.int64]) -> str:
    """Mean and range of a list of numbers, for the report."""
    return f"{values.mean():.0f} ({values.min()}-{values.max()})"
