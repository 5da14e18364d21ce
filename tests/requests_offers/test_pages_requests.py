"""The page of a request: what each reader sees, what each may do, and what happens when they do it."""

import pytest
from django.urls import reverse

from requests_offers.actions import requests
from requests_offers.models import CooperationRequest
from tests import factories as f

pytestmark = pytest.mark.django_db

SECRET = "secret@example.org"


def page(client, who, request, name="request_detail"):
    client.logout()
    if who:
        client.force_login(who)
    return client.get(reverse(name, args=[request.reference]))


def step(request, name):
    return reverse("request_step", args=[request.reference, name])


def acts(response):
    context = response.context
    return {act["name"] for act in (*context["first_acts"], *context["other_acts"])}


@pytest.mark.parametrize("state", [state for state in f.REQUEST_PATHS if state != "partly_matched"])
def test_every_state_has_a_page_with_stages_and_a_baton(client, state):
    request = f.request_in(state)
    response = page(client, f.focal_point_of(request.party), request)
    assert response.status_code == 200
    assert [stage.state for stage in response.context["stages"]].count("now") == 1
    assert response.context["baton"].heading


def test_a_draft_is_seen_by_its_office_only(client):
    request = f.draft_request()
    centre = f.centre(request.party)
    seen = [
        page(client, who, request).status_code for who in (f.focal_point_of(request.party), f.drafter_of(request.party))
    ]
    hidden = [page(client, who, request).status_code for who in (None, f.officer_of(centre), f.coordinator())]
    assert (seen, hidden) == ([200, 200], [404, 404, 404])


def test_contact_means_and_consent_stay_inside(client):
    request = f.request_in("matching", contact=SECRET, own_means="Two boats", consent_required=True, consent_given=True)
    inside = page(client, f.officer_of(request.centre), request).content.decode()
    public = page(client, None, request).content.decode()
    for words in (SECRET, "Two boats", "Traditional knowledge"):
        assert words in inside
        assert words not in public
    assert request.summary in public


def test_questions_and_direct_answers_are_never_public(client):
    request = f.request_in("matching")
    officer, office = f.officer_of(request.centre), f.focal_point_of(request.party)
    requests.answer_directly(request, by=officer, text="Ask the museum.", sources="Handbook")
    requests.reopen(request, by=office, text="The museum is closed.")
    requests.ask_clarification(request, by=officer, text="Since when?")
    inside, public = (page(client, who, request).content.decode() for who in (office, None))
    for words in ("Ask the museum.", "Handbook", "The museum is closed.", "Since when?"):
        assert words in inside
        assert words not in public


def test_names_of_people_are_nowhere(client):
    request = f.request_in("matched")
    people = [f.focal_point_of(request.party), f.officer_of(request.centre)]
    for reader in (None, f.user(), f.provider_of(f.organization())):
        text = page(client, reader, request).content.decode()
        assert not [who for who in people if who.name in text or who.email in text]


def test_a_former_holder_sees_the_public_part(client):
    request = f.request_in("submitted", contact=SECRET)
    former = f.officer_of(request.centre)
    assert SECRET in page(client, former, request).content.decode()
    requests.redirect(request, by=former, centre=f.centre(), reason_code="capacity")
    response = page(client, former, request)
    assert response.status_code == 200
    assert SECRET not in response.content.decode()
    assert acts(response) == set()


def test_the_other_side_of_a_match_reads_a_restricted_request_and_the_contact_once_agreed(client):
    request = f.request_in("matching", contact=SECRET, own_means="Two boats", visibility="restricted")
    match = f.match_in("offered", component=request.components.get())
    provider = f.provider_of(match.offer.organization)
    text = page(client, provider, request).content.decode()
    assert "Two boats" in text
    assert SECRET not in text
    f._accept_as_party(match), f._accept_as_provider(match)
    assert SECRET in page(client, provider, request).content.decode()
    assert page(client, f.provider_of(f.organization()), request).status_code == 404


# What each may do -----------------------------------------------------------------------------------------------------


