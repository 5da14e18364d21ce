"""What lists can be narrowed to: each filter keeps what fits and leaves out what does not."""

import pytest
from django.test import RequestFactory
from django.utils import translation

from requests_offers.filters import ComponentFilter, MatchFilter, OfferFilter, RequestFilter
from requests_offers.models import Component, CooperationRequest, Match, Offer
from tests import factories as f

pytestmark = pytest.mark.django_db

SETS = {RequestFilter: CooperationRequest, OfferFilter: Offer, ComponentFilter: Component, MatchFilter: Match}


def kept(filter_set, user=None, **query):
    """The rows that a list shows for this query."""
    request = RequestFactory().get("/", query)
    request.user = user or f.user()
    found = filter_set(request.GET, queryset=SETS[filter_set].objects.all(), request=request)
    assert found.form.is_valid(), found.form.errors
    return list(found.qs)


def errors(filter_set, **query):
    request = RequestFactory().get("/", query)
    request.user = f.user()
    return set(filter_set(request.GET, queryset=SETS[filter_set].objects.all(), request=request).form.errors)


@pytest.fixture
def fiji():
    need = f.need(
        subjects=[f.subject("taxonomy")], targets=[f.target(1)], cooperation_types=[f.cooperation_type("twinning")]
    )
    return f.request_in("matching", f.party("FJ"), title="Corail", language="fr", needs=[need, f.need()])


@pytest.fixture
def chad():
    return f.request_in("submitted", f.party("TD"), title="Lake plants")


REQUEST_QUERIES = [
    {"search": "CORAIL"},
    {"status": "matching"},
    {"party": "FJ"},
    {"region": "009"},
    {"region": "054"},
    {"flag": "SIDS"},
    {"target": "1"},
    {"subject": "taxonomy"},
    {"cooperation_type": "twinning"},
    {"language": "fr"},
]


@pytest.mark.parametrize("query", REQUEST_QUERIES)
def test_a_request_filter_keeps_what_fits_once(fiji, chad, query):
    assert kept(RequestFilter, **query) == [fiji]


def test_requests_of_a_centre(fiji, chad):
    assert kept(RequestFilter, centre=chad.centre.slug) == [chad]


def test_without_a_filter_the_newest_request_comes_first(fiji, chad):
    assert kept(RequestFilter) == [chad, fiji]
    assert kept(RequestFilter, ordering="submitted_at") == [fiji, chad]


def test_a_draft_comes_before_what_was_submitted_on_every_database(fiji):
    draft = f.draft_request(f.party("FJ"))
    assert kept(RequestFilter) == [draft, fiji]


def test_an_order_that_is_not_on_the_list_is_refused():
    assert errors(RequestFilter, ordering="contact") == {"ordering"}


def test_a_word_that_nobody_knows_is_refused():
    assert errors(RequestFilter, party="ZZ", status="lost") == {"party", "status"}


def test_mine_are_those_of_the_office(fiji, chad):
    assert kept(RequestFilter, f.focal_point_of(f.party("TD")), mine="on") == [chad]


def test_mine_are_those_of_the_centre(fiji, chad):
    assert kept(RequestFilter, f.officer_of(fiji.centre), mine="on") == [fiji]


def test_mine_are_those_with_a_match_offered_to_my_organization(fiji, chad):
    match = f.match_in("offered", component=fiji.components.first())
    assert kept(RequestFilter, f.provider_of(match.offer.organization), mine="on") == [fiji]


def test_mine_of_the_coordinator_are_those_at_the_helpdesk(fiji):
    helpdesk = f.request_in("submitted", f.party("FR"), held=False)
    assert kept(RequestFilter, f.coordinator(), mine="on") == [helpdesk]


def test_mine_of_a_stranger_are_none(fiji):
    assert kept(RequestFilter, f.user(), mine="on") == []


@pytest.mark.parametrize("query", [{"target": "1"}, {"subject": "taxonomy"}, {"cooperation_type": "twinning"}])
def test_needs_are_found_by_their_tags(fiji, query):
    assert [need.number for need in kept(ComponentFilter, **query)] == [1]


def test_needs_are_found_by_request_party_and_region(fiji, chad):
    assert [need.request for need in kept(ComponentFilter, request=fiji.reference)] == [fiji, fiji]
    assert [need.request for need in kept(ComponentFilter, party="TD")] == [chad]
    assert [need.request for need in kept(ComponentFilter, region="002")] == [chad]
    assert [need.request for need in kept(ComponentFilter, flag="SIDS")] == [fiji, fiji]
    assert [need.request for need in kept(ComponentFilter, search="corail")] == [fiji, fiji]


