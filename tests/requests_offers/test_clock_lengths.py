"""How long each side has: the coordinator changes it with a reason, and only dates set from then on follow."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.errors import DomainError, NotAllowed
from accounts.models import AuditEvent
from centres.working_week import due_on
from requests_offers import clocks
from requests_offers.actions.clock_lengths import change_length, change_lengths
from requests_offers.models import Clock, ClockLength, CooperationRequest
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


built, people = worlds.shared(f.everyone_known)


def test_at_the_start_the_lengths_are_those_of_the_contract():
    assert clocks.lengths() == {
        "triage": 10,
        "clarification": 15,
        "match_answer": 15,
        "verification": 10,
        "consultation": 30,
        "donor_question": 15,
        "helpdesk": 10,
    }
    assert {clock: clocks.length(clock) for clock in Clock} == clocks.lengths()


def test_a_change_holds_for_dates_set_from_then_on(people):
    before = f.request_in("submitted", people.party)
    change_length(Clock.TRIAGE, working_days=3, reason="Fewer requests", by=people.coordinator)
    after = f.request_in("submitted", people.party)
    was, before = before.due_on, CooperationRequest.objects.get(pk=before.pk)
    assert before.due_on == was
    assert after.due_on == due_on(clocks.centre_calendar(people.centre), 3, after.submitted_at)
    assert after.due_on < before.due_on


def test_every_due_date_follows_its_own_clock(people):
    dues = {
        Clock.TRIAGE: lambda: clocks.triage_due(f.draft_request(people.party), MONDAY),
        Clock.CLARIFICATION: lambda: clocks.office_due(people.party, MONDAY),
        Clock.MATCH_ANSWER: lambda: clocks.match_due(people.party, MONDAY),
        Clock.VERIFICATION: lambda: clocks.verification_due(people.centre, MONDAY),
    }
    for clock in dues:
        was = {other: due() for other, due in dues.items()}
        change_length(clock, working_days=2, reason="A trial", by=people.coordinator)
        now = {other: due() for other, due in dues.items()}
        assert {other for other in dues if was[other] != now[other]} == {clock}


def test_the_newest_change_counts_and_all_are_kept(people):
    for days in (5, 7, 7):
        change_length(Clock.TRIAGE, working_days=days, reason="A trial", by=people.coordinator)
    assert clocks.length(Clock.TRIAGE) == clocks.lengths()[Clock.TRIAGE] == 7
    assert list(ClockLength.objects.order_by("pk").values_list("working_days", flat=True)) == [5, 7]
    events = AuditEvent.objects.filter(action="change_clock").order_by("pk")
    assert [(event.before, event.after, event.reason) for event in events] == [
        ("10", "5", "A trial"),
        ("5", "7", "A trial"),
    ]


@pytest.mark.parametrize(("days", "reason"), [(0, "x"), (91, "x"), (-3, "x"), (5, " ")])
def test_a_length_that_makes_no_sense_and_a_change_without_a_reason_are_refused(people, days, reason):
    with pytest.raises(DomainError):
        change_length(Clock.TRIAGE, working_days=days, reason=reason, by=people.coordinator)
    assert not ClockLength.objects.exists()


def test_one_fault_changes_nothing_at_all(people):
    lengths = clocks.lengths() | {Clock.TRIAGE: 5, Clock.DONOR_QUESTION: 400}
    with pytest.raises(DomainError):
        change_lengths(lengths, reason="x", by=people.coordinator)
    assert not ClockLength.objects.exists()


def test_the_database_refuses_a_clock_that_nobody_knows():
    for wrong in ({"key": "lunch", "working_days": 5}, {"key": "triage", "working_days": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClockLength.objects.create(reason="x", **wrong)


@pytest.mark.parametrize("who", ["focal_point", "officer", "head", "provider", "donor", "stranger"])
def test_only_the_coordinator_changes_a_clock(client, people, who):
    with pytest.raises(NotAllowed):
        change_length(Clock.TRIAGE, working_days=5, reason="x", by=getattr(people, who))
    client.force_login(getattr(people, who))
    assert client.get(reverse("clock_lengths")).status_code == 403
    assert client.post(reverse("clock_lengths"), {}).status_code == 403


def test_the_page_changes_what_differs_and_asks_why(client, people):
    client.force_login(people.coordinator)
    fields = {clock.value: days for clock, days in clocks.lengths().items()} | {"triage": 8}
    page = client.post(reverse("clock_lengths"), fields)
    assert 'role="alert"' in page.content.decode()
    assert 'value="8"' in page.content.decode()
    client.post(reverse("clock_lengths"), fields | {"reason": "Fewer requests"})
    assert list(ClockLength.objects.values_list("key", "working_days")) == [("triage", 8)]
    assert "Fewer requests" in client.get(reverse("clock_lengths")).content.decode()
    client.post(reverse("clock_lengths"), fields | {"reason": "Again"})
    assert ClockLength.objects.count() == 1


@pytest.mark.parametrize("wrong", ["", "0", "91", "ten", "9" * 400, "1e3"])
def test_a_wrong_number_gets_a_sentence(client, people, wrong):
    client.force_login(people.coordinator)
    fields = {clock.value: days for clock, days in clocks.lengths().items()} | {"triage": wrong, "reason": "x"}
    assert 'role="alert"' in client.post(reverse("clock_lengths"), fields).content.decode()
    assert not ClockLength.objects.exists()
