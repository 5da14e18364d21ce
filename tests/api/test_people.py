"""Invitations, open calls, conversations and who comes next, through the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from requests_offers.actions import matches
from requests_offers.models import Approach, Match, Message, OpenCall
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(people):
    return f.request_in("matching", people.party).components.get()


@pytest.fixture
def offer(people):
    return f.offer_in("published", people.organization)


def in_twenty_days():
    return (timezone.now().date() + timedelta(days=20)).isoformat()


def test_an_invitation_is_made_answered_and_stands_on_the_board(as_token, people, need, offer):
    centre, provider = as_token(people.officer), as_token(people.provider)
    body = {"component": need.reference, "organization": people.organization.slug, "message": "Can you help?"}
    asked = centre.post("approaches/", body)
    assert (asked.status_code, asked.json()["status"], asked.json()["origin"]) == (201, "invited", "invitation")
    reference = asked.json()["reference"]
    assert provider.get(f"approaches/{reference}/").json()["open_steps"] == ["answer", "decline"]
    assert centre.post(f"approaches/{reference}/answer/", {"offer": offer.reference}).status_code == 403
    answered = provider.post(f"approaches/{reference}/answer/", {"offer": offer.reference, "note": "Gladly."})
    assert (answered.json()["status"], answered.json()["offer"]) == ("matched", offer.reference)
    assert answered.json()["match"] is None  # the provider sees it once it is offered to both
    assert centre.get(f"approaches/{reference}/").json()["match"] == Match.objects.get().reference
    assert provider.post(f"approaches/{reference}/decline/", {"reason_code": "timing"}).status_code == 409


def test_an_answer_names_an_offer_that_the_caller_sees_and_owns(as_token, people, need):
    reference = f.invitation(need, people.organization).reference
    provider = as_token(people.provider)
    hidden, foreign = (
        f.draft_offer(f.organization(f.party("TV"))),
        f.offer_in("published", f.organization(f.party("FR"))),
    )
    answer = provider.post(f"approaches/{reference}/answer/", {"offer": hidden.reference})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["offer"])
    assert provider.post(f"approaches/{reference}/answer/", {"offer": foreign.reference}).status_code == 403


def test_a_provider_comes_by_itself_or_to_the_open_call(as_token, people, need, offer):
    provider = as_token(people.provider)
    made = provider.post("approaches/", {"component": need.reference, "offer": offer.reference, "note": "Here we are."})
    assert (made.status_code, made.json()["origin"], made.json()["status"]) == (201, "unsolicited", "matched")
    call = as_token(people.officer).post("calls/", {"component": need.reference, "until": in_twenty_days()})
    assert call.status_code == 201
    second = f.offer_in("published", people.organization)
    made = provider.post("approaches/", {"component": need.reference, "offer": second.reference})
    assert (made.json()["origin"], made.json()["status"], made.json()["call"]) == (
        "open_call", "answered", call.json()["reference"],
    )  # fmt: skip
    assert provider.post(f"approaches/{made.json()['reference']}/take_back/").json()["status"] == "withdrawn"


@pytest.mark.parametrize("more", [{}, {"organization": True, "offer": True}])
def test_one_of_organization_and_offer_is_named(as_token, people, need, offer, more):
    body = {"component": need.reference}
    body |= {"organization": people.organization.slug, "offer": offer.reference} if more else {}
    answer = as_token(people.provider).post("approaches/", body)
    assert answer.status_code == 400
    assert not Approach.objects.exists()


def test_who_sees_which_approaches_and_calls(anonymous, as_token, people, need, offer):
    f.invitation(need, people.organization)
    call = f.open_call(need)
    network = f.open_call(f.request_in("matching", people.party, visibility="network").components.get())
    counts = {
        person: as_token(getattr(people, person)).get("approaches/").json()["count"]
        for person in ("officer", "coordinator", "provider", "focal_point", "stranger")
    }
    assert counts == {"officer": 1, "coordinator": 1, "provider": 1, "focal_point": 0, "stranger": 0}
    assert anonymous.get("approaches/").status_code == 401
    seen = anonymous.get("calls/").json()["results"]
    assert [one["reference"] for one in seen] == [call.reference]
    assert "answers" not in seen[0]
    assert anonymous.get(f"calls/{network.reference}/").status_code == 404
    assert as_token(people.officer).get(f"calls/{call.reference}/").json()["answers"] == 0
    assert (
        as_token(people.provider).post(f"calls/{call.reference}/withdraw/", {"reason_code": "found"}).status_code == 403
    )
    withdrawn = as_token(people.officer).post(f"calls/{call.reference}/withdraw/", {"reason_code": "found"})
    assert withdrawn.json()["status"] == OpenCall.objects.get(pk=call.pk).status == "withdrawn"


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_with_any_number_of_rows(as_token, people, count, django_assert_num_queries):
    for _ in range(count):
        component = f.request_in("matching", people.party).components.get()
        f.invitation(component, people.organization)
        f.open_call(component)
    caller = as_token(people.officer)
    for path, queries in [("approaches/", 5), ("calls/", 4)]:
        caller.get(path)
        with django_assert_num_queries(queries):
            assert caller.get(path).json()["count"] == count


def test_a_conversation_is_written_and_read_by_those_inside(as_token, people, need, offer):
    match = f.match_in("offered", component=need, offer=offer)
    provider, office = as_token(people.provider), as_token(people.focal_point)
    said = provider.post(f"matches/{match.reference}/messages/", {"text": "On peut venir.", "language": "fr"})
    assert said.status_code == 201
    (message,) = office.get(f"matches/{match.reference}/messages/").json()["messages"]
    assert (message["side"], message["text"], message["language"], message["files"]) == (
        "provider", "On peut venir.", "fr", [],
    )  # fmt: skip
    assert as_token(people.stranger).get(f"matches/{match.reference}/messages/").status_code == 404
    assert as_token(people.drafter).post(
        f"matches/{match.reference}/messages/", {"text": "Me too", "language": "en"}
    ).status_code == 403  # fmt: skip
    published = f.match_in("agreed")
    assert as_token(people.stranger).get(f"matches/{published.reference}/messages/").status_code == 403


def test_the_same_message_under_one_key_is_said_once(as_token, people, need, offer):
    match = f.match_in("offered", component=need, offer=offer)
    caller = as_token(people.provider)
    for _ in range(2):
        caller.post(
            f"matches/{match.reference}/messages/", {"text": "Once", "language": "en"}, **{"Idempotency-Key": "a"}
        )
    assert Message.objects.count() == 1


def test_the_officer_writes_down_who_translates(as_token, people):
    component = f.request_in("matching", people.party, needs=[f.need(languages=["fr"])]).components.get()
    match = f.match_in("offered", component=component, offer=f.offer_in("published", people.organization))
    centre = as_token(people.officer)
    assert centre.get(f"matches/{match.reference}/").json()["common_languages"] == []
    body = {"translator": "The University", "since": "2026-12-01"}
    assert as_token(people.provider).post(f"matches/{match.reference}/name_translator/", body).status_code == 403
    named = centre.post(f"matches/{match.reference}/name_translator/", body).json()
    assert (named["translator"], named["translator_from"]) == ("The University", "2026-12-01")
    assert centre.post(f"matches/{match.reference}/name_translator/", {"translator": "Nobody knows"}).status_code == 400


def test_after_a_no_the_next_is_offered(as_token, people, need, offer):
    match = f.match_in("offered", component=need, offer=offer)
    following = f.suggest(need, f.offer_in("published", people.organization), score=0.5, rank=2)
    matches.decline(match, by=people.provider, reason_code="timing")
    centre = as_token(people.officer)
    assert centre.get(f"matches/{match.reference}/next/").json()["following"] == [following.reference]
    assert as_token(people.provider).get(f"matches/{match.reference}/next/").status_code == 403
    assert as_token(people.provider).post(
        f"matches/{match.reference}/offer_next/", {"match": following.reference}
    ).status_code == 403  # fmt: skip
    answer = centre.post(f"matches/{match.reference}/offer_next/", {"match": following.reference})
    assert (answer.json()["reference"], answer.json()["status"]) == (following.reference, "offered")
    assert centre.post(f"matches/{match.reference}/offer_next/", {"match": match.reference}).status_code == 400


def test_a_draft_of_an_offer_is_deleted(as_token, people):
    draft, published = f.draft_offer(people.organization), f.offer_in("published", people.organization)
    provider = as_token(people.provider)
    assert provider.delete(f"offers/{draft.reference}/").status_code == 204
    assert provider.get(f"offers/{draft.reference}/").status_code == 404
    refused = provider.delete(f"offers/{published.reference}/")
    assert (refused.status_code, refused.json()["open_steps"]) == (409, ["pause", "withdraw"])
