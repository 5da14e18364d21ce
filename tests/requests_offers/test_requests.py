"""Requests: where they go, when they come back, and what a change of theirs means for matches and offers."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, Notice
from requests_offers.actions import engagements, handing, matches, offers, requests
from requests_offers.actions.scoring import perform_match_run
from requests_offers.models import CooperationRequest, Engagement, FormerHolding, Match, MatchRun, Offer
from tests import factories as f
from tests import worlds
from tests.requests_offers import tables

pytestmark = pytest.mark.django_db
FAR = date(2099, 1, 1)


built, known = worlds.shared(f.everyone_known)


def score_all():
    for pk in MatchRun.objects.filter(state="queued").order_by("pk").values_list("pk", flat=True):
        perform_match_run(pk)


# Where a request goes -------------------------------------------------------------------------------------------------


def test_it_goes_to_the_centre_that_serves_the_party(known):
    draft = f.draft_request(known.party)
    assert requests.submit(draft, by=known.focal_point).centre == known.centre


def test_a_centre_that_does_not_operate_yet_gets_nothing(known):
    f.centre(f.party("TD"), operating=False)
    assert f.request_in("submitted", f.party("TD"), held=False).centre is None


def test_a_centre_that_was_retired_gets_nothing(known):
    type(known.centre).objects.update(retired_on=date(2026, 1, 1))
    draft = f.draft_request(known.party)
    assert requests.submit(draft, by=known.focal_point).centre is None


def test_of_two_centres_the_one_whose_coverage_is_surer_gets_it(known):
    surer = f.centre(known.party, name="Surer Centre")
    surer.coverages.update(confidence="high")
    assert requests.submit(f.draft_request(known.party), by=known.focal_point).centre == surer


def test_an_answered_question_goes_back_to_the_centre_that_asked(known):
    request = f.request_in("clarification", known.party)
    f.centre(known.party).coverages.update(confidence="high")
    requests.submit(request, by=known.deputy)
    assert (request.centre, request.question) == (known.centre, "")


def test_handing_on_tells_the_new_holder_and_the_former_one_keeps_the_public_part(known):
    other = f.centre(f.party("TV"), name="Other")
    new_officer = f.officer_of(other)
    request = f.request_in("submitted", known.party)
    requests.redirect(request, by=known.officer, centre=other, reason_code="expertise", reason="Corals")
    assert request.centre == other
    assert [row.centre for row in FormerHolding.objects.filter(request=request)] == [known.centre]
    event = AuditEvent.objects.of(request).first()
    assert event.details == {"former": known.centre.slug, "centre": other.slug}
    assert Notice.objects.filter(recipient=new_officer, event=event).count() == 1
    with pytest.raises(NotAllowed):
        requests.accept(request, by=known.officer)
    requests.accept(request, by=new_officer)


def test_handing_on_and_back_keeps_one_row_for_each_former_holder(known):
    other = f.centre(f.party("TV"))
    request = f.request_in("submitted", known.party)
    for centre in [other, known.centre, other]:
        requests.redirect(request, by=known.coordinator, centre=centre, reason_code="capacity")
    assert FormerHolding.objects.filter(request=request).count() == 2


def test_to_hand_it_to_the_helpdesk_is_possible_and_to_nobody_else_who_cannot_take_it(known):
    request = f.request_in("submitted", known.party)
    for centre in [known.centre, f.centre(f.party("TD"), operating=False)]:
        with pytest.raises(DomainError, match="Choose another one"):
            requests.redirect(request, by=known.officer, centre=centre, reason_code="capacity")
    requests.redirect(request, by=known.officer, centre=None, reason_code="capacity")
    assert request.centre is None
    requests.accept(request, by=known.coordinator)


def test_an_appeal_goes_to_another_centre_of_the_party(known):
    second = f.centre(known.party, name="Second")
    second.coverages.update(confidence="low")
    known.centre.coverages.update(confidence="high")
    request = f.request_in("refused", known.party)
    requests.appeal(request, by=known.focal_point, text="Look again.")
    assert (request.status, request.centre) == ("submitted", second)
    assert FormerHolding.objects.get(request=request).centre == known.centre


def test_an_appeal_without_another_centre_goes_to_the_coordinator(known):
    f.centre(known.party, operating=False)
    request = f.request_in("refused", known.party)
    requests.appeal(request, by=known.focal_point, text="Look again.")
    assert request.centre is None
    requests.refuse(request, by=known.coordinator, reason_code="not_endorsed")
    assert request.status == "refused"


def test_there_is_one_appeal(known):
    request = f.request_in("refused", known.party)
    requests.appeal(request, by=known.focal_point, text="Look again.")
    requests.refuse(request, by=known.coordinator, reason_code="not_endorsed")
    before = tables.everything()
    with pytest.raises(DomainError, match="one appeal already"):
        requests.appeal(request, by=known.focal_point, text="And again.")
    assert tables.everything() == before


# What must be there, and days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "needs", "sentence"),
    [
        ({"summary": " "}, None, "title and a summary"),
        ({"title": ""}, None, "title and a summary"),
        ({}, [], "at least one need"),
        ({}, [{"title": "No text"}], "Need 1 has no title or no description"),
    ],
)
def test_what_is_submitted_says_what_is_needed(known, fields, needs, sentence):
    draft = f.draft_request(known.party, needs=needs, **fields)
    with pytest.raises(DomainError, match=sentence):
        requests.submit(draft, by=known.focal_point)
    assert CooperationRequest.objects.get(pk=draft.pk).status == "draft"


@pytest.mark.parametrize("days", [-1, 61])
def test_a_question_has_a_day_within_the_next_sixty(known, days):
    request, until = f.request_in("submitted", known.party), timezone.now().date() + timedelta(days)
    with pytest.raises(DomainError, match="Choose a day"):
        requests.ask_clarification(request, by=known.officer, text="Which?", until=until)


def test_working_days_are_those_of_the_office_that_acts():
    """Ten working days in Samoa, where it is Thursday already,
    and in a country whose weekend is Friday and Saturday.
    """
    island, desert = f.party("", time_zone="Pacific/Apia"), f.party("", weekend=[4, 5], time_zone="Africa/Cairo")
    with time_machine.travel(datetime(2026, 11, 18, 20, 0, tzinfo=UTC), tick=False):
        for party, expected in [(island, date(2026, 12, 10)), (desert, date(2026, 12, 9))]:
            request = f.request_in("clarification", party)
            assert request.due_on == expected


def test_a_centre_counts_by_its_host_and_the_helpdesk_by_its_own_seat(known):
    host = known.centre.hostings.get().organization
    type(host).objects.filter(pk=host.pk).update(party=f.party("", time_zone="Asia/Riyadh", weekend=[4, 5]))
    with time_machine.travel(datetime(2026, 11, 18, 12, 0, tzinfo=UTC), tick=False):
        assert f.request_in("submitted", known.party).due_on == date(2026, 12, 2)
        assert f.request_in("submitted", f.party("TD"), held=False).due_on == date(2026, 12, 2)
        assert f.request_in("submitted", f.party("TV")).due_on == date(2026, 12, 2)
    with time_machine.travel(datetime(2026, 11, 20, 3, 0, tzinfo=UTC), tick=False):  # Thursday evening in Montreal
        assert f.request_in("submitted", f.party("TD"), held=False).due_on == date(2026, 12, 3)
        assert f.request_in("submitted", f.party("TV")).due_on == date(2026, 12, 3)


def test_sixty_days_pass_before_a_question_lapses_and_no_day_less(known):
    request = f.request_in("clarification", known.party)
    for days in (59, 60):
        assert request.status == "clarification"
        asked = timezone.now() - timedelta(days)
        CooperationRequest.objects.update(asked_at=asked)
        if days == 59:
            with pytest.raises(DomainError, match="still time"):
                requests.lapse(request)
    assert requests.lapse(request).status == "dormant"


def test_a_dormant_request_is_revived_by_an_answer(known):
    request = f.request_in("dormant", known.party)
    requests.answer(request, by=known.focal_point, text="Here it is.")
    assert (request.status, request.centre) == ("submitted", known.centre)
    assert request.due_on is not None


# Unmet ----------------------------------------------------------------------------------------------------------------


def turn_down(component, times):
    for _ in range(times):
        f.match_in("declined", component=component)


def test_it_is_declared_unmet_after_ninety_days_and_no_day_less(known):
    request = f.request_in("matching", known.party)
    CooperationRequest.objects.update(matching_since=timezone.now() - timedelta(days=89, hours=23))
    with pytest.raises(DomainError, match="90 days"):
        requests.declare_unmet(request, by=known.officer)
    CooperationRequest.objects.update(matching_since=timezone.now() - timedelta(days=90))
    requests.declare_unmet(request, by=known.officer)
    assert [component.status for component in request.components.all()] == ["unmet"]


def test_two_offers_in_vain_for_every_open_need_are_enough(known):
    request = f.request_in("matching", known.party, needs=[f.need(), f.need(title="Second")])
    first, second = request.components.order_by("number")
    turn_down(first, 2)
    turn_down(second, 1)
    with pytest.raises(DomainError, match="two offers"):
        requests.declare_unmet(request, by=known.officer)
    f.match_in("lapsed", component=second)
    requests.declare_unmet(request, by=known.officer)


def test_what_was_never_offered_does_not_count_as_an_offer_in_vain(known):
    request = f.request_in("matching", known.party)
    for _ in range(2):
        match = f.match_in("shortlisted", component=request.components.get())
        matches.decline(match, by=f.provider_of(match.offer.organization), reason_code="timing")
    with pytest.raises(DomainError):
        requests.declare_unmet(request, by=known.officer)


def test_an_agreed_match_brings_an_unmet_request_back(known):
    request = f.request_in("unmet", known.party, needs=[f.need(), f.need(title="Second")])
    component = request.components.order_by("number").first()
    match = f.match_in("offered", component=component)
    request.refresh_from_db()
    assert request.status == "unmet"
    f._accept_as_party(match)
    f._accept_as_provider(match)
    request.refresh_from_db()
    assert request.status == "partly_matched"
    assert [row.status for row in request.components.order_by("number")] == ["agreed", "open"]


# Pause, resume, withdraw, answer --------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", sorted(tables.OPEN))
def test_a_paused_request_goes_on_in_the_state_it_was_in(known, state):
    needs = [f.need(), f.need(title="Second")] if state == "partly_matched" else None
    request = f.request_in(state, known.party, needs=needs)
    requests.pause(request, by=known.focal_point)
    assert (request.status, request.status_before_pause, request.due_on) == ("paused", state, None)
    requests.resume(request, by=known.deputy)
    assert (request.status, request.status_before_pause) == (state, "")
    waits = {"submitted", "clarification", "answered", "matching"}
    assert (request.due_on is not None) == (state in waits)


def test_a_pause_does_not_make_the_ninety_days_longer(known):
    request = f.request_in("matching", known.party)
    since = timezone.now() - timedelta(days=80)
    CooperationRequest.objects.update(matching_since=since)
    requests.pause(request, by=known.focal_point)
    requests.resume(request, by=known.focal_point)
    assert request.due_on == (since + timedelta(days=90)).date()


RELEASES = {
    "pause": lambda r, by: requests.pause(r, by=by),
    "withdraw": lambda r, by: requests.withdraw(r, by=by, reason_code="solved"),
    "answer_directly": lambda r, by: requests.answer_directly(r, by=f.officer_of(r.centre), text="Here."),
}


@pytest.mark.parametrize("step", RELEASES)
def test_reserved_places_are_free_again_and_both_sides_are_told(known, step):
    request = f.request_in("matching", known.party, needs=[f.need(), f.need(title="Second")])
    offer = f.offer_in("published", known.organization, capacity=2)
    offered = [f.match_in("offered", component=component, offer=offer) for component in request.components.all()]
    assert Offer.objects.get().places_taken == 2
    request.refresh_from_db()
    RELEASES[step](request, known.focal_point)
    assert Offer.objects.get().places_taken == 0
    assert {match.status for match in Match.objects.all()} == {"retracted"}
    assert not Match.objects.filter(due_on__isnull=False).exists()
    for match in offered:
        event = AuditEvent.objects.of(match).get(action="retract")
        assert event.actor is None
        assert Notice.objects.filter(event=event, recipient=known.provider).exists()


@pytest.mark.parametrize("step", ["pause", "withdraw"])
def test_an_engagement_ends_only_by_its_own_step(known, step):
    request = f.request_in("matched", known.party)
    RELEASES[step](request, known.focal_point)
    assert Engagement.objects.get().status == "active"
    assert Match.objects.get().status == "agreed"
    assert Offer.objects.get().places_taken == 1


@pytest.mark.parametrize("around", ["pause", "answer"])
def test_after_a_pause_or_an_answer_in_vain_the_pair_may_come_back(known, around):
    request = f.request_in("matching", known.party)
    offer = f.offer_in("published", known.organization)
    score_all()
    match = Match.objects.get()
    matches.offer_to_both(match, by=known.officer)
    if around == "pause":
        requests.pause(request, by=known.focal_point)
        requests.resume(request, by=known.focal_point)
    else:
        requests.answer_directly(request, by=known.officer, text="Read this.")
        requests.reopen(request, by=known.focal_point, text="Not enough.")
        requests.accept(request, by=known.officer)
    match.refresh_from_db()
    assert match.status == "retracted"
    score_all()
    match.refresh_from_db()
    assert (match.status, match.rank, match.offered_at, match.reason_code) == ("suggested", 1, None, "")
    matches.offer_to_both(match, by=known.officer)
    assert Offer.objects.get(pk=offer.pk).places_taken == 1


def test_what_the_officer_retracted_never_comes_back(known):
    request = f.request_in("matching", known.party)
    f.offer_in("published", known.organization)
    score_all()
    matches.offer_to_both(Match.objects.get(), by=known.officer)
    matches.retract(Match.objects.get(), by=known.officer, reason_code="changed")
    requests.pause(request, by=known.focal_point)
    requests.resume(request, by=known.focal_point)
    score_all()
    assert Match.objects.get().status == "retracted"


# Completing -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def done(known):
    request = f.request_in("matched", known.party)
    engagements.conclude(Engagement.objects.get(), by=known.focal_point)
    request.refresh_from_db()
    return request


@pytest.mark.parametrize("order", [("focal_point", "officer"), ("head", "deputy")])
def test_office_and_centre_complete_it_together_in_either_order(known, done, order):
    first, second = (getattr(known, name) for name in order)
    assert requests.complete(done, by=first).status == "matched"
    assert requests.complete(done, by=first).status == "matched"
    assert AuditEvent.objects.of(done).filter(action="complete").count() == 1
    assert requests.complete(done, by=second).status == "completed"
    assert {component.status for component in done.components.all()} == {"closed"}
    with pytest.raises(IllegalStep):
        requests.complete(done, by=first)


def test_whoever_holds_both_roles_speaks_for_each_side_in_turn(known, done):
    both = f.member("officer", who=known.focal_point, centre=known.centre)
    assert requests.complete(done, by=both).status == "matched"
    assert requests.complete(done, by=both).status == "completed"


def test_nobody_completes_for_the_other_side(known, done):
    with pytest.raises(NotAllowed):
        requests.complete(done, by=known.officer, side="party")


def test_with_work_still_going_on_it_cannot_be_completed(known):
    request = f.request_in("matched", known.party)
    with pytest.raises(DomainError, match="conclude the engagements first"):
        requests.complete(request, by=known.officer)


def test_the_clock_of_the_search_stops_when_needs_have_partners_and_starts_anew_when_they_lose_them(known):
    request = f.request_in("matching", known.party)
    CooperationRequest.objects.update(matching_since=timezone.now() - timedelta(days=100))
    match = f.match_in("agreed", component=request.components.get())
    request.refresh_from_db()
    assert (request.status, request.due_on) == ("matched", None)
    engagements.end_early(match.engagement, by=known.focal_point, reason_code="funding")
    request.refresh_from_db()
    assert request.status == "matching"
    assert request.due_on == timezone.now().date() + timedelta(days=90)
    with pytest.raises(DomainError, match="90 days"):
        requests.declare_unmet(request, by=known.officer)


# A draft is handed to the office --------------------------------------------------------------------------------------


def test_a_drafter_hands_the_draft_to_the_office(known):
    draft = f.draft_request(known.party, by=known.drafter)
    with pytest.raises(NotAllowed):
        requests.submit(draft, by=known.drafter)
    handing.hand_to_office(draft, by=known.drafter)
    told = set(Notice.objects.values_list("recipient", flat=True))
    assert told == {known.focal_point.pk, known.deputy.pk}


def test_only_a_draft_is_handed_over_and_only_by_its_office(known):
    with pytest.raises(IllegalStep):
        handing.hand_to_office(f.request_in("submitted", known.party), by=known.drafter)
    with pytest.raises(NotAllowed):
        handing.hand_to_office(f.draft_request(known.party), by=known.officer)


def test_an_offer_that_goes_away_tells_the_request_it_was_offered_for(known):
    request = f.request_in("matching", known.party)
    offer = f.offer_in("published", known.organization)
    f.match_in("offered", component=request.components.get(), offer=offer)
    assert request.components.get().status == "offered"
    offers.withdraw(Offer.objects.get(), by=known.provider)
    assert request.components.get().status == "open"
    assert Notice.objects.filter(kind="match_retract", recipient=known.focal_point).exists()
