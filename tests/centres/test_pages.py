import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from centres.actions.practice import build_practice_network
from centres.actions.reference import load_reference
from centres.models import Coverage, Hosting, Office, Organization, PartyFlag
from tests.factories import centre, member, organization, party

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "fr", "es", "ar", "zh-hans", "ru")


@pytest.fixture
def network():
    load_reference()
    build_practice_network()


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


PAGES = [
    ("party_list", []),
    ("party_detail", ["FJ"]),
    ("party_detail", ["EU"]),
    ("party_detail", ["XA"]),
    ("centre_list", []),
    ("centre_detail", ["europe"]),
    ("centre_detail", ["practice"]),
    ("institution_detail", ["sprep"]),
    ("organization_list", []),
    ("organization_detail", ["acb"]),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_stands_in_six_languages(client, network, language):
    with translation.override(language):
        addresses = [reverse(name, args=args) for name, args in PAGES]
    assert [address for address in addresses if "<h1>" not in text_of(client, address)] == []


def test_the_directory_shows_18_institutions_and_15_centres(client, network):
    directory = client.get("/centres/").context["directory"]
    assert [len(directory.hostings), len(directory.real)] == [18, 15]
    assert sum(len(part.lines) for part in directory.parts) == 15
    assert [part.name for part in directory.parts] == ["Africa", "Americas", "Asia", "Europe", "Oceania"]
    assert [line.centre.slug for line in directory.practice] == ["practice"]
    assert len(directory.without_centre) == 7


@pytest.mark.parametrize("words", ["tuvalu", "TV", "тувалу"])
def test_a_country_finds_its_centre(client, network, words):
    found = client.get("/centres/", {"party": words}).context["found"]
    assert [row.centre.slug for party in found for row in party.coverages.all()] == ["pacific"]


def test_a_country_that_is_no_party_gets_a_sentence(client, network):
    assert "No Party has this name or code." in text_of(client, "/centres/?party=atlantis")


def test_a_derived_list_is_called_provisional_and_a_documented_one_is_not(client, network):
    assert "provisional" in text_of(client, "/centres/pacific/")
    assert "provisional" not in text_of(client, "/centres/central-asia/")


def test_a_centre_that_does_not_operate_says_where_requests_go(client, network):
    sentence = "This centre does not take requests yet."
    assert sentence in text_of(client, "/centres/pacific/")
    assert sentence not in text_of(client, "/centres/europe/")


def test_a_party_without_a_centre_is_led_to_the_helpdesk(client, network):
    sentence = "helpdesk looks after this Party"
    assert sentence in text_of(client, "/countries/AU/")
    assert sentence not in text_of(client, "/countries/FR/")


def test_the_page_of_a_party_names_flags_with_their_source_and_a_scheduled_end(client, network):
    page = text_of(client, "/countries/BD/")
    assert "Least developed country" in page
    assert "is scheduled and not confirmed; until then the status holds." in page
    assert "United Nations list of least developed countries" in page


def test_the_code_of_a_party_may_be_written_small(client, network):
    answer = client.get("/countries/fj/")
    assert [answer.status_code, answer.url] == [301, "/countries/FJ/"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"search": "guin"}, ["GQ", "GN", "GW", "PG"]),
        ({"region": "017", "flag": "LLDC"}, ["CF", "TD"]),
        ({"un_group": "WEOG", "without_centre": "on"}, ["AU", "CA", "IL", "NZ"]),
        ({"centre": "pacific", "flag": "LDC"}, ["KI", "SB", "TV"]),
    ],
)
def test_countries_are_narrowed_by_the_filters(client, network, query, expected):
    page = client.get("/countries/", query).context["page_obj"]
    assert [party.iso2 for party in page] == expected


def test_practice_parties_are_counted_apart(client, network):
    context = client.get("/countries/").context
    assert [context["real"], context["practice"]] == [196, 4]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"search": "humboldt"}, ["humboldt"]),
        ({"search": "acb"}, ["acb"]),
        ({"kind": "academic", "party": "SN"}, ["cse"]),
        ({"is_host": "on", "party": "XA"}, ["practice-host-institute"]),
        ({"search": "nobody"}, []),
    ],
)
def test_organizations_are_narrowed_by_the_filters(client, network, query, expected):
    page = client.get("/organizations/", query).context["page_obj"]
    assert [row.slug for row in page] == expected


def test_an_organization_that_waits_for_verification_is_hidden(client):
    waiting = organization(is_verified=False)
    address = waiting.get_absolute_url()
    assert client.get(address).status_code == 404
    assert client.get("/organizations/").context["page_obj"].paginator.count == 0
    client.force_login(member("provider", organization=waiting))
    assert "waits to be verified" in text_of(client, address)


def test_a_merged_organization_leads_to_the_other(client):
    kept, old = organization(), organization()
    Organization.objects.filter(pk=old.pk).update(status="merged", merged_into=kept)
    answer = client.get(old.get_absolute_url())
    assert [answer.status_code, answer.url] == [301, kept.get_absolute_url()]


def test_an_organization_that_hosts_nothing_is_no_institution(client):
    host, other = centre().hosts.get(), organization()
    assert client.get(f"/institutions/{host.slug}/").status_code == 200
    assert client.get(f"/institutions/{other.slug}/").status_code == 404


def test_retired_records_have_no_page(client):
    fiji = party("FJ")
    assert client.get("/countries/FJ/").status_code == 200
    fiji.retired_on = "2026-01-01"
    fiji.save()
    assert client.get("/countries/FJ/").status_code == 404


# The number of queries ------------------------------------------------------------------------------------------------


def grow():
    """One more of everything that a page of this app can list."""
    seat = party("FJ")
    neighbour = party(region=seat.region)
    PartyFlag.objects.create(party=neighbour, kind="LDC")
    Office.objects.get_or_create(party=seat, kind=Office.Kind.values[Office.objects.count()])
    made = centre(seat, neighbour)
    host = organization(seat)
    Hosting.objects.create(centre=made, organization=host, role="co_host")
    known = Organization.objects.filter(slug="known").first() or organization(seat, slug="known")
    Hosting.objects.create(centre=made, organization=known, role="partner")
    first = Hosting.objects.order_by("pk").first().centre
    Coverage.objects.get_or_create(centre=first, party=neighbour)
    Hosting.objects.get_or_create(centre=first, organization=host, defaults={"role": "co_host"})
    return first


@pytest.mark.parametrize(
    "address",
    [
        "/countries/",
        "/countries/FJ/",
        "/centres/",
        "/centres/?party=party",
        "/centres/{centre}/",
        "/institutions/known/",
        "/organizations/",
        "/organizations/known/",
    ],
)
def test_a_page_asks_the_same_number_of_questions_for_one_row_and_for_three(client, django_assert_num_queries, address):
    address = address.format(centre=grow().slug)
    text_of(client, address)  # what is cached once per process
    with CaptureQueriesContext(connection) as once:
        text_of(client, address)
    grow()
    grow()
    with django_assert_num_queries(len(once)):
        text_of(client, address)
