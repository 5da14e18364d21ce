"""Engagements and joint proposals through the API: what both sides write, and what the others see of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from requests_offers.models import AppraisalDue, JointProposal
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def match(people):
    need = f.request_in("matching", people.party).components.get()
    return f.match_in("agreed", component=need, offer=f.offer_in("published", people.organization))


@pytest.fixture
def path(match):
    return f"engagements/{match.engagement.reference}/"


def test_both_sides_write_plan_milestones_results_and_whom_it_reached(as_token, people, path):
    office, provider = as_token(people.focal_point), as_token(people.provider)
    words = {"plan": "We rear weevils.", "beneficiaries": [{"group": "womenGirls", "people": 40}]}
    assert office.patch(path, words).status_code == 200
    assert provider.post(f"{path}milestones/", {"title": "Unit built", "due_on": "2027-03-01"}).status_code == 200
    done = provider.post(f"{path}milestone_done/", {"number": 6, "evidence": "A report."}).json()
    assert done["milestones"][-1]["title"] == "Unit built"
    assert done["milestones"][-1]["done_on"] == timezone.now().date().isoformat()
    record = provider.post(f"{path}results/", {"title": "Open landings", "url": "https://example.org"}).json()
    assert record["plan"] == "We rear weevils."
    assert record["beneficiaries"] == [{"group": "womenGirls", "people": 40}]
    assert [row["title"] for row in record["results"]] == ["Open landings"]


@pytest.mark.parametrize("person", ["drafter", "officer", "coordinator"])
def test_who_only_sees_it_does_not_write(as_token, people, path, person):
    caller = as_token(getattr(people, person))
    assert caller.get(path).status_code == 200
    for answer in (caller.patch(path, {"plan": "Mine."}), caller.post(f"{path}milestones/", {"title": "Mine"})):
        assert answer.status_code == 403


def test_wrong_words_get_a_sentence_each(as_token, people, path):
    provider = as_token(people.provider)
    for name, body in (
        ("milestone_done/", {"number": 99, "evidence": "A report."}),
        ("milestone_done/", {"number": 1}),
        ("results/", {"title": "No evidence"}),
        ("results/", {"title": "X", "url": "not an address"}),
    ):
        answer = provider.post(path + name, body)
        assert answer.status_code in {400, 409}, (name, body)
        assert answer.json()["detail"] or answer.json()["errors"]
    assert provider.patch(path, {"beneficiaries": [{"group": "men"}]}).status_code == 400
    assert provider.patch(path, {"status": "appraised"}).status_code == 400


def test_an_appraisal_is_hidden_from_the_other_side_until_both_have_answered(as_token, people, path):
    office, provider = as_token(people.focal_point), as_token(people.provider)
    provider.post(f"{path}conclude/")
    said = {"text": "It helped.", "moment": "end", "helped": "yes", "again": "yes", "rating": 5}
    assert [row["rating"] for row in provider.post(f"{path}appraise/", said).json()["appraisals"]] == [5]
    assert office.get(path).json()["appraisals"] == []
    assert as_token(people.coordinator).get(path).json()["appraisals"] == []
    office.post(f"{path}appraise/", said | {"rating": 3})
    assert {row["rating"] for row in as_token(people.officer).get(path).json()["appraisals"]} == {3, 5}
    late = office.post(f"{path}appraise/", said | {"moment": "six_months"})
    assert late.status_code == 409 or late.status_code == 400
    AppraisalDue.objects.update(asked_on=timezone.now().date() - timedelta(days=1))
    assert office.post(f"{path}appraise/", said | {"moment": "six_months"}).status_code == 200


def test_the_text_is_public_once_both_released_it(anonymous, as_token, people, path):
    office, provider = as_token(people.focal_point), as_token(people.provider)
    provider.patch(path, {"story": "The lagoon is open."})
    assert anonymous.get(path).json()["story"] == ""
    for caller in (office, provider):
        assert caller.post(f"{path}release_story/", {}).status_code == 200
    record = anonymous.get(path).json()
    assert record["story"] == "The lagoon is open."
    assert not {"plan", "lessons", "milestones", "appraisals"} & set(record)


def test_a_joint_proposal_is_begun_written_and_approved_by_both(as_token, people, match):
    office, provider = as_token(people.focal_point), as_token(people.provider)
    made = office.post("joint-proposals/", {"engagement": match.engagement.reference})
    assert made.status_code == 201
    path = f"joint-proposals/{made.json()['reference']}/"
    assert provider.post("joint-proposals/", {"engagement": match.engagement.reference}).status_code == 200
    words = {"concept": "Weevils.", "results": ["Open landings"], "budget": [{"title": "Unit", "amount": "12000.00"}]}
    record = office.patch(path, words | {"version": made.json()["version"]}).json()
    assert record["budget"] == [{"title": "Unit", "amount": "12000.00", "carried_by": "sought"}]
    assert office.patch(path, {"concept": "Old.", "version": 1}).status_code == 412
    assert office.post(f"{path}propose/").json()["status"] == "proposed"
    assert provider.post(f"{path}approve/", {"number": 7}).status_code == 409
    assert provider.post(f"{path}approve/", {"number": 1}).json()["status"] == "approved"
    assert provider.patch(path, {"concept": "Other weevils."}).json()["number"] == 2
    assert JointProposal.objects.get().status == "draft"


@pytest.mark.parametrize("person", ["donor", "stranger"])
def test_what_is_not_shared_is_not_there(as_token, people, match, person):
    proposal = f.proposal_in("approved", match=match)
    caller = as_token(getattr(people, person))
    assert caller.get(f"joint-proposals/{proposal.reference}/").status_code == 404
    assert caller.get("joint-proposals/").json()["count"] == 0


@pytest.mark.parametrize("plural", ["engagements", "joint-proposals"])
def test_lists_take_as_many_queries_for_three_as_for_one(as_token, people, plural, django_assert_max_num_queries):
    def work():
        need = f.request_in("matching", people.party).components.get()
        offer = f.offer_in("published", people.organization)
        f.proposal_in("approved", match=f.match_in("agreed", component=need, offer=offer))

    caller = as_token(people.focal_point)
    work()
    caller.get(f"{plural}/")
    with django_assert_max_num_queries(20) as one:
        assert caller.get(f"{plural}/").json()["count"] == 1
    work(), work()
    with django_assert_max_num_queries(len(one)):
        assert caller.get(f"{plural}/").json()["count"] == 3
