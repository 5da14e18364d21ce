"""The calendar at a secret address: what waits, by the roles in force when it is read."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.calendar_address import close_calendar, open_calendar
from accounts.models import AuditEvent, Membership
from tests import factories as f
from tests import factories_workplans as fw
from tests.accounts.test_ical import unfolded
from workplans.actions import pledges
from workplans.models import LineIdentity

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """A request that waits for the officer, a plan under consultation for the office, a donor's interest."""
    people = f.everyone_known()
    people.request = f.request_in("submitted", people.party)
    people.request.title = "Lagoons, open; and free"
    people.request.contact = "canary-4711@example.org"
    people.request.save()
    return people


def entries(address):
    """The calendar as whoever knows its address reads it."""
    answer = Client().get(address.path)
    assert answer.status_code == 200, answer.status_code
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer["Cache-Control"] == "private, no-store"
    return unfolded(answer.content)


def days(lines):
    return [line for line in lines if line.startswith("DTSTART")]


def test_the_calendar_holds_the_due_days_and_no_contact(world):
    lines = entries(open_calendar(by=world.officer))
    due = world.request.due_on
    assert days(lines) == [f"DTSTART;VALUE=DATE:{due:%Y%m%d}"]
    assert any("Lagoons\\, open\\; and free" in line and world.request.reference in line for line in lines)
    assert "canary" not in "".join(lines)
    assert world.focal_point.email not in "".join(lines)
    assert days(entries(open_calendar(by=world.stranger))) == []


def test_a_mandate_that_ended_at_midnight_has_no_entry_a_minute_later(world):
    """The calendar program reads on; the office's dates are gone with the role, and the address stays the person's."""
    address = open_calendar(by=world.officer)
    assert days(entries(address))
    last = timezone.now().date() + timedelta(days=30)
    held = Membership.objects.filter(user=world.officer)
    held.update(ends_on=last)
    midnight = datetime.combine(last + timedelta(days=1), time(), ZoneInfo(held.get().zone))
    with time_machine.travel(midnight - timedelta(minutes=1), tick=False):
        assert days(entries(address))
    with time_machine.travel(midnight + timedelta(minutes=1), tick=False):
        assert days(entries(address)) == []


def test_a_new_address_ends_the_old_one_and_nobody_inactive_has_one(world, client):
    client.force_login(world.officer)
    assert client.get(reverse("my_calendar")).status_code == 200
    client.post(reverse("my_calendar_open"))
    first = world.officer.calendar_address
    assert first.path in client.get(reverse("my_calendar")).content.decode()
    client.post(reverse("my_calendar_open"))
    world.officer.refresh_from_db()
    second = world.officer.calendar_address
    old, new = first.path, second.path
    assert old != new
    assert [Client().get(path).status_code for path in (old, new)] == [404, 200]
    world.officer.is_active = False
    world.officer.save()
    assert Client().get(new).status_code == 404
    close_calendar(by=world.officer)
    assert AuditEvent.objects.filter(action="calendar_address_closed").count() == 1
    assert second.secret not in str(list(AuditEvent.objects.values()))


def test_plans_and_pledges_wait_on_the_desk_as_well():
    """Consultation, interest, commitment: each on the desk and in the calendar of whoever has it in hand."""
    made = fw.version_in("consultation")
    office = entries(open_calendar(by=made.known.focal_point))
    assert any(made.workplan.reference in line for line in office)
    assert days(office) == [f"DTSTART;VALUE=DATE:{made.version.due_on:%Y%m%d}"]
    made = fw.version_in("finalized", centre=None)
    donor = f.organization(name="Reef fund")
    giver = f.donor_of(donor)
    line = LineIdentity.objects.get(workplan=made.workplan)
    talk = pledges.express_interest(line, donor, by=giver, text="We look for work on lagoons.")
    assert any(talk.reference in line for line in entries(open_calendar(by=made.head)))
    assert days(entries(open_calendar(by=giver))) == []
