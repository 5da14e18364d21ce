"""Sharing scarce offers among many needs: a capacity-constrained flow with fairness, and a plain fallback without
OR-Tools.

Scores of different needs rest on different fields and cannot be compared as they are; so the value of a pair is its
score relative to the best score of its need. Equity acts here, by a weight on the need, and nowhere in the score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import maximum_flow

EQUITY_WEIGHT = 1.25
FIRST_MATCH_BONUS = 4.0  # the first match of a need is worth this many times its value
ALTERNATES = 3
_UNIT = 1_000_000  # values become whole numbers for the flow

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pair:
    """A scored need and offer."""

    need_id: int
    offer_id: int
    score: float


@dataclass(frozen=True, slots=True)
class Demand:
    """How many matches a need still wants, and whether equity gives it weight (LDC or SIDS)."""

    need_id: int
    wanted: int = 1
    priority: bool = False


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who gets what: chosen pairs, alternates per need, and the figures a coordinator compares."""

    method: str
    chosen: tuple[Pair, ...]
    alternates: Mapping[int, tuple[Pair, ...]]
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Market:
    """The same problem as arrays, in a fixed order."""

    pairs: tuple[Pair, ...]
    need: Ints
    offer: Ints
    value: Floats  # score relative to the need's best, times equity
    score: Floats
    wanted: Ints
    capacity: Ints
    weight: Floats


def allocate(
    pairs: Iterable[Pair],
    demands: Sequence[Demand],
    capacity: Mapping[int, int],
    *,
    agreed: Iterable[tuple[int, int]] = (),
    equity_weight: float = EQUITY_WEIGHT,
    method: str = "flow",
) -> Allocation:
    """Run one round.

    Agreed pairs stay as they are and use up capacity and demand; the order of the input never matters.
    """
    market, fixed = _market(pairs, demands, capacity, agreed, equity_weight)
    if method == "flow" and len(market.pairs):
        chosen = by_flow(market, floor=_is_scarce(market))
    elif method == "greedy":
        chosen = by_greed(market)
    else:
        chosen = by_turns(market)
    return _answer(market, chosen, method, fixed)


def _market(
    pairs: Iterable[Pair],
    demands: Sequence[Demand],
    capacity: Mapping[int, int],
    agreed: Iterable[tuple[int, int]],
    equity_weight: float,
) -> tuple[_Market, frozenset[tuple[int, int]]]:
    fixed = frozenset(agreed)
    needs = {demand.need_id: demand for demand in sorted(demands, key=lambda one: one.need_id)}
    best: dict[tuple[int, int], Pair] = {}
    for pair in pairs:
        key = (pair.need_id, pair.offer_id)
        usable = pair.need_id in needs and key not in fixed and pair.score > 0
        if usable and (key not in best or pair.score > best[key].score):
            best[key] = pair
    kept = tuple(best[key] for key in sorted(best))
    need_at = {need_id: number for number, need_id in enumerate(needs)}
    offer_at = {offer_id: number for number, offer_id in enumerate(sorted({pair.offer_id for pair in kept}))}
    need = np.array([need_at[pair.need_id] for pair in kept], dtype=np.int64)
    offer = np.array([offer_at[pair.offer_id] for pair in kept], dtype=np.int64)
    score = np.array([pair.score for pair in kept], dtype=np.float64)
    top = np.zeros(len(needs))
    np.maximum.at(top, need, score)
    weight = np.array([equity_weight if one.priority else 1.0 for one in needs.values()], dtype=np.float64)
    wanted = np.array(
        [max(0, one.wanted - sum(pair[0] == one.need_id for pair in fixed)) for one in needs.values()], dtype=np.int64
    )
    places = np.array(
        [max(0, capacity.get(one, 0) - sum(pair[1] == one for pair in fixed)) for one in offer_at], dtype=np.int64
    )
    value = weight[need] * score / top[need] if len(kept) else score
    return _Market(kept, need, offer, value, score, wanted, places, weight), fixed


