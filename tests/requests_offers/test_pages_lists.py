"""The public lists: who finds what, in what order, at what cost."""

import pytest
from django.urls import reverse

from requests_offers.models import CooperationRequest, Offer
from tests import factories as f

pytestmark = pytest.mark.django_db

ANONYMOUS, SIGNED_IN = 5, 9


def references(response):
    return [row.reference for row in response.context["page_obj"]]


def copies(model, row, count, **fields):
    """More rows like this one: written at once, since a list does not ask how they came to be."""
    plain = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
    rows = [model(**plain | {"id": None, "form_key": None, "version": 1} | fields) for _ in range(count)]
    made = model.objects.bulk_create(rows)
    for one in made:
        if model is Offer:
            one.targets.add(f.target(6), f.target(1))
        else:
            one.components.create(number=1, title="A need").targets.add(f.target(6), f.target(1))


@pytest.mark.parametrize("count", [1, 3, 25])
def test_the_list_of_requests_costs_the_same_with_any_number_of_rows(client, django_assert_num_queries, count):
    first = f.request_in("matching")
    for number in range(count - 1):
        copies(CooperationRequest, first, 1, party=f.party(), centre=f.centre(name=f"Centre of {number}"))
    url = reverse("request_list")
    with django_assert_num_queries(ANONYMOUS):
        assert len(references(client.get(url))) == count
    client.force_login(f.officer_of(first.centre))
    with django_assert_num_queries(SIGNED_IN):
        assert len(references(client.get(url))) == count


@pytest.mark.parametrize("count", [1, 3, 25])
def test_the_list_of_offers_costs_the_same_with_any_number_of_rows(client, django_assert_num_queries, count):
    seat = f.party("FJ")
    f.centre(seat)
    first = f.offer_in("published", f.organization(seat))
    for _number in range(count - 1):
        place = f.party()
        copies(Offer, first, 1, organization=f.organization(place), verifying_centre=f.centre(place))
    url = reverse("offer_list")
    with django_assert_num_queries(ANONYMOUS):
        assert len(references(client.get(url))) == count
    client.force_login(f.provider_of(first.organization))
    with django_assert_num_queries(SIGNED_IN):
        assert len(references(client.get(url))) == count


def test_twenty_five_rows_make_a_page(client):
    first = f.request_in("matching")
    copies(CooperationRequest, first, 30)
    assert len(references(client.get(reverse("request_list")))) == 25
    assert len(references(client.get(reverse("request_list"), {"page": 2}))) == 6


def test_a_row_says_targets_status_next_step_holder_and_until(client):
    request = f.request_in("matching")
    page = client.get(reverse("request_list")).content.decode()
    for words in (
        request.title,
        request.reference,
        "Fiji",
        "Matching",
        "Offers are being compared",
        str(request.centre),
    ):
        assert words in page


def test_the_public_finds_accepted_public_requests_only(client):
    shown = f.request_in("matching")
    hidden = [f.request_in("submitted"), f.request_in("matching", visibility="network"), f.draft_request()]
    assert references(client.get(reverse("request_list"))) == [shown.reference]
    client.force_login(f.focal_point_of(shown.party))
    assert set(references(client.get(reverse("request_list")))) == {row.reference for row in [shown, *hidden]}


def test_the_network_finds_what_is_open_to_it(client):
    network = f.request_in("matching", visibility="network")
    f.request_in("matching", visibility="restricted")
    client.force_login(f.donor_of(f.organization()))
    assert references(client.get(reverse("request_list"))) == [network.reference]


def test_the_public_finds_published_offers_only_and_is_not_asked_for_a_state(client):
    shown = f.offer_in("published")
    f.offer_in("in_verification", shown.organization)
    response = client.get(reverse("offer_list"), {"status": "in_verification"})
    assert references(response) == [shown.reference]
    assert "status" not in response.context["filter_form"].fields


def test_a_provider_finds_the_own_offers_in_every_state(client):
    offering = f.organization(f.party("FJ"))
    waiting = f.offer_in("in_verification", offering)
    client.force_login(f.provider_of(offering))
    assert references(client.get(reverse("offer_list"), {"status": "in_verification"})) == [waiting.reference]


def test_a_full_offer_says_so(client):
    offer = f.offer_in("published", capacity=1)
    f.match_in("offered", offer=offer)
    assert "0 places left of 1" in client.get(reverse("offer_list")).content.decode()


def test_a_word_that_nobody_knows_is_refused_with_a_sentence_and_the_list_stays(client):
    request = f.request_in("matching")
    response = client.get(reverse("request_list"), {"party": "ZZ"})
    assert response.context["filter_form"].errors
    assert references(response) == [request.reference]


def test_an_empty_list_says_what_to_do(client):
    page = client.get(reverse("request_list"), {"search": "nothing like this"}).content.decode()
    assert "No request fits these filters" in page


def test_example_records_say_so(client):
    request = f.request_in("matching")
    assert "badge--example" not in client.get(reverse("request_list")).content.decode()
    CooperationRequest.objects.filter(pk=request.pk).update(is_example=True)
    assert "badge--example" in client.get(reverse("request_list")).content.decode()


def test_titles_carry_their_language(client):
    f.request_in("matching", title="حماية الشعاب", language="ar")
    assert '<bdi lang="ar">حماية الشعاب</bdi>' in client.get(reverse("request_list")).content.decode()
