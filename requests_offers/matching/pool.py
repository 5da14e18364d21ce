"""A pool of offers, packed for scoring: columns for the tags and posting lists for the texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse._sparsetools import csc_matvec  # the loop behind `csc_matrix @ vector`, without its preparations

from .criteria import Columns, Floats, Vocabulary, columns_of
from .records import Candidate, Text
from .text.channel import Channel, Vectors


@dataclass(frozen=True, slots=True)
class NeedText:
    """The text of a need as a vector, and the number of the language it is written in."""

    keys: NDArray[np.int64]
    values: NDArray[np.float32]
    language: int
    length: float


@dataclass(frozen=True, slots=True)
class TextLevels:
    """Which offers have an item that passes the possible or the strong level of its language pair."""

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
    by_language: Mapping[int, NDArray[np.int64]]  # language → its items
    own_factor: Floats  # item → factor of its similarity to a text of the same language
    terms: NDArray[np.int64]
    postings: sp.csr_matrix  # term → items

    def __len__(self) -> int:
        return len(self.offers)

    @property
    def plain(self) -> bool:
        """Whether every offer has exactly one item, so that items and offers share their numbers."""
        return len(self.items) == len(self.offers)

    def cosines(self, need: NeedText) -> Floats:
        """Similarities to every item, added from the last term to the first: the same sum whatever else is in the pool."""
        dots = np.zeros(len(self.items))
        if not len(self.terms):
            return dots
        places = np.minimum(np.searchsorted(self.terms, need.keys), len(self.terms) - 1)
        known = self.terms[places] == need.keys
        places, weights = places[known][::-1], need.values[known][::-1]
        # The posting lists are walked where they lie, without copying them out. Listed from the last to the first, the
        # ways between two lists lead backwards, and the loop over columns finds nothing on them.
        starts = self.postings.indptr
        ways = np.column_stack([starts[places], starts[places + 1]]).ravel()
        factors = np.zeros(len(ways))
        factors[::2] = weights
        if len(ways):
            csc_matvec(len(dots), len(ways) - 1, ways, self.postings.indices, self.postings.data, factors, dots)
        own = self.by_language.get(need.language)
        if own is not None:
            dots[own] *= self.own_factor[own] / need.length
        return np.asarray(np.minimum(dots, 1.0, out=dots))

    def levels(self, cosines: Floats, need: NeedText, channel: Channel) -> TextLevels:
        """How far the best item of each offer got."""
        possible = self._above(cosines, channel.calibration.possible[need.language])
        strong = self._above(cosines, channel.calibration.strong[need.language])
        if self.plain:
            return TextLevels(possible, strong)
        starts = self.first_item[:-1]
        return TextLevels(np.logical_or.reduceat(possible, starts), np.logical_or.reduceat(strong, starts))

    def _above(self, cosines: Floats, levels: Floats) -> NDArray[np.bool_]:
        """Which items pass the level of their language; only those that pass the lowest are looked at twice."""
        passed = np.asarray(cosines > levels.min())
        near = np.flatnonzero(passed)
        passed[near] = cosines[near] > levels[self.items.languages[near]]
        return passed

    def text_values(self, cosines: Floats, need: NeedText, channel: Channel, rows: NDArray[np.int64]) -> Floats:
        """The text criterion of some offers: half by the best item, half by the mean of all."""
        if self.plain:
            return channel.calibration.value(cosines[rows], need.language, self.items.languages[rows])
        first, count = self.first_item[rows], np.diff(self.first_item)[rows]
        starts = np.cumsum(count) - count
        items = np.repeat(first - starts, count) + np.arange(int(count.sum()))
        value = channel.calibration.value(cosines[items], need.language, self.items.languages[items])
        if not len(rows):
            return value
        best = np.maximum.reduceat(value, starts)
        mean = np.bincount(np.repeat(np.arange(len(rows)), count), value, len(rows)) / count
        return np.where(count == 1, best, 0.5 * best + 0.5 * mean)


def pack(offers: Sequence[Candidate], channel: Channel, vocabulary: Vocabulary) -> Block:
    """Read the texts of offers and pack everything."""
    found = [documents(offer) for offer in offers]
    items = channel.vectors([document for group in found for document in group])
    return assemble(offers, items, np.array([len(group) for group in found], dtype=np.int64), vocabulary)


def assemble(offers: Sequence[Candidate], items: Vectors, counts: NDArray[np.int64], vocabulary: Vocabulary) -> Block:
    """Pack offers whose texts have been read already."""
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    terms, term_of = np.unique(items.keys, return_inverse=True)
    rows = np.repeat(np.arange(len(items)), np.diff(items.starts))
    shape = (len(terms), len(items))
    postings = sp.csr_matrix((items.values.astype(np.float64), (term_of, rows)), shape=shape)
    postings.sort_indices()
    languages = {int(code): np.flatnonzero(items.languages == code) for code in np.unique(items.languages)}
    return Block(
        offers=tuple(offers),
        columns=columns_of(offers, vocabulary),
        items=items,
        first_item=first,
        by_language=languages,
        own_factor=items.growth / items.lengths,
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
