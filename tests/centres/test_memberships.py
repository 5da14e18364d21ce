"""Offices, heads and coordinators lend roles and end them, each in their own part of the network."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.actions.memberships import end_membership, grant_membership
from accounts.errors import IllegalStep, NotAllowed
from accounts.models import AuditEvent, Membership, User
from accounts.permissions import Permission, Role, can
from tests.factories_accounts import make_centre, make_member, make_organization, make_party, make_user

pytestmark = pytest.mark.django_db

TODAY = date.today()


@pytest.fixture
def fiji():
    return make_party("Fiji")


@pytest.fixture
def focal_point(fiji):
    return make_member(Role.FOCAL_POINT, party=fiji)


def test_the_office_makes_a_colleague_its_drafter(fiji, focal_point):
    colleague = make_user()
    grant_membership(colleague, role=Role.DRAFTER, party=fiji, office_kind="TSC", by=focal_point)
    assert can(User.objects.get(pk=colleague.pk), Permission.REQUEST_DRAFT, Membership(party=fiji))
    assert colleague.notices.get().subject == "You now act for Fiji as: Drafter"
    assert AuditEvent.objects.filter(action="membership_granted", actor=focal_point).count() == 1


@pytest.mark.parametrize("role", [Role.FOCAL_POINT, Role.COORDINATOR, Role.ADMINISTRATOR, Role.HEAD, Role.OFFICER])
def test_the_office_cannot_lend_what_is_not_below_it(fiji, focal_point, role):
    scope = {"party": fiji} if role == Role.FOCAL_POINT else {}
    with pytest.raises(NotAllowed, match="cannot give this role"):
        grant_membership(make_user(), role=role, by=focal_point, **scope)


def test_the_office_lends_nothing_in_another_party(focal_point):
    with pytest.raises(NotAllowed, match="cannot give roles there"):
        grant_membership(make_user(), role=Role.DRAFTER, party=make_party(), office_kind="TSC", by=focal_point)
    assert not Membership.objects.filter(role=Role.DRAFTER).exists()


def test_a_head_makes_officers_of_the_centre_and_providers_of_its_region(fiji):
    centre = make_centre(fiji)
    head = make_member(Role.HEAD, centre=centre)
    grant_membership(make_user(), role=Role.OFFICER, centre=centre, by=head)
    grant_membership(make_user(), role=Role.PROVIDER, organization=make_organization(fiji), by=head)
    with pytest.raises(NotAllowed):
        grant_membership(make_user(), role=Role.PROVIDER, organization=make_organization(make_party()), by=head)
    with pytest.raises(NotAllowed):
        grant_membership(make_user(), role=Role.OFFICER, centre=make_centre(fiji), by=head)
    with pytest.raises(NotAllowed):
        grant_membership(make_user(), role=Role.HEAD, centre=centre, by=head)


def test_a_drafter_lends_nothing(fiji):
    with pytest.raises(NotAllowed):
        grant_membership(
            make_user(), role=Role.DRAFTER, party=fiji, office_kind="TSC", by=make_member(Role.DRAFTER, party=fiji)
        )


def test_a_role_that_is_held_is_not_given_again(fiji, focal_point):
    colleague = make_member(Role.DRAFTER, party=fiji)
    with pytest.raises(IllegalStep, match="already"):
        grant_membership(colleague, role=Role.DRAFTER, party=fiji, office_kind="TSC", by=focal_point)


def test_the_last_day_takes_the_rights_with_it(fiji, focal_point):
    drafter = make_member(Role.DRAFTER, party=fiji)
    Membership.objects.filter(user=drafter).update(starts_on=TODAY - timedelta(5))
    membership = drafter.memberships.get()
    end_membership(membership, last_day=TODAY, reason="Moved on", by=focal_point)
    assert can(User.objects.get(pk=drafter.pk), Permission.REQUEST_DRAFT)
    end_membership(membership, last_day=TODAY - timedelta(1), reason="At once", by=focal_point)
    assert not can(User.objects.get(pk=drafter.pk), Permission.REQUEST_DRAFT)
    assert drafter.notices.filter(text__contains="Moved on").count() == 1
    with pytest.raises(IllegalStep, match="already ended"):
        end_membership(membership, last_day=TODAY, reason="Again", by=focal_point)


def test_nobody_ends_the_roles_of_others_elsewhere(focal_point):
    other = make_member(Role.DRAFTER, party=make_party()).memberships.get()
    with pytest.raises(NotAllowed):
        end_membership(other, last_day=TODAY, reason="x", by=focal_point)


# Pages --------------------------------------------------------------------------------------------------------------


def test_the_list_shows_outsiders_nobody(client, fiji, focal_point):
    client.force_login(focal_point)
    drafter = make_member(Role.DRAFTER, party=fiji)
    assert drafter.email in client.get(reverse("membership_list")).content.decode()
    client.force_login(make_member(Role.PROVIDER, organization=make_organization(fiji)))
    page = client.get(reverse("membership_list")).content.decode()
    assert drafter.email not in page
    assert "Give somebody a role" not in page


def test_whoever_manages_nothing_is_told_so(client):
    client.force_login(make_user())
    assert client.get(reverse("membership_new")).status_code == 403
    assert client.post(reverse("membership_new"), {"email": make_user().email}).status_code == 403


def test_the_office_gives_a_role_by_address(client, fiji, focal_point):
    client.force_login(focal_point)
    colleague = make_user()
    fields = {"email": colleague.email.upper(), "role": "drafter", "party": fiji.pk, "office_kind": "TSC"}
    client.post(reverse("membership_new"), fields)
    assert colleague.memberships.get().granted_by == focal_point


def test_what_is_not_offered_in_the_form_is_refused(client, fiji, focal_point):
    client.force_login(focal_point)
    colleague = make_user()
    wrong = [
        {"role": "coordinator"},
        {"role": "drafter", "party": make_party().pk, "office_kind": "TSC"},
        {"role": "drafter", "office_kind": "TSC"},
        {"role": "drafter", "party": fiji.pk},
        {"role": "officer", "centre": make_centre(fiji).pk},
    ]
    for fields in wrong:
        answer = client.post(reverse("membership_new"), {"email": colleague.email, **fields})
        assert 'role="alert"' in answer.content.decode()
    assert not colleague.memberships.exists()


def test_an_unknown_address_gets_a_sentence_that_says_what_to_do(client, focal_point):
    client.force_login(focal_point)
    answer = client.post(reverse("membership_new"), {"email": "nobody@example.org", "role": "drafter"})
    assert "Ask the person to sign up" in answer.content.decode()


def test_the_last_day_is_set_on_a_page_of_its_own(client, fiji, focal_point):
    client.force_login(focal_point)
    membership = make_member(Role.DRAFTER, party=fiji).memberships.get()
    address = reverse("membership_end", args=[membership.pk])
    early = {"last_day": (TODAY - timedelta(1)).isoformat(), "reason": "Moved on"}
    assert "not before the first day" in client.post(address, early).content.decode()
    client.post(address, {"last_day": TODAY.isoformat(), "reason": "Moved on"})
    membership.refresh_from_db()
    assert membership.ends_on == TODAY


def test_the_roles_of_another_office_are_not_there(client, focal_point):
    client.force_login(focal_point)
    other = make_member(Role.DRAFTER, party=make_party()).memberships.get()
    assert client.get(reverse("membership_end", args=[other.pk])).status_code == 404


def test_the_coordinator_finds_people_by_name_and_role(client, fiji):
    client.force_login(make_member(Role.COORDINATOR))
    make_member(Role.DRAFTER, party=fiji, user=make_user("Salote"))
    make_member(Role.DRAFTER, party=fiji, user=make_user("Ratu"))
    page = client.get(reverse("membership_list"), {"q": "salo", "role": "drafter"}).content.decode()
    assert "Salote" in page
    assert "Ratu" not in page


def test_the_list_asks_the_database_as_often_for_three_as_for_one(client, fiji, focal_point, django_assert_num_queries):
    client.force_login(focal_point)
    client.get(reverse("membership_list"))
    for more in (1, 2):
        for _ in range(more):
            make_member(Role.DRAFTER, party=fiji)
        with django_assert_num_queries(7):
            client.get(reverse("membership_list"))
