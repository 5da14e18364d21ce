"""The weights of the score: versions, who may change them, and that every need is scored again."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import DomainError, NotAllowed, StaleWrite
from accounts.models import AuditEvent
from accounts.models.job import Job
from requests_offers.actions import scoring, weights
from requests_offers.forms.weights import proposed_in
from requests_offers.match_inputs import load_weights
from requests_offers.matching.records import CRITERIA, START_WEIGHTS
from requests_offers.models import Match, MatchRun, MatchWeights
from tests import factories as f

pytestmark = pytest.mark.django_db

OTHERS = {**START_WEIGHTS, "text": 0.5}


def change(values=OTHERS, *, based_on=1, reason="Texts say more than tags.", by=None):
    return weights.change(values, reason=reason, based_on=based_on, by=by or f.coordinator())


def form_of(values=OTHERS, **fields):
    return {
        **{name: str(value) for name, value in values.items()},
        "version": "1",
        "reason": "Texts say more.",
    } | fields


# The action -----------------------------------------------------------------------------------------------------------


def test_a_change_adds_a_version_that_is_in_force_and_leaves_a_trace():
    coordinator = f.coordinator()
    made = change(by=coordinator)
    assert (made.version, made.created_by, load_weights().of("text")) == (2, coordinator, 0.5)
    event = AuditEvent.objects.get(action="weights_changed")
    assert (event.actor, event.reason) == (coordinator, "Texts say more than tags.")
    assert (event.details["old"]["text"], event.details["new"]["text"]) == (0.35, 0.5)


def test_every_matched_need_is_scored_again_once():
    waiting = f.request_in("matching").components.get()
    done = f.request_in("matching", f.party("TV")).components.get()
    f.request_in("submitted", f.party("TD"))
    MatchRun.objects.filter(component=done).update(state=Job.State.DONE)
    change()
    queued = MatchRun.objects.filter(state=Job.State.QUEUED, cause="weights")
    assert sorted(queued.values_list("component", flat=True)) == sorted([waiting.pk, done.pk])
    assert weights.still_to_score() == 2


def test_the_warm_index_notices_the_new_version():
    component, offer = f.request_in("matching").components.get(), f.offer_in("published")
    scoring.perform_match_run(MatchRun.objects.get(component=component).pk)
    before = Match.objects.get(component=component, offer=offer)
    change({name: float(name == "targets") for name in CRITERIA})
    scoring.perform_match_run(MatchRun.objects.get(component=component, state=Job.State.QUEUED).pk)
    after = Match.objects.get(component=component, offer=offer)
    assert (before.versions["weights"], after.versions["weights"]) == (1, 2)
    assert before.score < after.score == 1.0


def test_a_change_on_an_old_version_is_refused():
    change()
    with pytest.raises(StaleWrite, match="Somebody else"):
        change({**OTHERS, "text": 0.6}, based_on=1)
    assert MatchWeights.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (dict.fromkeys(CRITERIA, 0.0), "above 0"),
        ({**OTHERS, "text": 1.01}, "from 0 to 1"),
        ({**OTHERS, "text": -0.1}, "from 0 to 1"),
        ({**OTHERS, "text": float("nan")}, "from 0 to 1"),
        ({"text": 1.0}, "from 0 to 1"),
        (dict(START_WEIGHTS), "in force already"),
    ],
)
def test_weights_that_make_no_sense_are_refused(values, sentence):
    with pytest.raises(DomainError, match=sentence):
        change(values)
    assert not MatchWeights.objects.exists()


def test_a_change_without_a_reason_is_refused():
    with pytest.raises(DomainError, match="why"):
        change(reason="  ")


@given(st.dictionaries(st.sampled_from(CRITERIA), st.floats(0, 1), min_size=8, max_size=8))
def test_any_eight_weights_are_taken_unless_all_are_zero(values):
    if any(values.values()):
        weights.check(values)
    else:
        with pytest.raises(DomainError):
            weights.check(values)


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_wins():
    coordinator, barrier, answers = f.coordinator(), threading.Barrier(2), []

    def try_it(value):
        try:
            barrier.wait(5)
            answers.append(change({**OTHERS, "text": value}, by=coordinator).version)
        except StaleWrite:
            answers.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=[value]) for value in (0.6, 0.7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers, key=str) == [2, "stale"]
    assert MatchWeights.objects.get().version == 2


# Who may --------------------------------------------------------------------------------------------------------------

PEOPLE = ["focal_point", "deputy", "drafter", "officer", "head", "provider", "donor", "coordinator", "stranger"]


@pytest.mark.parametrize("name", PEOPLE)
def test_only_the_coordinator_opens_and_sends_the_form(client, name):
    person = getattr(f.everyone_known(), name)
    client.force_login(person)
    seen, sent = client.get(reverse("match_weights")), client.post(reverse("match_weights"), form_of())
    expected = (200, 302, 1) if name == "coordinator" else (403, 403, 0)
    assert (seen.status_code, sent.status_code, MatchWeights.objects.count()) == expected


@pytest.mark.parametrize("name", [name for name in PEOPLE if name != "coordinator"])
def test_the_action_itself_asks_for_the_right(name):
    with pytest.raises(NotAllowed):
        change(by=getattr(f.everyone_known(), name))


def test_who_is_not_signed_in_is_sent_to_sign_in(client):
    assert client.get(reverse("match_weights")).status_code == 302


# The pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def coordinator(client):
    person = f.coordinator()
    client.force_login(person)
    return person


def test_the_form_begins_with_the_weights_in_force_and_shows_all_versions(client, coordinator):
    change(by=coordinator)
    page = client.get(reverse("match_weights")).content.decode()
    assert 'name="text" value="0.5"' in page
    assert "Texts say more than tags." in page
    assert coordinator.name in page
    assert "The weights the portal started with" in page


@pytest.mark.parametrize("wrong", [{"text": "2"}, {"text": "much"}, {"reason": ""}, {"targets": ""}])
def test_a_form_with_a_mistake_comes_back_with_everything_typed(client, coordinator, wrong):
    page = client.post(reverse("match_weights"), form_of(**{"subjects": "0.77"} | wrong)).content.decode()
    assert "Error: " in page
    assert 'name="subjects" value="0.77"' in page
    assert not MatchWeights.objects.exists()


def test_all_zero_comes_back_with_a_sentence(client, coordinator):
    page = client.post(reverse("match_weights"), form_of(dict.fromkeys(CRITERIA, 0))).content.decode()
    assert "At least one criterion must have a weight above 0." in page


def test_a_stale_form_is_told_so_and_builds_on_the_newer_version_next(client, coordinator):
    change()
    answer = client.post(reverse("match_weights"), form_of({**OTHERS, "text": 0.9}))
    page = answer.content.decode()
    assert "Somebody else has changed the weights meanwhile" in page
    assert 'name="text" value="0.9"' in page
    assert 'name="version" value="2"' in page


def test_weights_proposed_in_the_address_only_fill_the_form(client, coordinator):
    page = client.get(reverse("match_weights"), {"text": "0.61", "targets": "7", "dates": "x"}).content.decode()
    assert 'name="text" value="0.61"' in page
    assert 'name="targets" value="0.2"' in page
    assert not MatchWeights.objects.exists()


@given(st.dictionaries(st.sampled_from([*CRITERIA, "other"]), st.text(max_size=8)))
def test_whatever_an_address_proposes_is_a_weight_or_is_left_out(query):
    assert all(name in CRITERIA and 0 <= value <= 1 for name, value in proposed_in(query).items())


def test_everybody_reads_the_weights_and_the_reason_but_no_name(client):
    changer = f.coordinator()
    change(by=changer)
    page = client.get(reverse("how_the_score_works")).content.decode()
    assert "Texts say more than tags." in page
    assert changer.name not in page
    assert "43.5" in page  # 0.5 of 1.15


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", ["match_weights", "how_the_score_works"])
def test_the_number_of_queries_does_not_grow_with_versions_and_needs(client, coordinator, name):
    f.suggest()
    change()
    before = queries_of(client, reverse(name))
    change({**OTHERS, "text": 0.6}, based_on=2)
    change({**OTHERS, "text": 0.7}, based_on=3)
    f.request_in("matching", f.party("TV"))
    assert queries_of(client, reverse(name)) == before
