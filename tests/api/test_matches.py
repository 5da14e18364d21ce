"""The matches of a request, in the shape that partners rely on, and previews of needs that nobody has filed."""

import pytest

from accounts.models.job import Job
from requests_offers.actions import previews
from requests_offers.actions.scoring import perform_match_run
from requests_offers.api.previews import PreviewResource
from requests_offers.models import MatchRun, PreviewRun
from tests import factories as f

pytestmark = pytest.mark.django_db

RESULT = [
    "match", "offer", "offer_title", "organization", "status", "rank", "score", "band", "explanation",
    "missing", "versions",
]  # fmt: skip


def test_the_matches_of_a_request_have_the_agreed_shape(as_token, people):
    match = f.match_in("suggested", offer=f.offer_in("published", people.organization))
    request = match.component.request
    answer = as_token(people.officer).get(f"requests/{request.reference}/matches/").json()
    assert list(answer) == ["request", "components"]
    component = answer["components"][0]
    assert list(component) == ["component", "status", "scored_at", "results"]
    assert (component["component"], component["status"]) == (f"{request.reference}-1", "open")
    result = component["results"][0]
    assert list(result) == RESULT
    assert (result["match"], result["offer"]) == (match.reference, match.offer.reference)
    assert (result["organization"], result["status"]) == (people.organization.slug, "suggested")
    assert (result["rank"], result["score"], result["band"]) == (1, 0.71, "strong")
    assert list(result["explanation"][0]) == ["criterion", "value", "weight", "share", "evidence"]
    assert result["explanation"][0]["evidence"][0] == {"kind": "word", "need": "plants", "offer": "hyacinth"}
    assert result["missing"] == [{"criterion": "region", "detail": "The offer does not cover Fiji."}]
    assert result["versions"] == {"weights": 1, "lexicon": "2026-11-18", "calibration": "2026-11-20"}


def test_what_the_scorer_found_is_served_with_its_reasons(as_token, people):
    f.offer_in("published", people.organization)
    request = f.request_in("matching")
    for run in MatchRun.objects.filter(state=Job.State.QUEUED):
        perform_match_run(run.pk)
    results = as_token(people.officer).get(f"requests/{request.reference}/matches/").json()["components"][0]["results"]
    assert [result["rank"] for result in results] == [1]
    assert {share["criterion"] for share in results[0]["explanation"]} >= {"text", "targets", "region"}
    assert all(fault["detail"] for fault in results[0]["missing"])


def test_better_matches_come_first_and_those_without_a_rank_last(as_token, people):
    component = f.request_in("matching").components.get()
    made = [f.suggest(component, rank=rank, score=score) for rank, score in ((2, 0.5), (None, 0.9), (1, 0.7))]
    results = as_token(people.officer).get(f"requests/{component.request.reference}/matches/").json()["components"][0]
    assert [result["match"] for result in results["results"]] == [
        made[2].reference,
        made[0].reference,
        made[1].reference,
    ]


# Previews -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch):
    """A preview that does not wait for the worker."""
    monkeypatch.setattr(PreviewResource, "waits_for", 0.0)


def a_need():
    f.target(6)
    f.party("FJ")
    return {
        "title": "Contrôle des plantes envahissantes",
        "text": "Formation à la lutte biologique contre la jacinthe d’eau.",
        "language": "fr",
        "party": "FJ",
        "targets": [6],
        "languages": ["en"],
        "starts_on": "2027-01-01",
    }


def test_a_preview_that_takes_long_is_found_at_its_address(as_token, people, impatient):
    partner = as_token(people.donor)
    answer = partner.post("match-preview/", a_need())
    assert (answer.status_code, answer.json()["state"], answer.json()["results"]) == (202, "queued", [])
    run = PreviewRun.objects.get()
    assert answer.headers["Location"] == f"http://testserver/api/v1/match-preview/{run.pk}/"
    offer = f.offer_in("published", people.organization)
    previews.perform_preview(run.pk)
    done = partner.client.get(answer.headers["Location"]).json()
    assert done["state"] == "done"
    result = done["results"][0]
    assert list(result) == RESULT
    assert (result["match"], result["status"], result["offer"]) == (None, None, offer.reference)
    assert {share["criterion"] for share in result["explanation"]} >= {"text", "targets", "language"}


def test_a_preview_that_is_done_is_answered_at_once(as_token, people, impatient):
    f.offer_in("published", people.organization)
    partner = as_token(people.donor)
    partner.post("match-preview/", a_need(), **{"Idempotency-Key": "one"})
    previews.perform_preview(PreviewRun.objects.get().pk)
    again = partner.post("match-preview/", a_need(), **{"Idempotency-Key": "one"})
    assert (again.status_code, len(again.json()["results"])) == (200, 1)
    assert PreviewRun.objects.count() == 1


def test_the_waiting_answer_sees_what_the_worker_writes(as_token, people, monkeypatch):
    """The worker finishes between two looks: the loop ends with 200, not with the end of its time."""
    monkeypatch.setattr(PreviewResource, "waits_for", 30.0)
    monkeypatch.setattr("requests_offers.api.previews.time.sleep", lambda _seconds: run_all())

    def run_all():
        for run in PreviewRun.objects.filter(state=Job.State.QUEUED):
            previews.perform_preview(run.pk)

    assert as_token(people.donor).post("match-preview/", a_need()).status_code == 200


def test_a_preview_belongs_to_whoever_asked(anonymous, as_token, people, impatient):
    assert anonymous.post("match-preview/", a_need()).status_code == 401
    location = as_token(people.donor).post("match-preview/", a_need()).headers["Location"]
    assert as_token(people.officer).client.get(location).status_code == 404
    assert anonymous.client.get(location).status_code == 401


def test_a_token_that_may_only_read_may_ask_for_a_preview(as_token, people, impatient):
    assert as_token(people.donor, scopes=["read"]).post("match-preview/", a_need()).status_code == 202


def test_a_preview_of_nothing_is_refused(as_token, people):
    answer = as_token(people.donor).post("match-preview/", {"language": "en"})
    assert answer.json()["errors"]["non_field_errors"][0]["code"] == "empty"


def test_previews_are_kept_for_a_day(as_token, people, impatient):
    partner = as_token(people.donor)
    partner.post("match-preview/", a_need())
    PreviewRun.objects.update(queued_at="2020-01-01T00:00:00Z")
    partner.post("match-preview/", a_need())
    assert PreviewRun.objects.count() == 1
