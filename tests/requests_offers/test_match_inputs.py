"""Rows to records: what the scorer is told of a need and of an offer."""

from datetime import date

import pytest
from django.utils import timezone

from centres.models import PartyFlag
from requests_offers.actions import matches
from requests_offers.match_inputs import LASTING_NO, load_candidates, load_need, load_needs, load_weights
from requests_offers.matching.records import Weights
from requests_offers.models import Component, Match, Offer
from tests import factories as f

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()


def need_of(request):
    return load_need(request.components.get(), TODAY)


def candidate_of(offer):
    return load_candidates(Offer.objects.filter(pk=offer.pk))[0]


def test_a_need_says_what_its_request_and_its_party_say():
    fields = {
        "modality": "south_south", "means": "part", "starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31),
        "languages": ["fr", "en"], "targets": [f.target(6), f.target(1)],
    }  # fmt: skip
    request = f.request_in("matching", language="fr", needs=[f.need(**fields)], consent_required=True)
    need = need_of(request)
    assert [(text.text, text.language) for text in need.texts] == [(f.need()["title"], "fr"), (f.need()["text"], "fr")]
    assert (need.targets, need.subjects) == ({1, 6}, {"invasive_alien_species"})
    assert (need.parties, need.regions) == ({"FJ"}, {"054", "009"})
    assert (need.developing, need.party_flags) == (True, {"SIDS"})
    assert (need.languages, need.modality, need.budget) == ({"fr", "en"}, "south_south", "part")
    assert (need.starts_on, need.ends_on, need.consent_required) == (date(2027, 1, 1), date(2027, 12, 31), True)
    assert need.id == request.components.get().pk


def test_parties_that_ask_together_bring_their_regions():
    request = f.request_in("matching", co_parties=[f.party("TD")])
    need = need_of(request)
    assert need.parties == {"FJ", "TD"}
    assert {"054", "017", "202", "002"} <= need.regions


def test_a_need_without_a_text_of_its_own_borrows_that_of_its_request():
    request = f.request_in("matching")
    Component.objects.update(text=" ")
    assert [text.text for text in need_of(request).texts] == [f.need()["title"], request.title, request.summary]


def test_flags_count_on_the_day_they_are_in_force():
    request = f.request_in("matching", f.party("TV"))
    PartyFlag.objects.filter(kind="LDC").update(valid_to=date(2027, 1, 1))
    component = request.components.get()
    assert "LDC" in load_need(component, date(2026, 12, 31)).party_flags
    assert "LDC" not in load_need(component, date(2027, 1, 1)).party_flags


@pytest.mark.parametrize(
    ("kind", "flags", "developing"), [("party", True, True), ("party", False, False), ("reio", False, None)]
)
def test_whether_a_party_is_developing_is_told_or_left_open(kind, flags, developing):
    party = f.party("", kind=kind)
    if flags:
        PartyFlag.objects.create(party=party, kind="DEVELOPING", confirmed=True)
    assert need_of(f.request_in("matching", party)).developing is developing
    seated = f.offer_in("published", f.organization(party))
    assert candidate_of(seated).developing is developing


def test_an_offer_without_a_seat_says_nothing_of_its_home():
    candidate = candidate_of(f.offer_in("published", f.organization(None)))
    assert (candidate.developing, candidate.home_regions) == (None, frozenset())


