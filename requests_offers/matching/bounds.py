"""Upper bounds of scores in single precision: which offers can be among the best of a need at all.

Whatever is cheap for a whole block of offers is done here for all of them: posting lists for rare terms and tags, one
matrix product for terms that many offers have. The answer is a short list and a promise: no offer that is left out
scores above the `limit` of its need. The exact scores are those of `judging`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse._sparsetools import csc_matvec  # the loop behind `csc_matrix @ vector`, without its preparations

from .criteria import (
    COVERED_PART,
    FIT,
    PARTNERSHIP_PART,
    REGIONAL,
    Asked,
    Flags,
    Floats,
    Vocabulary,
    as_numbers,
    half_tagged,
    overlaps,
    partnership,
    region_weight,
)
from .judging import Bench
from .pool import Block, Ints
from .records import Weights
from .text.calibration import Calibration, span

Singles = NDArray[np.float32]
Small = NDArray[np.int32]

_TAGS = ("targets", "subjects", "cooperation_types")
_HEAD_SHARE = 0.15  # terms that more of the items have go through the matrix product
_HEAD_LEAST, _HEAD_MOST = 8, 128
_HEAD_NEEDS = 16  # for fewer needs the matrix is not worth reading
_ROUNDING = 1.5e-7  # relative error of one operation in single precision, rounded up
_CACHED_BYTES = 64 << 20
_CACHE_LEVEL = 262_144  # numbers that stay near a core while they are worked on


@dataclass(frozen=True, slots=True)
class Lists:
    """Posting lists: list → rows and values."""

    starts: Small
    rows: Small
    values: Singles


@dataclass(frozen=True, slots=True)
class Walks:
    """For each need the posting lists to add up, and the factor of each.

    The lists are walked where they lie, without copying them out. Listed from the last to the first, the ways between
    two lists lead backwards, and the loop over columns finds nothing on them.
    """

    lists: Lists
    starts: list[int]
    ways: Small
    factors: Singles

    def add(self, need: int, row: Singles) -> None:
        """Add the lists of one need, each times its factor, to a row with a place for each member."""
        low, high = self.starts[need], self.starts[need + 1]
        if high > low:
            part = slice(low, high)
            ways, factors = self.ways[part], self.factors[part]
            csc_matvec(len(row), high - low - 1, ways, self.lists.rows, self.lists.values, factors, row)


@dataclass(frozen=True, slots=True)
class Entries:
    """What needs add up: parts of the posting lists, each with a factor."""

    needs: Ints
    starts: NDArray[np.integer]
    ends: NDArray[np.integer]
    factors: NDArray[np.floating]

    def walks(self, lists: Lists, needs: int, in_order: bool = False) -> Walks:
        """The same as walks; `in_order` where entries are sorted by need already, and backwards for each need."""
        order = slice(None) if in_order else np.lexsort((-self.starts, self.needs))
        ways = np.column_stack([self.starts[order], self.ends[order]]).ravel().astype(np.int32)
        factors = np.zeros(len(ways), dtype=np.float32)
        factors[::2] = self.factors[order]
        first = np.searchsorted(self.needs[order], np.arange(needs + 1))
        return Walks(lists, (2 * first).tolist(), ways, factors)


def together(parts: Sequence[Entries]) -> Entries:
    """The entries of several kinds of lists."""
    columns = [(part.needs, part.starts, part.ends, part.factors) for part in parts]
    return Entries(*(np.concatenate(column) for column in zip(*columns, strict=True)))


@dataclass(frozen=True, slots=True)
class TextScale:
    """How a similarity to a need of one language becomes part of a score: y = similarity · factor + level,
    c = 1 − 1/y.
    """

    factor: Singles
    own: Singles  # the factor where the item has the need's language, else zero
    level: Singles
    possible: Singles  # y from which an item makes its offer possible
    rounding: float


@dataclass(frozen=True, eq=False)
class Plan:
    """What the bounds of some needs are made of."""

    bench: Bench
    head: Singles | None  # need → weights of the head terms
    text: Walks
    tags: Walks
    place: Walks
    place_factor: Singles
    own_length: Singles  # 1 / length − 1, of the need's text
    constant: Floats  # what is added to the bounds of all offers alike


class Bounds:
    """One block of offers, prepared for bounds."""

    def __init__(self, block: Block, calibration: Calibration, weights: Weights, vocabulary: Vocabulary) -> None:
        self.block = block
        self._calibration = calibration
        self._weights = weights
        self._tags = TagLists.of_block(block, _TAGS, vocabulary)
        self._places = TagLists.of_block(block, ("regions", "parties"), vocabulary, [block.columns.worldwide])
        self._scales: dict[int, TextScale] = {}
        self._manners: dict[Hashable, Singles] = {}

    # Preparing --------------------------------------------------------------

    @cached_property
    def _text_lists(self) -> Lists:
        columns = self.block.rows.tocsc()
        return Lists(columns.indptr.astype(np.int32), columns.indices.astype(np.int32), columns.data.astype(np.float32))

    @cached_property
    def _head(self) -> tuple[Ints, Singles]:
        """The terms that many items have, and their weights in every item."""
        lists = self._text_lists
        counts = np.diff(lists.starts)
        terms = np.argsort(-counts, kind="stable")[:_HEAD_MOST]
        terms = np.sort(terms[counts[terms] > _HEAD_SHARE * len(self.block.languages)])
        if len(terms) < _HEAD_LEAST:
            terms = terms[:0]
        dense = np.zeros((len(terms), len(self.block.languages)), dtype=np.float32)
        for number, term in enumerate(terms.tolist()):
            part = slice(lists.starts[term], lists.starts[term + 1])
            dense[number, lists.rows[part]] = lists.values[part]
        return terms, dense

    def scale(self, language: int) -> TextScale:
        """The scale of needs in one language."""
        if language not in self._scales:
            items = self.block.languages
            mean = self._calibration.mean[language, items]
            wide = span(mean, self._calibration.strong[language, items])
            own = items == language
            factor = np.where(own, self.block.own_factor, 1.0) / wide
            possible = 1.0 + (self._calibration.possible[language, items] - mean) / wide
            self._scales[language] = TextScale(
                factor=factor.astype(np.float32),
                own=np.where(own, factor, 0.0).astype(np.float32),
                level=(1.0 - mean / wide).astype(np.float32),
                possible=possible.astype(np.float32),
                rounding=_ROUNDING * 200 * float(factor.max(initial=1.0)),
            )
        return self._scales[language]

    def slack(self, language: int) -> float:
        """How far a bound may be off for needs in one language, from rounding alone."""
        return self._weights.of("text") * self.scale(language).rounding + 50 * _ROUNDING

    def plan(self, bench: Bench) -> Plan:
        """Everything that can be worked out for all needs together."""
        asked, needs = bench.asked, len(bench.asked)
        texts = bench.texts
        owners = np.repeat(np.arange(needs), np.diff(texts.starts))
        head, cold = None, np.ones(len(owners), dtype=np.bool_)
        if needs >= _HEAD_NEEDS and len(self._head[0]):
            terms = self._head[0]
            number = np.minimum(np.searchsorted(terms, texts.places), len(terms) - 1)
            cold = terms[number] != texts.places
            head = np.zeros((needs, len(terms)), dtype=np.float32)
            head[owners[~cold], number[~cold]] = texts.values[~cold]
        lists, terms = self._text_lists, texts.places[cold]
        text = Entries(owners[cold], lists.starts[terms], lists.starts[terms + 1], texts.values[cold])
        constant: Floats = self._weights.of("text") + self._weights.of("dates") * as_numbers(asked.has["dates"])
        covered = COVERED_PART * self._weights.of("region") / region_weight(asked)
        return Plan(
            bench, head, text.walks(lists, needs, in_order=True), self._tag_walks(asked), self._place_walks(asked),
            place_factor=np.where(asked.has["place"], covered, 0.0).astype(np.float32),
            own_length=(1.0 / texts.lengths - 1.0).astype(np.float32),
            constant=constant,
        )  # fmt: skip

    def _tag_walks(self, asked: Asked) -> Walks:
        parts = []
        for name in _TAGS:
            owners, starts, ends = self._tags.of(name, asked)
            parts.append(Entries(owners, starts, ends, self._weights.of(name) / asked.sizes[name][owners]))
        return together([*parts, *self._untimely(asked)]).walks(self._tags.lists, len(asked))

    def _untimely(self, asked: Asked) -> list[Entries]:
        """Offers that end before a need starts, or start after it ends: they lose what `constant` gives to all.

        No offer can be both, as only windows that end after they start are listed, and asked for.
        """
        needs = np.flatnonzero(asked.has["dates"] & (asked.starts <= asked.ends))
        factors = np.full(len(needs), -self._weights.of("dates"))
        tags = self._tags
        early = np.searchsorted(tags.last_days, asked.starts[needs])
        late = np.searchsorted(tags.first_days, asked.ends[needs], side="right")
        by_end, by_start = (tags.starts[name][0] for name in ("by_end", "by_start"))
        size = len(tags.first_days)
        return [
            Entries(needs, np.full(len(needs), by_end), by_end + early, factors),
            Entries(needs, by_start + late, np.full(len(needs), by_start + size), factors),
        ]

    def _place_walks(self, asked: Asked) -> Walks:
        everybody = np.flatnonzero(asked.has["place"])
        world = np.full(len(everybody), self._places.lists.starts[1])
        parts = [Entries(everybody, np.zeros_like(everybody), world, np.ones(len(everybody)))]
        for name in ("regions", "parties"):
            owners, starts, ends = self._places.of(name, asked)
            factors = 1.0 / asked.sizes["parties"][owners] if name == "parties" else np.ones(len(owners))
            parts.append(Entries(owners, starts, ends, factors))
        return together(parts).walks(self._places.lists, len(asked))

    # Bounds -----------------------------------------------------------------

    def rows(self, plan: Plan, needs: Ints, opened: Singles, desk: Singles) -> Singles:
        """The bounds of some needs of one language for all offers, without the constant; closed offers lie below all.

        `desk` is memory to work in, with a row for each need and a place for each item; the answer may lie in it.
        """
        scale = self.scale(int(plan.bench.texts.languages[needs[0]]))
        items, found, closed = len(self.block.languages), desk[: len(needs)], bool(opened.any())
        if plan.head is None:
            found[:] = 0.0
        else:
            np.matmul(plan.head[needs], self._head[1], out=found)
        answer = found if self.block.plain else np.empty((len(needs), len(self.block)), dtype=np.float32)
        step = max(1, _CACHE_LEVEL // max(items, 1))
        for low in range(0, len(needs), step):
            part = slice(low, low + step)
            self._likeness(plan, needs[part], found[part], scale)
            self._weighed(found[part], answer[part])
            self._tagged(plan, needs[part], answer[part])
            if closed:
                answer[part] += opened
        return answer

    def _likeness(self, plan: Plan, needs: Ints, found: Singles, scale: TextScale) -> None:
        """From what the head terms gave to y, in place."""
        for row, need in zip(found, needs.tolist(), strict=True):
            plan.text.add(need, row)
        lengths = plan.own_length[needs]
        if lengths.any():
            factor = scale.own * lengths[:, None]
            factor += scale.factor
            found *= factor
        else:
            found *= scale.factor
        found += scale.level
        np.maximum(found, 1.0, out=found)

    def _weighed(self, found: Singles, answer: Singles) -> None:
        """The text's part of the score but for its constant: − weight / y, offers of several items half by the best."""
        weight = np.float32(-self._weights.of("text"))
        if self.block.plain:
            np.divide(weight, found, out=answer)
            return
        np.reciprocal(found, out=found)
        starts = self.block.first_item[:-1]
        np.minimum.reduceat(found, starts, axis=1, out=answer)
        means = np.add.reduceat(found, starts, axis=1)
        means /= self.block.item_counts.astype(np.float32)
        answer += means
        answer *= weight / 2

    def _tagged(self, plan: Plan, needs: Ints, answer: Singles) -> None:
        place = np.zeros_like(answer)
        for number, need in enumerate(needs.tolist()):
            plan.place.add(need, place[number])
        np.minimum(place, 1.0, out=place)
        place *= plan.place_factor[needs][:, None]
        answer += place
        for row, need in zip(answer, needs.tolist(), strict=True):
            plan.tags.add(need, row)
            row += self._manner(plan.bench.asked, need)

    def _manner(self, asked: Asked, need: int) -> Singles:
        """Language, budget and partnership: many needs ask for the same, so the answers are kept."""
        record, kind = asked.needs[need], int(asked.partnership[need])
        regions = record.regions if kind == REGIONAL else frozenset()
        key = (record.languages, int(asked.means[need]), kind, regions, bool(asked.has["place"][need]))
        if key not in self._manners:
            if len(self._manners) * 4 * len(self.block) > _CACHED_BYTES:
                self._manners.clear()
            self._manners[key] = self._manner_now(asked, need)
        return self._manners[key]

    def _manner_now(self, asked: Asked, need: int) -> Singles:
        columns, everyone = self.block.columns, slice(None)
        found = np.zeros(len(self.block), dtype=np.float32)
        if asked.has["language"][need]:
            found += np.float32(self._weights.of("language")) * overlaps(asked, columns, "languages", need, everyone)
        if asked.has["partner"][need]:
            factor = self._weights.of("region") * PARTNERSHIP_PART / float(region_weight(asked)[need])
            found += np.float32(factor) * partnership(asked, columns, need, everyone).astype(np.float32)
        if asked.has["budget"][need]:
            fit = (self._weights.of("budget") * FIT[int(asked.means[need])]).astype(np.float32)
            found += fit[columns.cost]
        return found

    def loosely_shown(self, plan: Plan, need: int) -> Flags:
        """All offers that are worth showing to a need, and perhaps a few more."""
        language = int(plan.bench.texts.languages[need])
        scale = self.scale(language)
        found = np.zeros((1, len(self.block.languages)), dtype=np.float32)
        if plan.head is not None:
            np.matmul(plan.head[need : need + 1], self._head[1], out=found)
        self._likeness(plan, np.array([need]), found, scale)
        items = found[0] >= np.maximum(scale.possible, 1.0) - scale.rounding
        shown = items if self.block.plain else np.logical_or.reduceat(items, self.block.first_item[:-1])
        if not plan.bench.texts.written[need]:
            shown = np.zeros(len(self.block), dtype=np.bool_)
        halves = half_tagged(plan.bench.asked, self.block.columns, need, slice(None), plan.bench.texts.written)
        return np.asarray(shown | halves)


