"""How good an order is: the measures by which the matcher is judged, and the plain baselines it is compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from math import log, log2

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EASY_HIGH, EASY_LOW = 4.0, 2.0


def ndcg(scores: Floats, grades: Floats, at: int = 10) -> float:
    """Normalised discounted cumulative gain with the grades as gains; equal scores keep their order."""
    order = np.argsort(-scores, kind="stable")[:at]
    discounts = 1.0 / np.log2(np.arange(2, at + 2))
    best = np.sort(grades)[::-1][:at]
    ideal = float(best @ discounts[: len(best)])
    return float(grades[order] @ discounts[: len(order)]) / ideal if ideal else 0.0


def recall(scores: Floats, grades: Floats, at: int = 10) -> float:
    """The share of what is relevant that is among the first."""
    order = np.argsort(-scores, kind="stable")[:at]
    relevant = int((grades > 0).sum())
    return float((grades[order] > 0).sum()) / relevant if relevant else 0.0


def reciprocal_rank(scores: Floats, grades: Floats) -> float:
    """One over the place of the first relevant one; it shares its place with all that score the same."""
    if not (grades > 0).any():
        return 0.0
    best = scores[grades > 0].max()
    ahead = float((scores > best).sum())
    level = float(((scores == best) & (grades <= 0)).sum())
    return 1.0 / (1.0 + ahead + level / 2)


def pair_measures(groups: Sequence[tuple[Floats, Floats]]) -> dict[str, float]:
    """Loss, easy and hard accuracy over all pairs of differently graded entries of each group."""
    cost = total = 0.0
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for scores, grades in groups:
        for first, second in combinations(range(len(scores)), 2):
            if grades[first] == grades[second]:
                continue
            high, low = (first, second) if grades[first] > grades[second] else (second, first)
            gap = float(grades[high] - grades[low])
            wrong = 0.5 if scores[high] == scores[low] else float(scores[high] < scores[low])
            cost += gap * wrong
            total += gap
            for kind in _kinds(grades[high], grades[low]):
                count[kind] += 1
                right[kind] += scores[high] > scores[low]
    return {
        "pairwise_loss": cost / total if total else 0.0,
        "easy_accuracy": right["easy"] / count["easy"] if count["easy"] else 0.0,
        "hard_accuracy": right["hard"] / count["hard"] if count["hard"] else 0.0,
    }


def _kinds(high: float, low: float) -> list[str]:
    kinds = []
    if high >= EASY_HIGH and low <= EASY_LOW:
        kinds.append("easy")
    if high >= EASY_HIGH and low >= EASY_HIGH:
        kinds.append("hard")
    return kinds


def listwise(scores: Mapping[str, Floats], grades: Mapping[str, Floats]) -> dict[str, float]:
    """The means of nDCG@10, recall@10 and MRR over queries that have anything relevant."""
    judged = [name for name in grades if (grades[name] > 0).any()]
    if not judged:
        return {"ndcg_at_10": 0.0, "recall_at_10": 0.0, "mrr": 0.0}
    return {
        "ndcg_at_10": float(np.mean([ndcg(scores[name], grades[name]) for name in judged])),
        "recall_at_10": float(np.mean([recall(scores[name], grades[name]) for name in judged])),
        "mrr": float(np.mean([reciprocal_rank(scores[name], grades[name]) for name in judged])),
    }


# Baselines -------------------------------------------------------------------


def bm25(query: Sequence[str], pool: Sequence[Counter[str]], k: float = 1.5, b: float = 0.75) -> Floats:
    """Okapi BM25 of a query against a pool of counted documents."""
    lengths = np.array([sum(document.values()) for document in pool], dtype=np.float64)
    average = lengths.mean() or 1.0
    total = np.zeros(len(pool))
    for word in sorted(set(query)):
        counts = np.array([document[word] for document in pool], dtype=np.float64)
        seen = float((counts > 0).sum())
        if seen:
            idf = log(1 + (len(pool) - seen + 0.5) / (seen + 0.5))
            total += idf * counts * (k + 1) / (counts + k * (1 - b + b * lengths / average))
    return total


def tf_idf(query: Sequence[str], pool: Sequence[Counter[str]]) -> Floats:
    """The cosine of logarithmic TF-IDF vectors."""
    seen = Counter(word for document in pool for word in document)

    def vector(counts: Counter[str]) -> dict[str, float]:
        weights = {word: (1 + log2(count)) * log((len(pool) + 1) / (seen[word] + 1)) for word, count in counts.items()}
        length = sum(weight * weight for weight in weights.values()) ** 0.5 or 1.0
        return {word: weight / length for word, weight in weights.items()}

    wanted = vector(Counter(query))
    vectors = [vector(document) for document in pool]
    return np.array([sum(weight * one.get(word, 0.0) for word, weight in wanted.items()) for one in vectors])
