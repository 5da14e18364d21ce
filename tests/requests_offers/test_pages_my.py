"""The page of what waits for me: for each role what it has to do, until when, late first."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_offers.models import CooperationRequest
from tests import factories as f

pytestmark = pytest.mark.django_db


def desk(client, who):
    client.force_login(f.again(who))
    return client.get(reverse("my")).context


def waiting(client, who):
    return [(item.reference, item.kind) for item in desk(client, who)["items"]]


def others(client, who):
    return [(item.reference, item.who) for item in desk(client, who)["others"]]


def test_nobody_waits_for_a_stranger_who_is_shown_how_to_begin(client):
    f.match_in("offered")
    client.force_login(f.user())
    text = client.get(reverse("my")).content.decode()
    assert "Nothing waits for you." in text
    assert reverse("claim_new") in text


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("draft", "Draft"),
        ("clarification", "Question of the centre"),
        ("dormant", "Dormant"),
        ("answered", "Direct answer"),
        ("paused", "Paused"),
    ],
)
def test_what_waits_for_the_office(client, state, kind):
    request = f.request_in(state)
    assert waiting(client, f.focal_point_of(request.party)) == [(request.reference, kind)]


@pytest.mark.parametrize(("state", "count"), [("draft", 1), ("clarification", 1), ("answered", 0)])
def test_a_drafter_finds_what_can_be_written(client, state, count):
    request = f.request_in(state)
    assert len(waiting(client, f.drafter_of(request.party))) == count


def test_the_centre_decides_on_what_was_submitted_to_it(client):
    request = f.request_in("submitted")
    f.request_in("submitted", f.party("TD"))
    for who in (f.officer_of(request.centre), f.head_of(request.centre)):
        assert waiting(client, who) == [(request.reference, "First answer")]


def test_the_coordinator_decides_where_no_centre_does_and_sees_what_is_late(client):
    helpdesk = f.request_in("submitted", f.party("FR"), held=False)
    late, _on_time = f.request_in("submitted"), f.request_in("submitted")
    CooperationRequest.objects.filter(pk=late.pk).update(due_on=timezone.now().date() - timedelta(days=7))
    assert waiting(client, f.coordinator()) == [
        (late.reference, "Late at a centre"),
        (helpdesk.reference, "First answer"),
    ]


def test_late_comes_first_then_what_is_due_first(client):
    first, second, third = (f.request_in("submitted") for _ in range(3))
    today = timezone.now().date()
    for request, days in ((first, 20), (second, -10), (third, 5)):
        CooperationRequest.objects.filter(pk=request.pk).update(due_on=today + timedelta(days=days))
    context = desk(client, f.officer_of(first.centre))
    assert [item.reference for item in context["items"]] == [second.reference, third.reference, first.reference]
    assert context["late_count"] == 1


def test_the_centre_chooses_among_offers_that_were_found(client):
    match = f.match_in("suggested")
    officer = f.officer_of(match.component.request.centre)
    assert waiting(client, officer) == [(match.component.reference, "Offers found")]
    f._offer_to_both(match)
    assert waiting(client, officer) == []
    assert others(client, officer) == [(match.reference, f"Fiji · {match.offer.organization}")]


@pytest.mark.parametrize(("state", "count"), [("proposed", 1), ("shortlisted", 1), ("suggested", 0)])
def test_what_somebody_chose_waits_for_the_centre_however_well_it_fits(client, state, count):
    match = f.match_in(state)
    type(match).objects.filter(pk=match.pk).update(band="")
    assert len(waiting(client, f.officer_of(match.component.request.centre))) == count


def test_both_sides_answer_an_offered_match_and_then_wait_for_the_other(client):
    match = f.match_in("offered")
    office, provider = f.focal_point_of(match.component.request.party), f.provider_of(match.offer.organization)
    for who in (office, provider):
        assert (match.reference, "Offered match") in waiting(client, who)
    f._accept_as_party(match)
    assert waiting(client, office) == []
    assert (match.reference, match.offer.organization.name) in others(client, office)
    assert waiting(client, provider) == [(match.reference, "Offered match")]


def test_the_verifier_and_the_provider_find_an_offer_in_verification(client):
    seat = f.party("FJ")
    f.centre(seat)
    offer = f.offer_in("in_verification", f.organization(seat))
    assert waiting(client, f.officer_of(offer.verifying_centre)) == [(offer.reference, "Offer to verify")]
    provider = f.provider_of(offer.organization)
    assert waiting(client, provider) == []
    assert others(client, provider) == [(offer.reference, str(offer.verifying_centre))]


def test_the_coordinator_verifies_where_no_centre_does(client):
    offer = f.offer_in("in_verification", f.organization())
    assert waiting(client, f.coordinator()) == [(offer.reference, "Offer to verify")]


@pytest.mark.parametrize(("state", "kind"), [("draft", "Draft of an offer"), ("expired", "Expired offer")])
def test_own_offers_that_want_something(client, state, kind):
    offer = f.offer_in(state)
    assert waiting(client, f.provider_of(offer.organization)) == [(offer.reference, kind)]


def test_concluded_work_is_appraised_by_both_and_the_request_completed(client):
    engagement = f.engagement_in("concluded")
    match = engagement.match
    request = match.component.request
    completion = (request.reference, "All needs are closed")
    appraisal = (engagement.reference, "Appraisal")
    assert waiting(client, f.focal_point_of(request.party)) == [appraisal, completion]
    assert waiting(client, f.officer_of(request.centre)) == [completion]
    assert waiting(client, f.provider_of(match.offer.organization)) == [appraisal]


def test_the_office_sees_what_the_centre_has(client):
    request = f.request_in("submitted")
    assert others(client, f.focal_point_of(request.party)) == [(request.reference, str(request.centre))]


def test_the_page_costs_the_same_with_any_number_of_items(client, django_assert_max_num_queries):
    world = f.everyone_known()
    for count in (1, 4):
        for _ in range(count):
            f.request_in("submitted", world.party)
            f.offer_in("in_verification", world.organization)
            f.match_in("offered", offer=f.offer_in("published", world.organization))
        for who in (world.officer, world.focal_point, world.provider, world.coordinator):
            client.force_login(f.again(who))
            with django_assert_max_num_queries(24):  # plans, pledges, projects and sources wait there as well
                client.get(reverse("my"))


def test_nobody_looks_at_a_desk_without_signing_in(client):
    assert client.get(reverse("my")).status_code == 302
