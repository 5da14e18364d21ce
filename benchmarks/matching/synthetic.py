"""Synthetic needs and offers for the bench: seeded, of realistic shape, without a sentence of anybody's.

Texts come as finished vectors, so that a hundred thousand offers stand in seconds and every peer gets the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from requests_offers.matching.criteria import Vocabulary
from requests_offers.matching.pool import Block, NeedText, assemble
from requests_offers.matching.records import Candidate, Need
from requests_offers.matching.text.channel import Vectors

TODAY = date(2026, 11, 20)
TOPICS = 40
TOPIC_WORDS = 300
VOCABULARY = 12_000
LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")
SHARE = (0.5, 0.16, 0.14, 0.08, 0.06, 0.06)
TARGETS = tuple(range(1, 24))
SUBJECTS = tuple(f"s{number}" for number in range(60))
KINDS = tuple(f"k{number}" for number in range(8))
# In which share of the texts each of the most frequent words occurs: between the offers of the development data (.40,
# .31, .15, .10 and .05 for word 1, 5, 17, 65 and 257) and texts of four sentences, also in the portal's own terms (.92,
# .59, .48, .27, .13).
COMMON = 0.61 / (1 + np.arange(600) / 8) ** 0.6
_COMMON_OF = 110  # terms of a text that has them so often
NEED_TERMS, OFFER_TERMS = 70, 100  # of 80 and 128 that the product keeps at most
_ROWS_AT_ONCE = 5_000
PARTIES = tuple(f"{first}{second}" for first in "ABCDEFGHIJKLMN" for second in "ABCDEFGHIJKLMN")
REGIONS = tuple(f"{number:03d}" for number in range(1, 23))


@dataclass(frozen=True, slots=True)
class World:
    """Needs with their texts, and offers packed."""

    needs: list[Need]
    texts: list[NeedText]
    block: Block
    vocabulary: Vocabulary
    need_vectors: Vectors
    offer_vectors: Vectors


def world(needs: int, offers: int, seed: int = 0) -> World:
    """The same world for the same numbers, everywhere."""
    random = np.random.default_rng(seed)
    topic_words = random.integers(len(COMMON), VOCABULARY, (TOPICS, TOPIC_WORDS))
    offer_topics, need_topics = random.integers(0, TOPICS, offers), random.integers(0, TOPICS, needs)
    vocabulary = Vocabulary()
    items = _vectors(random, topic_words[offer_topics], OFFER_TERMS)
    block = assemble(_offers(random, offer_topics), items, np.ones(offers, dtype=np.int64), vocabulary)
    asked = _vectors(random, topic_words[need_topics], NEED_TERMS)
    texts = [NeedText(*asked.row(row), int(asked.languages[row]), 1.0) for row in range(needs)]
    return World(_needs(random, need_topics), texts, block, vocabulary, asked, items)


def _vectors(random: np.random.Generator, topic_words: NDArray[np.int64], terms: int) -> Vectors:
    """Rows of about so many terms: common words as often as texts have them, the others from the row's topic."""
    parts = [
        _terms(random, topic_words[low : low + _ROWS_AT_ONCE], terms)
        for low in range(0, len(topic_words), _ROWS_AT_ONCE)
    ]
    row = np.concatenate([part[0] + number * _ROWS_AT_ONCE for number, part in enumerate(parts)])
    keys = np.concatenate([part[1] for part in parts])
    rows = len(topic_words)
    values = (random.gamma(2.0, 1.0, len(row)) + 0.2) * np.append(-np.log(COMMON), np.full(VOCABULARY, 4.0))[keys]
    length = np.sqrt(np.bincount(row, values * values, rows))
    starts = np.searchsorted(row, np.arange(rows + 1))
    languages = random.choice(len(LANGUAGES), rows, p=SHARE)
    ones = np.ones(rows)
    return Vectors(starts, keys, (values / length[row]).astype(np.float32), languages, ones, ones)


