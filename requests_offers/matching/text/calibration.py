"""Making similarities of different language pairs comparable.

A cosine of two English texts is higher by habit than one of an Arabic and a Chinese text: the latter lost words on the
way through the pivot. Measured against random pairs of the same two languages, both mean the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .tokens import LANGUAGES, OTHER

CODES = (*LANGUAGES, OTHER)
NUMBER = {code: number for number, code in enumerate(CODES)}
_PAIRS_WANTED = 40_000
_CASES_TRUSTED = 3_000  # from so many pairs on, a pool's own figures weigh more than the general ones
_SMALLEST_SPAN = 0.02  # a background that never varies must not turn dust into certainty


@dataclass(frozen=True, slots=True)
class Calibration:
    """Mean and the 99 % and 99.9 % quantiles of random pairs, by number of need language and offer language."""

    mean: NDArray[np.float64]
    possible: NDArray[np.float64]
    strong: NDArray[np.float64]
    version: str = "none"

    def value(
        self, cosine: NDArray[np.float64], need: int | NDArray[np.int64], offers: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Calibrated similarity in [0, 1): one half at the level that one random pair in a thousand reaches."""
        mean, strong = self.mean[need, offers], self.strong[need, offers]
        above = np.maximum(0.0, (cosine - mean) / span(mean, strong))
        return np.asarray(above / (1.0 + above))

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """As plain arrays, to be stored with the lexicon."""
        return {"mean": self.mean, "possible": self.possible, "strong": self.strong}


def span(mean: NDArray[np.float64], strong: NDArray[np.float64]) -> NDArray[np.float64]:
    """From the mean to the strong level, by which similarities are measured."""
    return np.maximum(strong - mean, _SMALLEST_SPAN)


def from_arrays(arrays: Mapping[str, NDArray[np.float64]], version: str) -> Calibration:
    """The calibration that `Calibration.arrays` took apart; without any, a plain default."""
    size = (len(CODES), len(CODES))
    if not arrays:
        return Calibration(np.full(size, 0.03), np.full(size, 0.15), np.full(size, 0.25), version)
    return Calibration(arrays["mean"], arrays["possible"], arrays["strong"], version)


def _random_cosines(left: sp.csr_matrix, right: sp.csr_matrix) -> NDArray[np.float64]:
    """Cosines of many pairs that do not belong together: row i with row i + k, for as many k as needed."""
    rows = min(left.shape[0], right.shape[0])
    steps = max(1, min(rows - 1, _PAIRS_WANTED // max(rows, 1)))
    found = []
    for number in range(steps):
        shift = 1 + number * (rows - 1) // steps
        other = (np.arange(rows) + shift) % rows
        found.append(np.asarray(left[:rows].multiply(right[other]).sum(axis=1)).ravel())
    return np.concatenate(found)


def measure(vectors: Mapping[str, sp.csr_matrix], version: str) -> Calibration:
    """Calibrate on rows that say the same in each language; languages without rows get the average of the others."""
    size = (len(CODES), len(CODES))
    mean, possible, strong = (np.full(size, np.nan) for _ in range(3))
    for first, left in vectors.items():
        for second, right in vectors.items():
            if min(left.shape[0], right.shape[0]) < 2:
                continue
            cosines = _random_cosines(left, right)
            at = (NUMBER[first], NUMBER[second])
            mean[at] = cosines.mean()
            possible[at], strong[at] = np.quantile(cosines, [0.99, 0.999])
    mean, possible, strong = _filled([mean, possible, strong])
    return Calibration(mean, possible, strong, version)


def refitted(prior: Calibration, cosines: Mapping[tuple[int, int], NDArray[np.float64]], version: str) -> Calibration:
    """The calibration of a pool from the similarities of its own needs and offers, few of which belong together.

    A language pair with few cases leans on what was known before, brought to the level of this pool.
    """
    measured = {pair: _levels(found) for pair, found in cosines.items() if len(found)}
    if not measured:
        return prior
    sizes = np.array([len(cosines[pair]) for pair in measured], dtype=np.float64)
    answer = []
    for number, table in enumerate((prior.mean, prior.possible, prior.strong)):
        here = np.array([levels[number] for levels in measured.values()])
        before = np.array([table[pair] for pair in measured])
        level = float(sizes @ here) / max(float(sizes @ before), 1e-9)
        fitted = table * level
        for pair, size, value in zip(measured, sizes, here, strict=True):
            share = size / (size + _CASES_TRUSTED)
            fitted[pair] = share * value + (1 - share) * fitted[pair]
        answer.append(fitted)
    mean, possible, strong = answer
    return Calibration(mean, possible, strong, version)


def _levels(cosines: NDArray[np.float64]) -> tuple[float, float, float]:
    possible, strong = np.quantile(cosines, [0.99, 0.999])
    return float(cosines.mean()), float(possible), float(strong)


def _filled(tables: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    filled = []
    for table, default in zip(tables, (0.03, 0.15, 0.25), strict=True):
        known = table[~np.isnan(table)]
        filled.append(np.where(np.isnan(table), known.mean() if len(known) else default, table))
    return filled
