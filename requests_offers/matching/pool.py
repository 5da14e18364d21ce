"""A pool of offers, packed for scoring: columns for the tags, rows and posting lists for the texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse._sparsetools import csr_matvec  # the loop behind `csr_matrix @ vector`, without its preparations

from .criteria import Columns, Floats, Vocabulary, columns_of, segments
from .records import Candidate, Text
from .text.calibration import Calibration
from .text.channel import Channel, Vectors

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NeedText:
    """The text of a need as a vector, and the number of the language it is written in."""

    keys: NDArray[np.int64]
    values: NDArray[np.float32]
    language: int
    length: float


@dataclass(frozen=True, slots=True)
class TextFound:
    """The text criterion of some pairs, and whether the best item passes the levels of its language pair."""

    value: Floats
    possible: NDArray[np.bool_]
    strong: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class AskedTexts:
    """The texts of some needs in the terms of one block; a need without words has an empty row.

    Terms run from the last to the first, in needs and offers alike: whoever adds them up adds in the same order.
    """

    starts: Ints
    places: Ints
    values: NDArray[np.float32]
    languages: Ints
    lengths: Floats
    written: NDArray[np.bool_]

    def row(self, number: int) -> slice:
        """Where the terms of one need lie."""
        return slice(int(self.starts[number]), int(self.starts[number + 1]))


def documents(offer: Candidate) -> list[list[Text]]:
    """The items of an offer as documents; the title belongs to each of them.

    An offer without text has one empty item.
    """
    items = [item for item in offer.items if item.text.strip()]
    if not items:
        return [[Text(offer.title)]]
    return [[Text(offer.title, item.language), item] for item in items]


@dataclass(frozen=True, eq=False)
class Block:
    """Packed offers that do not change; offers that left are marked by the index, not removed here."""

    offers: tuple[Candidate, ...]
    columns: Columns
    first_item: Ints  # offer → its first item, one more at the end
    languages: Ints  # of the items
    lengths: Floats
    growth: Floats
    terms: Ints  # number of a term → its key
    rows: sp.csr_matrix  # item → terms, from the last to the first, in double precision for the exact scores

    def __len__(self) -> int:
        return len(self.offers)

    @cached_property
    def plain(self) -> bool:
        """Whether every offer has exactly one item, so that items and offers share their numbers."""
        return len(self.languages) == len(self.offers)

    @cached_property
    def own_factor(self) -> Floats:
        """Item → factor of its similarity to a text of the same language."""
        return self.growth / self.lengths

    @cached_property
    def item_counts(self) -> Ints:
        """Offer → number of its items."""
        return np.diff(self.first_item)

    def asked(self, texts: Sequence[NeedText | None]) -> AskedTexts:
        """The texts of some needs in the terms of this block; terms that no offer here has are left out."""
        keys = np.concatenate([*(text.keys for text in texts if text is not None), np.zeros(0, dtype=np.int64)])
        values = np.concatenate([*(text.values for text in texts if text is not None), np.zeros(0, dtype=np.float32)])
        owners = np.repeat(np.arange(len(texts)), [0 if text is None else len(text.keys) for text in texts])
        places = np.minimum(np.searchsorted(self.terms, keys), max(len(self.terms) - 1, 0))
        known = self.terms[places] == keys if len(self.terms) else np.zeros(len(keys), dtype=np.bool_)
        owners, places, values = owners[known], places[known], values[known]
        starts = np.searchsorted(owners, np.arange(len(texts) + 1))
        backwards = _backwards(starts)
        return AskedTexts(
            starts=starts,
            places=places[backwards],
            values=values[backwards],
            languages=np.array([0 if text is None else text.language for text in texts], dtype=np.int64),
            lengths=np.array([1.0 if text is None else text.length for text in texts], dtype=np.float64),
            written=np.array([text is not None for text in texts], dtype=np.bool_),
        )

    def items_of(self, rows: Ints) -> tuple[Ints, Ints]:
        """The items of some offers, and where those of each offer start."""
        if self.plain:
            return rows, np.arange(len(rows))
        counts = self.item_counts[rows]
        starts = np.cumsum(counts) - counts
        return np.repeat(self.first_item[rows] - starts, counts) + np.arange(int(counts.sum())), starts

    def cosines(self, texts: AskedTexts, who: Ints, items: Ints) -> Floats:
        """The similarity of each pair of need and item, sorted by need; the same sum whatever else is in the pool."""
        # Rows are walked where they lie, without copying them out. Items come in rising order, so that from the last to
        # the first the way between two of them leads backwards and the loop finds nothing on it; its sum is not read.
        rows, weights, sums = self.rows, np.zeros(len(self.terms)), np.zeros(2 * len(items))
        ways = np.column_stack([rows.indptr[items[::-1]], rows.indptr[items[::-1] + 1]]).ravel()
        for number, here in segments(who):
            terms, low, high = texts.row(number), 2 * (len(items) - here.stop), 2 * (len(items) - here.start)
            weights[texts.places[terms]] = texts.values[terms]
            part = slice(low, high)
            csr_matvec(high - low - 1, len(weights), ways[part], rows.indices, rows.data, weights, sums[part])
            weights[texts.places[terms]] = 0.0
        found = sums[::2][::-1]
        own = self.languages[items] == texts.languages[who]
        found = np.where(own, found * (self.own_factor[items] / texts.lengths[who]), found)
        return np.asarray(np.minimum(found, 1.0))

    def text(self, texts: AskedTexts, who: Ints, rows: Ints, calibration: Calibration) -> TextFound:
        """The text criterion of some pairs, sorted by need: half by the best item, half by the mean of all."""
        items, starts = self.items_of(rows)
        count = np.diff(np.append(starts, len(items)))
        owners = who if self.plain else np.repeat(who, count)
        cosine = self.cosines(texts, owners, items)
        pair = (texts.languages[owners], self.languages[items])
        value = calibration.value(cosine, *pair)
        possible, strong = cosine > calibration.possible[pair], cosine > calibration.strong[pair]
        if self.plain or not len(rows):
            return TextFound(value, possible, strong)
        best = np.maximum.reduceat(value, starts)
        mean = np.bincount(np.repeat(np.arange(len(rows)), count), value, len(rows)) / count
        value = np.where(count == 1, best, 0.5 * best + 0.5 * mean)
        return TextFound(value, np.logical_or.reduceat(possible, starts), np.logical_or.reduceat(strong, starts))


def pack(offers: Sequence[Candidate], channel: Channel, vocabulary: Vocabulary) -> Block:
    """Read the texts of offers and pack everything."""
    found = [documents(offer) for offer in offers]
    items = channel.vectors([document for group in found for document in group])
    return assemble(offers, items, np.array([len(group) for group in found], dtype=np.int64), vocabulary)


def assemble(offers: Sequence[Candidate], items: Vectors, counts: Ints, vocabulary: Vocabulary) -> Block:
    """Pack offers whose texts have been read already."""
    terms, places = np.unique(items.keys, return_inverse=True)
    backwards = _backwards(items.starts)
    shape = (len(items), len(terms))
    values = items.values[backwards].astype(np.float64)
    rows = sp.csr_matrix((values, places[backwards].astype(np.int32), items.starts), shape=shape)
    return Block(
        offers=tuple(offers),
        columns=columns_of(offers, vocabulary),
        first_item=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        languages=items.languages,
        lengths=items.lengths,
        growth=items.growth,
        terms=terms,
        rows=rows,
    )


def _backwards(starts: Ints) -> Ints:
    """The places of all entries, those of each row from the last to the first."""
    counts = np.diff(starts)
    return np.repeat(starts[:-1] + starts[1:] - 1, counts) - np.arange(int(starts[-1]))


def joined(parts: Sequence[tuple[Block, Ints]], vocabulary: Vocabulary) -> Block:
    """One block from chosen offers of several, without reading a text again; offers in the order of their ids."""
    offers = [block.offers[row] for block, rows in parts for row in rows.tolist()]
    order = np.argsort(np.array([offer.id for offer in offers], dtype=np.int64))
    vectors = _stacked(parts)
    counts = np.concatenate([*(block.item_counts[rows] for block, rows in parts), np.zeros(0, dtype=np.int64)])
    firsts = np.cumsum(counts) - counts
    counts = counts[order]
    starts = np.cumsum(counts) - counts
    items = np.repeat(firsts[order] - starts, counts) + np.arange(int(counts.sum()))
    return assemble([offers[place] for place in order], vectors.chosen(items), counts, vocabulary)


def _stacked(parts: Sequence[tuple[Block, Ints]]) -> Vectors:
    """The items of chosen offers of several blocks as vectors."""
    found = []
    for block, rows in parts:
        items, _ = block.items_of(rows)
        part = block.rows[items]
        forwards = _backwards(part.indptr.astype(np.int64))
        found.append((
            np.diff(part.indptr), block.terms[part.indices[forwards]], part.data[forwards].astype(np.float32),
            block.languages[items], block.lengths[items], block.growth[items],
        ))  # fmt: skip
    counts, keys, values, languages, lengths, growth = (np.concatenate(column) for column in zip(*found, strict=True))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Vectors(starts, keys, values, languages, lengths, growth)
