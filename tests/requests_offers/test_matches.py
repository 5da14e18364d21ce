"""Matches: two yeses, one no, days, and places that are taken and given back."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, Notice
from requests_offers.actions import engagements, matches, offers, requests, ticking
from requests_offers.actions.computed import recompute
from requests_offers.lifecycle import component_status, request_status
from requests_offers.models import Component, CooperationRequest, Engagement, Match, Offer
from requests_offers.reasons import BY_STEP
from tests import factories as f
from tests.requests_offers import tables
from tests.requests_offers.walk import Walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(db):
    return f.everyone_known()


@pytest.fixture
def offered(known):
    component = f.request_in("matching", known.party).components.get()
    return f.match_in("offered", component=component, offer=f.offer_in("published", known.organization))


# Two yeses ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [("focal_point", "provider"), ("provider", "deputy")])
def test_it_is_agreed_when_both_have_said_yes_in_either_order(known, offered, order):
    first, second = (getattr(known, name) for name in order)
    matches.accept(offered, by=first)
    assert (offered.status, offered.agreed_at) == ("offered", None)
    assert not Engagement.objects.exists()
    matches.accept(offered, by=second)
    offered.refresh_from_db()
    assert (offered.status, offered.due_on) == ("agreed", None)
    assert Engagement.objects.get().match == offered
    assert offered.component.status == "agreed"
    assert CooperationRequest.objects.get().status == "matched"


def test_a_second_click_changes_nothing(known, offered):
    matches.accept(offered, by=known.provider, publish=True)
    before = tables.everything()
    matches.accept(offered, by=known.provider, publish=False)
    matches.accept(offered, by=known.provider)
    assert tables.everything() == before


def test_after_it_is_agreed_another_yes_is_told_so(known, offered):
    matches.accept(offered, by=known.provider)
    matches.accept(offered, by=known.focal_point)
    before = tables.everything()
    with pytest.raises(IllegalStep):
        matches.accept(offered, by=known.deputy)
    assert tables.everything() == before


def test_it_is_public_when_both_agreed_to_publish(known, offered):
    matches.accept(offered, by=known.provider, publish=True)
    matches.accept(offered, by=known.focal_point, publish=False)
    assert not Match.objects.visible_to(known.stranger).exists()
    assert not Engagement.objects.visible_to(known.stranger).exists()
    Match.objects.update(publish_by_party=True)
    assert Match.objects.visible_to(known.stranger).exists()
    assert Engagement.objects.visible_to(known.stranger).exists()


def test_whoever_may_speak_for_both_sides_says_for_which(known, offered):
    both = f.member("provider", who=known.focal_point, organization=known.organization)
    with pytest.raises(DomainError, match="for which side"):
        matches.accept(offered, by=both)
    matches.accept(offered, by=both, side="provider")
    matches.accept(offered, by=both, side="party")
    assert offered.status == "agreed"


@pytest.mark.parametrize("person", ["officer", "coordinator", "drafter", "stranger"])
def test_nobody_else_answers_for_a_side(known, offered, person):
    for side in ("", "party", "provider"):
        with pytest.raises(NotAllowed):
            matches.accept(offered, by=getattr(known, person), side=side)
    with pytest.raises(NotAllowed):
        matches.accept(offered, by=known.provider, side="party")


# One no ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "person", "code"),
    [(side, person, code) for side, person in [("provider", "provider"), ("party", "deputy")]
     for code in BY_STEP["match", "decline", side]],
)  # fmt: skip
def test_each_side_has_its_own_reasons_to_decline(known, offered, side, person, code):
    matches.accept(offered, by=known.focal_point)
    matches.decline(offered, by=getattr(known, person), reason_code=code, reason="As told")
    assert (offered.status, offered.declined_by, offered.reason_code, offered.due_on) == ("declined", side, code, None)
    assert Offer.objects.get().places_taken == 0
    assert Component.objects.get().status == "open"


def test_the_reasons_of_the_other_side_are_not_taken(known, offered):
    for person, code in [(known.provider, "other_partner"), (known.focal_point, "no_capacity")]:
        with pytest.raises(DomainError, match="Choose a reason"):
            matches.decline(offered, by=person, reason_code=code)
    assert Match.objects.get().status == "offered"


def test_of_what_only_the_centre_saw_only_the_centre_is_told(known):
    component = f.request_in("matching", known.party).components.get()
    match = f.match_in("shortlisted", component=component, offer=f.offer_in("published", known.organization))
    matches.decline(match, by=known.provider, reason_code="timing")
    told = set(Notice.objects.filter(kind="match_decline").values_list("recipient", flat=True))
    assert told == {known.officer.pk, known.head.pk}
    assert not Match.objects.visible_to(known.focal_point).exists()


# Days -----------------------------------------------------------------------------------------------------------------


def test_it_lapses_only_when_the_day_is_over_where_the_party_is():
    """In Honolulu the 20th lasts until 10:00 on the 21st in Greenwich; in Apia it is over at 11:00 on the 20th."""
    honolulu, apia = f.party("", time_zone="Pacific/Honolulu"), f.party("", time_zone="Pacific/Apia")
    found = [
        f.match_in("offered", component=f.request_in("matching", party).components.get()) for party in (honolulu, apia)
    ]
    Match.objects.update(due_on=date(2026, 11, 20))
    for moment, states in [
        (datetime(2026, 11, 20, 10, 59, tzinfo=UTC), ["offered", "offered"]),
        (datetime(2026, 11, 20, 11, 0, tzinfo=UTC), ["offered", "lapsed"]),
        (datetime(2026, 11, 21, 9, 59, tzinfo=UTC), ["offered", "lapsed"]),
        (datetime(2026, 11, 21, 10, 0, tzinfo=UTC), ["lapsed", "lapsed"]),
    ]:
        with time_machine.travel(moment, tick=False):
            for match in found:
                match.refresh_from_db()
                if match.status == "offered":
                    try_to_lapse(match)
        assert [Match.objects.get(pk=match.pk).status for match in found] == states


def try_to_lapse(match):
    try:
        matches.lapse(match)
    except DomainError as error:
        sentence = str(error)
    else:
        return
    assert sentence == "There is still time to answer."


@pytest.mark.parametrize("days", [-1, 91])
def test_the_day_to_answer_lies_within_ninety_days(known, days):
    match = f.match_in("suggested")
    by, until = f.officer_of(match.component.request.centre), timezone.now().date() + timedelta(days)
    with pytest.raises(DomainError, match="Choose a day"):
        matches.offer_to_both(match, by=by, until=until)


# Places ---------------------------------------------------------------------------------------------------------------


def two_suggestions(known, capacity=1):
    request = f.request_in("matching", known.party, needs=[f.need(), f.need(title="Second")])
    offer = f.offer_in("published", known.organization, capacity=capacity)
    return [f.suggest(component, offer) for component in request.components.order_by("number")]


def test_the_last_place_is_offered_once(known):
    first, second = two_suggestions(known)
    matches.offer_to_both(first, by=known.officer)
    before = tables.everything()
    with pytest.raises(DomainError, match="All places"):
        matches.offer_to_both(second, by=known.officer)
    assert tables.everything() == before
    assert not Offer.objects.matchable(timezone.now().date()).exists()


RELEASES = {
    "decline by the provider": lambda k, m: matches.decline(m, by=k.provider, reason_code="timing"),
    "decline by the office": lambda k, m: matches.decline(m, by=k.focal_point, reason_code="costs"),
    "lapse": lambda k, m: f._let_lapse(m),
    "retract": lambda k, m: matches.retract(m, by=k.officer, reason_code="mistake"),
    "pause": lambda k, m: requests.pause(m.component.request, by=k.focal_point),
    "withdrawal": lambda k, m: requests.withdraw(m.component.request, by=k.focal_point, reason_code="solved"),
    "direct answer": lambda k, m: requests.answer_directly(m.component.request, by=k.officer, text="Here."),
    "expiry of the offer": lambda k, m: f._let_expire(m.offer),
    "withdrawal of the offer": lambda k, m: offers.withdraw(m.offer, by=k.provider),
    "early end": lambda k, m: end_early(k, m),
}


def end_early(known, match):
    matches.accept(match, by=known.provider)
    matches.accept(match, by=known.focal_point)
    assert Offer.objects.get().places_taken == 1
    engagements.end_early(match.engagement, by=known.provider, reason_code="staff")


@pytest.mark.parametrize("how", RELEASES)
def test_every_way_out_gives_the_place_back(known, offered, how):
    assert Offer.objects.get().places_taken == 1
    offered.component.request.refresh_from_db()
    RELEASES[how](known, offered)
    assert Offer.objects.get().places_taken == 0
    assert Component.objects.get().status == ("closed" if how in {"withdrawal", "direct answer"} else "open")
    assert Match.objects.get().due_on is None


def test_an_offer_that_becomes_full_or_free_is_looked_at_again(known):
    first, _second = two_suggestions(known)
    Offer.objects.get().runs.all().delete()
    matches.offer_to_both(first, by=known.officer)
    revision = Offer.objects.get().match_revision
    assert Offer.objects.get().runs.filter(state="queued").count() == 1
    Offer.objects.get().runs.all().delete()
    matches.retract(first, by=known.officer, reason_code="mistake")
    assert Offer.objects.get().runs.filter(state="queued").count() == 1
    assert Offer.objects.get().match_revision > revision


@pytest.mark.parametrize("what", ["paused offer", "expired offer", "agreed need", "paused request", "draft"])
def test_only_open_needs_and_published_offers_are_brought_together(known, what):
    request = f.request_in("matching", known.party)
    component, offer = request.components.get(), f.offer_in("published", known.organization)
    if what == "paused offer":
        offers.pause(offer, by=known.provider)
    elif what == "expired offer":
        Offer.objects.update(expires_on=timezone.now().date() - timedelta(days=1))
    elif what == "agreed need":
        f.match_in("agreed", component=component)
    elif what == "paused request":
        requests.pause(request, by=known.focal_point)
    else:
        component = f.draft_request(known.party).components.get()
    by = f.coordinator() if what == "draft" else known.officer
    with pytest.raises(DomainError, match=r"not open for matching|not published|expired"):
        matches.propose(component, offer, by=by)
    match = f.suggest(component, offer)
    with pytest.raises(DomainError, match=r"not open for matching|not published|expired"):
        matches.offer_to_both(match, by=by)


# Proposals ------------------------------------------------------------------------------------------------------------


def test_a_proposal_is_made_once_and_written_down(known):
    component = f.request_in("matching", known.party).components.get()
    offer = f.offer_in("published", known.organization)
    first = matches.propose(component, offer, by=known.officer)
    assert matches.propose(component, offer, by=known.head) == first
    assert (first.status, first.origin, first.created_by) == ("proposed", "officer", known.officer)
    event = AuditEvent.objects.of(first).get()
    assert (event.action, event.after, event.actor) == ("propose", "proposed", known.officer)
    with pytest.raises(NotAllowed):
        matches.propose(component, offer, by=known.provider)


@pytest.mark.parametrize("state", ["declined", "dropped", "lapsed", "retracted"])
def test_a_pair_that_was_considered_is_not_proposed_again(known, state):
    component = f.request_in("matching", known.party).components.get()
    match = f.match_in(state, component=component, offer=f.offer_in("published", known.organization))
    with pytest.raises(DomainError, match="already considered"):
        matches.propose(component, match.offer, by=known.officer)


# A long walk ----------------------------------------------------------------------------------------------------------


QUICK = {
    "deadline": None,
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@given(seed=st.integers(0, 2**32))
@settings(max_examples=4, **QUICK)
def test_however_long_people_go_on_the_books_balance(db, seed):
    go_on(seed, steps=60)


@pytest.mark.torture
@given(seed=st.integers(0, 2**32))
@settings(max_examples=30, **QUICK)
def test_even_for_weeks_the_books_balance(db, seed):
    go_on(seed, steps=300)


def go_on(seed, steps):
    walk = Walk(random.Random(seed))
    try:
        for _ in range(steps):
            walk.step()
            assert_the_books_balance()
        assert_every_record_has_its_whole_history()
        assert walk.taken > steps / 6
    finally:
        walk.undo()


def assert_the_books_balance():
    held = Match.objects.filter(status__in=["offered", "agreed"]).exclude(engagement__status="ended_early")
    taken = Counter(held.values_list("offer", flat=True))
    for offer in Offer.objects.all():
        assert offer.places_taken == taken[offer.pk] <= offer.capacity, offer
    for request in CooperationRequest.objects.prefetch_related("components__matches__engagement"):
        components = list(request.components.all())
        for component in components:
            found = list(component.matches.all())
            working = [match.engagement.status for match in found if hasattr(match, "engagement")]
            assert component.status == component_status(request.status, [match.status for match in found], working)
        assert request.status == request_status(request.status, [component.status for component in components])


def assert_every_record_has_its_whole_history():
    """Each event begins where the one before it ended, and the last one ends in the state that the record is in."""
    for model, first in [(CooperationRequest, ""), (Offer, ""), (Match, "suggested"), (Engagement, "active")]:
        for record in model.objects.all():
            state = first
            for event in AuditEvent.objects.of(record).exclude(after="").order_by("pk"):
                assert event.before == state, (record, event)
                state = event.after
            assert state == record.status, record


def test_computing_again_changes_nothing(known):
    request = f.request_in("partly_matched", known.party, needs=[f.need(), f.need(title="Second")])
    before = tables.everything()
    recompute(request)
    ticking.tick()
    assert tables.everything() == before
