"""Ranking: one need against all offers, exact, in an order that depends on nothing but the records themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from .criteria import ALWAYS, Flags, Floats, Rows, Vocabulary, admissible, tag_values
from .explain import Explainer
from .pool import Block, NeedText, TextScores, joined, pack
from .records import CRITERIA, Candidate, Need, Scored, Text, Weights
from .text.channel import NEED_TERMS, Channel, default_channel

STRONG, POSSIBLE = "strong", "possible"
HALF = 0.5
_SMALL_BLOCKS = 8


@dataclass(frozen=True, slots=True)
class Scores:
    """Total and criteria of one need against a block of offers."""

    total: Floats
    values: dict[str, Floats]
    strong: Flags
    shown: Flags


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


def shares_topic(need: Need, values: dict[str, Floats], size: int) -> Flags:
    """Whether the offer shares a target or a subject, where the need names any."""
    if not need.targets and not need.subjects:
        return np.ones(size, dtype=np.bool_)
    none = np.zeros(size)
    return np.asarray((values.get("targets", none) > 0) | (values.get("subjects", none) > 0))


def tagged_alike(need: Need, values: dict[str, Floats], text_counts: bool, size: int) -> Flags:
    """At least half of the targets; a need with neither text nor targets is judged by the next tags it has."""
    if "targets" in values:
        return np.asarray(values["targets"] >= HALF)
    if not text_counts:
        for name in ("subjects", "cooperation_types"):
            if name in values:
                return np.asarray(values[name] >= HALF)
    return np.zeros(size, dtype=np.bool_)


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
        text = self.read(need)
        found: list[tuple[float, int, bool, Block, int]] = []
        for held in self._held:
            scores = self._scores(need, text, held.block)
            shown = scores.shown & held.alive & admissible(need, held.block.columns, self._vocabulary, as_of)
            for row in _best(scores.total, held.block.columns.ids, np.flatnonzero(shown), top):
                offer_id = int(held.block.columns.ids[row])
                found.append((-float(scores.total[row]), offer_id, bool(scores.strong[row]), held.block, int(row)))
        found.sort(key=lambda entry: entry[:2])
        return [
            self._scored(need, text, block, row, STRONG if strong else POSSIBLE, rank)
            for rank, (_, _, strong, block, row) in enumerate(found[:top], start=1)
        ]

    def rank_many(self, needs: Sequence[Need], *, as_of: date, top: int = 50) -> list[list[Scored]]:
        """`rank` for several needs."""
        return [self.rank(need, as_of=as_of, top=top) for need in needs]

    def score_pair(self, need: Need, offer_id: int, as_of: date) -> float | None:
        """The score of one pair whatever its band; nothing where a hard filter forbids it or the offer is not there."""
        if offer_id not in self._place:
            return None
        held, row = self._place[offer_id]
        if not admissible(need, held.block.columns, self._vocabulary, as_of)[row]:
            return None
        return float(self._scores(need, self.read(need), held.block).total[row])

    def totals(self, need: Need) -> Floats:
        """The score of every offer in the order of their ids, whatever its band and without the hard filters."""
        text = self.read(need)
        return self._in_order(lambda block: self._scores(need, text, block).total)

    def text_values(self, need: Need) -> Floats:
        """The text criterion of every offer in the order of their ids."""
        text = self.read(need)
        if text is None:
            return np.zeros(len(self))
        return self._in_order(lambda block: block.text_scores(text, self.channel).value)

    def _in_order(self, read: Callable[[Block], Floats]) -> Floats:
        parts = [(held.block.columns.ids[held.alive], read(held.block)[held.alive]) for held in self._held]
        ids = np.concatenate([*(part[0] for part in parts), np.zeros(0, dtype=np.int64)])
        values = np.concatenate([*(part[1] for part in parts), np.zeros(0)])
        return np.asarray(values[np.argsort(ids)])

    def read(self, need: Need) -> NeedText | None:
        """The text of a need as a vector; nothing where there is no word to go by."""
        written = [text for text in need.texts if text.text.strip()] or [Text("")]
        vectors = self.channel.vectors([written], NEED_TERMS)
        keys, values = vectors.row(0)
        return NeedText(keys, values, int(vectors.languages[0]), float(vectors.lengths[0])) if len(keys) else None

    def _scores(self, need: Need, text: NeedText | None, block: Block, rows: Rows = ALWAYS) -> Scores:
        size = len(block)
        values = tag_values(need, block.columns, self._vocabulary, rows)
        none = np.zeros(size, dtype=np.bool_)
        texts = TextScores(np.zeros(size), none, none)
        if text is not None:
            texts = block.text_scores(text, self.channel)
            values["text"] = texts.value
        strong = texts.strong & shares_topic(need, values, size)
        shown = strong | texts.possible | tagged_alike(need, values, text is not None, size)
        return Scores(weighted(values, self.weights, size), values, strong, shown)

    def _scored(
        self, need: Need, text: NeedText | None, block: Block, row: int, band: str, rank: int
    ) -> Scored:
        scores = self._scores(need, text, block)
        values = {name: float(found[row]) for name, found in scores.values.items()}
        shares, missing = self._explainer.explain(need, block.offers[row], values, self.weights)
        return Scored(
            offer_id=block.offers[row].id,
            score=float(scores.total[row]),
            band=band,
            rank=rank,
            explanation=shares,
            missing=missing,
            versions={"weights": self.weights.version, **self.channel.versions},
        )


def _best(total: Floats, ids: NDArray[np.int64], rows: NDArray[np.int64], top: int) -> NDArray[np.int64]:
    """The `top` best of the given rows, complete with everything that equals the last of them, best first."""
    if len(rows) > top:
        values = total[rows]
        least = np.partition(values, len(values) - top)[len(values) - top]
        rows = rows[values >= least]
    order = np.lexsort((ids[rows], -total[rows]))
    return np.asarray(rows[order][:top])
