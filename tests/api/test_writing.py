"""Writing: drafts, steps, refusals, the same request twice, and two people in one record."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import IdempotencyKey
from requests_offers.api.steps import ACTS, step_input
from requests_offers.lifecycle import TABLES
from requests_offers.models import CooperationRequest, Match, Offer
from tests import factories as f

pytestmark = pytest.mark.django_db


def a_need(**more):
    f.target(6)
    f.subject()
    f.cooperation_type()
    return {
        "title": "Control of invasive plants",
        "text": "A control without herbicide.",
        "targets": [6],
        "subjects": ["invasive_alien_species"],
        "cooperation_types": ["technology_transfer"],
        "languages": ["en"],
    } | more


def a_request(**more):
    words = {"title": "Plants", "summary": "They close the landings.", "priority_reason": "Being revised."}
    return {"party": "FJ", "components": [a_need()]} | words | more


def an_offer(organization, **more):
    f.target(6)
    return {"organization": organization.slug, "title": "Weevils", "text": "We rear weevils.", "targets": [6]} | more


# Requests -------------------------------------------------------------------------------------------------------------


def test_a_request_is_filed_changed_submitted_and_accepted(as_token, people):
    office, centre = as_token(people.focal_point), as_token(people.officer)
    made = office.post("requests/", a_request())
    assert made.status_code == 201
    reference = made.json()["reference"]
    assert made.headers["Location"] == f"http://testserver/api/v1/requests/{reference}/" == made.json()["url"]
    assert made.json()["components"][0]["targets"] == [6]
    changed = office.patch(f"requests/{reference}/", {"title": "Water plants", "contact": "Mere", "version": 1})
    assert (changed.json()["title"], changed.json()["contact"], changed.json()["version"]) == (
        "Water plants",
        "Mere",
        2,
    )
    assert office.post(f"requests/{reference}/submit/").json()["status"] == "submitted"
    accepted = centre.post(f"requests/{reference}/accept/")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "matching")
    assert "answer_directly" in accepted.json()["open_steps"]
    assert accepted.json()["whats_next"]["heading"] == "Offers are being compared with each need"


def test_needs_are_changed_by_their_number_and_others_deleted(as_token, people):
    office = as_token(people.focal_point)
    reference = office.post("requests/", a_request(components=[a_need(), a_need(title="Second")])).json()["reference"]
    body = {"components": [{"number": 2, "title": "Second, changed"}, {"title": "Third"}]}
    found = office.patch(f"requests/{reference}/", body).json()["components"]
    assert [(part["number"], part["title"]) for part in found] == [(2, "Second, changed"), (3, "Third")]
    assert found[0]["targets"] == [6]


def test_a_draft_is_deleted_and_a_request_is_not(as_token, people):
    office = as_token(people.focal_point)
    reference = office.post("requests/", a_request()).json()["reference"]
    assert office.delete(f"requests/{reference}/").status_code == 204
    assert office.get(f"requests/{reference}/").status_code == 404
    kept = f.request_in("submitted")
    refused = office.delete(f"requests/{kept.reference}/")
    assert refused.status_code == 409
    assert "withdraw" in refused.json()["open_steps"]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "party", "required"),
        ({"party": "QQ", "title": "x"}, "party", "does_not_exist"),
        ({"party": "FJ", "title": ""}, "title", "blank"),
        ({"party": "FJ", "title": "x" * 201}, "title", "max_length"),
        ({"party": "FJ", "title": "x", "status": "matching"}, "status", "unknown"),
        ({"party": "FJ", "title": "x", "is_example": True}, "is_example", "unknown"),
        ({"party": "FJ", "title": "x", "language": "not a tag"}, "language", "language"),
        ({"party": "FJ", "title": "x", "co_parties": ["FJ"]}, "co_parties", "asks_already"),
        ({"party": "FJ", "title": "x", "components": [{}]}, "components.0.title", "required"),
        (
            {"party": "FJ", "title": "x", "components": [{"title": "x", "targets": [7]}]},
            "components.0.targets",
            "does_not_exist",
        ),
        (
            {
                "party": "FJ",
                "title": "x",
                "components": [{"title": "x", "starts_on": "2027-02-01", "ends_on": "2027-01-01"}],
            },
            "components.0.ends_on",
            "ends_before_it_starts",
        ),
        ([], "non_field_errors", "invalid"),
    ],
)
def test_every_fault_of_a_body_is_named_with_its_field(as_token, people, body, field, code):
    answer = as_token(people.focal_point).post("requests/", body)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][field][0]["code"] == code
    assert answer.json()["errors"][field][0]["detail"]
    assert CooperationRequest.objects.count() == 0


def test_the_end_of_a_need_is_compared_with_the_beginning_that_stands(as_token, people):
    office = as_token(people.focal_point)
    reference = office.post("requests/", a_request(components=[a_need(starts_on="2027-02-01")])).json()["reference"]
    answer = office.patch(f"requests/{reference}/", {"components": [{"number": 1, "ends_on": "2027-01-01"}]})
    assert list(answer.json()["errors"]) == ["components.0.ends_on"]


def test_a_step_that_is_not_possible_names_those_that_are(as_token, people):
    made = f.request_in("matching")
    answer = as_token(people.officer).post(f"requests/{made.reference}/accept/")
    assert answer.status_code == 409
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["open_steps"] == ["answer_directly"]
    assert (body["title"], body["status"]) == ("This step is not possible now", 409)


def test_a_step_without_what_it_asks_for_is_refused(as_token, people):
    made = f.request_in("submitted")
    answer = as_token(people.head).post(f"requests/{made.reference}/refuse/", {"reason": "No."})
    assert answer.json()["errors"] == {"reason_code": [{"code": "required", "detail": "This field is required."}]}


def test_every_step_that_people_take_has_a_call_with_what_it_asks_for():
    asks = {"reason": "reason_code"}
    for noun, table in TABLES.items():
        for name, step in table.items():
            if name in ACTS[noun]:
                fields = set(step_input(noun, name)._declared_fields)
                wanted = {asks.get(one, one) for one in step.asks if (noun, name) != ("request", "complete")}
                assert wanted <= fields, (noun, name)
    assert {name for noun in TABLES for name in set(TABLES[noun]) - set(ACTS[noun])} == {
        "lapse", "expire", "match", "close",
    }  # fmt: skip


def test_a_rule_of_the_portal_is_told_as_a_sentence(as_token, people):
    office = as_token(people.focal_point)
    reference = office.post("requests/", a_request(components=[])).json()["reference"]
    answer = office.post(f"requests/{reference}/submit/")
    assert answer.status_code == 400
    assert answer.json()["detail"] == "Describe at least one need before you submit the request."


# Offers, matches, engagements -----------------------------------------------------------------------------------------


def test_an_offer_is_filed_published_and_matched_until_the_work_is_done(as_token, people):
    provider, centre, office = as_token(people.provider), as_token(people.officer), as_token(people.focal_point)
    reference = provider.post("offers/", an_offer(people.organization, capacity=2)).json()["reference"]
    assert provider.patch(f"offers/{reference}/", {"delivery": "remote"}).json()["delivery"] == "remote"
    assert provider.post(f"offers/{reference}/submit/").json()["status"] == "in_verification"
    assert centre.post(f"offers/{reference}/publish/").json()["status"] == "published"
    need = f.request_in("matching").components.get()
    proposed = centre.post("matches/", {"component": need.reference, "offer": reference})
    assert proposed.status_code == 201
    assert centre.post("matches/", {"component": need.reference, "offer": reference}).status_code == 200
    match = proposed.json()["reference"]
    assert centre.post(f"matches/{match}/offer_to_both/").json()["status"] == "offered"
    assert provider.post(f"matches/{match}/accept/", {"publish": True}).json()["status"] == "offered"
    assert office.post(f"matches/{match}/accept/", {"publish": True}).json()["status"] == "agreed"
    engagement = office.get("engagements/").json()["results"][0]["reference"]
    assert office.post(f"engagements/{engagement}/conclude/").json()["status"] == "concluded"
    said = office.post(f"engagements/{engagement}/appraise/", {"text": "It helped.", "moment": "end"}).json()
    assert [one["text"] for one in said["appraisals"]] == ["It helped."]


def test_an_offer_that_nobody_may_see_cannot_be_proposed(as_token, people):
    hidden = f.offer_in("draft", people.organization)
    need = f.request_in("matching").components.get()
    answer = as_token(people.officer).post("matches/", {"component": need.reference, "offer": hidden.reference})
    assert list(answer.json()["errors"]) == ["offer"]
    assert Match.objects.count() == 0


def test_fewer_places_than_are_taken_are_refused(as_token):
    match = f.match_in("offered")
    Offer.objects.filter(pk=match.offer_id).update(capacity=2, places_taken=2)
    provider = as_token(f.provider_of(match.offer.organization))
    answer = provider.patch(f"offers/{match.offer.reference}/", {"capacity": 1})
    assert answer.status_code == 400
    assert "2 places are taken" in answer.json()["detail"]


# Who may --------------------------------------------------------------------------------------------------------------


def test_without_signing_in_nothing_is_written(anonymous, people):
    answer = anonymous.post("requests/", a_request())
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Token")
    assert answer.json()["type"] == "http://testserver/api/docs/#not-signed-in"


def test_a_token_that_may_read_does_not_write(as_token, people):
    reader = as_token(people.focal_point, scopes=["read"])
    assert reader.get("requests/").status_code == 200
    answer = reader.post("requests/", a_request())
    assert answer.status_code == 403
    assert "scope" in answer.json()["detail"]
    assert CooperationRequest.objects.count() == 0


def test_a_person_at_the_browser_writes_with_the_session(as_session, people):
    assert as_session(people.focal_point).post("requests/", a_request()).status_code == 201


@pytest.mark.parametrize("secret", ["tsc_nobody", "tsc_" + "x" * 80, "\xff\xfe", ""])
def test_a_token_that_nobody_made_is_refused(anonymous, db, secret):
    anonymous.client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    assert anonymous.get("parties/").status_code == 401


def test_who_sees_a_record_but_may_not_change_it_is_told_so(as_token, people):
    made = f.request_in("matching")
    for caller, path in ((people.donor, "accept/"), (people.provider, "withdraw/")):
        answer = as_token(caller).post(f"requests/{made.reference}/{path}")
        assert answer.status_code == 403
        assert answer.json()["detail"].startswith("This step belongs to:")
    assert as_token(people.donor).patch(f"requests/{made.reference}/", {"title": "Mine"}).status_code == 403


def test_what_somebody_may_not_see_is_not_there(as_token, anonymous, people):
    draft = f.draft_request()
    for caller in (anonymous, as_token(people.officer), as_token(people.provider)):
        hidden = caller.get(f"requests/{draft.reference}/")
        nothing = caller.get("requests/REQ-999999/")
        assert (hidden.status_code, hidden.json()) == (404, nothing.json())
    assert as_token(people.officer).post(f"requests/{draft.reference}/submit/").status_code == 404
    assert as_token(people.drafter).get(f"requests/{draft.reference}/").status_code == 200


def test_nobody_files_for_another_party_or_organization(as_token, people):
    other = f.party("TD")
    assert as_token(people.focal_point).post("requests/", a_request(party=other.iso2)).status_code == 403
    assert as_token(people.provider).post("offers/", an_offer(f.organization())).status_code == 403


# Twice ----------------------------------------------------------------------------------------------------------------


def test_the_same_request_with_the_same_key_does_its_work_once(as_token, people):
    office = as_token(people.focal_point)
    first = office.post("requests/", a_request(), **{"Idempotency-Key": "one"})
    again = office.post("requests/", a_request(), **{"Idempotency-Key": "one"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert CooperationRequest.objects.count() == 1


def test_a_key_with_another_body_is_refused(as_token, people):
    office = as_token(people.focal_point)
    office.post("requests/", a_request(), **{"Idempotency-Key": "one"})
    answer = office.post("requests/", a_request(title="Other"), **{"Idempotency-Key": "one"})
    assert (answer.status_code, answer.json()["title"]) == (422, "The key was used for another request")


def test_a_refused_request_may_be_mended_under_its_key(as_token, people):
    office = as_token(people.focal_point)
    assert office.post("requests/", a_request(title=""), **{"Idempotency-Key": "one"}).status_code == 400
    assert office.post("requests/", a_request(), **{"Idempotency-Key": "one"}).status_code == 201


def test_keys_belong_to_their_owner_and_last_a_day(as_token, people):
    office = as_token(people.focal_point)
    office.post("requests/", a_request(), **{"Idempotency-Key": "one"})
    other = as_token(people.deputy).post("requests/", a_request(title="Other"), **{"Idempotency-Key": "one"})
    assert other.status_code == 201
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert office.post("requests/", a_request(title="Next"), **{"Idempotency-Key": "one"}).status_code == 201


def test_a_step_and_a_deletion_are_taken_once_under_their_key(as_token, people):
    office = as_token(people.focal_point)
    submitted = f.draft_request()
    for _time in range(2):
        answer = office.post(f"requests/{submitted.reference}/submit/", **{"Idempotency-Key": "submit"})
        assert (answer.status_code, answer.json()["status"]) == (200, "submitted")
    deleted = f.draft_request()
    for _time in range(2):
        answer = office.delete(f"requests/{deleted.reference}/", **{"Idempotency-Key": "delete"})
        assert answer.status_code == 204


@pytest.mark.django_db(transaction=True)
def test_fifty_posts_at_once_with_one_key_make_one_record(as_token):
    f.party("FJ")
    body = a_request()
    callers = [as_token(f.focal_point_of(f.party("FJ"))) for _each in range(50)]
    barrier, answers = threading.Barrier(50), []

    def post(caller):
        barrier.wait()
        try:
            answers.append(caller.post("requests/", body, **{"Idempotency-Key": "one"}))
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=[caller]) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["reference"] for answer in answers}) == 1
    assert CooperationRequest.objects.count() == 1


# Two people in one record ---------------------------------------------------------------------------------------------


def test_a_write_on_what_somebody_else_changed_is_refused(as_token, people):
    office = as_token(people.focal_point)
    path = f"requests/{f.draft_request().reference}/"
    tag = office.get(path).headers["ETag"]
    assert office.patch(path, {"title": "First"}, **{"If-Match": tag}).status_code == 200
    late = office.patch(path, {"title": "Second"}, **{"If-Match": tag})
    assert (late.status_code, late.json()["title"]) == (412, "The record has changed")
    assert office.patch(path, {"title": "Third", "version": 1}).status_code == 412
    assert office.get(path).json()["title"] == "First"


def test_a_step_on_what_somebody_else_changed_is_refused(as_token):
    match = f.match_in("suggested")
    officer = as_token(f.officer_of(match.component.request.centre))
    path = f"matches/{match.reference}/"
    tag = officer.get(path).headers["ETag"]
    assert officer.post(f"{path}shortlist/", **{"If-Match": tag}).status_code == 200
    assert officer.post(f"{path}offer_to_both/", **{"If-Match": tag}).status_code == 412
    assert officer.post(f"{path}offer_to_both/", **{"If-Match": "*"}).status_code == 200


# How a body comes -----------------------------------------------------------------------------------------------------


def test_a_body_that_is_not_json_is_refused(as_token, people):
    client = as_token(people.focal_point).client
    assert client.post("/api/v1/requests/", {"title": "x"}, format="multipart").status_code == 415
    broken = client.generic("POST", "/api/v1/requests/", "{", "application/json")
    assert (broken.status_code, broken.headers["Content-Type"]) == (400, "application/problem+json")


def test_addresses_that_lead_nowhere_answer_with_a_problem(anonymous, db):
    for path in ("nothing/", "parties/Fiji/", "requests/REQ-1/", "requests/REQ-000001/fly/", "targets/%00/"):
        answer = anonymous.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json"), path
    assert anonymous.get("requests/REQ-%0A/").status_code == 404


def test_a_method_that_a_resource_does_not_have_is_refused_before_all_else(anonymous, db):
    for method in ("PUT", "TRACE", "POST"):
        answer = anonymous.send(method, "parties/?nothing=1")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("key", ["two words", "é", "x" * 201])
def test_a_key_that_could_be_read_in_two_ways_is_refused(as_token, people, key):
    answer = as_token(people.focal_point).post("requests/", a_request(), **{"Idempotency-Key": key})
    assert list(answer.json()["errors"]) == ["Idempotency-Key"]


def test_an_address_without_its_last_slash_leads_to_the_right_one_with_method_and_body(anonymous, db):
    answer = anonymous.client.post("/api/v1/requests?lang=fr")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/api/v1/requests/?lang=fr")
