"""Reminders before a date and escalation past it: on the side that delays, by its own week, each once."""

import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions.absences import note_absence
from accounts.models import AuditEvent, Notice
from centres.actions.claims import claim_office, propose_organization, verify_claim
from centres.calendars import CoordinationCalendar
from centres.helpdesk import actions as helpdesk
from centres.models import Hosting
from requests_offers.actions import matches, requests, ticking
from requests_offers.actions.reminding.levels import Level, levels_due
from requests_offers.actions.reminding.send import remind, send
from requests_offers.actions.reminding.waits import all_waits
from requests_offers.actions.reminding.words import NEXT, SENTENCES
from requests_offers.models import CooperationRequest, Match, Reminder
from requests_offers.tasks import tick
from tests import factories as f

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 11, 20)


def at(day, hour=12, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


class Place:
    def __init__(self, time_zone="UTC", weekend=(5, 6)):
        self.time_zone, self.weekend = time_zone, list(weekend)


# When -----------------------------------------------------------------------------------------------------------------


def test_across_a_weekend_a_date_is_near_in_suva_and_in_ndjamena_at_different_moments():
    """Due on Tuesday the 24th: two working days before is Friday the 20th,
    which begins in Suva eleven hours earlier.
    """
    due = date(2026, 11, 24)
    suva, chad = Place("Pacific/Fiji"), Place("Africa/Ndjamena")
    moments = {at(19, 11, 59): ([], []), at(19, 12, 1): ([0], []), at(19, 23, 1): ([0], [0])}
    for now, (in_suva, in_chad) in moments.items():
        assert (levels_due(suva, due, now), levels_due(chad, due, now)) == (in_suva, in_chad)


def test_a_date_on_a_friday_is_late_on_monday_where_the_office_sits_and_not_on_the_weekend():
    suva, chad = Place("Pacific/Fiji"), Place("Africa/Ndjamena")
    for now in (at(20, 12, 1), at(21), at(22, 11, 59)):  # Saturday and Sunday in Suva
        assert levels_due(suva, FRIDAY, now) == []
    assert levels_due(suva, FRIDAY, at(22, 12, 1)) == [1]  # Monday in Suva, Sunday in Chad
    assert levels_due(chad, FRIDAY, at(22, 12, 1)) == []
    assert levels_due(chad, FRIDAY, at(22, 23, 1)) == [1]


def test_a_week_that_rests_on_friday_counts_saturday_out_and_sunday_in():
    rests = Place("UTC", (4, 5))
    thursday = date(2026, 11, 19)
    assert [levels_due(rests, thursday, at(day)) for day in (20, 21, 22)] == [[], [], [1]]


def test_the_levels_come_on_the_first_the_fourth_and_the_ninth_working_day_after_the_date():
    place = Place()
    found = {}
    for number in range(20):
        for level in levels_due(place, FRIDAY, at(20) + timedelta(days=number)):
            found.setdefault(level, number)
    # Monday the 23rd; Thursday the 26th; Thursday the 3rd of December.
    assert found == {Level.BEFORE: 0, Level.FIRST: 3, Level.SECOND: 6, Level.THIRD: 13}


@given(
    days=st.integers(-40, 40),
    hour=st.integers(0, 23),
    weekend=st.sets(st.integers(0, 6), max_size=3),
    zone=st.sampled_from(["UTC", "Pacific/Fiji", "Africa/Ndjamena", "America/Toronto", "Asia/Kathmandu"]),
)
def test_the_levels_are_those_that_counting_day_by_day_finds(days, hour, weekend, zone):
    place, now = Place(zone, weekend), datetime(2026, 11, 20, hour, 30, tzinfo=UTC)
    due = FRIDAY + timedelta(days=days)
    found = levels_due(place, due, now)
    local = now.astimezone(ZoneInfo(zone)).date()
    between = [min(local, due) + timedelta(days=n) for n in range(1, abs((local - due).days) + 1)]
    working = sum(day.weekday() not in weekend for day in between)
    expected = []
    if local.weekday() not in weekend:
        if local <= due:
            expected = [0] if working <= 2 else []
        else:
            expected = [level for level, least in ((1, 1), (2, 4), (3, 9)) if working >= least]
    assert found == expected


# Who ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def people():
    """The people everyone knows; the centre's host sits in Fiji too, so that all count by one week."""
    found = f.everyone_known()
    found.party.time_zone = "Pacific/Fiji"
    found.party.save()
    Hosting.objects.filter(centre=found.centre).update(organization=f.organization(found.party))
    return found


def told(*kinds):
    """Whom the notices of these kinds reached, in their order."""
    return [notice.recipient for notice in Notice.objects.filter(kind__in=kinds).order_by("pk")]


def due(record, day):
    type(record).objects.filter(pk=record.pk).update(due_on=day)
    return record


MONDAY, THURSDAY = at(23), at(26)  # the first and the fourth working day after Friday the 20th, also in Suva
LATE = datetime(2026, 12, 3, 10, tzinfo=UTC)  # the ninth
BEFORE = at(19, 10)


def test_a_centre_is_reminded_then_its_head_then_the_coordinator(people):
    due(f.request_in("submitted", people.party), FRIDAY)
    steps = {
        BEFORE: ("remind_request_submitted", [people.officer]),
        MONDAY: ("escalate_request_submitted", [people.officer]),
        THURSDAY: ("escalate_request_submitted", [people.officer, people.head]),
        LATE: ("escalate_request_submitted", [people.officer, people.head, people.coordinator]),
    }
    for now, (kind, reached) in steps.items():
        assert remind(now) == 1
        assert told(kind) == reached
        assert remind(now) == 0
    assert AuditEvent.objects.filter(action="escalate").count() == 3


def test_an_office_is_reminded_from_the_drafter_to_all_its_members(people):
    due(f.request_in("clarification", people.party), FRIDAY)
    everybody = {people.focal_point, people.deputy, people.drafter}
    remind(BEFORE)
    assert set(told("remind_request_clarification")) == everybody
    remind(MONDAY)
    assert told("escalate_request_clarification") == [people.drafter]
    remind(THURSDAY)
    assert told("escalate_request_clarification")[1:] == [people.focal_point]
    remind(LATE)
    assert set(told("escalate_request_clarification")[2:]) == everybody


@pytest.mark.parametrize("state", ["submitted", "clarification", "answered"])
def test_the_side_that_does_not_delay_hears_nothing(people, state):
    due(f.request_in(state, people.party), FRIDAY)
    before = Notice.objects.order_by("pk").last()
    for now in (BEFORE, MONDAY, THURSDAY, LATE):
        remind(now)
    reached = {notice.recipient for notice in Notice.objects.filter(pk__gt=before.pk)}
    office = {people.focal_point, people.deputy, people.drafter}
    assert reached == ({people.officer, people.head, people.coordinator} if state == "submitted" else office)


def test_after_a_standstill_every_level_still_reaches_its_people_once(people):
    due(f.request_in("submitted", people.party), FRIDAY)
    assert remind(LATE) == 3
    assert told("escalate_request_submitted") == [people.officer, people.head, people.coordinator]
    assert not told("remind_request_submitted")


def test_what_no_centre_holds_is_late_with_the_coordinator(people):
    request = f.request_in("submitted", f.party("TD"), held=False)
    assert request.centre is None
    due(request, FRIDAY)
    remind(THURSDAY)
    assert told("escalate_request_submitted") == [people.coordinator] * 2


def test_a_new_date_starts_anew(people):
    request = due(f.request_in("submitted", people.party), FRIDAY)
    remind(MONDAY)
    due(request, FRIDAY + timedelta(days=7))
    assert remind(MONDAY) == 0
    assert remind(MONDAY + timedelta(days=7)) == 1
    assert Reminder.objects.count() == 2


@pytest.mark.parametrize("state", ["draft", "matching", "refused", "paused", "withdrawn", "completed"])
def test_a_request_that_waits_for_nobody_reminds_nobody(people, state):
    due(f.request_in(state, people.party), FRIDAY)
    for now in (BEFORE, MONDAY, LATE):
        assert remind(now) == 0


def test_both_sides_of_a_match_are_reminded_before_it_lapses_and_never_after(people):
    match = f.match_in("offered", offer=f.offer_in("published", people.organization))
    due(match, FRIDAY)
    assert remind(BEFORE) == 2
    assert set(told("remind_match_party")) == {people.focal_point, people.deputy}
    assert told("remind_match_provider") == [people.provider]
    assert remind(LATE) == 0


def test_the_side_that_has_said_yes_is_not_reminded(people):
    match = f.match_in("offered", offer=f.offer_in("published", people.organization))
    matches.accept(match, by=people.provider, side="provider")
    due(match, FRIDAY)
    assert remind(BEFORE) == 1
    assert not told("remind_match_provider")


def test_each_side_of_a_match_is_reminded_by_its_own_week(people):
    chad = f.party("TD", time_zone="Africa/Ndjamena")
    match = f.match_in("offered", offer=f.offer_in("published", f.organization(chad)))
    due(match, date(2026, 11, 24))
    assert remind(at(19, 12, 30)) == 1  # Friday in Suva, Thursday in N’Djamena
    assert not told("remind_match_provider")
    assert remind(at(19, 23, 30)) == 1
    assert told("remind_match_provider") == [f.provider_of(match.offer.organization)]


def test_an_offer_in_verification_is_late_with_the_centre(people):
    due(f.offer_in("in_verification", people.organization), FRIDAY)
    remind(THURSDAY)
    assert told("escalate_offer_in_verification") == [people.officer, people.head]
    assert not [notice for notice in people.provider.notices.all() if notice.kind.startswith("escalate")]


def test_a_claim_is_late_with_those_near_to_it_and_then_with_the_coordinator(people):
    claim = claim_office(people.party, role="drafter", office_kind="TSC", evidence="x", by=people.stranger)
    due(claim, FRIDAY)
    remind(THURSDAY)
    assert set(told("escalate_claim")) == {people.focal_point, people.deputy}
    remind(LATE)
    assert told("escalate_claim")[-1] == people.coordinator
    assert people.stranger not in told("escalate_claim", "remind_claim")


def test_a_claim_of_an_organization_is_late_with_the_heads_around_its_seat(people):
    new = {"kind": "ngo", "seat": people.party, "role": "provider", "evidence": "x"}
    due(propose_organization("Reef Watch", **new, by=people.stranger), FRIDAY)
    remind(MONDAY)
    assert told("escalate_claim") == [people.head]


def test_a_claim_that_is_decided_reminds_nobody(people):
    claim = claim_office(people.party, role="drafter", office_kind="TSC", evidence="x", by=people.stranger)
    due(claim, FRIDAY)
    verify_claim(claim, by=people.focal_point)
    assert remind(LATE) == 0


def test_a_question_to_the_helpdesk_is_late_with_whoever_has_it(people):
    said = {"subject": "How?", "text": "x", "kind": "question", "by": people.stranger}
    due(helpdesk.ask(**said), FRIDAY)
    handed = helpdesk.hand_over(helpdesk.ask(**said), centre=people.centre, reason="x", by=people.coordinator)
    due(handed, FRIDAY)
    remind(MONDAY)
    assert set(told("escalate_ticket")) == {people.coordinator, people.officer}


def test_whoever_stands_in_for_somebody_absent_is_reminded_as_well(people):
    days = {"starts_on": date.today(), "ends_on": date.today() + timedelta(days=3)}
    note_absence(people.head.memberships.get(), **days, by=people.head)
    due(f.request_in("submitted", people.party), FRIDAY)
    remind(THURSDAY)
    assert set(told("escalate_request_submitted")) == {people.officer, people.head}
    assert told("escalate_request_submitted").count(people.officer) == 2


# What is said ---------------------------------------------------------------------------------------------------------


def test_a_reminder_says_who_what_until_when_and_what_happens_then(people):
    request = due(f.request_in("submitted", people.party), FRIDAY)
    remind(THURSDAY)
    notice = people.head.notices.get(kind="escalate_request_submitted")
    assert notice.subject == f"Late: {request.reference} of Fiji was due on Friday 20 November 2026"
    assert "Fiji has waited since Friday 20 November 2026" in notice.text
    assert request.title in notice.text
    assert "the coordinator is told" in notice.text
    assert notice.path == request.get_absolute_url()


def test_every_sentence_can_be_filled(people):
    due(f.request_in("submitted", people.party), FRIDAY)
    due(f.request_in("clarification", people.party), FRIDAY)
    due(f.request_in("answered", people.party), FRIDAY)
    due(f.match_in("offered", offer=f.offer_in("published", people.organization)), FRIDAY)
    due(f.offer_in("in_verification", people.organization), FRIDAY)
    due(f.invitation(offering=people.organization), FRIDAY)
    due(claim_office(people.party, role="drafter", office_kind="TSC", evidence="x", by=people.stranger), FRIDAY)
    due(helpdesk.ask(subject="How?", text="x", kind="question", by=people.stranger), FRIDAY)
    for now in (BEFORE, LATE):
        remind(now)
    found = Notice.objects.filter(kind__regex="^(remind|escalate)_")
    assert {notice.kind.partition("_")[2] for notice in found} == set(SENTENCES)
    assert not [notice for notice in found if "%(" in notice.subject + notice.text or not notice.text.strip()]
    assert {wait.side for wait in all_waits(LATE)} <= {*NEXT, "provider"}


def test_the_day_is_written_in_the_language_of_whoever_is_told(people):
    people.officer.language = "ar"
    people.officer.save()
    due(f.request_in("submitted", people.party), FRIDAY)
    with translation.override("fr"):
        remind(MONDAY)
    assert "نوفمبر" in people.officer.notices.get(kind="escalate_request_submitted").subject


# Once -----------------------------------------------------------------------------------------------------------------


def test_a_record_on_which_somebody_acted_meanwhile_is_left_alone(people):
    request = due(f.request_in("submitted", people.party), FRIDAY)
    [wait] = [wait for wait in all_waits(MONDAY) if wait.record == request]
    requests.accept(CooperationRequest.objects.get(pk=request.pk), by=people.officer)
    due(request, FRIDAY)  # even if its next date were the same day
    assert send(wait, Level.FIRST) is False
    assert not Reminder.objects.exists()


def test_another_worker_was_quicker(people):
    due(f.request_in("submitted", people.party), FRIDAY)
    [wait] = all_waits(MONDAY)
    assert [send(wait, Level.FIRST), send(wait, Level.FIRST)] == [True, False]
    assert told("escalate_request_submitted") == [people.officer]


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_remind_once():
    people = f.everyone_known()
    for _ in range(3):
        due(f.request_in("submitted", people.party), FRIDAY)
    start, counts = threading.Barrier(4), []

    def work():
        try:
            start.wait()
            counts.append(remind(MONDAY))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(counts) == Reminder.objects.count() == 3
    assert told("escalate_request_submitted") == [people.officer] * 3


def test_a_fault_in_one_reminder_does_not_stop_the_others(people, caplog):
    due(f.request_in("submitted", people.party), FRIDAY)
    people.officer.language = "1"  # nobody can write a day in it
    people.officer.save()
    due(helpdesk.ask(subject="How?", text="x", kind="question", by=people.stranger), FRIDAY)
    assert remind(MONDAY) == 1
    assert "a reminder failed" in caplog.text
    assert told("escalate_ticket") == [people.coordinator]
    assert Reminder.objects.count() == 1


def test_looking_for_what_is_due_asks_as_often_for_three_as_for_one(people, django_assert_num_queries):
    for more in (1, 2):
        for _ in range(more):
            due(f.request_in("submitted", people.party), FRIDAY)
            due(f.offer_in("in_verification", people.organization), FRIDAY)
        remind(MONDAY)
        with django_assert_num_queries(11):
            assert remind(MONDAY) == 0


def test_the_beat_task_lets_matches_lapse_before_it_reminds(people):
    match = due(f.match_in("offered", offer=f.offer_in("published", people.organization)), FRIDAY)
    with time_machine.travel(MONDAY, tick=False):
        tick()
    assert Match.objects.get(pk=match.pk).status == "lapsed"
    assert not told("remind_match_party", "remind_match_provider")
    assert ticking.tick(MONDAY) == 0


def test_the_coordination_entity_counts_by_its_own_week():
    assert levels_due(CoordinationCalendar(), FRIDAY, at(23, 4, 30)) == []  # Sunday in Montreal
    assert levels_due(CoordinationCalendar(), FRIDAY, at(23, 5, 30)) == [Level.FIRST]