def test_each_office_is_offered_its_own_steps(client):
    request = f.request_in("submitted")
    offered = {
        "office": acts(page(client, f.focal_point_of(request.party), request)),
        "drafter": acts(page(client, f.drafter_of(request.party), request)),
        "officer": acts(page(client, f.officer_of(request.centre), request)),
        "head": acts(page(client, f.head_of(request.centre), request)),
        "coordinator": acts(page(client, f.coordinator(), request)),
    }
    triage = {"accept", "ask_clarification", "answer_directly", "redirect"}
    assert offered == {
        "office": {"pause", "withdraw"},
        "drafter": set(),
        "officer": triage,
        "head": triage | {"refuse"},
        "coordinator": {"answer_directly", "redirect"},
    }


def test_a_second_appeal_is_not_offered(client):
    request = f.request_in("refused")
    office = f.focal_point_of(request.party)
    assert acts(page(client, office, request)) == {"appeal"}
    requests.appeal(request, by=office, text="Please look again.")
    request.refresh_from_db()
    requests.refuse(request, by=f.head_of(request.centre), reason_code="outside_scope")
    assert acts(page(client, office, request)) == set()


def test_completing_is_offered_to_both_sides_when_every_need_is_closed(client):
    request = f.request_in("matched")
    office, officer = f.focal_point_of(request.party), f.officer_of(request.centre)
    assert "complete" not in acts(page(client, office, request))
    f._conclude_all(request)
    assert "complete" in acts(page(client, office, request))
    client.post(step(request, "complete"))
    assert "complete" not in acts(page(client, office, request))
    assert "complete" in acts(page(client, officer, request))
    client.post(step(request, "complete"))
    request.refresh_from_db()
    assert request.status == "completed"


def test_the_baton_says_your_turn_to_whoever_has_it(client):
    request = f.request_in("submitted")
    kinds = [
        page(client, who, request).context["baton"].kind
        for who in (f.officer_of(request.centre), f.focal_point_of(request.party))
    ]
    assert kinds == ["yours", ""]


def test_a_match_that_waits_for_the_office_makes_it_the_offices_turn(client):
    request = f.match_in("offered").component.request
    assert page(client, f.focal_point_of(request.party), request).context["baton"].kind == "yours"


# Steps ----------------------------------------------------------------------------------------------------------------


def test_a_step_without_questions_is_taken_at_once_and_says_what_happens_next(client):
    request = f.request_in("submitted")
    client.force_login(f.officer_of(request.centre))
    response = client.post(step(request, "accept"), follow=True)
    request.refresh_from_db()
    assert request.status == "matching"
    assert response.redirect_chain[-1][0] == request.get_absolute_url()
    assert "Its needs are being compared with all published offers now." in response.content.decode()


def test_a_second_click_changes_nothing_and_is_no_fault(client):
    request = f.request_in("submitted")
    client.force_login(f.officer_of(request.centre))
    first, second = (client.post(step(request, "accept"), follow=True) for _ in range(2))
    assert "notice--done" in first.content.decode()
    assert "notice--done" in second.content.decode()
    assert "notice--late" not in second.content.decode()


def test_a_step_asks_for_its_reason_and_keeps_what_was_typed(client):
    request = f.request_in("submitted")
    client.force_login(f.head_of(request.centre))
    response = client.post(step(request, "refuse"), {"reason": "Because of the weather."})
    text = response.content.decode()
    assert response.status_code == 200
    assert "Because of the weather." in text
    assert "Give an answer to “Reason”." in text
    client.post(step(request, "refuse"), {"reason_code": "outside_scope", "reason": "Because of the weather."})
    request.refresh_from_db()
    assert request.status == "refused"


def test_a_step_that_the_action_refuses_keeps_what_was_typed(client):
    request = f.request_in("submitted")
    client.force_login(f.officer_of(request.centre))
    response = client.post(step(request, "ask_clarification"), {"text": "Since when?", "until": "2001-01-01"})
    assert "Choose a day between today and 60 days from now." in response.content.decode()
    assert "Since when?" in response.content.decode()


