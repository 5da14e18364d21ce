"""The office's page: its people, who is away, who is invited, and a handover list from which nothing is missing."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import invitations
from accounts.actions.absences import note_absence
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import Absence, AuditEvent, Membership, Notice
from accounts.permissions import Role
from requests_offers.actions.late import hand_over, late_requests
from requests_offers.days import day
from requests_offers.handover import Place, open_items, places_of
from requests_offers.models import CooperationRequest, Reminder
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db

TODAY = date.today()


built, people = worlds.shared(f.everyone_known)


def test_late_items_come_first_then_those_that_are_due_first(people):
    for days in (9, -9, 2):
        request = f.request_in("submitted", people.party)
        CooperationRequest.objects.filter(pk=request.pk).update(due_on=TODAY + timedelta(days))
    f.draft_request(people.party)
    dues = [item.due for item in open_items(Place("party", people.party), timezone.now())]
    assert dues == [TODAY + timedelta(days) for days in (-9, 2, 9)] + [None]


def test_the_list_asks_as_often_for_three_of_each_as_for_one(client, people, django_assert_num_queries):
    client.force_login(people.focal_point)
    client.get(reverse("office"))
    for more in (1, 2):
        for _ in range(more):
            f.match_in("offered", offer=f.offer_in("published", people.organization))
            f.draft_request(people.party)
            f.member(Role.DRAFTER, party=people.party)
            invitations.invite(
                f"{Membership.objects.count()}@example.org",
                role=Role.DRAFTER,
                party=people.party,
                office_kind="TSC",
                by=people.focal_point,
            )
        with django_assert_num_queries(13):
            client.get(reverse("office"))


# The page -------------------------------------------------------------------------------------------------------------


def test_a_person_acts_in_the_places_of_their_roles(people):
    f.member(Role.OFFICER, who=people.focal_point, centre=people.centre)
    assert [place.scope for place in places_of(f.again(people.focal_point))] == [people.party, people.centre]
    assert [place.kind for place in places_of(people.coordinator)] == ["network"]
    assert places_of(people.stranger) == []
    assert places_of(f.advisor()) == []


def test_the_page_of_another_office_is_not_there(client, people):
    other = f.party("TD")
    f.focal_point_of(other)
    client.force_login(people.focal_point)
    keys = [f"party-{other.pk}", f"centre-{people.centre.pk}", "network", "party-0", "x"]
    assert {client.get(reverse("office"), {"place": key}).status_code for key in keys} == {404}
    assert client.get(reverse("office"), {"place": f"party-{people.party.pk}"}).status_code == 200


def test_whoever_has_no_office_is_told_how_to_get_one(client, people):
    client.force_login(people.stranger)
    assert reverse("claim_new") in client.get(reverse("office")).content.decode()


def test_the_page_can_show_what_one_person_has_begun(client, people):
    own = f.draft_request(people.party, by=people.drafter)
    f.draft_request(people.party, by=people.deputy)
    client.force_login(people.focal_point)
    page = client.get(reverse("office"), {"person": people.drafter.pk})
    assert [item.reference for item in page.context["page_obj"].paginator.object_list] == [own.reference]
    everything = client.get(reverse("office"), {"person": people.officer.pk})
    assert everything.context["page_obj"].paginator.count == 2


def test_one_notes_an_absence_on_the_page_and_takes_it_back(client, people):
    client.force_login(people.drafter)
    membership = people.drafter.memberships.get()
    address = reverse("absence_new", args=[membership.pk])
    wrong = {"starts_on": TODAY + timedelta(3), "ends_on": TODAY}
    assert "not before the first day" in client.post(address, wrong).content.decode()
    client.post(address, {"starts_on": TODAY, "ends_on": TODAY + timedelta(3), "note": "At the COP"})
    assert "At the COP" in client.get(reverse("office")).content.decode()
    client.post(reverse("absence_cancel", args=[Absence.objects.get().pk]))
    assert not Absence.objects.exists()


def test_the_absence_of_others_is_not_there(client, people):
    days = {"starts_on": TODAY, "ends_on": TODAY + timedelta(3)}
    absence = note_absence(people.head.memberships.get(), **days, by=people.head)
    client.force_login(people.focal_point)
    assert client.get(reverse("absence_new", args=[absence.membership_id])).status_code == 404
    assert client.post(reverse("absence_new", args=[absence.membership_id]), days).status_code == 404
    assert client.post(reverse("absence_cancel", args=[absence.pk])).status_code == 404
    assert Absence.objects.count() == 1


def test_the_baton_says_until_when_whoever_would_act_is_absent_to_those_inside(client, people):
    request = f.request_in("clarification", people.party)
    days = {"starts_on": TODAY, "ends_on": TODAY + timedelta(3)}
    note_absence(people.focal_point.memberships.get(), **days, by=people.focal_point)
    shown = f"absent until {day(days['ends_on'], 'long')}"
    for who in ("deputy", "officer", "coordinator"):
        client.force_login(getattr(people, who))
        assert shown in client.get(request.get_absolute_url()).content.decode()
    held = f.request_in("submitted", people.party)
    note_absence(people.head.memberships.get(), **days, by=people.head)
    assert shown not in client.get(held.get_absolute_url()).content.decode()
    note_absence(people.officer.memberships.get(), **days, by=people.officer)
    assert shown in client.get(held.get_absolute_url()).content.decode()


def test_the_public_does_not_read_who_is_absent(client, people):
    request = f.request_in("matching", people.party)
    days = {"starts_on": TODAY, "ends_on": TODAY + timedelta(3)}
    for person in (people.head, people.officer):
        note_absence(person.memberships.get(), **days, by=person)
    client.force_login(people.officer)
    assert "absent until" in client.get(request.get_absolute_url()).content.decode()
    client.logout()
    assert "absent until" not in client.get(request.get_absolute_url()).content.decode()


# A late request is handed over ----------------------------------------------------------------------------------------


def late_request(people):
    request = f.request_in("submitted", people.party)
    CooperationRequest.objects.filter(pk=request.pk).update(due_on=TODAY - timedelta(days=10))
    return CooperationRequest.objects.get(pk=request.pk)


def test_the_coordinator_hands_a_late_request_to_another_centre_with_a_reason(people):
    request, other = late_request(people), f.centre()
    f.officer_of(other)
    moved = hand_over(request, centre=other, reason="Nobody answers there", by=people.coordinator)
    assert (moved.centre, moved.status) == (other, "submitted")
    assert moved.due_on > TODAY
    event = AuditEvent.objects.get(action="hand_over")
    assert (event.reason, event.details["former"]) == ("Nobody answers there", people.centre.slug)
    told = {notice.recipient for notice in Notice.objects.filter(kind="request_handed_over")}
    assert told == {people.officer, people.head}
    assert f.officer_of(other).notices.filter(kind="request_redirect").count() == 1
    assert people.focal_point.notices.filter(kind="request_redirected").count() == 1
    assert not Reminder.objects.exists()


def test_it_can_come_to_the_helpdesk(people):
    assert hand_over(late_request(people), centre=None, reason="I do it", by=people.coordinator).centre is None


def test_a_request_in_time_or_without_a_reason_is_not_taken_away(people):
    other = f.centre()
    with pytest.raises(DomainError, match="still has time"):
        hand_over(f.request_in("submitted", people.party), centre=other, reason="x", by=people.coordinator)
    with pytest.raises(DomainError, match="Write why"):
        hand_over(late_request(people), centre=other, reason=" ", by=people.coordinator)
    with pytest.raises(IllegalStep):
        hand_over(f.request_in("matching", people.party), centre=other, reason="x", by=people.coordinator)


@pytest.mark.parametrize("who", ["focal_point", "officer", "head", "provider", "stranger"])
def test_nobody_else_takes_a_late_request_away(client, people, who):
    request = late_request(people)
    with pytest.raises(NotAllowed):
        hand_over(request, centre=f.centre(), reason="x", by=getattr(people, who))
    client.force_login(getattr(people, who))
    assert client.get(reverse("late_list")).status_code == 403
    assert client.post(reverse("late_hand_over", args=[request.reference])).status_code == 403


def test_the_list_of_late_requests_shows_the_latest_first(client, people):
    f.request_in("submitted", people.party)
    second, first = late_request(people), late_request(people)
    CooperationRequest.objects.filter(pk=first.pk).update(due_on=TODAY - timedelta(days=30))
    assert [row.request for row in late_requests(people.coordinator)] == [first, second]
    client.force_login(people.coordinator)
    assert first.reference in client.get(reverse("late_list")).content.decode()


def test_the_page_asks_to_whom_and_why(client, people):
    request, other = late_request(people), f.centre()
    client.force_login(people.coordinator)
    address = reverse("late_hand_over", args=[request.reference])
    assert str(people.centre) not in client.get(address).context["form"].fields["centre"].choices
    assert 'role="alert"' in client.post(address, {"centre": other.slug}).content.decode()
    client.post(address, {"centre": other.slug, "reason": "Nobody answers there"})
    request.refresh_from_db()
    assert request.centre == other
    again = client.post(address, {"centre": people.centre.slug, "reason": "x"}).content.decode()
    assert "still has time" in again
