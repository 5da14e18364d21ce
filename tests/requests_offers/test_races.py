"""People at the same moment: exactly one wins, the other is told, nothing is overwritten. On both databases."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep
from accounts.models import AuditEvent
from requests_offers.actions import drafts, matches, offers, requests
from requests_offers.actions.scoring import perform_match_run, queue_run
from requests_offers.actions.steps import lock
from requests_offers.models import CooperationRequest, Engagement, Match, MatchRun, Offer
from tests import factories as f
from tests.requests_offers.together import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def known(transactional_db):
    return f.everyone_known()


def own(record):
    """The record as another request reads it."""
    return type(record).objects.get(pk=record.pk)


def outcome(answers):
    """How many were served, and how many were told that somebody was quicker."""
    told = [answer for answer in answers if isinstance(answer, DomainError)]
    assert not [answer for answer in answers if isinstance(answer, Exception) and answer not in told], answers
    return len(answers) - len(told), len(told)


def test_two_officers_take_different_steps_at_once(known):
    request = f.request_in("submitted", known.party)
    answers = together(
        lambda: requests.accept(own(request), by=known.officer),
        lambda: requests.refuse(own(request), by=known.head, reason_code="not_endorsed"),
        lambda: requests.ask_clarification(own(request), by=known.officer, text="Which?"),
    )
    assert outcome(answers) == (1, 2)
    steps = AuditEvent.objects.of(request).filter(action__in=["accept", "refuse", "ask_clarification"])
    assert steps.count() == 1
    assert own(request).status == steps.get().after


def test_one_step_taken_by_twenty_at_once_is_taken_once(known):
    request = f.request_in("submitted", known.party)
    answers = together(*[lambda: requests.accept(own(request), by=known.officer)] * 20)
    assert outcome(answers) == (1, 19)
    assert all(isinstance(answer, IllegalStep) for answer in answers if isinstance(answer, Exception))
    assert AuditEvent.objects.of(request).filter(action="accept").count() == 1
    assert MatchRun.objects.count() == 1


def test_the_last_place_is_offered_to_one_of_two(known):
    request = f.request_in("matching", known.party, needs=[f.need(), f.need(title="Second")])
    other = f.request_in("matching", known.party)
    offer = f.offer_in("published", known.organization, capacity=1)
    pairs = [f.suggest(component, offer) for component in [*request.components.all(), *other.components.all()]]
    answers = together(*[lambda m=match: matches.offer_to_both(own(m), by=known.officer) for match in pairs])
    assert outcome(answers) == (1, 2)
    assert own(offer).places_taken == 1
    assert Match.objects.filter(status="offered").count() == 1


def test_both_sides_say_yes_at_once(known):
    match = f.match_in("offered", offer=f.offer_in("published", known.organization))
    people = [known.provider, known.focal_point, known.deputy, known.provider]
    answers = together(*[lambda by=by: matches.accept(own(match), by=by) for by in people])
    assert outcome(answers)[0] >= 2
    assert own(match).status == "agreed"
    assert Engagement.objects.count() == 1
    assert AuditEvent.objects.of(match).filter(action="accept").count() == 2


def test_a_yes_and_a_no_at_once_leave_one_of_them(known):
    match = f.match_in("offered", offer=f.offer_in("published", known.organization))
    matches.accept(match, by=known.provider)
    answers = together(
        lambda: matches.accept(own(match), by=known.focal_point),
        lambda: matches.decline(own(match), by=known.deputy, reason_code="timing"),
        lambda: matches.retract(own(match), by=known.officer, reason_code="mistake"),
    )
    assert outcome(answers) == (1, 2)
    agreed = own(match).status == "agreed"
    assert Engagement.objects.count() == agreed
    assert Offer.objects.get().places_taken == agreed


@pytest.mark.parametrize("turn", range(3))
def test_request_and_offers_go_away_at_once_and_each_place_is_given_back_once(known, turn):
    request = f.request_in("matching", known.party, needs=[f.need(), f.need(title="Second")])
    found = [f.offer_in("published", known.organization, capacity=1) for _ in range(2)]
    pairs = [
        f.match_in("offered", component=component, offer=offer)
        for component, offer in zip(request.components.all(), found, strict=True)
    ]
    answers = together(
        lambda: requests.pause(own(request), by=known.focal_point),
        lambda: offers.withdraw(own(found[1]), by=known.provider),
        lambda: offers.withdraw(own(found[0]), by=known.provider),
    )
    assert outcome(answers) == (3, 0)
    for match in pairs:
        assert AuditEvent.objects.of(match).filter(action="retract").count() == 1
        assert own(match).status == "retracted"
    assert [offer.places_taken for offer in Offer.objects.all()] == [0, 0]


@pytest.mark.parametrize("act", ["withdraw", "expire"])
def test_an_offer_that_goes_away_waits_for_the_request_before_it_holds_the_offer(known, act):
    """Whoever answers a match holds the request and then wants the offer:
    both orders at once would block each other.
    """
    offer = f.offer_in("published", known.organization)
    match = f.match_in("offered", offer=offer)
    Offer.objects.filter(pk=offer.pk).update(expires_on=timezone.now().date() - timedelta(days=1))
    held = threading.Event()

    def answer():
        with transaction.atomic():
            lock(match.component.request)
            held.set()
            threading.Event().wait(0.5)  # the other one reaches its first lock
            lock(own(offer))

    def go_away():
        assert held.wait(20)
        getattr(offers, act)(own(offer), by=known.provider if act == "withdraw" else None)

    assert together(answer, go_away) == [None, None]
    assert own(match).status == "retracted"


def test_fifty_posts_of_one_form_make_one_request(known):
    key = "6f1c7f0e-3f34-4d57-9a52-0d6f0f2a9a11"
    answers = together(
        *[
            lambda: drafts.start_request(
                known.party, by=known.focal_point, data={"title": "One", "components": [f.need()]}, form_key=key
            )
        ]
        * 50
    )
    assert outcome(answers) == (50, 0)
    made = CooperationRequest.objects.get()
    assert {answer.pk for answer in answers} == {made.pk}
    assert made.components.count() == 1
    assert AuditEvent.objects.of(made).count() == 1


def test_fifty_posts_of_one_form_make_one_offer(known):
    key = "0a4b1c44-8f7b-4a51-9c33-5b9a6f7e2d10"
    answers = together(
        *[lambda: drafts.start_offer(known.organization, by=known.provider, data={"title": "One"}, form_key=key)] * 50
    )
    assert outcome(answers) == (50, 0)
    assert {answer.pk for answer in answers} == {Offer.objects.get().pk}


def test_of_two_editors_with_the_same_version_one_saves_and_the_other_is_told(known):
    draft = f.draft_request(known.party)
    texts = ["The first text", "The second text"]
    answers = together(
        *[
            lambda text=text: drafts.save_request(
                own(draft), by=known.drafter, data={"summary": text}, version=draft.version
            )
            for text in texts
        ]
    )
    assert outcome(answers) == (1, 1)
    winner = next(number for number, answer in enumerate(answers) if not isinstance(answer, Exception))
    assert own(draft).summary == texts[winner]
    assert own(draft).version == draft.version + 1


def test_of_two_workers_with_one_run_one_scores_it(known):
    request = f.request_in("matching", known.party)
    f.offer_in("published", known.organization)
    run = MatchRun.objects.get(component__request=request)
    answers = together(*[lambda: perform_match_run(run.pk)] * 2)
    assert outcome(answers) == (2, 0)
    run.refresh_from_db()
    assert (run.state, run.attempt) == ("done", 1)
    assert Match.objects.count() == 1


def test_a_run_that_waits_is_not_taken_before_the_change_it_was_asked_for_is_there(known):
    """Whoever asks finds a run that waits. If a worker took it now, it would score what was there before the change."""
    component = f.request_in("matching", known.party).components.get()
    run = MatchRun.objects.get()
    asked, seen = threading.Event(), []

    def change():
        with transaction.atomic():
            assert queue_run(component, cause="need changed") == run
            asked.set()
            taken.wait(0.5)
            type(component).objects.filter(pk=component.pk).update(title="Changed")

    taken = threading.Event()

    def work():
        assert asked.wait(20)
        MatchRun.objects.claim(run.pk)
        taken.set()
        seen.append(own(component).title)

    assert together(change, work) == [None, None]
    assert seen == ["Changed"]


def test_a_run_that_is_being_worked_on_does_not_serve_for_a_later_change(known):
    component = f.request_in("matching", known.party).components.get()
    run = MatchRun.objects.get()
    MatchRun.objects.claim(run.pk)
    later = queue_run(component, cause="need changed")
    assert later != run
    assert queue_run(component, cause="need changed") == later


def test_the_scorer_never_writes_over_a_step_that_was_taken_meanwhile(known):
    """The scorer reads a suggestion, an officer puts it on the short list, the scorer writes its figures."""
    request = f.request_in("matching", known.party)
    offers_made = [f.offer_in("published", known.organization) for _ in range(6)]
    perform_match_run(MatchRun.objects.get().pk)
    found = list(Match.objects.order_by("pk"))
    assert len(found) == len(offers_made)
    run = queue_run(request.components.get(), cause="nightly")
    together(
        lambda: perform_match_run(run.pk),
        *[lambda m=match: matches.shortlist(own(m), by=known.officer) for match in found],
    )
    assert {match.status for match in Match.objects.all()} == {"shortlisted"}
    assert connection.vendor in {"sqlite", "postgresql"}


@pytest.mark.parametrize("turn", range(3))
def test_the_second_yes_and_the_withdrawal_of_the_offer_at_once(known, turn):
    """Each needs the request, the offer and the match; whoever comes second waits and finds things as they are."""
    found = [f.match_in("offered", offer=f.offer_in("published", known.organization)) for _ in range(3)]
    for match in found:
        matches.accept(match, by=known.provider)
    answers = together(
        *[lambda m=match: matches.accept(own(m), by=f.focal_point_of(known.party)) for match in found],
        *[lambda m=match: offers.withdraw(own(m.offer), by=known.provider) for match in found],
    )
    served, told = outcome(answers)
    assert (served, told) == (3 + Engagement.objects.count(), 3 - Engagement.objects.count())
    for match in found:
        agreed = own(match).status == "agreed"
        assert agreed or own(match).status == "retracted"
        assert own(match.offer).places_taken == agreed


@pytest.mark.parametrize("turn", range(3))
def test_an_offer_goes_while_the_scorer_writes_its_figures(known, turn):
    request = f.request_in("matching", known.party)
    found = [
        f.match_in("offered", component=request.components.get(), offer=f.offer_in("published", known.organization))
        for _ in range(3)
    ]
    run = MatchRun.objects.get(state="queued")
    answers = together(
        lambda: perform_match_run(run.pk),
        *[lambda m=match: offers.withdraw(own(m.offer), by=known.provider) for match in found],
    )
    assert outcome(answers) == (4, 0)
    run.refresh_from_db()
    assert run.error == ""
    assert {match.status for match in Match.objects.all()} == {"retracted"}