@pytest.fixture
def everywhere():
    return f.offer_in("published", title="Everywhere")


@pytest.fixture
def pacific():
    return f.offer_in(
        "published",
        title="Pacifique",
        worldwide=False,
        regions=[f.region("054")],
        targets=[f.target(1), f.target(11)],
        subjects=[f.subject("taxonomy")],
        cooperation_types=[f.cooperation_type("twinning")],
        languages=["fr", "pt-BR"],
        cost_model="free",
        delivery="remote",
        capacity=1,
    )


@pytest.mark.parametrize(
    "query",
    [
        {"search": "pacifique"},
        {"target": "11"},
        {"subject": "taxonomy"},
        {"cooperation_type": "twinning"},
        {"language": "fr"},
        {"cost_model": "free"},
        {"delivery": "remote"},
    ],
)
def test_an_offer_filter_keeps_what_fits_once(everywhere, pacific, query):
    assert kept(OfferFilter, **query) == [pacific]


def test_an_offer_for_a_region_is_for_the_parties_in_it_and_no_others(everywhere, pacific):
    f.party("FJ"), f.party("TD")
    assert set(kept(OfferFilter, party="FJ")) == {everywhere, pacific}
    assert kept(OfferFilter, party="TD") == [everywhere]


def test_an_offer_is_found_by_its_region_by_a_wider_and_by_a_narrower_one(pacific):
    wide = f.offer_in("published", worldwide=False, regions=[f.region("002")])
    f.region("017")
    assert kept(OfferFilter, region="054") == [pacific]
    assert kept(OfferFilter, region="009") == [pacific]
    assert kept(OfferFilter, region="017") == [wide]


def test_an_offer_that_names_a_party_is_for_it():
    named = f.offer_in("published", worldwide=False, parties=[f.party("TD")])
    f.party("FJ")
    assert kept(OfferFilter, party="TD") == [named]
    assert kept(OfferFilter, party="FJ") == []


def test_an_offer_is_full_when_all_its_places_are_taken(everywhere, pacific):
    f.match_in("offered", offer=pacific)
    assert kept(OfferFilter, full="true") == [pacific]
    assert kept(OfferFilter, full="false") == [everywhere]


def test_offers_of_an_organization(everywhere, pacific):
    assert kept(OfferFilter, organization=pacific.organization.slug) == [pacific]


def test_my_offers_are_those_of_my_organization_or_those_my_centre_verifies(everywhere):
    seat = f.party("FJ")
    centre = f.centre(seat)
    waiting = f.offer_in("in_verification", f.organization(seat))
    f.draft_offer(waiting.organization)
    assert kept(OfferFilter, f.provider_of(everywhere.organization), mine="on") == [everywhere]
    assert kept(OfferFilter, f.officer_of(centre), mine="on") == [waiting]


def test_matches_are_found_by_every_side(fiji, pacific, everywhere):
    need = fiji.components.get(number=2)
    match = f.match_in("offered", component=need, offer=pacific)
    f.suggest(fiji.components.get(number=1), everywhere)
    queries = [
        {"status": "offered"},
        {"component": f"{fiji.reference}-2"},
        {"offer": pacific.reference},
        {"organization": pacific.organization.slug},
        {"search": "pacifique"},
    ]
    assert [kept(MatchFilter, **query) for query in queries] == [[match]] * len(queries)
    assert len(kept(MatchFilter, request=fiji.reference)) == 2
    assert len(kept(MatchFilter, party="FJ")) == 2


@pytest.mark.parametrize("filter_set", list(SETS))
def test_the_names_in_all_choices_cost_one_query(filter_set, django_assert_num_queries):
    f.party("FJ"), f.target(1), f.subject(), f.cooperation_type()
    request = RequestFactory().get("/")
    request.user = f.user()
    form = filter_set(request.GET, queryset=SETS[filter_set].objects.none(), request=request).form
    with django_assert_num_queries(1):
        assert "Fiji" in form.as_p()


def test_choices_speak_the_readers_language():
    f.party("FJ", name_fr="Fidji")
    request = RequestFactory().get("/")
    request.user = f.user()
    with translation.override("fr"):
        form = RequestFilter(request.GET, queryset=CooperationRequest.objects.none(), request=request).form
        assert ("FJ", "Fidji") in list(form.fields["party"].choices)
