"""Ranking: one need against all offers, exact, in an order that depends on nothing but the records themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from .criteria import Columns, Flags, Floats, Vocabulary, admissible, has_at_least, tag_values
from .explain import Explainer
from .pool import Block, NeedText, TextLevels, joined, pack
from .records import CRITERIA, Candidate, Need, Scored, Text, Weights
from .text.channel import NEED_TERMS, Channel, default_channel

STRONG, POSSIBLE = "strong", "possible"
_SMALL_BLOCKS = 8


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best offers for one need as numbers: each score with the criteria it is made of, best first."""

    offers: tuple[Candidate, ...]
    scores: Floats
    strong: Flags
    values: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.offers)


@dataclass
class _Held:
    """A block and which of its offers are still in the index."""

    block: Block
    alive: Flags


def weighted(values: dict[str, Floats], weights: Weights, size: int) -> Floats:
    """Σ w·c / Σ w over the criteria that have a value, always added in the same order."""
    total: Floats = np.zeros(size)
    weight = 0.0
    for name in CRITERIA:
        if name in values:
            total += weights.of(name) * values[name]
            weight += weights.of(name)
    return total / weight if weight else total


def half_tagged(need: Need, columns: Columns, vocabulary: Vocabulary, has_text: bool) -> Flags:
    """At least half of the targets; a need with neither text nor targets is judged by the next tags it has."""
    names = ("targets",) if has_text or need.targets else ("subjects", "cooperation_types")
    for name in names:
        members = getattr(need, name)
        if members:
            return has_at_least(columns, name, vocabulary.bits(name, members), (len(members) + 1) // 2)
    return np.zeros(len(columns), dtype=np.bool_)


class Index:
    """All published offers, ready to be ranked for any need; changed in place, equal to one built anew."""

    def __init__(
        self, candidates: Iterable[Candidate] = (), *, channel: Channel | None = None, weights: Weights | None = None
    ) -> None:
        self.channel = channel or default_channel()
        self.weights = weights or Weights()
        self._vocabulary = Vocabulary()
        self._explainer = Explainer(self.channel)
        self._held: list[_Held] = []
        self._place: dict[int, tuple[_Held, int]] = {}
        self.update(candidates)

    @classmethod
    def of_packed(
        cls, block: Block, vocabulary: Vocabulary, *, channel: Channel | None = None, weights: Weights | None = None
    ) -> Index:
        """An index of offers that are packed already."""
        index = cls(channel=channel, weights=weights)
        index._vocabulary = vocabulary
        index._hold(block)
        return index

    def __len__(self) -> int:
        return len(self._place)

    def __contains__(self, offer_id: object) -> bool:
        return offer_id in self._place

    # Changes ----------------------------------------------------------------

    def update(self, candidates: Iterable[Candidate]) -> None:
        """Put offers in, or replace what is known about them."""
        latest = {offer.id: offer for offer in candidates}
        if not latest:
            return
        self.remove(latest)
        offers = [latest[offer_id] for offer_id in sorted(latest)]
        self._hold(pack(offers, self.channel, self._vocabulary))
        if len(self._held) > _SMALL_BLOCKS:
            self._join()

    def remove(self, offer_ids: Iterable[int]) -> None:
        """Take offers out; ids that are not there do not matter."""
        for offer_id in offer_ids:
            place = self._place.pop(offer_id, None)
            if place is not None:
                held, row = place
                held.alive[row] = False

    def _hold(self, block: Block) -> None:
        held = _Held(block, np.ones(len(block), dtype=np.bool_))
        self._held.append(held)
        for row, offer in enumerate(block.offers):
            self._place[offer.id] = (held, row)

    def _join(self) -> None:
        """Merge blocks, largest ones only when the small ones have grown to a tenth of them."""
        small = sorted(self._held, key=lambda held: len(held.block))
        gathered = small[:-1]
        if 10 * sum(len(held.block) for held in gathered) > len(small[-1].block):
            gathered = small
        self._held = [held for held in self._held if held not in gathered]
        self._hold(joined([(held.block, np.flatnonzero(held.alive)) for held in gathered], self._vocabulary))

    # Questions --------------------------------------------------------------

    def rank(self, need: Need, *, as_of: date, top: int = 50) -> list[Scored]:
        """The offers worth showing for a need, best first; equal scores keep the lower offer id first."""
        return self._explained(need, self.order(need, as_of=as_of, top=top))

    def rank_many(self, needs: Sequence[Need], *, as_of: date, top: int = 50) -> list[list[Scored]]:
        """`rank` for several needs."""
        found = self.order_many(needs, as_of=as_of, top=top)
        return [self._explained(need, ranking) for need, ranking in zip(needs, found, strict=True)]

    def order(self, need: Need, *, as_of: date, top: int = 50) -> Ranking:
        """The ranking as numbers, without words."""
        return self._order(need, self.read(need), as_of, top)

    def order_many(
        self,
        needs: Sequence[Need],
        *,
        as_of: date,
        top: int = 50,
        threads: int = 2,
        texts: Sequence[NeedText | None] | None = None,
    ) -> list[Ranking]:
        """`order` for several needs; the number of threads changes the time alone. Texts may have been read before."""
        texts = self.read_many(needs) if texts is None else texts
        with ThreadPoolExecutor(max(1, threads)) as pool:
            return list(pool.map(lambda need, text: self._order(need, text, as_of, top), needs, texts))

    def score_pair(self, need: Need, offer_id: int, as_of: date) -> float | None:
        """The score of one pair whatever its band; nothing where a hard filter forbids it or the offer is not there."""
        if offer_id not in self._place:
            return None
        held, row = self._place[offer_id]
        if not admissible(need, held.block.columns, self._vocabulary, as_of)[row]:
            return None
        text = self.read(need)
        cosines = None if text is None else held.block.cosines(text)
        values = self._values(need, text, cosines, held.block, np.array([row]))
        return float(weighted(values, self.weights, 1)[0])

    def totals(self, need: Need) -> Floats:
        """The score of every offer in the order of their ids, whatever its band and without the hard filters."""
        text = self.read(need)

        def score(block: Block, rows: NDArray[np.int64]) -> Floats:
            cosines = None if text is None else block.cosines(text)
            return weighted(self._values(need, text, cosines, block, rows), self.weights, len(rows))

        return self._in_order(score)

    def text_values(self, need: Need) -> Floats:
        """The text criterion of every offer in the order of their ids."""
        text = self.read(need)
        if text is None:
            return np.zeros(len(self))
        return self._in_order(lambda block, rows: block.text_values(block.cosines(text), text, self.channel, rows))

    def _in_order(self, read: Callable[[Block, NDArray[np.int64]], Floats]) -> Floats:
        parts = [
            (held.block.columns.ids[held.alive], read(held.block, np.flatnonzero(held.alive))) for held in self._held
        ]
        ids = np.concatenate([*(part[0] for part in parts), np.zeros(0, dtype=np.int64)])
        values = np.concatenate([*(part[1] for part in parts), np.zeros(0)])
        return np.asarray(values[np.argsort(ids)])

    def read(self, need: Need) -> NeedText | None:
        """The text of a need as a vector; nothing where there is no word to go by."""
        return self.read_many([need])[0]

    def read_many(self, needs: Sequence[Need]) -> list[NeedText | None]:
        """The texts of several needs as vectors."""
        written = [[text for text in need.texts if text.text.strip()] or [Text("")] for need in needs]
        vectors = self.channel.vectors(written, NEED_TERMS)
        found: list[NeedText | None] = []
        for number in range(len(vectors)):
            keys, values = vectors.row(number)
            language, length = int(vectors.languages[number]), float(vectors.lengths[number])
            found.append(NeedText(keys, values, language, length) if len(keys) else None)
        return found

    # Scoring ----------------------------------------------------------------

    def _order(self, need: Need, text: NeedText | None, as_of: date, top: int) -> Ranking:
        parts = [self._best_of(need, text, held, as_of, top) for held in self._held]
        scores = np.concatenate([*(part.scores for part in parts), np.zeros(0)])
        offers = [offer for part in parts for offer in part.offers]
        ids = np.array([offer.id for offer in offers], dtype=np.int64)
        best = np.lexsort((ids, -scores))[:top]
        names = parts[0].values if parts else {}
        return Ranking(
            offers=tuple(offers[place] for place in best),
            scores=scores[best],
            strong=np.concatenate([*(part.strong for part in parts), np.zeros(0, dtype=np.bool_)])[best],
            values={name: np.concatenate([part.values[name] for part in parts])[best] for name in names},
        )

    def _best_of(self, need: Need, text: NeedText | None, held: _Held, as_of: date, top: int) -> Ranking:
        """The best of one block: first who is to be shown at all, then the criteria of those alone."""
        block = held.block
        shown = half_tagged(need, block.columns, self._vocabulary, text is not None)
        levels = cosines = None
        if text is not None:
            cosines = block.cosines(text)
            levels = block.levels(cosines, text, self.channel)
            shown = shown | levels.possible
        shown &= held.alive
        rows = np.flatnonzero(shown)
        rows = rows[admissible(need, block.columns, self._vocabulary, as_of, rows)]
        values = self._values(need, text, cosines, block, rows)
        total = weighted(values, self.weights, len(rows))
        best = _best(total, block.columns.ids[rows], top)
        kept = {name: found[best] for name, found in values.items()}
        strong = self._strong(need, kept, levels, rows[best])
        return Ranking(tuple(block.offers[row] for row in rows[best]), total[best], strong, kept)

    def _values(
        self, need: Need, text: NeedText | None, cosines: Floats | None, block: Block, rows: NDArray[np.int64]
    ) -> dict[str, Floats]:
        values = tag_values(need, block.columns, self._vocabulary, rows)
        if text is not None and cosines is not None:
            values["text"] = block.text_values(cosines, text, self.channel, rows)
        return values

    @staticmethod
    def _strong(need: Need, values: dict[str, Floats], levels: TextLevels | None, rows: NDArray[np.int64]) -> Flags:
        """The text passes its strong level, and a target or subject is shared where the need names any."""
        if levels is None:
            return np.zeros(len(rows), dtype=np.bool_)
        strong = levels.strong[rows]
        if need.targets or need.subjects:
            none = np.zeros(len(rows))
            strong = strong & ((values.get("targets", none) > 0) | (values.get("subjects", none) > 0))
        return np.asarray(strong)

    def _explained(self, need: Need, ranking: Ranking) -> list[Scored]:
        versions = {"weights": self.weights.version, **self.channel.versions}
        found = []
        for place, offer in enumerate(ranking.offers):
            values = {name: float(ranking.values[name][place]) for name in ranking.values}
            shares, missing = self._explainer.explain(need, offer, values, self.weights)
            band = STRONG if ranking.strong[place] else POSSIBLE
            score = float(ranking.scores[place])
            found.append(Scored(offer.id, score, band, place + 1, shares, missing, dict(versions)))
        return found


def _best(total: Floats, ids: NDArray[np.int64], top: int) -> NDArray[np.int64]:
    """The places of the `top` best, complete with everything that equals the last of them, best first."""
    rows = np.arange(len(total))
    if len(total) > top:
        least = np.partition(total, len(total) - top)[len(total) - top]
        rows = np.flatnonzero(total >= least)
    return np.asarray(rows[np.lexsort((ids[rows], -total[rows]))][:top])
