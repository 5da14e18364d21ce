"""Ranking: one need against all offers, exact, in an order that depends on nothing but the records themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from .bounds import Bounds, Singles
from .criteria import Asked, Flags, Floats, Vocabulary, admissible
from .explain import Explainer
from .judging import Bench, Judged, Ranking
from .pool import Block, NeedText, joined, pack
from .records import Candidate, Need, Scored, Text, Weights
from .search import opened_on, search
from .text.channel import NEED_TERMS, Channel, default_channel

STRONG, POSSIBLE = "strong", "possible"
_SMALL_BLOCKS = 8


@dataclass
class _Held:
    """A block and which of its offers are still in the index."""

    block: Block
    alive: Flags
    bounds: Bounds
    _opened: tuple[date, Singles] | None = None

    def drop(self, row: int) -> None:
        """Take one offer out."""
        self.alive[row] = False
        self._opened = None

    def opened(self, as_of: date) -> Singles:
        """Zero for the offers that are open on a day, minus infinity for the others; the latest answer is kept."""
        kept = self._opened
        if kept is None or kept[0] != as_of:
            self._opened = kept = (as_of, opened_on(self.block.columns, self.alive, as_of))
        return kept[1]


def merged(parts: Sequence[Ranking], top: int) -> Ranking:
    """The best of several rankings for the same need."""
    offers = [offer for part in parts for offer in part.offers]
    scores = np.concatenate([*(part.scores for part in parts), np.zeros(0)])
    ids = np.array([offer.id for offer in offers], dtype=np.int64)
    best = np.lexsort((ids, -scores))[:top]
    names = parts[0].values if parts else {}
    return Ranking(
        offers=tuple(offers[place] for place in best),
        scores=scores[best],
        strong=np.concatenate([*(part.strong for part in parts), np.zeros(0, dtype=np.bool_)])[best],
        values={name: np.concatenate([part.values[name] for part in parts])[best] for name in names},
    )


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
                held.drop(row)

    def _hold(self, block: Block) -> None:
        bounds = Bounds(block, self.channel.calibration, self.weights, self._vocabulary)
        held = _Held(block, np.ones(len(block), dtype=np.bool_), bounds)
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
        return self.order_many([need], as_of=as_of, top=top, threads=1)[0]

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
        parts = [self._best_of(needs, texts, held, as_of, top, threads) for held in self._held]
        if len(parts) == 1:
            return parts[0]
        return [merged([part[number] for part in parts], top) for number in range(len(needs))]

    def score_pair(self, need: Need, offer_id: int, as_of: date) -> float | None:
        """The score of one pair whatever its band; nothing where a hard filter forbids it or the offer is not there."""
        if offer_id not in self._place:
            return None
        held, row = self._place[offer_id]
        bench, who, rows = (
            self._bench([need], self.read_many([need]), held.block),
            np.zeros(1, np.int64),
            np.array([row]),
        )
        if not admissible(bench.asked, held.block.columns, who, rows, as_of)[0]:
            return None
        return float(bench.judge(who, rows).total[0])

    def totals(self, need: Need) -> Floats:
        """The score of every offer in the order of their ids, whatever its band and without the hard filters."""
        return self._in_order(need, lambda judged: judged.total)

    def text_values(self, need: Need) -> Floats:
        """The text criterion of every offer in the order of their ids."""
        return self._in_order(need, lambda judged: judged.values["text"])

    def _in_order(self, need: Need, read: Callable[[Judged], Floats]) -> Floats:
        texts = self.read_many([need])
        ids, values = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
        for held in self._held:
            rows = np.flatnonzero(held.alive)
            judged = self._bench([need], texts, held.block).judge(np.zeros_like(rows), rows)
            ids.append(held.block.columns.ids[rows])
            values.append(read(judged))
        return np.asarray(np.concatenate(values)[np.argsort(np.concatenate(ids))])

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

    def _bench(self, needs: Sequence[Need], texts: Sequence[NeedText | None], block: Block) -> Bench:
        return Bench.of(block, Asked(needs, self._vocabulary), texts, self.weights, self.channel.calibration)

    def _best_of(
        self, needs: Sequence[Need], texts: Sequence[NeedText | None], held: _Held, as_of: date, top: int, threads: int
    ) -> list[Ranking]:
        """The best of one block for each need."""
        bench = self._bench(needs, texts, held.block)
        return search(held.bounds, bench, held.opened(as_of), as_of=as_of, top=top, threads=threads)

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
