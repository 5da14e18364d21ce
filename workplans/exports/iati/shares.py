"""Percentages that sum to exactly 100."""

from collections.abc import Hashable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
WHOLE = 10_000  # hundredths of a percent


def percentages(weights: Mapping[Key, Fraction | int]) -> dict[Key, Decimal]:
    """The share of each weight in percent to two places, by largest remainder: they sum to exactly 100.

    Of equal remainders the first gets more. A share that comes to nothing is left out.
    """
    return {key: share for key, share in zip(weights, _shares(tuple(weights.values())), strict=True) if share}


@lru_cache(maxsize=4096)  # most activities share alike, and fractions are slow
def _shares(weights: tuple[Fraction | int, ...]) -> tuple[Decimal, ...]:
    total = sum(weights, Fraction(0))
    if total <= 0:
        return (Decimal(0),) * len(weights)
    exact = [Fraction(weight) * WHOLE / total for weight in weights]
    whole = [int(share) for share in exact]
    left = WHOLE - sum(whole)
    for place in sorted(range(len(exact)), key=lambda place: whole[place] - exact[place])[:left]:
        whole[place] += 1
    return tuple(Decimal(share) / 100 for share in whole)


def add(sums: dict[Key, Fraction], shares: Mapping[Key, Fraction], weight: Fraction) -> None:
    """Add the parts of one whole, so heavy as that whole is."""
    total = sum(shares.values(), Fraction(0))
    for key, share in shares.items():
        sums[key] = sums.get(key, Fraction(0)) + weight * share / total
