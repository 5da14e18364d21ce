"""A mandate ends at midnight where the office sits; an absence reaches whoever stands in."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.actions.absences import cancel_absence, note_absence
from accounts.actions.tokens import make_token
from accounts.errors import DomainError, NotAllowed
from accounts.models import Absence, Membership, User
from accounts.people import away_until, holders, on_rung, with_stand_ins
from accounts.permissions import Permission, Role, can
from centres.models import Hosting
from tests import factories as f

pytestmark = pytest.mark.django_db

LAST_DAY = date(2026, 11, 20)
# A minute after midnight of the last day, where each office sits.
SUVA = datetime(2026, 11, 20, 12, 1, tzinfo=UTC)  # UTC+12
NDJAMENA = datetime(2026, 11, 20, 23, 1, tzinfo=UTC)  # UTC+1
HONOLULU = datetime(2026, 11, 21, 10, 1, tzinfo=UTC)  # UTC-10
MONTREAL = datetime(2026, 11, 21, 5, 1, tzinfo=UTC)  # UTC-5
TWO_MINUTES = timedelta(minutes=2)


def ending(role, **scope):
    """Somebody whose role has its last day on 20 November 2026."""
    person = f.member(role, **scope)
    Membership.objects.filter(user=person).update(starts_on=date(2026, 1, 1), ends_on=LAST_DAY)
    return person


def hosted_in(time_zone):
    """A centre whose lead host is seated in a time zone, with a joint host elsewhere."""
    centre = f.centre()
    Hosting.objects.filter(centre=centre).delete()
    elsewhere = f.organization(f.party(time_zone="Pacific/Kiritimati"))
    Hosting.objects.create(centre=centre, organization=elsewhere, role="co_host")
    Hosting.objects.create(centre=centre, organization=f.organization(f.party(time_zone=time_zone)), role="lead")
    return centre


def ends_at(person, moment):
    """Whether the rights end between a minute before and a minute after midnight."""
    with time_machine.travel(moment - TWO_MINUTES, tick=False):
        before = bool(f.again(person).current_memberships)
    with time_machine.travel(moment, tick=False):
        after = bool(f.again(person).current_memberships)
    return before and not after


@pytest.mark.parametrize(
    ("time_zone", "midnight"),
    [("Pacific/Fiji", SUVA), ("Africa/Ndjamena", NDJAMENA), ("Pacific/Honolulu", HONOLULU)],
)
def test_a_mandate_ends_at_midnight_where_the_office_sits(time_zone, midnight):
    assert ends_at(ending(Role.FOCAL_POINT, party=f.party(time_zone=time_zone)), midnight)
    assert ends_at(ending(Role.PROVIDER, organization=f.organization(f.party(time_zone=time_zone))), midnight)
    assert ends_at(ending(Role.HEAD, centre=hosted_in(time_zone)), midnight)


def test_a_role_of_the_network_and_of_a_centre_without_a_seat_ends_at_midnight_in_montreal():
    assert ends_at(ending(Role.COORDINATOR), MONTREAL)
    assert ends_at(ending(Role.OFFICER, centre=f.centre()), MONTREAL)
    assert ends_at(ending(Role.PROVIDER, organization=f.organization()), MONTREAL)


def test_whoever_is_given_a_role_today_holds_it_at_once_wherever_the_office_sits():
    with time_machine.travel(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False):
        west = f.member(Role.DRAFTER, party=f.party(time_zone="Pacific/Honolulu"))
        assert can(west, Permission.REQUEST_DRAFT)
    early = f.member(Role.DRAFTER, party=f.party(time_zone="Pacific/Fiji"), starts_on=LAST_DAY + timedelta(1))
    with time_machine.travel(SUVA, tick=False):
        assert can(f.again(early), Permission.REQUEST_DRAFT)
    with time_machine.travel(SUVA - TWO_MINUTES, tick=False):
        assert not can(f.again(early), Permission.REQUEST_DRAFT)


def test_those_to_be_told_are_those_in_office_at_that_minute():
    fiji = f.party("FJ", time_zone="Pacific/Fiji")
    person = ending(Role.FOCAL_POINT, party=fiji)
    with time_machine.travel(SUVA - TWO_MINUTES, tick=False):
        assert list(holders(Permission.REQUEST_SUBMIT, party=fiji)) == [person]
    with time_machine.travel(SUVA, tick=False):
        assert not holders(Permission.REQUEST_SUBMIT, party=fiji).exists()


def test_a_mandate_that_ended_at_midnight_opens_no_page_at_one_minute_past(client):
    draft = f.draft_request(f.party("FJ", time_zone="Pacific/Fiji"))
    person = ending(Role.DRAFTER, party=draft.party)
    page = reverse("request_detail", args=[draft.reference])
    with time_machine.travel(SUVA - TWO_MINUTES, tick=False):
        client.force_login(person)
        assert client.get(page).status_code == 200
    with time_machine.travel(SUVA, tick=False):
        assert client.get(page).status_code == 404
        assert client.get(reverse("office")).context["places"] == []


def test_a_token_has_no_more_rights_than_its_owner_at_one_minute_past(settings):
    draft = f.draft_request(f.party("FJ", time_zone="Pacific/Fiji"))
    person = ending(Role.DRAFTER, party=draft.party)
    with time_machine.travel(SUVA - TWO_MINUTES, tick=False):
        _token, secret = make_token(person, name="Partner", scopes=["read"], by=person)
        machine = APIClient()
        machine.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
        assert machine.get(f"/api/v1/requests/{draft.reference}/").status_code == 200
    with time_machine.travel(SUVA, tick=False):
        assert machine.get(f"/api/v1/requests/{draft.reference}/").status_code == 404


# Absence --------------------------------------------------------------------------------------------------------------


TODAY = date.today()


def away(person, days=3):
    membership = person.memberships.get()
    return Absence.objects.create(membership=membership, starts_on=TODAY, ends_on=TODAY + timedelta(days))


def test_while_somebody_is_away_whoever_stands_in_is_told_as_well():
    people = f.everyone_known()
    assert with_stand_ins([people.focal_point]) == [people.focal_point]
    away(people.focal_point)
    assert with_stand_ins([people.focal_point]) == [people.focal_point, people.deputy]
    away(people.head)
    assert with_stand_ins([people.head]) == [people.head, people.officer]


def test_an_absence_that_is_over_or_to_come_changes_nothing():
    people = f.everyone_known()
    absence = away(people.focal_point)
    Absence.objects.filter(pk=absence.pk).update(starts_on=TODAY + timedelta(2))
    assert with_stand_ins([people.focal_point]) == [people.focal_point]


def test_a_party_is_without_a_focal_point_until_the_first_of_them_is_back():
    fiji = f.party("FJ")
    first, second = f.member(Role.FOCAL_POINT, party=fiji), f.member(Role.FOCAL_POINT, party=fiji, office_kind="CBD")
    away(first, 9)
    assert away_until("office", party=fiji) is None
    away(second, 4)
    assert away_until("office", party=fiji) == TODAY + timedelta(4)
    assert away_until("office", party=f.party()) is None


def test_one_says_oneself_that_one_is_away_or_whoever_looks_after_the_office_does():
    people = f.everyone_known()
    days = {"starts_on": TODAY, "ends_on": TODAY + timedelta(5)}
    drafter = people.drafter.memberships.get()
    note_absence(drafter, **days, by=people.drafter)
    absence = note_absence(drafter, **days, by=people.focal_point)
    for stranger in (people.officer, people.provider, people.stranger):
        with pytest.raises(NotAllowed):
            note_absence(drafter, **days, by=stranger)
        with pytest.raises(NotAllowed):
            cancel_absence(absence, by=stranger)
    cancel_absence(absence, by=people.drafter)
    assert drafter.absences.count() == 1


def test_an_absence_has_its_days_in_order_and_before_it():
    people = f.everyone_known()
    membership = people.drafter.memberships.get()
    for first, last in [(0, -1), (-9, -2)]:
        days = {"starts_on": TODAY + timedelta(first), "ends_on": TODAY + timedelta(last)}
        with pytest.raises(DomainError):
            note_absence(membership, **days, by=people.drafter)


# Whom a delay reaches -------------------------------------------------------------------------------------------------


def test_a_delay_climbs_on_its_own_side():
    people = f.everyone_known()
    assert on_rung("centre", 1, centre=people.centre) == [people.officer]
    assert on_rung("centre", 2, centre=people.centre) == [people.head]
    assert on_rung("centre", 3, centre=people.centre) == [people.coordinator]
    assert on_rung("country", 1, party=people.party) == [people.drafter]
    assert on_rung("country", 2, party=people.party) == [people.focal_point]
    assert set(on_rung("country", 3, party=people.party)) == {people.focal_point, people.deputy, people.drafter}
    assert on_rung("provider", 1, organization=people.organization) == [people.provider]


def test_where_nobody_stands_on_a_rung_the_next_one_is_reached():
    coordinator = f.coordinator()
    assert on_rung("centre", 1, centre=f.centre()) == [coordinator]
    fiji = f.party("FJ")
    office = f.focal_point_of(fiji)
    assert on_rung("country", 1, party=fiji) == [office]
    assert on_rung("country", 1, party=f.party()) == []
    User.objects.filter(pk=office.pk).update(is_active=False)
    assert on_rung("country", 1, party=fiji) == []


@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC", "America/Toronto", "Asia/Kathmandu"]
)
def test_the_row_and_the_database_agree_on_what_is_in_force(zone):
    office, today = f.party(time_zone=zone), datetime.now(UTC).replace(minute=7)
    days = [today.date() + timedelta(days=shift) for shift in (-2, -1, 0, 1, 2)]
    for first in days:
        for last in [day for day in days if day >= first]:
            Membership.objects.create(
                user=f.user(), role=Role.DRAFTER, party=office, office_kind="TSC", starts_on=first, ends_on=last
            )
    for hour in range(0, 24, 3):
        with time_machine.travel(today.replace(hour=hour), tick=False):
            told = {row.pk for row in Membership.objects.in_force()}
            assert told
            assert {row.pk for row in Membership.objects.near() if row.is_in_force(datetime.now(UTC))} == told
