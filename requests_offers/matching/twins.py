"""Has this need been filed before? Texts that say nearly the same, in whatever languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .records import Text
from .text.channel import Channel, all_similarities, default_channel

# Calibrated similarity from which two requests of one Party are shown side by side. Measured on the demo world, where
# no two requests are the same need: docs/matching.md has the figures, tests/matching/test_twins.py the pairs.
NEAR = 0.44
_LEAST_WORDS = 6  # of a text; three words are like everything


@dataclass(frozen=True, slots=True)
class Filed:
    """An earlier request: its id and what it says."""

    id: int
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Twin:
    """An earlier request that says nearly the same, and how near: calibrated similarity in [0, 1)."""

    id: int
    score: float


def twins(
    texts: Sequence[Text],
    earlier: Sequence[Filed],
    *,
    least: float = NEAR,
    top: int = 3,
    channel: Channel | None = None,
) -> list[Twin]:
    """The earlier requests that say nearly what these texts say, nearest first; equal ones keep the lower id first."""
    if not earlier or _words(texts) < _LEAST_WORDS:
        return []
    scores = nearness(texts, earlier, channel=channel)
    found = [Twin(one.id, score) for one, score in zip(earlier, scores, strict=True) if score >= least]
    return sorted(found, key=lambda twin: (-twin.score, twin.id))[:top]


def nearness(texts: Sequence[Text], earlier: Sequence[Filed], *, channel: Channel | None = None) -> list[float]:
    """How near each earlier request is: text × n requests → n values in [0, 1)."""
    channel = channel or default_channel()
    left = channel.vectors([texts])
    right = channel.vectors([one.texts for one in earlier])
    cosines = all_similarities(left, right)[0]
    return channel.calibration.value(cosines, int(left.languages[0]), right.languages).tolist()


def _words(texts: Sequence[Text]) -> int:
    """About how many words there are; scripts without spaces count two letters as one."""
    return sum(max(len(text.text.split()), len(text.text) // 8) for text in texts)
