"""The board of matches of a request, and the pages of invitations, offers made unasked, and open calls."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests_offers.models import Approach, Match, Offer, OpenCall
from tests import factories as f
from tests import worlds
from tests.requests_offers.test_match_page import get, post, text

pytestmark = pytest.mark.django_db


built, known = worlds.shared(f.everyone_known)


@pytest.fixture
def need(known):
    return f.request_in("matching", known.party).components.get()


@pytest.fixture
def offer(known):
    return f.offer_in("published", known.organization)


# The board ------------------------------------------------------------------------------------------------------------


def test_the_board_says_for_each_need_what_to_do_next(known, need):
    board = get(known.officer, "match_board", need.request.reference)
    (lane,) = board.context["lanes"]
    assert [column.code for column in lane.columns] == ["suggested", "shortlisted", "offered", "agreed", "closed"]
    assert str(lane.next).startswith("Nothing fits yet")
    states = ["suggested", "proposed", "shortlisted", "offered", "declined"]
    for state in states:
        f.match_in(state, component=need, offer=f.offer_in("published", known.organization))
    (lane,) = get(known.officer, "match_board", need.request.reference).context["lanes"]
    found = {column.code: [card.status for card in column.cards] for column in lane.columns}
    assert found == {
        "suggested": ["proposed", "suggested"], "shortlisted": ["shortlisted"], "offered": ["offered"], "agreed": [],
        "closed": ["declined"],
    }  # fmt: skip
    assert str(lane.next).startswith("Wait for both sides")


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("officer", 200), ("head", 200), ("coordinator", 200), ("focal_point", 403), ("provider", 403),
        ("stranger", 403),
        (None, 302),
    ],
)  # fmt: skip
def test_the_board_is_the_centres(known, need, person, status):
    who = getattr(known, person) if person else None
    assert get(who, "match_board", need.request.reference).status_code == status
    expected = 403 if person == "coordinator" else status
    for name in ("offer_search", "approach_new", "call_new"):
        assert get(who, name, need.request.reference, need.number).status_code == expected


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_costs_the_same_with_any_number_of_matches(known, count, django_assert_num_queries):
    needs = [f.need(title=str(number)) for number in range(count)]
    request = f.request_in("matching", known.party, needs=needs)
    for component in request.components.all():
        for _ in range(count):
            f.suggest(component, f.offer_in("published", f.organization(f.party("TV"))))
            f.invitation(component, f.organization(f.party("TV")))
        f.open_call(component)
    client = Client()
    client.force_login(known.officer)
    address = reverse("match_board", args=[request.reference])
    client.get(address)
    with django_assert_num_queries(BOARD_QUERIES):
        client.get(address)


BOARD_QUERIES = 11


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_of_calls_and_of_offers_to_propose_cost_the_same(known, count, django_assert_num_queries):
    component = f.request_in("matching", known.party).components.get()
    for _ in range(count):
        f.open_call(f.request_in("matching", known.party).components.get())
        f.offer_in("published", f.organization(f.party("TV")))
    client = Client()
    client.force_login(known.officer)
    for address, queries in [
        (reverse("call_list"), 6),
        (reverse("offer_search", args=[component.request.reference, 1]), 9),
    ]:
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)


def test_an_offer_is_found_and_proposed(known, need, offer):
    f.offer_in("published", known.organization, title="Something else")
    page = get(known.officer, "offer_search", need.request.reference, 1, search="hyacinth")
    assert [one.title for one in page.context["page_obj"]] == [offer.title]
    post(known.officer, "match_propose", need.request.reference, component=1, offer=offer.reference)
    assert Match.objects.get().origin == "officer"
    assert not list(
        get(known.officer, "offer_search", need.request.reference, 1, search="hyacinth").context["page_obj"]
    )


# Pages of approaches and calls ----------------------------------------------------------------------------------------


def test_an_organization_is_invited_on_the_page(known, need):
    until = timezone.now().date() + timedelta(days=20)
    page = post(known.officer, "approach_new", need.request.reference, 1, organization="", until=until, message="Kept")
    assert "Kept</textarea>" in text(page)
    post(known.officer, "approach_new", need.request.reference, 1, organization=known.organization.slug, until=until)
    asked = Approach.objects.get()
    assert (asked.organization, asked.due_on) == (known.organization, until)
    assert "Your answer" in text(get(known.provider, "approach_detail", asked.reference))
    assert "Your answer" not in text(get(known.officer, "approach_detail", asked.reference))
    for person in (known.focal_point, known.stranger, f.provider_of(f.organization(None))):
        assert get(person, "approach_detail", asked.reference).status_code == 404


def test_an_invitation_is_answered_on_its_page_with_an_offer_or_a_new_one(known, need, offer):
    first, second = f.invitation(need, known.organization), None
    page = post(known.provider, "approach_answer", first.reference, note="Kept")
    assert "Kept</textarea>" in text(page)
    post(known.provider, "approach_answer", first.reference, offer=offer.reference)
    assert Match.objects.get().offer == offer
    second = f.invitation(need, known.organization)
    answer = post(known.provider, "approach_answer", second.reference, offer="new")
    draft = Offer.objects.get(status="draft")
    assert draft.title == need.title
    assert set(draft.targets.all()) == set(need.targets.all())
    assert answer.redirect_chain[-1][0] == reverse("offer_edit", args=[draft.reference])
    second.refresh_from_db()
    assert (second.status, second.offer) == ("answered", draft)
    assert post(known.officer, "approach_answer", second.reference, offer="new").status_code == 403


def test_a_provider_offers_unasked_on_the_page_of_a_need(known, need, offer):
    assert "Offer for this need" in text(get(known.provider, "request_detail", need.request.reference))
    post(known.provider, "need_offer", need.request.reference, 1, offer=offer.reference, note="Unasked")
    assert Match.objects.get().origin == "unsolicited"
    assert get(known.focal_point, "need_offer", need.request.reference, 1).status_code == 403
    hidden = f.request_in("matching", known.party, visibility="restricted")
    assert get(known.provider, "need_offer", hidden.reference, 1).status_code == 404


def test_a_call_is_opened_answered_and_withdrawn_on_its_pages(known, need, offer):
    until = timezone.now().date() + timedelta(days=20)
    post(known.officer, "call_new", need.request.reference, 1, until=until, text="Whoever can help.")
    call = OpenCall.objects.get()
    for person in (None, known.provider, known.stranger):
        assert "Whoever can help." in text(get(person, "call_detail", call.reference))
        assert need.title in text(get(person, "call_list"))
    post(known.provider, "need_offer", need.request.reference, 1, offer=offer.reference)
    assert Approach.objects.get().call == call
    page = text(get(known.officer, "call_detail", call.reference))
    assert "1 answer so far" in page
    assert known.organization.name not in page
    post(known.officer, "call_step", call.reference, "withdraw", reason_code="found")
    call.refresh_from_db()
    assert call.status == "withdrawn"
    assert need.title not in text(get(None, "call_list"))
    assert post(known.provider, "call_step", call.reference, "withdraw", reason_code="found").status_code == 403


def test_a_call_for_a_need_of_the_network_is_not_public(known):
    component = f.request_in("matching", known.party, visibility="network").components.get()
    call = f.open_call(component)
    assert get(None, "call_detail", call.reference).status_code == 404
    assert component.title not in text(get(None, "call_list"))
    assert component.title in text(get(known.provider, "call_list"))


def test_a_provider_reads_why_its_matches_were_declined_from_five_on(known):
    for number in range(5):
        if number == 4:
            assert "No reason has been given 5 times yet." in text(get(known.provider, "own_declines"))
        component = f.request_in("matching", known.party).components.get()
        f.match_in("declined", component=component, offer=f.offer_in("published", known.organization))
    other = f.provider_of(f.organization(f.party("TV")))
    assert "No capacity at this time" in text(get(known.provider, "own_declines"))
    assert "No capacity at this time" not in text(get(other, "own_declines"))
    assert get(known.officer, "own_declines").status_code == 403