def test_an_offer_says_what_it_covers_and_whom_it_is_for():
    data = {
        "worldwide": False, "regions": [f.region("009")], "parties": [f.party("FJ")], "language": "es",
        "eligible_parties": [f.party("TV")], "eligible_regions": [f.region("202")], "eligible_flags": ["LDC"],
        "languages": ["es", "en"], "cost_model": "shared", "capacity": 4, "expires_on": date(2099, 1, 1),
        "available_from": date(2027, 1, 1), "available_until": date(2028, 1, 1), "respects_consent": True,
        "items": [{"text": "A project", "language": "fr"}],
    }  # fmt: skip
    offer = f.offer_in("published", f.organization(f.party("FR")), **data)
    f.match_in("offered", offer=offer)
    candidate = candidate_of(offer)
    assert [(text.text, text.language) for text in candidate.items] == [(offer.text, "es"), ("A project", "fr")]
    assert (candidate.worldwide, candidate.regions, candidate.parties) == (False, {"009"}, {"FJ"})
    assert (candidate.eligible_parties, candidate.eligible_regions, candidate.eligible_flags) == (
        {"TV"},
        {"202"},
        {"LDC"},
    )
    assert (candidate.languages, candidate.cost_model, candidate.places_left) == ({"es", "en"}, "shared", 3)
    assert (candidate.available_from, candidate.available_until) == (date(2027, 1, 1), date(2028, 1, 1))
    assert (candidate.expires_on, candidate.respects_consent) == (date(2099, 1, 1), True)
    assert (candidate.home_regions, candidate.developing) == ({"150"}, False)
    assert (candidate.id, candidate.organization_id, candidate.title) == (offer.pk, offer.organization_id, offer.title)


def test_an_offer_without_a_text_is_read_by_its_title():
    offer = f.draft_offer(text="")
    assert [text.text for text in candidate_of(offer).items] == [offer.title]


def test_nobody_offers_to_themselves():
    fiji, laboratory = f.party("FJ"), f.organization(f.party("FJ"))
    request = f.request_in("matching", fiji)
    assert need_of(request).own_organizations == frozenset()
    f.member("provider", who=f.focal_point_of(fiji), organization=laboratory)
    assert need_of(request).own_organizations == {laboratory.pk}


def test_nobody_of_a_co_requesting_office_offers_to_themselves():
    laboratory = f.organization(f.party("TV"))
    f.member("provider", who=f.drafter_of(f.party("TV")), organization=laboratory)
    assert need_of(f.request_in("matching", co_parties=[f.party("TV")])).own_organizations == {laboratory.pk}


@pytest.mark.parametrize(
    ("state", "excluded"),
    [("suggested", False), ("proposed", False), ("shortlisted", False), ("offered", False), ("agreed", False),
     ("dropped", True), ("declined", True), ("lapsed", True), ("retracted", True)],
)  # fmt: skip
def test_an_earlier_no_excludes_the_pair(state, excluded):
    component = f.request_in("matching").components.get()
    match = f.match_in(state, component=component)
    assert load_need(component, TODAY).excluded_offers == ({match.offer_id} if excluded else set())
    assert excluded == (state in LASTING_NO)


@pytest.mark.parametrize(
    ("reason", "excluded"),
    [("request_paused", False), ("request_answered", False), ("offer_expired", False), ("offer_withdrawn", True),
     ("request_withdrawn", True), ("mistake", True), ("no_answer", True)],
)  # fmt: skip
def test_what_the_portal_retracted_for_a_while_may_come_back(reason, excluded):
    match = f.match_in("retracted")
    Match.objects.update(reason_code=reason)
    match.refresh_from_db()
    assert bool(load_need(match.component, TODAY).excluded_offers) == excluded
    assert match.comes_back == (not excluded)


@pytest.mark.parametrize("count", [1, 3])
def test_needs_and_offers_are_loaded_in_the_same_number_of_queries(django_assert_num_queries, count):
    for _ in range(count):
        f.request_in("matching", co_parties=[f.party("TV")])
        f.offer_in("published", f.organization(f.party("FR")))
    with django_assert_num_queries(12):
        assert len(load_needs(Component.objects.all(), TODAY)) == count
    with django_assert_num_queries(10):
        assert len(load_candidates(Offer.objects.all())) == count


def test_the_newest_weights_are_in_force():
    assert load_weights() == Weights()
    f.weights(text=0.5)
    f.weights(text=0.6)
    assert (load_weights().version, load_weights().values) == (3, {"text": 0.6})
    assert matches.LONGEST_ANSWER.days == 90