def _is_scarce(market: _Market) -> bool:
    """Whether there are fewer places than matches wanted."""
    return int(market.capacity.sum()) < int(market.wanted.sum())


# Methods --------------------------------------------------------------------


def by_flow(market: _Market, *, floor: bool) -> NDArray[np.bool_]:
    """The best total value that serves as many needs as can be served; where supply is scarce, without very poor
    firsts.
    """
    relative = market.value / market.weight[market.need]
    good_enough = relative >= (_highest_floor(market, relative) if floor else 0.0)
    return _solve(market, good_enough)


def _highest_floor(market: _Market, relative: Floats) -> float:
    """The highest relative score below which no first match need fall while as many needs are served as at all
    possible.
    """
    levels = np.unique(relative)
    most = _served(market, relative >= levels[0])
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _served(market, relative >= levels[middle]) >= most:
            low = middle
        else:
            high = middle - 1
    return float(levels[low])


def _served(market: _Market, kept: NDArray[np.bool_]) -> int:
    """How many needs can have one of the kept matches."""
    needs, offers = len(market.wanted), len(market.capacity)
    source, sink = needs + offers, needs + offers + 1
    rows = np.concatenate([market.need[kept], np.full(needs, source), needs + np.arange(offers)])
    columns = np.concatenate([needs + market.offer[kept], np.arange(needs), np.full(offers, sink)])
    limits = np.concatenate([np.ones(kept.sum()), np.minimum(market.wanted, 1), market.capacity]).astype(np.int32)
    graph = coo_matrix((limits, (rows, columns)), shape=(sink + 1, sink + 1)).tocsr()
    return int(maximum_flow(graph, source, sink).flow_value)


