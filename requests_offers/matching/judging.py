"""The exact score of chosen pairs of needs and offers, in double precision; it is also the first half of the
explanation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from .criteria import Asked, Flags, Floats, admissible, half_tagged, tag_values
from .pool import AskedTexts, Block, Ints, NeedText
from .records import CRITERIA, Candidate, Weights
from .text.calibration import Calibration


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best offers for one need as numbers: each score with the criteria it is made of, best first."""

    offers: tuple[Candidate, ...]
    scores: Floats
    strong: Flags
    values: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.offers)


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs with their scores, sorted by need."""

    who: Ints
    rows: Ints
    values: dict[str, Floats]
    total: Floats
    possible: Flags
    strong: Flags

    def chosen(self, places: Ints) -> Judged:
        """Some of the pairs, in the order asked for."""
        values = {name: found[places] for name, found in self.values.items()}
        found = (self.total[places], self.possible[places], self.strong[places])
        return Judged(self.who[places], self.rows[places], values, *found)


@dataclass(frozen=True, eq=False)
class Bench:
    """Some needs before one block of offers, and everything their scores rest on."""

    block: Block
    asked: Asked
    texts: AskedTexts
    weights: Weights
    calibration: Calibration
    counting: dict[str, Flags]  # criterion → the needs for which it counts
    weight: Floats  # of all criteria that count for a need, together

    @classmethod
    def of(
        cls,
        block: Block,
        asked: Asked,
        texts: Sequence[NeedText | None],
        weights: Weights,
        calibration: Calibration,
    ) -> Bench:
        """Read the needs in the terms of the block."""
        found = block.asked(texts)
        counting = {"text": found.written, **asked.has}
        weight = np.zeros(len(asked))
        for name in CRITERIA:
            weight += weights.of(name) * counting[name]
        return cls(block, asked, found, weights, calibration, counting, weight)

    def judge(self, who: Ints, rows: Ints) -> Judged:
        """The score of each pair, whatever its band and without the hard filters: Σ w·c / Σ w, always added in one
        order.
        """
        values = tag_values(self.asked, self.block.columns, who, rows)
        text = self.block.text(self.texts, who, rows, self.calibration)
        values["text"] = text.value
        total: Floats = np.zeros(len(rows))
        for name in CRITERIA:
            total += (self.weights.of(name) * self.counting[name])[who] * values[name]
        total /= np.where(self.weight > 0, self.weight, 1.0)[who]
        written = self.texts.written
        halves = half_tagged(self.asked, self.block.columns, who, rows, written)
        on_topic = self.asked.has["targets"] | self.asked.has["subjects"]
        shared = (values["targets"] > 0) | (values["subjects"] > 0)
        strong = text.strong & written[who] & (shared | ~on_topic[who])
        return Judged(who, rows, values, total, halves | text.possible & written[who], strong)

    def best(self, who: Ints, rows: Ints, as_of: date, top: int) -> Judged:
        """The best of some pairs that may be proposed and are worth showing, each need's from best to worst."""
        allowed = admissible(self.asked, self.block.columns, who, rows, as_of)
        judged = self.judge(who[allowed], rows[allowed])
        judged = judged.chosen(np.flatnonzero(judged.possible))
        judged = judged.chosen(np.lexsort((self.block.columns.ids[judged.rows], -judged.total, judged.who)))
        place = np.arange(len(judged.who)) - np.searchsorted(judged.who, judged.who)
        return judged.chosen(np.flatnonzero(place < top))

    def rankings(self, judged: Judged, needs: Ints) -> list[Ranking]:
        """One ranking for each of the needs asked for, from pairs that `best` has put in order."""
        first = np.searchsorted(judged.who, needs).tolist()
        last = np.searchsorted(judged.who, needs, side="right").tolist()
        offers = [self.block.offers[row] for row in judged.rows.tolist()]
        found = []
        for need, low, high in zip(needs.tolist(), first, last, strict=True):
            here = slice(low, high)
            values = {name: judged.values[name][here] for name in CRITERIA if self.counting[name][need]}
            found.append(Ranking(tuple(offers[here]), judged.total[here], judged.strong[here], values))
        return found