def _terms(
    random: np.random.Generator, topic_words: NDArray[np.int64], terms: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and terms, sorted, for some rows of given topics."""
    common = random.random((len(topic_words), len(COMMON)), dtype=np.float32) < COMMON * (terms / _COMMON_OF)
    share = (terms - terms / _COMMON_OF * COMMON.sum()) / TOPIC_WORDS
    row, place = np.nonzero(random.random(topic_words.shape, dtype=np.float32) < share)
    rows, words = np.nonzero(common)
    flat = np.unique(np.append(rows * VOCABULARY + words, row * VOCABULARY + topic_words[row, place]))
    return flat // VOCABULARY, flat % VOCABULARY


def _sets(
    random: np.random.Generator, members: tuple, topics: NDArray[np.int64], least: int, most: int
) -> list[frozenset]:
    """A set per row, half of it near the topic."""
    rows = len(topics)
    near = (topics[:, None] * 7 + random.integers(0, 4, (rows, most))) % len(members)
    chosen = np.where(random.random((rows, most)) < 0.5, near, random.integers(0, len(members), (rows, most)))
    counts = random.integers(least, most + 1, rows)
    return [
        frozenset(members[place] for place in found[:count])
        for found, count in zip(chosen, counts.tolist(), strict=True)
    ]


def _days(random: np.random.Generator, first: int, last: int, rows: int) -> list[date]:
    return [TODAY + timedelta(days=day) for day in random.integers(first, last, rows).tolist()]


def _offers(random: np.random.Generator, topics: NDArray[np.int64]) -> list[Candidate]:
    rows = len(topics)
    columns = zip(
        _sets(random, TARGETS, topics, 1, 4),
        _sets(random, SUBJECTS, topics, 1, 6),
        _sets(random, KINDS, topics, 1, 3),
        _sets(random, PARTIES, topics, 0, 4),
        _sets(random, REGIONS, topics, 0, 3),
        _sets(random, LANGUAGES, topics, 1, 3),
        _days(random, -300, 300, rows),
        _days(random, 300, 900, rows),
        random.random((rows, 2)).tolist(),
        random.integers(0, 6, (rows, 2)).tolist(),
        strict=True,
    )
    return [
        Candidate(
            id=number + 1,
            organization_id=number % 997,
            targets=targets,
            subjects=subjects,
            cooperation_types=kinds,
            parties=parties,
            regions=regions,
            worldwide=chances[0] < 0.1,
            developing=chances[1] < 0.5,
            languages=languages,
            available_from=first,
            available_until=last,
            cost_model=("free", "shared", "paid")[numbers[0] % 3],
            places_left=numbers[1],
        )
        for number, (targets, subjects, kinds, parties, regions, languages, first, last, chances, numbers) in enumerate(
            columns
        )
    ]


def _needs(random: np.random.Generator, topics: NDArray[np.int64]) -> list[Need]:
    rows = len(topics)
    columns = zip(
        _sets(random, TARGETS, topics, 1, 4),
        _sets(random, SUBJECTS, topics, 1, 6),
        _sets(random, KINDS, topics, 1, 3),
        _sets(random, PARTIES, topics, 1, 1),
        _sets(random, REGIONS, topics, 1, 3),
        _sets(random, LANGUAGES, topics, 1, 2),
        _days(random, 0, 400, rows),
        _days(random, 400, 800, rows),
        random.integers(0, 15, rows).tolist(),
        strict=True,
    )
    return [
        Need(
            id=number + 1,
            targets=targets,
            subjects=subjects,
            cooperation_types=kinds,
            parties=parties,
            regions=regions,
            developing=chance % 5 > 0,
            languages=languages,
            starts_on=first,
            ends_on=last,
            budget=("none", "part", "full")[chance % 3],
        )
        for number, (targets, subjects, kinds, parties, regions, languages, first, last, chance) in enumerate(columns)
    ]
