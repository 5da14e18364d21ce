"""A pool of offers, packed for scoring: columns for the tags and posting lists for the texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .criteria import Columns, Floats, Vocabulary, columns_of
from .records import Candidate, Text
from .text.channel import Channel, Vectors, similarities


@dataclass(frozen=True, slots=True)
class NeedText:
    """The text of a need as a vector, and the number of the language it is written in."""

    keys: NDArray[np.int64]
    values: NDArray[np.float32]
    language: int
    length: float


@dataclass(frozen=True, slots=True)
class TextScores:
    """The text of each offer against one need: calibrated value and how far its best item got."""

    value: Floats
    possible: NDArray[np.bool_]
    strong: NDArray[np.bool_]


def documents(offer: Candidate) -> list[list[Text]]:
    """The items of an offer as documents; the title belongs to each of them. An offer without text has one empty item."""
    items = [item for item in offer.items if item.text.strip()]
    if not items:
        return [[Text(offer.title)]]
    return [[Text(offer.title, item.language), item] for item in items]


@dataclass(frozen=True, eq=False)
class Block:
    """Packed offers that do not change; offers that left are marked by the index, not removed here."""

    offers: tuple[Candidate, ...]
    columns: Columns
    items: Vectors
    first_item: NDArray[np.int64]  # offer → its first item, one more at the end
    owner: NDArray[np.int64]  # item → offer
    terms: NDArray[np.int64]
    postings: sp.csr_matrix  # term → items

    def __len__(self) -> int:
        return len(self.offers)

    def text_scores(self, need: NeedText, channel: Channel) -> TextScores:
        """Calibrated text similarity of one need to every offer."""
        languages = self.items.languages
        cosine = self._cosines(need)
        calibration = channel.calibration
        value = calibration.value(cosine, need.language, languages)
        possible = cosine > calibration.possible[need.language, languages]
        strong = cosine > calibration.strong[need.language, languages]
        if len(value) == len(self):
            return TextScores(value, possible, strong)
        starts = self.first_item[:-1]
        count = np.diff(self.first_item)
        best = np.maximum.reduceat(value, starts)
        mean = np.bincount(self.owner, value, len(self)) / count
        return TextScores(
            0.5 * best + 0.5 * mean,
            np.logical_or.reduceat(possible, starts),
            np.logical_or.reduceat(strong, starts),
        )

    def _cosines(self, need: NeedText) -> Floats:
        """Dot products with every item, added in the order of the terms: the same sum whatever else is in the pool."""
        if not len(self.terms):
            return np.zeros(len(self.items))
        places = np.searchsorted(self.terms, need.keys)
        places = np.minimum(places, len(self.terms) - 1)
        known = self.terms[places] == need.keys
        lists = self.postings[places[known]]
        shape = (len(self.items), lists.shape[0])
        by_item = sp.csc_matrix((lists.data, lists.indices, lists.indptr), shape=shape)
        dots = np.asarray(by_item @ need.values[known].astype(np.float64))
        same = self.items.languages == need.language
        return similarities(dots, need.length, self.items.lengths, self.items.growth, same)


def pack(offers: Sequence[Candidate], channel: Channel, vocabulary: Vocabulary) -> Block:
    """Read the texts of offers and pack everything."""
    found = [documents(offer) for offer in offers]
    items = channel.vectors([document for group in found for document in group])
    return assemble(offers, items, np.array([len(group) for group in found], dtype=np.int64), vocabulary)


def assemble(
    offers: Sequence[Candidate], items: Vectors, counts: NDArray[np.int64], vocabulary: Vocabulary
) -> Block:
    """Pack offers whose texts have been read already."""
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    terms, term_of = np.unique(items.keys, return_inverse=True)
    rows = np.repeat(np.arange(len(items)), np.diff(items.starts))
    shape = (len(terms), len(items))
    postings = sp.csr_matrix((items.values.astype(np.float64), (term_of, rows)), shape=shape)
    postings.sort_indices()
    return Block(
        offers=tuple(offers),
        columns=columns_of(offers, vocabulary),
        items=items,
        first_item=first,
        owner=np.repeat(np.arange(len(offers)), counts),
        terms=terms,
        postings=postings,
    )


def joined(parts: Sequence[tuple[Block, NDArray[np.int64]]], vocabulary: Vocabulary) -> Block:
    """One block from chosen offers of several, without reading a text again; offers in the order of their ids."""
    chosen = [(block.offers[row].id, number, row) for number, (block, rows) in enumerate(parts) for row in rows]
    chosen.sort()
    offers, starts, keys, values, languages, lengths, growth, counts = [], [0], [], [], [], [], [], []
    for _, number, row in chosen:
        block = parts[number][0]
        offers.append(block.offers[row])
        counts.append(block.first_item[row + 1] - block.first_item[row])
        for item in range(block.first_item[row], block.first_item[row + 1]):
            item_keys, item_values = block.items.row(item)
            keys.append(item_keys)
            values.append(item_values)
            starts.append(starts[-1] + len(item_keys))
            languages.append(block.items.languages[item])
            lengths.append(block.items.lengths[item])
            growth.append(block.items.growth[item])
    vectors = Vectors(
        np.array(starts, dtype=np.int64),
        np.concatenate([*keys, np.zeros(0, dtype=np.int64)]),
        np.concatenate([*values, np.zeros(0, dtype=np.float32)]),
        np.array(languages, dtype=np.int64),
        np.array(lengths, dtype=np.float64),
        np.array(growth, dtype=np.float64),
    )
    return assemble(offers, vectors, np.array(counts, dtype=np.int64), vocabulary)

