"""What became of suggestions, band by band, and the weights that verdicts speak for."""

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from requests_offers.actions import calibration
from requests_offers.matching.records import CRITERIA, START_WEIGHTS
from requests_offers.models import Component, Match, Offer
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def places():
    """A need and a provider; `matches_of` fills them with matches written in one go."""
    return f.request_in("matching"), f.offer_in("published")


def matches_of(places, count, *, status="suggested", band="strong", **fields):
    """That many matches in one state, each of a need of its own."""
    request, offer = places
    taken = Component.objects.filter(request=request).count()
    needs = [Component(request=request, number=taken + place, title="Need") for place in range(1, count + 1)]
    facts = {"offer": offer, "status": status, "band": band, "score": 0.5, "explanation": f.EXPLANATION} | fields
    needs = Component.objects.bulk_create(needs)
    return Match.objects.bulk_create([Match(component=need, **facts) for need in needs])


def counts(band="strong"):
    return next(row.counts for row in calibration.outcomes() if row.band == band)


# What happened --------------------------------------------------------------------------------------------------------


def test_four_cases_are_not_given_and_five_are(places):
    matches_of(places, 4, status="shortlisted")
    matches_of(places, 5, status="dropped")
    assert counts() == {"kept": None, "dropped": 5, "agreed": None, "declined": None, "appraised": None}


def test_kept_is_whatever_an_officer_put_forward_and_bands_are_told_apart(places):
    for status in ("shortlisted", "lapsed"):
        matches_of(places, 2, status=status)
    matches_of(places, 6, status="declined", declined_by="party", reason_code="timing")
    matches_of(places, 7, status="dropped", band="possible")
    matches_of(places, 9)
    assert counts() == {"kept": 10, "dropped": None, "agreed": None, "declined": 6, "appraised": None}
    assert counts("possible")["dropped"] == 7
    assert counts("") == dict.fromkeys(calibration.OUTCOMES)


def test_agreed_and_appraised_work_counts():
    for _ in range(5):
        component = f.request_in("matching").components.get()
        f.engagement_in("appraised", match=f.match_in("agreed", component=component))
    assert (counts()["agreed"], counts()["appraised"]) == (5, 5)


def test_shares_are_given_only_where_both_counts_are(places):
    matches_of(places, 15, status="shortlisted")
    [strong] = [row for row in calibration.outcomes() if row.band == "strong"]
    assert strong.share("kept", "dropped") is None
    matches_of(places, 5, status="dropped")
    [strong] = [row for row in calibration.outcomes() if row.band == "strong"]
    assert strong.share("kept", "dropped") == 75


def test_reasons_are_told_from_five_cases_on_and_by_side(places):
    matches_of(places, 5, status="declined", declined_by="party", reason_code="timing")
    matches_of(places, 6, status="declined", declined_by="provider", reason_code="no_capacity")
    matches_of(places, 4, status="declined", declined_by="party", reason_code="costs")
    assert [(row.side, row.reason, row.count) for row in calibration.decline_reasons()] == [
        ("provider", "No capacity at this time", 6),
        ("party", "The dates do not fit", 5),
    ]


# What the verdicts speak for ------------------------------------------------------------------------------------------


def verdicts_by(name, count=300, seed=1):
    """Verdicts of officers who look at one criterion alone; the others are chance, and some needs leave them open."""
    chance = np.random.default_rng(seed)
    values = chance.random((count, len(CRITERIA)))
    column = CRITERIA.index(name)
    found = []
    for row in values:
        kept = bool(row[column] > 0.5)
        open_field = CRITERIA[int(chance.integers(len(CRITERIA)))]
        said = {each: float(value) for each, value in zip(CRITERIA, row, strict=True)}
        found.append(({each: value for each, value in said.items() if each == name or each != open_field}, kept))
    return found


@pytest.mark.parametrize("name", ["text", "region", "budget"])
def test_the_fit_finds_what_the_officers_look_at(name):
    found = calibration.fit(verdicts_by(name), START_WEIGHTS)
    assert max(found.values, key=found.values.get) == name
    assert found.values[name] > 0.7
    assert found.after > 0.95 > found.before
    assert found.verdicts == 300


def test_nothing_is_proposed_where_all_verdicts_say_the_same_or_nothing_helps():
    same = [(values, True) for values, _ in verdicts_by("text")]
    against = [(dict.fromkeys(CRITERIA, float(not kept)), kept) for _, kept in verdicts_by("text")]
    assert calibration.fit(same, START_WEIGHTS) is None
    assert calibration.fit(against, START_WEIGHTS) is None