def _solve(market: _Market, first: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Minimum-cost flow. Each need has a way for its first match, with a bonus, and one for the others.

    Pairs good enough for a first match lie on both ways and so have a node of their own, through which one unit fits.
    Where all pairs are good enough the two ways are one.
    """
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415 - slow to load, and only the rounds need it

    needs, offers, edges = len(market.wanted), len(market.capacity), len(market.pairs)
    split = not first.all()
    both, later = np.flatnonzero(first & split), np.flatnonzero(~(first & split))
    more_at, offer_at, pair_at = needs * split, 2 * needs, 2 * needs + offers
    source, sink = pair_at + len(both), pair_at + len(both) + 1
    value = np.round(market.value * _UNIT).astype(np.int64)
    bonus = np.round(FIRST_MATCH_BONUS * market.weight * _UNIT).astype(np.int64)
    ends = pair_at + np.arange(len(both))
    arcs = [  # tail, head, capacity, cost; the arcs of the pairs come first
        (ends, offer_at + market.offer[both], np.ones(len(both)), -value[both]),
        (more_at + market.need[later], offer_at + market.offer[later], np.ones(len(later)), -value[later]),
        (market.need[both], ends, np.ones(len(both)), np.zeros(len(both))),
        (more_at + market.need[both], ends, np.ones(len(both)), np.zeros(len(both))),
        (np.full(needs, source), np.arange(needs), np.minimum(market.wanted, 1), -bonus),
        (np.full(needs, source), more_at + np.arange(needs), np.maximum(market.wanted - 1, 0), np.zeros(needs)),
        (offer_at + np.arange(offers), np.full(offers, sink), market.capacity, np.zeros(offers)),
    ]
    flow = min_cost_flow.SimpleMinCostFlow()
    columns = (np.concatenate(part).astype(np.int64) for part in zip(*arcs, strict=True))
    flow.add_arcs_with_capacity_and_unit_cost(*columns)
    demand = int(market.wanted.sum())
    flow.add_arc_with_capacity_and_unit_cost(source, sink, demand, 0)
    flow.set_node_supply(source, demand)
    flow.set_node_supply(sink, -demand)
    if flow.solve() != flow.OPTIMAL:
        raise ArithmeticError("the flow of an allocation round has no solution")
    chosen = np.zeros(edges, dtype=np.bool_)
    chosen[np.concatenate([both, later])] = flow.flows(np.arange(edges)) > 0
    return chosen


def by_turns(market: _Market) -> NDArray[np.bool_]:
    """Rounds of picking: priority needs first, then who has least; each takes its best offer that has a place."""
    chosen = np.zeros(len(market.pairs), dtype=np.bool_)
    places, wanted = market.capacity.copy(), market.wanted.copy()
    has = np.zeros(len(wanted))
    lists = _preferences(market)
    for _ in range(int(wanted.max(initial=0))):
        for need in np.lexsort((np.arange(len(wanted)), has / market.weight, -market.weight)):
            if not wanted[need]:
                continue
            for edge in lists[need]:
                if places[market.offer[edge]] and not chosen[edge]:
                    chosen[edge] = True
                    places[market.offer[edge]] -= 1
                    wanted[need] -= 1
                    has[need] += market.value[edge]
                    break
    return chosen


def by_greed(market: _Market) -> NDArray[np.bool_]:
    """All pairs by value, each taken if both sides still have room: what a spreadsheet would do, for comparison."""
    chosen = np.zeros(len(market.pairs), dtype=np.bool_)
    places, wanted = market.capacity.copy(), market.wanted.copy()
    for edge in np.lexsort((market.offer, market.need, -market.value)):
        need, offer = market.need[edge], market.offer[edge]
        if places[offer] and wanted[need]:
            chosen[edge] = True
            places[offer] -= 1
            wanted[need] -= 1
    return chosen


def _preferences(market: _Market) -> list[list[int]]:
    lists: list[list[int]] = [[] for _ in market.wanted]
    for edge in np.lexsort((market.offer, -market.score)):
        lists[market.need[edge]].append(int(edge))
    return lists


# Answer ---------------------------------------------------------------------


def _answer(market: _Market, chosen: NDArray[np.bool_], method: str, fixed: frozenset[tuple[int, int]]) -> Allocation:
    alternates: dict[int, tuple[Pair, ...]] = {}
    for edges in _preferences(market):
        rest = [market.pairs[edge] for edge in edges if not chosen[edge]]
        if edges:
            alternates[market.pairs[edges[0]].need_id] = tuple(rest[:ALTERNATES])
    pairs = tuple(market.pairs[edge] for edge in np.flatnonzero(chosen))
    return Allocation(method, pairs, alternates, figures(market, chosen))


def figures(market: _Market, chosen: NDArray[np.bool_]) -> dict[str, float]:
    """What a coordinator compares: total, served, worst off, priority against others, evenness of the load."""
    needs = len(market.wanted)
    count = np.bincount(market.need[chosen], minlength=needs)
    got = np.bincount(market.need[chosen], market.value[chosen], needs) / market.weight
    asking = market.wanted > 0
    satisfied = np.divide(got, market.wanted, out=np.zeros(needs), where=asking)
    priority = asking & (market.weight > 1)
    others = asking & (market.weight <= 1)
    load = np.bincount(market.offer[chosen], minlength=len(market.capacity)) / np.maximum(market.capacity, 1)
    return {
        "total_score": float(market.score[chosen].sum()),
        "total_value": float(market.value[chosen].sum()),
        "needs": float(asking.sum()),
        "served": float((asking & (count > 0)).sum()),
        "fully_served": float((asking & (count >= market.wanted)).sum()),
        "worst_off": float(satisfied[asking].min()) if asking.any() else 0.0,
        "priority_satisfaction": float(satisfied[priority].mean()) if priority.any() else 0.0,
        "other_satisfaction": float(satisfied[others].mean()) if others.any() else 0.0,
        "load_gini": _gini(load),
    }


def _gini(load: Floats) -> float:
    if not len(load) or not load.sum():
        return 0.0
    ordered = np.sort(load)
    ranks = 2 * np.arange(1, len(ordered) + 1) - len(ordered) - 1
    return float(ranks @ ordered / (ordered.sum() * len(ordered)))
