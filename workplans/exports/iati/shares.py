"""Percentages that sum to exactly 100."""

from collections.abc import Hashable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
WHOLE = 10_000  # hundredths of a percent


def percentages(weights: Mapping[Key, Fraction | int]) -> dict[Key, Decimal]:
    """The share of each weight in percent to two places, by largest remainder: they sum to exactly 100.

    Of equal remainders the first gets more. What is less than half a hundredth of a percent falls out.
    """
    total = sum(weights.values(), Fraction(0))
    if total <= 0:
        return {}
    exact = {key: Fraction(weight) * WHOLE / total for key, weight in weights.items()}
    whole = {key: int(share) for key, share in exact.items()}
    left = WHOLE - sum(whole.values())
    for key in sorted(exact, key=lambda key: whole[key] - exact[key])[:left]:
        whole[key] += 1
    return {key: Decimal(share) / 100 for key, share in whole.items() if share}


def add(sums: dict[Key, Fraction], shares: Mapping[Key, Fraction], weight: Fraction) -> None:
    """Add the parts of one whole, so heavy as that whole is."""
    total = sum(shares.values(), Fraction(0))
    for key, share in shares.items():
        sums[key] = sums.get(key, Fraction(0)) + weight * share / total
