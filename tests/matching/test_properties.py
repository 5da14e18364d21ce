"""What holds for every pool: exact, blind to order, monotone, the same after any history of changes."""

import random as chance
from dataclasses import replace
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from requests_offers.matching import search
from requests_offers.matching.rank import Index
from tests.examples import some
from tests.matching import plain_scorer
from tests.matching.worlds import TODAY, large_world, needs, offers, pools, subjects, targets

relaxed = some(150)


def order(found):
    return [(scored.offer_id, scored.score, scored.band) for scored in found]


@relaxed
@given(needs(), pools, st.integers(1, 8))
def test_the_ranking_is_the_one_of_brute_force_to_the_last_bit(need, pool, top):
    index = Index(pool)
    assert order(index.rank(need, as_of=TODAY, top=top)) == plain_scorer.rank(index, need, pool, TODAY, top)


@some(8)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_short_lists_from_large_pools_lose_nobody_and_threads_change_nothing(seed, top):
    wanted, pool = large_world(seed, needs_wanted=18, offers_wanted=150)
    index = Index(pool)
    with patch.multiple(search, _SPARE=0, _FEW=0):  # as short as can be: most first lists lack somebody
        found = [index.order_many(wanted, as_of=TODAY, top=top, threads=threads) for threads in (1, 2, 5)]
    for ranking, another, third, need in zip(*found, wanted, strict=True):
        expected = plain_scorer.rank(index, need, pool, TODAY, top)
        assert [offer.id for offer in ranking.offers] == [offer_id for offer_id, _, _ in expected]
        assert ranking.scores.tolist() == [score for _, score, _ in expected]
        assert ranking.scores.tolist() == another.scores.tolist() == third.scores.tolist()
        assert ranking.offers == another.offers == third.offers


@some(5)
@given(st.integers(0, 10**6))
def test_five_hundred_edits_leave_the_index_as_one_built_anew(seed):
    wanted, pool = large_world(seed, needs_wanted=6, offers_wanted=60)
    _, later = large_world(seed + 1, needs_wanted=1, offers_wanted=120)
    random = chance.Random(seed)
    index, now = Index(pool), {offer.id: offer for offer in pool}
    for number in range(500):
        if random.random() < 0.3:
            gone = random.randint(1, 120)
            index.remove([gone])
            now.pop(gone, None)
        else:
            changed = replace(random.choice(later), id=random.randint(1, 120))
            index.update([changed])
            now[changed.id] = changed
        if number % 100 == 99:
            fresh = Index(now.values())
            assert index.rank_many(wanted, as_of=TODAY) == fresh.rank_many(wanted, as_of=TODAY)


@relaxed
@given(needs(), pools, st.randoms(use_true_random=False))
def test_the_order_of_the_offers_never_matters(need, pool, random):
    shuffled = list(pool)
    random.shuffle(shuffled)
    assert Index(pool).rank(need, as_of=TODAY) == Index(shuffled).rank(need, as_of=TODAY)


@relaxed
@given(needs(), offers(), targets, subjects)
def test_more_overlap_never_lowers_a_score(need, offer, more_targets, more_subjects):
    richer = replace(
        offer,
        id=offer.id + 100,
        targets=offer.targets | more_targets,
        subjects=offer.subjects | more_subjects,
        parties=offer.parties | need.parties,
        regions=offer.regions | need.regions,
        cooperation_types=offer.cooperation_types | need.cooperation_types,
    )
    index = Index([offer, richer])
    need = replace(need, excluded_offers=frozenset())
    before, after = (index.score_pair(need, one.id, TODAY) for one in (offer, richer))
    assert (before is None) == (after is None)
    assert before is None or after >= before


@relaxed
@given(needs(), pools)
def test_doubling_a_pool_keeps_the_winner(need, pool):
    need = replace(need, excluded_offers=frozenset())
    twins = [replace(offer, id=offer.id + 1000) for offer in pool]
    alone, doubled = Index(pool).rank(need, as_of=TODAY), Index(pool + twins).rank(need, as_of=TODAY)
    assert order(alone[:1]) == order(doubled[:1])


@relaxed
@given(needs(), pools)
def test_scores_lie_between_nothing_and_one_and_fall(need, pool):
    scores = [scored.score for scored in Index(pool).rank(need, as_of=TODAY)]
    assert all(0.0 <= score <= 1.0 for score in scores)
    assert scores == sorted(scores, reverse=True)


@relaxed
@given(st.lists(needs(), max_size=6), pools, st.integers(1, 5))
def test_many_needs_at_once_are_ranked_as_each_alone(wanted, pool, top):
    index = Index(pool)
    alone = [index.rank(need, as_of=TODAY, top=top) for need in wanted]
    assert index.rank_many(wanted, as_of=TODAY, top=top) == alone


changes = st.lists(
    st.one_of(
        st.lists(offers(), min_size=1, max_size=4).map(lambda found: ("update", found)),
        st.lists(st.integers(1, 40), max_size=4).map(lambda found: ("remove", found)),
    ),
    max_size=25,
)


@some(60)
@given(needs(), pools, changes)
def test_an_index_after_any_changes_equals_one_built_anew(need, pool, history):
    index = Index(pool)
    now = {offer.id: offer for offer in pool}
    for change, found in history:
        if change == "update":
            index.update(found)
            now.update({offer.id: offer for offer in found})
        else:
            index.remove(found)
            now = {offer_id: offer for offer_id, offer in now.items() if offer_id not in found}
    fresh = Index(now.values())
    assert len(index) == len(fresh) == len(now)
    assert index.rank(need, as_of=TODAY) == fresh.rank(need, as_of=TODAY)
