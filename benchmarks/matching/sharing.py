"""Allocation beside a general solver of linear programs, and whether both find the same optimum."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from benchmarks.matching.peers import interleaved
from requests_offers.matching.allocate import Demand, Pair, _market, by_flow

NEEDS, OFFERS, CANDIDATES = 2_000, 5_000, 50


def allocation(seed: int = 0) -> dict[str, Any]:
    """One place per offer and need, the same value in both: a score relative to the best of its need.

    Both get the problem as arrays; writing it down is not part of the time.
    """
    random = np.random.default_rng(seed)
    offers = np.array([np.sort(random.choice(OFFERS, CANDIDATES, replace=False)) for _ in range(NEEDS)])
    scores = np.round(random.random((NEEDS, CANDIDATES)), 6) * 0.9 + 0.05
    pairs = [
        Pair(need, int(offer), float(score))
        for need in range(NEEDS)
        for offer, score in zip(offers[need], scores[need], strict=True)
    ]
    values = (scores / scores.max(axis=1, keepdims=True)).ravel()
    one_each = sp.csr_matrix((np.ones(len(values)), (np.repeat(np.arange(NEEDS), CANDIDATES), np.arange(len(values)))))
    places = sp.csr_matrix(
        (np.ones(len(values)), (offers.ravel(), np.arange(len(values)))), shape=(OFFERS, len(values))
    )
    rules = sp.vstack([one_each, places]).tocsr()
    demands, capacity = [Demand(need) for need in range(NEEDS)], dict.fromkeys(range(OFFERS), 1)
    market, _ = _market(pairs, demands, capacity, (), 1.0)
    answer: dict[str, Any] = {}

    def ours() -> None:
        answer["ours"] = float(market.value[by_flow(market, floor=False)].sum())

    def highs() -> None:
        solved = linprog(-values, A_ub=rules, b_ub=np.ones(rules.shape[0]), bounds=(0, 1), method="highs")
        answer["highs"] = -solved.fun

    times = interleaved({"ours": (ours, 1.0), "highs_lp": (highs, 1.0)})
    return {
        "needs": NEEDS,
        "offers": OFFERS,
        "candidates": CANDIDATES,
        "seconds": round(times["ours"].seconds, 4),
        "highs_lp_seconds": round(times["highs_lp"].seconds, 4),
        "highs_lp_times_ours": round(times["highs_lp"].seconds / times["ours"].seconds, 2),
        "share_of_optimum": round(answer["ours"] / answer["highs"], 7),
    }