def test_the_page_of_a_step_says_who_reads_what_is_written(client):
    request = f.request_in("submitted")
    client.force_login(f.head_of(request.centre))
    text = client.get(step(request, "refuse")).content.decode()
    assert "The office and the coordinator read the reason." in text


def test_the_answer_is_written_below_the_question(client):
    request = f.request_in("clarification")
    client.force_login(f.focal_point_of(request.party))
    assert request.question in client.get(step(request, "answer")).content.decode()
    client.post(step(request, "answer"), {"text": "No."})
    request.refresh_from_db()
    assert request.status == "submitted"


def test_handing_on_offers_operating_centres_and_the_helpdesk_but_not_the_holder(client):
    request = f.request_in("submitted")
    other, closed = f.centre(name="Other"), f.centre(name="Closed", operating=False)
    client.force_login(f.officer_of(request.centre))
    choices = dict(client.get(step(request, "redirect")).context["form"].fields["centre"].choices)
    assert set(choices) == {"", other.slug, "helpdesk"}
    assert closed.slug not in choices
    client.post(step(request, "redirect"), {"centre": "helpdesk", "reason_code": "capacity"})
    request.refresh_from_db()
    assert request.centre is None


def test_a_step_that_is_not_open_leads_back_with_a_sentence(client):
    request = f.request_in("matching")
    client.force_login(f.officer_of(request.centre))
    response = client.get(step(request, "ask_clarification"), follow=True)
    assert "is not possible now" in response.content.decode()
    response = client.post(step(request, "ask_clarification"), {"text": "x", "until": "2030-01-01"}, follow=True)
    assert response.status_code == 200
    request.refresh_from_db()
    assert request.status == "matching"


def test_who_sees_a_request_but_has_no_right_to_a_step_gets_a_403_with_a_sentence(client):
    request = f.request_in("submitted")
    client.force_login(f.drafter_of(request.party))
    response = client.post(step(request, "withdraw"), {"reason_code": "solved"})
    assert response.status_code == 403
    assert "does not have the right" in response.content.decode()


def test_who_does_not_see_a_request_gets_a_404_for_its_steps(client):
    request = f.request_in("submitted")
    client.force_login(f.user())
    assert client.post(step(request, "accept")).status_code == 404


@pytest.mark.parametrize("name", ["lapse", "unheard_of"])
def test_steps_of_the_clock_and_unknown_ones_have_no_page(client, name):
    request = f.request_in("clarification")
    client.force_login(f.officer_of(request.centre))
    assert client.get(step(request, name)).status_code == 404


def test_anonymous_people_sign_in_before_a_step(client):
    request = f.request_in("matching")
    assert client.post(step(request, "accept")).status_code == 302


def test_a_draft_is_deleted_after_asking_and_only_by_the_office(client):
    request = f.draft_request()
    url = reverse("request_delete", args=[request.reference])
    client.force_login(f.drafter_of(request.party))
    assert client.post(url).status_code == 403
    client.force_login(f.focal_point_of(request.party))
    assert client.get(url).status_code == 200
    assert CooperationRequest.objects.filter(pk=request.pk).exists()
    client.post(url)
    assert not CooperationRequest.objects.filter(pk=request.pk).exists()


def test_what_was_submitted_is_not_deleted(client):
    request = f.request_in("submitted")
    client.force_login(f.focal_point_of(request.party))
    url = reverse("request_delete", args=[request.reference])
    assert [client.get(url).url, client.post(url).url] == [request.get_absolute_url()] * 2
    assert CooperationRequest.objects.filter(pk=request.pk).exists()


@pytest.mark.parametrize("reference", ["REQ-999999", "REQ-1", "OFF-000001", "REQ-00000000000000000001", "../x"])
def test_references_that_lead_nowhere_are_a_404(client, reference):
    assert client.get(f"/requests/{reference}/").status_code == 404


def test_the_page_costs_the_same_with_any_number_of_needs(client, django_assert_max_num_queries):
    few, many = f.request_in("matching"), f.request_in("matching", needs=[f.need() for _ in range(9)])
    for request in (few, many):
        client.force_login(f.officer_of(request.centre))
        with django_assert_max_num_queries(20):
            client.get(request.get_absolute_url())
