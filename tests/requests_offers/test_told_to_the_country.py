"""Whatever a centre decides, the country reads why: in its notice, on its page, in whole sentences for the helpdesk
too.
"""

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.errors import DomainError
from accounts.models import AuditEvent, Notice
from accounts.permissions import Role
from requests_offers.actions import requests
from requests_offers.actions.late import hand_over
from requests_offers.models import CooperationRequest
from requests_offers.reasons import reason_label
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db

WHY = "The lagoon lies outside of what we know."


built, people = worlds.shared(f.everyone_known)


def notice(person, kind):
    return Notice.objects.filter(recipient=person, kind=kind).latest("pk")


def page(client, person, request):
    client.force_login(person)
    return client.get(request.get_absolute_url()).content.decode()


def refuse(request, people):
    requests.refuse(request, by=people.head, reason_code="outside_scope", reason=WHY)


def redirect(request, people):
    other = f.centre(f.party("FR"), name="Other Centre")
    requests.redirect(request, by=people.officer, centre=other, reason_code="expertise", reason=WHY)


def answer_directly(request, people):
    requests.answer_directly(request, by=people.officer, text=WHY, sources="https://example.org/guide")


def ask(request, people):
    requests.ask_clarification(request, by=people.officer, text=WHY)


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (refuse, "request_refuse"),
        (redirect, "request_redirected"),
        (answer_directly, "request_answer_directly"),
        (ask, "request_ask_clarification"),
    ],
)
def test_the_office_reads_why_in_the_notice_and_on_the_page(client, people, act, kind):
    request = f.request_in("submitted", people.party)
    act(request, people)
    assert WHY in notice(people.focal_point, kind).text
    assert WHY in page(client, people.focal_point, request)


def test_an_answer_comes_with_its_sources_as_links(client, people):
    request = f.request_in("submitted", people.party)
    answer_directly(request, people)
    assert "https://example.org/guide" in notice(people.focal_point, "request_answer_directly").text
    assert '<a href="https://example.org/guide"' in page(client, people.focal_point, request)


def test_the_centre_reads_why_a_request_was_withdrawn(client, people):
    request = f.request_in("submitted", people.party)
    requests.withdraw(request, by=people.focal_point, reason_code="priorities", reason=WHY)
    assert WHY in notice(people.officer, "request_withdraw").text
    assert WHY in page(client, people.officer, request)


def test_the_public_reads_no_reason(client, people):
    request = f.request_in("matching", people.party)
    requests.withdraw(request, by=people.focal_point, reason_code="priorities", reason=WHY)
    assert WHY not in client.get(request.get_absolute_url()).content.decode()


def test_another_reason_is_said_in_words(people):
    request = f.request_in("submitted", people.party)
    with pytest.raises(DomainError, match="what the other reason is"):
        requests.refuse(request, by=people.head, reason_code="other")
    requests.refuse(request, by=people.head, reason_code="other", reason=WHY)


def test_why_a_late_request_was_taken_away_stays_with_the_centre(client, people):
    request = f.request_in("submitted", people.party)
    CooperationRequest.objects.filter(pk=request.pk).update(due_on="2026-01-05")
    request.refresh_from_db()
    hand_over(request, centre=None, reason=WHY, by=people.coordinator)
    assert WHY in notice(people.officer, "request_handed_over").text
    assert WHY not in notice(people.focal_point, "request_redirected").text
    assert WHY not in page(client, people.focal_point, request)
    assert WHY in page(client, people.coordinator, request)


# The helpdesk ---------------------------------------------------------------------------------------------------------


def test_the_helpdesk_has_sentences_of_its_own(client, people):
    request = f.request_in("submitted", people.party)
    requests.redirect(request, by=people.officer, centre=None, reason_code="capacity")
    assert "is now with the coordinator’s helpdesk" in notice(people.focal_point, "request_redirected").subject
    assert "came to the helpdesk" in notice(people.coordinator, "request_redirect").subject
    requests.ask_clarification(request, by=people.coordinator, text="Which lagoons?")
    requests.answer(request, by=people.focal_point, text="All.")
    requests.accept(request, by=people.coordinator)
    assert notice(people.focal_point, "request_accept").text.startswith("The coordinator’s helpdesk has accepted")
    shown = page(client, people.focal_point, request)
    for sentence in (
        "handed the request to the coordinator’s helpdesk",
        "The coordinator’s helpdesk asked",
        "The coordinator’s helpdesk accepted the request",
        "Pacific Centre</bdi> handed",
    ):
        assert sentence in shown


def test_the_helpdesk_hands_on_in_a_sentence_of_its_own(client, people):
    request = f.request_in("submitted", f.party("TD"), held=False)
    requests.redirect(request, by=people.coordinator, centre=people.centre, reason_code="expertise")
    assert "The coordinator’s helpdesk handed the request to" in page(client, people.officer, request)


# The record of who acted ----------------------------------------------------------------------------------------------


def test_of_several_offices_the_record_names_the_one_that_acted(people):
    """A focal point who is an officer of the centre as well, and a coordinator besides."""
    person = people.focal_point
    for role, scope in ((Role.OFFICER, {"centre": people.centre}), (Role.COORDINATOR, {})):
        person = f.member(role, who=person, **scope)
    request = f.request_in("submitted", people.party)
    requests.ask_clarification(request, by=f.again(person), text="Which?")
    requests.answer(request, by=f.again(person), text="All.")
    requests.redirect(request, by=f.again(person), centre=None, reason_code="capacity")
    requests.accept(request, by=f.again(person))
    offices = dict(AuditEvent.objects.filter(actor=person).values_list("action", "actor_office"))
    assert offices["ask_clarification"] == "Pacific Centre, Centre officer"
    assert offices["answer"] == "Fiji, Focal point"
    assert offices["accept"] == "Coordinator"


def test_the_step_pages_ask_for_reasons_and_say_who_reads_them(client, people):
    request = f.request_in("submitted", people.party)
    client.force_login(people.head)
    for step in ("refuse", "redirect"):
        shown = client.get(reverse("request_step", args=[request.reference, step])).content.decode()
        assert "read the reason" in shown
        assert 'name="reason_code"' in shown


def test_a_reason_is_read_in_the_language_of_its_reader(people):
    people.focal_point.language = "fr"
    people.focal_point.save()
    with translation.override("ar"):
        refuse(f.request_in("submitted", people.party), people)
    with translation.override("fr"):
        assert reason_label("outside_scope") in notice(people.focal_point, "request_refuse").text
