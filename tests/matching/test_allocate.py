"""Allocation rounds."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_offers.matching.allocate import Demand, Pair, allocate
from tests.examples import some

METHODS = ["flow", "turns", "greedy"]


def chosen(answer):
    return {(pair.need_id, pair.offer_id) for pair in answer.chosen}


def test_everybody_is_served_where_greed_leaves_one_out():
    pairs = [Pair(1, 10, 0.9), Pair(1, 11, 0.8), Pair(2, 10, 0.9)]
    demands, capacity = [Demand(1), Demand(2)], {10: 1, 11: 1}
    assert chosen(allocate(pairs, demands, capacity)) == {(1, 11), (2, 10)}
    assert allocate(pairs, demands, capacity, method="greedy").figures["served"] == 1


def test_scores_of_different_needs_are_compared_by_their_own_best():
    pairs = [Pair(1, 10, 0.30), Pair(1, 11, 0.15), Pair(2, 10, 0.90), Pair(2, 11, 0.85)]
    assert chosen(allocate(pairs, [Demand(1), Demand(2)], {10: 1, 11: 1})) == {(1, 10), (2, 11)}


def test_priority_decides_between_equals():
    pairs = [Pair(1, 10, 0.5), Pair(2, 10, 0.5)]
    for method in METHODS:
        answer = allocate(pairs, [Demand(1), Demand(2, priority=True)], {10: 1}, method=method)
        assert chosen(answer) == {(2, 10)}


def test_agreed_pairs_use_up_place_and_demand():
    pairs = [Pair(1, 10, 0.9), Pair(2, 10, 0.9), Pair(2, 11, 0.4)]
    answer = allocate(pairs, [Demand(1), Demand(2)], {10: 1, 11: 1}, agreed=[(1, 10)])
    assert chosen(answer) == {(2, 11)}


def test_the_next_three_are_alternates():
    pairs = [Pair(1, offer, 1.0 - offer / 100) for offer in range(10, 16)]
    answer = allocate(pairs, [Demand(1)], dict.fromkeys(range(10, 16), 1))
    assert [pair.offer_id for pair in answer.alternates[1]] == [11, 12, 13]


def test_a_first_match_is_not_poorer_than_it_must_be_when_offers_are_scarce():
    pairs = [Pair(1, 10, 1.0), Pair(1, 11, 0.9), Pair(2, 10, 1.0), Pair(2, 11, 0.1), Pair(1, 12, 0.2)]
    answer = allocate(pairs, [Demand(1, wanted=2), Demand(2, wanted=2)], {10: 1, 11: 1, 12: 1})
    assert {(1, 11), (2, 10)} <= chosen(answer)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_to_share_is_no_fault(method):
    assert allocate([], [], {}, method=method).chosen == ()
    assert allocate([Pair(1, 2, 0.5)], [Demand(1)], {}, method=method).chosen == ()


problems = st.tuples(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 20)), max_size=8, unique_by=lambda p: p[:2]
    ),
    st.lists(st.integers(1, 2), min_size=4, max_size=4),
    st.lists(st.integers(0, 2), min_size=4, max_size=4),
)


def feasible(pairs, wanted, places):
    return all(sum(p.need_id == n for p in pairs) <= wanted[n - 1] for n in range(1, 5)) and all(
        sum(p.offer_id == o for p in pairs) <= places[o - 1] for o in range(1, 5)
    )


@some(60)
@given(problems, st.sampled_from(METHODS))
def test_no_method_breaks_a_limit_and_order_never_matters(problem, method):
    entries, wanted, places = problem
    pairs = [Pair(need, offer, score / 20) for need, offer, score in entries]
    demands = [Demand(number, wanted[number - 1]) for number in range(1, 5)]
    capacity = {number: places[number - 1] for number in range(1, 5)}
    answer = allocate(pairs, demands, capacity, method=method)
    assert feasible(answer.chosen, wanted, places)
    assert answer == allocate(pairs[::-1], demands[::-1], capacity, method=method)


@some(60)
@given(problems)
def test_the_flow_serves_as_many_needs_as_any_choice_could(problem):
    entries, wanted, places = problem
    pairs = [Pair(need, offer, score / 20) for need, offer, score in entries]
    demands = [Demand(number, wanted[number - 1]) for number in range(1, 5)]
    answer = allocate(pairs, demands, {number: places[number - 1] for number in range(1, 5)})
    possible = (
        len({pair.need_id for pair in some})
        for size in range(len(pairs) + 1)
        for some in combinations(pairs, size)
        if feasible(some, wanted, places)
    )
    assert answer.figures["served"] == max(possible, default=0)