scores = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40).filter(
    lambda rows: len({kept for _, kept in rows}) == 2
)


@given(scores)
def test_the_probability_is_that_of_all_pairs_counted_one_by_one(rows):
    good = [score for score, kept in rows if kept]
    bad = [score for score, kept in rows if not kept]
    won = sum((one > other) + (one == other) / 2 for one in good for other in bad)
    values, kept = np.array([row[0] for row in rows], dtype=float), np.array([row[1] for row in rows], dtype=float)
    assert calibration.auc(values, kept) == pytest.approx(won / (len(good) * len(bad)))


numbers = st.one_of(st.none(), st.floats(0, 1))


@given(st.lists(st.tuples(st.lists(numbers, min_size=8, max_size=8), st.booleans()), min_size=5, max_size=30))
def test_whatever_the_verdicts_are_the_proposal_can_be_put_in_force(rows):
    verdicts = [
        ({name: value for name, value in zip(CRITERIA, values, strict=True) if value is not None}, kept)
        for values, kept in rows
    ]
    found = calibration.fit(verdicts, START_WEIGHTS)
    if found is not None:
        assert set(found.values) == set(CRITERIA)
        assert all(0 <= value <= 1 for value in found.values.values())
        assert any(found.values.values())
        assert 0 <= found.before <= 1
        assert 0 <= found.after <= 1


def explained(values):
    return [{"criterion": name, "value": value, "weight": 0.1, "share": 0.1} for name, value in values.items()]


def judged(places, count):
    for values, kept in verdicts_by("region", count):
        matches_of(places, 1, status="shortlisted" if kept else "dropped", explanation=explained(values))


def test_a_proposal_waits_for_two_hundred_verdicts(places):
    judged(places, 199)
    assert (calibration.verdicts_given(), calibration.proposal()) == (199, None)
    matches_of(places, 1, status="dropped", explanation=explained({"region": 0.1}))
    assert max(calibration.proposal().values.items(), key=lambda item: item[1])[0] == "region"


# The page -------------------------------------------------------------------------------------------------------------

ADDRESS = "match_calibration"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("coordinator", 200), ("head", 403), ("officer", 403), ("focal_point", 403), ("deputy", 403), ("drafter", 403),
        ("provider", 403), ("donor", 403), ("stranger", 403),
    ],
)  # fmt: skip
def test_only_the_coordinator_sees_the_page(client, name, status):
    client.force_login(getattr(f.everyone_known(), name))
    assert client.get(reverse(ADDRESS)).status_code == status


def test_who_is_not_signed_in_is_sent_to_sign_in(client):
    assert client.get(reverse(ADDRESS)).status_code == 302


@pytest.fixture
def coordinator(client):
    person = f.coordinator()
    client.force_login(person)
    return person


def test_without_cases_the_page_says_so(client, coordinator, places):
    matches_of(places, 4, status="shortlisted")
    page = client.get(reverse(ADDRESS)).content.decode()
    assert "There are too few cases yet" in page
    assert '<svg class="bar' not in page


def test_small_cells_are_under_five_on_the_page(client, coordinator, places):
    matches_of(places, 6, status="shortlisted")
    matches_of(places, 4, status="dropped")
    page = client.get(reverse(ADDRESS)).content.decode()
    assert "under 5" in page
    assert 'data-label="Dropped">4<' not in page
    assert 'data-label="Kept">6<' in page


def test_the_bars_stand_beside_their_figures(client, coordinator, places):
    matches_of(places, 15, status="shortlisted")
    matches_of(places, 5, status="dropped")
    page = client.get(reverse(ADDRESS)).content.decode()
    assert '<rect class="chart-1" width="75" height="8"/>' in page
    assert "Officers kept 75 of 100" in page


def test_a_proposal_leads_to_the_form_of_the_weights(client, coordinator, places):
    judged(places, 200)
    page = client.get(reverse(ADDRESS)).content.decode()
    proposed = calibration.proposal().values
    assert f"{reverse('match_weights')}?text={proposed['text']}" in page


def test_the_number_of_queries_does_not_grow_with_the_matches(client, coordinator, places):
    matches_of(places, 5, status="shortlisted")
    before = queries_of(client)
    matches_of((places[0], Offer.objects.get()), 25, status="dropped", band="possible")
    assert queries_of(client) == before


def queries_of(client):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse(ADDRESS)).status_code == 200
    return len(queries)