def cuts(bounds: Singles, least: int) -> Singles:
    """For each need a bound that at least so many offers reach, hardly more:
    found among the best of groups of offers.
    """
    size = bounds.shape[1]
    stripes = size // max(8 * least, 1)
    if stripes > 1:
        width = size // stripes
        bounds = bounds[:, : stripes * width].reshape(len(bounds), stripes, width).max(axis=1)
        size = width
    if size <= least:
        return np.full(len(bounds), -np.inf, dtype=np.float32)
    return np.asarray(np.partition(bounds, size - least, axis=1)[:, size - least])


@dataclass(frozen=True, eq=False)
class TagLists:
    """Posting lists of the members of some kinds of sets, and of the offers by their first and last days."""

    lists: Lists
    starts: Mapping[str, tuple[int, int]]  # kind → its first list and how many; for the days, a place instead of a list
    first_days: Ints
    last_days: Ints

    @classmethod
    def of_block(
        cls, block: Block, names: Sequence[str], vocabulary: Vocabulary, first: Sequence[Flags] = ()
    ) -> TagLists:
        """The lists of a block; `first` come before all others."""
        found = [np.flatnonzero(flags) for flags in first]
        starts: dict[str, tuple[int, int]] = {}
        for name in names:
            before = len(found)
            for number, column in enumerate(block.columns.sets[name]):
                for bit in range(min(64, vocabulary.size(name) - 64 * number)):
                    found.append(np.flatnonzero(column & np.uint64(1 << bit)))
            starts[name] = (before, len(found) - before)
        orderly = np.flatnonzero(block.columns.starts <= block.columns.ends)
        for name, days in (("by_end", block.columns.ends), ("by_start", block.columns.starts)):
            starts[name] = (sum(map(len, found)), len(orderly))
            found.append(orderly[np.argsort(days[orderly], kind="stable")])
        rows = np.concatenate(found).astype(np.int32)
        lists = Lists(np.cumsum([0, *map(len, found)]).astype(np.int32), rows, np.ones(len(rows), dtype=np.float32))
        return cls(lists, starts, np.sort(block.columns.starts[orderly]), np.sort(block.columns.ends[orderly]))

    def of(self, name: str, asked: Asked) -> tuple[Ints, Small, Small]:
        """Needs and the lists of the members they ask for; members that came later than this block have no list."""
        first, size = self.starts[name]
        needs, bits = asked.places(name)
        needs, numbers = needs[bits < size], first + bits[bits < size]
        return needs, self.lists.starts[numbers], self.lists.starts[numbers + 1]
