"""Scoring: once however often it is asked for, fresh after each change, and never over what people have decided."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts import outbox
from accounts.models.job import Job
from requests_offers.actions import drafts, matches, offers, requests, scoring
from requests_offers.actions.scoring import perform_match_run, perform_offer_run, queue_run, rescore_all
from requests_offers.match_inputs import load_needs
from requests_offers.models import Component, Match, MatchRun, Offer, OfferRun, SupplyRevision
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db


built, known = worlds.shared(f.everyone_known)


def today():
    return timezone.now().date()


def score_all():
    """What the worker does until nothing waits."""
    while waiting := [*OfferRun.objects.filter(state="queued"), *MatchRun.objects.filter(state="queued")]:
        for run in waiting:
            act = perform_offer_run if isinstance(run, OfferRun) else perform_match_run
            act(run.pk)


def rows():
    """The matches as they are stored, without their moments."""
    keys = ("component_id", "offer_id", "status", "rank", "score", "band", "explanation", "missing", "versions")
    return list(Match.objects.order_by("component_id", "offer_id").values(*keys))


# Once -----------------------------------------------------------------------------------------------------------------


def test_the_same_run_twice_is_harmless(known):
    f.request_in("matching", known.party)
    f.offer_in("published", known.organization)
    run = MatchRun.objects.get()
    perform_match_run(run.pk)
    first = (rows(), list(Match.objects.values_list("pk", flat=True)))
    assert len(first[0]) == 1
    perform_match_run(run.pk)
    assert (rows(), list(Match.objects.values_list("pk", flat=True))) == first
    assert MatchRun.objects.get().attempt == 1


def test_scoring_again_changes_nothing_when_nothing_has_changed(known):
    for _ in range(3):
        f.offer_in("published", known.organization)
    request = f.request_in("matching", known.party)
    score_all()
    first = (rows(), list(Match.objects.order_by("pk").values_list("pk", flat=True)))
    queue_run(request.components.get(), cause="nightly")
    score_all()
    assert (rows(), list(Match.objects.order_by("pk").values_list("pk", flat=True))) == first
    assert [row["rank"] for row in sorted(first[0], key=lambda row: row["rank"])] == [1, 2, 3]


def test_a_need_waits_in_the_queue_once(known):
    component = f.request_in("matching", known.party).components.get()
    assert queue_run(component, cause="again") == MatchRun.objects.get()
    assert MatchRun.objects.get().cause == "accepted"


def test_a_worker_that_came_back_too_late_writes_nothing(known):
    f.request_in("matching", known.party)
    f.offer_in("published", known.organization)
    slow = MatchRun.objects.claim(MatchRun.objects.get().pk)
    MatchRun.objects.update(attempt=2)
    scoring._score(slow)
    assert not Match.objects.exists()
    assert MatchRun.objects.get().state == "running"


def test_a_worker_that_vanished_is_replaced(known):
    f.request_in("matching", known.party)
    f.offer_in("published", known.organization)
    run = MatchRun.objects.claim(MatchRun.objects.get().pk)
    outbox.sweep(timezone.now() + MatchRun.lease() + timedelta(seconds=1))
    run.refresh_from_db()
    assert (run.state, run.attempt) == ("queued", 1)
    MatchRun.objects.update(due_at=timezone.now())
    perform_match_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempt, Match.objects.count()) == ("done", 2, 1)


def test_a_lost_run_whose_need_was_asked_for_again_is_left_to_the_later_one(known):
    """Only one row may wait for a need: a sweep that queued the lost one as well would fail,
    and with it every sweep.
    """
    component = f.request_in("matching", known.party).components.get()
    lost = MatchRun.objects.claim(MatchRun.objects.get().pk)
    later = queue_run(component, cause="need changed")
    assert outbox.sweep(timezone.now() + MatchRun.lease() + timedelta(seconds=1)) >= 1
    lost.refresh_from_db()
    assert lost.state == "done"
    assert "Left to a later one" in lost.error
    perform_match_run(later.pk)
    assert set(MatchRun.objects.values_list("state", flat=True)) == {"done"}


def test_a_run_that_fails_while_another_waits_is_left_to_it(known):
    component = f.request_in("matching", known.party).components.get()
    failing = MatchRun.objects.claim(MatchRun.objects.get().pk)
    queue_run(component, cause="need changed")
    failing.give_up_or_retry("OSError: no")
    assert sorted(MatchRun.objects.values_list("state", flat=True)) == ["done", "queued"]


def test_poison_is_shown_as_failed_after_the_last_attempt(known):
    """A record that the scorer cannot read: tried five times, then shown; the others are scored."""
    poison = f.request_in("matching", known.party).components.get()
    f.request_in("matching", f.party("TV"))
    f.offer_in("published", known.organization)
    Component.objects.filter(pk=poison.pk).update(languages=[["not", "a", "tag"]])
    run = MatchRun.objects.get(component=poison)
    for attempt in range(1, MatchRun.MAX_ATTEMPTS + 1):
        MatchRun.objects.filter(state="queued").update(due_at=timezone.now())
        perform_match_run(run.pk)
        run.refresh_from_db()
        assert run.attempt == attempt
    assert run.state == Job.State.FAILED
    assert "TypeError" in run.error
    score_all()
    assert Match.objects.exclude(component=poison).count() == 1
    assert not OfferRun.objects.exclude(state="done").exists()


def test_what_left_the_search_before_it_was_scored_is_not_scored(known):
    request = f.request_in("matching", known.party)
    f.offer_in("published", known.organization)
    f.suggest(request.components.get())
    requests.pause(request, by=known.focal_point)
    score_all()
    assert not Match.objects.exists()
    assert set(MatchRun.objects.values_list("state", flat=True)) == {"done"}


def test_what_leaves_the_search_while_it_is_scored_gets_nothing(known):
    request = f.request_in("matching", known.party)
    offer = f.offer_in("published", known.organization)
    score_all()
    matches.offer_to_both(Match.objects.get(), by=known.officer)
    component = request.components.get()
    index = scoring.WARM.fresh(today())
    scored = index.rank(load_needs(Component.objects.all(), today())[0], as_of=today(), top=50)
    assert [item.offer_id for item in scored] == [offer.pk]
    requests.pause(request, by=known.focal_point)
    scoring.store(Component.objects.get(pk=component.pk), scored, looked_at=1)
    assert Match.objects.get().status == "retracted"


# What people decided --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["shortlisted", "offered", "agreed", "dropped", "declined", "lapsed", "retracted"])
def test_what_people_touched_keeps_its_state(known, state):
    request = f.request_in("matching", known.party, needs=[f.need(), f.need(title="Second")])
    component = request.components.order_by("number").first()
    match = f.match_in(state, component=component, offer=f.offer_in("published", known.organization))
    offers_before = f.offer_in("published", known.organization)
    queue_run(component, cause="nightly")
    score_all()
    match.refresh_from_db()
    assert match.status == state
    assert Match.objects.filter(component=component, offer=offers_before).exists() == (state != "agreed")


def test_a_declined_pair_never_returns(known):
    component = f.request_in("matching", known.party).components.get()
    match = f.match_in("declined", component=component, offer=f.offer_in("published", known.organization))
    for change in ({"title": "New words"}, {"text": "Other text"}):
        drafts.save_offer(match.offer, by=known.provider, data=change)
        score_all()
    rescore_all()
    score_all()
    match.refresh_from_db()
    assert (match.status, match.rank) == ("declined", None)


def test_a_pair_retracted_while_the_scorer_was_at_work_stays_retracted(known):
    request = f.request_in("matching", known.party)
    f.offer_in("published", known.organization)
    score_all()
    match = Match.objects.get()
    matches.offer_to_both(match, by=known.officer)
    scored = scoring.WARM.fresh(today()).rank(load_needs(Component.objects.all(), today())[0], as_of=today(), top=50)
    matches.retract(match, by=known.officer, reason_code="mistake")
    scoring.store(request.components.get(), scored, looked_at=1)
    assert Match.objects.get().status == "retracted"


def test_suggestions_that_no_longer_fit_go_and_others_lose_their_rank(known):
    request = f.request_in("matching", known.party)
    gone, kept = (f.offer_in("published", known.organization) for _ in range(2))
    score_all()
    matches.shortlist(Match.objects.get(offer=kept), by=known.officer)
    for offer in (gone, kept):
        offers.pause(offer, by=known.provider)
    score_all()
    assert [(match.offer, match.status, match.rank) for match in Match.objects.all()] == [(kept, "shortlisted", None)]
    assert request.components.get().offers_looked_at == 0


# The warm index -------------------------------------------------------------------------------------------------------

CHANGES = {
    "publish": lambda k, o: f.offer_in("published", k.organization),
    "pause": lambda k, o: offers.pause(o, by=k.provider),
    "resume": lambda k, o: offers.resume(o, by=k.provider),
    "withdraw": lambda k, o: offers.withdraw(o, by=k.provider),
    "expire": lambda k, o: f._let_expire(o),
    "renew": lambda k, o: offers.renew(o, by=k.provider),
    "title": lambda k, o: drafts.save_offer(o, by=k.provider, data={"title": "Control of invasive plants"}),
    "targets": lambda k, o: drafts.save_offer(o, by=k.provider, data={"targets": [f.target(11)]}),
    "regions": lambda k, o: drafts.save_offer(
        o, by=k.provider, data={"worldwide": False, "regions": [f.region("002")]}
    ),
    "full": lambda k, o: f.match_in(
        "offered", offer=o, component=f.request_in("matching", f.party("TV")).components.get()
    ),
    "free": lambda k, o: matches.retract(Match.objects.get(status="offered"), by=k.officer, reason_code="mistake"),
}
BEFORE = {"resume": "pause", "renew": "expire", "free": "full"}


@pytest.mark.parametrize("change", CHANGES)
def test_the_warm_index_is_what_a_new_one_would_be(known, change):
    f.request_in("matching", known.party, needs=[f.need(), f.need(title="Restoring reefs", text="Corals", targets=[])])
    offer = f.offer_in("published", known.organization, capacity=1)
    f.offer_in("published", known.organization, title="Reef restoration", text="We plant corals.")
    if change in BEFORE:
        CHANGES[BEFORE[change]](known, Offer.objects.get(pk=offer.pk))
    warm = scoring.WarmIndex()
    before = answers(warm)
    CHANGES[change](known, Offer.objects.get(pk=offer.pk))
    after = answers(warm)
    assert after == answers(scoring.WarmIndex())
    assert after != before


def answers(index):
    """What an index answers for every need."""
    fresh = index.fresh(today())
    return [fresh.rank(need, as_of=today(), top=50) for need in load_needs(Component.objects.all(), today())]


def test_the_index_is_built_once_and_updated_in_place(known):
    f.offer_in("published", known.organization)
    warm = scoring.WarmIndex()
    first = warm.fresh(today())
    f.offer_in("published", known.organization)
    assert warm.fresh(today()) is first
    assert len(first) == 2
    f.weights(text=0.9)
    assert warm.fresh(today()) is not first


def test_an_index_from_before_a_restored_backup_is_built_anew(known):
    f.offer_in("published", known.organization)
    warm = scoring.WarmIndex()
    first = warm.fresh(today())
    SupplyRevision.objects.update(number=0)
    assert warm.fresh(today()) is not first


def test_a_large_pool_is_loaded_in_pieces(known, monkeypatch):
    monkeypatch.setattr(scoring, "LOAD_IN_PIECES_OF", 2)
    for _ in range(5):
        f.offer_in("published", known.organization)
    assert len(scoring.WarmIndex().fresh(today())) == 5


# Which needs are looked at again --------------------------------------------------------------------------------------


def queued():
    return set(MatchRun.objects.filter(state="queued").values_list("component_id", flat=True))


def test_a_published_offer_asks_for_the_needs_that_it_could_enter(known):
    near = f.request_in("matching", known.party).components.get()
    unmet = f.request_in("unmet", known.party).components.get()
    f.request_in("submitted", known.party)
    f.request_in("matched", known.party)
    score_all()
    offer = f.offer_in("published", known.organization)
    perform_offer_run(OfferRun.objects.get(state="queued", offer=offer).pk)
    assert queued() == {near.pk, unmet.pk}


def test_an_offer_that_is_not_for_a_party_does_not_disturb_its_needs(known):
    f.request_in("matching", known.party)
    score_all()
    f.offer_in("published", known.organization, eligible_parties=[f.party("TD")])
    perform_offer_run(OfferRun.objects.get(state="queued").pk)
    assert queued() == set()


def test_with_fifty_better_ones_a_need_is_not_disturbed(known):
    component = f.request_in("matching", known.party).components.get()
    score_all()
    for number in range(scoring.KEEP):
        offer = f.draft_offer(known.organization)
        f.suggest(component, offer, score=1.0, rank=number + 1)
    f.offer_in("published", known.organization)
    perform_offer_run(OfferRun.objects.get(state="queued").pk)
    assert queued() == set()
    Match.objects.filter(rank=scoring.KEEP).update(score=0.0)
    queue = OfferRun.objects.create(offer=Offer.objects.get(status="published"))
    perform_offer_run(queue.pk)
    assert queued() == {component.pk}


def test_an_offer_that_leaves_asks_for_the_needs_it_was_suggested_to(known):
    component = f.request_in("matching", known.party).components.get()
    offer = f.offer_in("published", known.organization)
    score_all()
    offers.withdraw(offer, by=known.provider)
    perform_offer_run(OfferRun.objects.get(state="queued").pk)
    assert queued() == {component.pk}
    score_all()
    assert not Match.objects.exists()


def test_one_change_after_another_gives_what_scoring_everything_anew_gives(known):
    requests_made = [
        f.request_in("matching", known.party, needs=[f.need(title=title)]) for title in ("Reefs", "Weevils")
    ]
    made = [
        f.offer_in("published", known.organization, title=title, capacity=1) for title in ("Reefs", "Forests", "Rivers")
    ]
    score_all()
    acts = [
        lambda: drafts.save_offer(
            made[1], by=known.provider, data={"title": "Water weevils", "targets": [f.target(11)]}
        ),
        lambda: offers.pause(made[0], by=known.provider),
        lambda: drafts.edit_need(requests_made[0].components.get(), by=known.officer, data={"title": "Rivers"}),
        lambda: matches.offer_to_both(
            Match.objects.get(offer=made[2], component__request=requests_made[1]), by=known.officer
        ),
        lambda: offers.resume(made[0], by=known.provider),
        lambda: matches.retract(Match.objects.get(status="offered"), by=known.officer, reason_code="mistake"),
    ]
    for act in acts:
        act()
        score_all()
        step_by_step = rows()
        scoring.WARM.__init__()
        rescore_all()
        score_all()
        assert rows() == step_by_step


def test_the_nightly_run_asks_for_every_need_that_is_matched(known):
    for state in ("draft", "submitted", "matching", "unmet", "matched", "withdrawn"):
        f.request_in(state, known.party)
    MatchRun.objects.all().delete()
    assert rescore_all() == 2
    assert {run.cause for run in MatchRun.objects.all()} == {"nightly"}


def test_the_rescore_command_queues_every_need_that_is_matched(capsys):
    request = f.request_in("matching", needs=[f.need(), f.need(title="Second")])
    f.request_in("submitted")
    MatchRun.objects.all().delete()
    call_command("rescore")
    assert set(MatchRun.objects.values_list("component__request", flat=True)) == {request.pk}
    assert MatchRun.objects.count() == 2
    assert "2 needs" in capsys.readouterr().out
