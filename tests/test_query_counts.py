"""What each page costs: so many queries and no more, however long its history and however many rows it has."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions.audit import record
from accounts.together import prefetch_together
from centres.models import Target
from requests_offers.models import Component, CooperationRequest
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db


built, people = worlds.shared(f.everyone_known)


@pytest.fixture
def places(people):
    """The addresses that are measured, by their names."""
    agreed = f.match_in("agreed", offer=f.offer_in("published", people.organization))
    f.engagement_in(match=agreed)
    request, offer = agreed.component.request, agreed.offer
    return {
        "home": "/",
        "requests": "/requests/",
        "offers": "/offers/",
        "countries": "/countries/",
        "centres": "/centres/",
        "organizations": "/organizations/",
        "helpdesk": "/helpdesk/",
        "search": "/search/?q=fiji",
        "clock": "/clock/",
        "request": f"/requests/{request.reference}/",
        "matches": f"/requests/{request.reference}/matches/",
        "offer": f"/offers/{offer.reference}/",
        "country": f"/countries/{people.party.iso2}/",
        "centre": f"/centres/{people.centre.slug}/",
        "organization": f"/organizations/{people.organization.slug}/",
        "institution": f"/institutions/{people.centre.hosts.get().slug}/",
        "API requests": "/api/v1/requests/",
        "API offers": "/api/v1/offers/",
        "API parties": "/api/v1/parties/",
        "API centres": "/api/v1/centres/",
        "API organizations": "/api/v1/organizations/",
        "API matches": "/api/v1/matches/",
        "API components": "/api/v1/components/",
        "API request": f"/api/v1/requests/{request.reference}/",
    }


# The most that each page may ask, for visitors and for the focal point; sessions, person, memberships and notices are
# four of those of the latter. Lower a number when a page gets better; whoever raises one says why.
# The search looks in all that is known; a request asks which sources and opportunities fit now; a country shows
# projects, commitments and key players.
MOST = {
    "home": (6, 10), "requests": (6, 9), "offers": (6, 9), "countries": (7, 11), "centres": (6, 9),
    "organizations": (6, 9), "helpdesk": (6, 9), "search": (10, 14), "clock": (11, 15),
    "request": (13, 17), "matches": (6, 10), "offer": (10, 12), "country": (12, 16), "centre": (8, 12),
    "organization": (10, 12), "institution": (6, 9),
    "API requests": (6, 7), "API offers": (6, 7), "API parties": (6, 6), "API centres": (6, 6),
    "API organizations": (6, 6), "API matches": (6, 6), "API components": (6, 6), "API request": (6, 7),
}  # fmt: skip


def cost(client, address):
    client.get("/about/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_no_page_asks_more_than_it_may(people, places):
    signed_in = Client()
    signed_in.force_login(people.focal_point)
    found = {name: (cost(Client(), address), cost(signed_in, address)) for name, address in places.items()}
    above = {
        name: (found[name], MOST[name])
        for name in MOST
        if any(a > b for a, b in zip(found[name], MOST[name], strict=True))
    }
    assert above == {}
    assert set(found) == set(MOST)


def test_a_long_history_costs_no_more_than_a_short_one(people, places):
    request = CooperationRequest.objects.get(pk=int(places["request"].strip("/").split("-")[-1]))
    client = Client()
    client.force_login(people.officer)
    short = cost(client, places["request"])
    for _number in range(60):
        record("ask_clarification", request, by=people.officer, before="submitted", after="clarification")
        record("answer", request, by=people.focal_point, before="clarification", after="submitted")
    assert cost(client, places["request"]) == short


def test_sets_that_come_together_are_those_that_come_one_by_one(people, django_assert_num_queries):
    request = f.request_in("matching", people.party)
    f.request_in("matching", people.party)
    request.co_parties.add(f.party("TD"), f.party("VU"))
    names = ("targets", "subjects", "cooperation_types")
    one_by_one = list(Component.objects.order_by("pk").prefetch_related(*names))
    together, record_too = list(Component.objects.order_by("pk")), CooperationRequest.objects.get(pk=request.pk)
    with django_assert_num_queries(1):
        prefetch_together((together, names), ([record_too], ["co_parties", "constraints_addressed"]))
        for plain, quick in zip(one_by_one, together, strict=True):
            for name in names:
                wanted = sorted((vars(row) for row in getattr(plain, name).all()), key=lambda row: row["id"])
                assert [_facts(row) for row in map(vars, getattr(quick, name).all())] == [_facts(row) for row in wanted]
        assert [party.iso2 for party in record_too.co_parties.all()] == ["TD", "VU"]
        assert list(record_too.constraints_addressed.all()) == []
        party = record_too.co_parties.all()[0]
        assert (type(party.weekend), str(party)) == (type(people.party.weekend), party.name)
    assert Target.objects.count() > 0


def _facts(row):
    return {name: value for name, value in row.items() if not name.startswith("_")}


def test_nothing_is_asked_for_no_record(django_assert_num_queries):
    with django_assert_num_queries(0):
        prefetch_together(([], ["targets"]))
