"""The table of rights and its two readers."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.errors import NotAllowed
from accounts.models import Membership, User
from accounts.people import holders
from accounts.permissions import GRANTS, LENDS, SCOPE_OF, Permission, Role, can, lendable_roles, reach, require
from tests.factories_accounts import make_centre, make_member, make_organization, make_party, make_user

pytestmark = pytest.mark.django_db

P = Permission
SOON = st.one_of(st.none(), st.integers(-2, 2))


def test_every_role_has_its_rights_and_its_scope():
    assert set(GRANTS) == set(Role) == set(SCOPE_OF)


def test_a_drafter_writes_drafts_of_the_own_office_only():
    ours, theirs = make_party(), make_party()
    drafter = make_member(Role.DRAFTER, party=ours)
    assert reach(drafter, P.REQUEST_DRAFT).parties == {ours.pk}
    assert not can(drafter, P.REQUEST_DRAFT, Membership(party=theirs))
    assert not can(drafter, P.REQUEST_SUBMIT)


def test_who_may_not_is_told_so():
    drafter = make_member(Role.DRAFTER, party=make_party())
    with pytest.raises(NotAllowed, match="does not have the right"):
        require(drafter, P.REQUEST_SUBMIT)


def test_a_coordinator_reaches_everything():
    assert reach(make_member(Role.COORDINATOR), P.REQUEST_VIEW).everywhere


def test_anonymous_and_closed_accounts_reach_nothing():
    closed = make_member(Role.COORDINATOR)
    closed.is_active = False
    assert not reach(closed, P.REQUEST_VIEW)
    assert not reach(AnonymousUser(), P.REQUEST_VIEW)


def test_a_superuser_without_a_role_has_no_rights_in_the_network():
    assert not can(make_user(is_staff=True, is_superuser=True), P.REQUEST_VIEW)


@pytest.mark.parametrize(
    ("starts", "ends", "held"),
    [(-1, None, True), (0, 0, True), (-3, -1, False), (1, None, False), (-3, 0, True)],
)
def test_a_membership_lends_its_rights_from_its_first_to_its_last_day(starts, ends, held):
    today = date.today()
    days = {"starts_on": today + timedelta(starts), "ends_on": None if ends is None else today + timedelta(ends)}
    membership = Membership.objects.create(user=make_user(), role=Role.DRAFTER, party=make_party(), **days)
    assert can(User.objects.get(pk=membership.user_id), P.REQUEST_DRAFT) is held


def test_on_any_other_day_it_is_that_day_that_counts():
    membership = Membership.objects.create(
        user=make_user(), role=Role.DRAFTER, party=make_party(), starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30)
    )
    assert list(Membership.objects.in_force(date(2026, 6, 30))) == [membership]
    assert not Membership.objects.in_force(date(2026, 7, 1)).exists()


@pytest.mark.parametrize("role", [Role.DRAFTER, Role.OFFICER, Role.PROVIDER])
def test_a_role_without_its_scope_cannot_be_stored(role):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=make_user(), role=role)


def test_a_role_with_the_scope_of_another_cannot_be_stored():
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=make_user(), role=Role.COORDINATOR, party=make_party())


def test_nobody_holds_the_same_role_in_the_same_place_twice():
    coordinator = make_member(Role.COORDINATOR)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=coordinator, role=Role.COORDINATOR)


def test_an_office_lends_only_what_is_below_it():
    assert lendable_roles(make_member(Role.FOCAL_POINT, party=make_party())) == [Role.DRAFTER, Role.DEPUTY]
    assert lendable_roles(make_member(Role.DRAFTER, party=make_party())) == []


def test_whoever_lends_roles_may_manage_memberships():
    assert set(LENDS) == {role for role, granted in GRANTS.items() if P.MEMBERSHIP_MANAGE in granted}


def test_those_who_give_a_permission_are_found_around_a_party_and_in_the_network():
    party, other = make_party(), make_party()
    here = make_member(Role.FOCAL_POINT, party=party)
    make_member(Role.FOCAL_POINT, party=other)
    make_member(Role.DRAFTER, party=party)
    everywhere = make_member(Role.COORDINATOR)
    assert list(holders(P.CLAIM_OFFICE_DECIDE, party=party)) == [here]
    assert list(holders(P.CLAIM_OFFICE_DECIDE, party=party, everywhere=True)) == [here, everywhere]


def test_the_helpdesk_stands_in_only_where_no_centre_holds_a_record():
    coordinator = make_member(Role.COORDINATOR)
    assert can(coordinator, P.REQUEST_TRIAGE, Membership())
    assert not can(coordinator, P.REQUEST_TRIAGE, Membership(centre=make_centre()))
    assert list(holders(P.REQUEST_TRIAGE, everywhere=True)) == [coordinator]


def test_a_head_looks_after_organizations_seated_where_the_centre_serves_today():
    served, left = make_party(), make_party()
    centre = make_centre(served, left)
    centre.coverages.filter(party=left).update(retired_on=date(2026, 1, 1))
    ours = make_member(Role.PROVIDER, organization=make_organization(served)).memberships.get()
    make_member(Role.PROVIDER, organization=make_organization(left))
    head = make_member(Role.HEAD, centre=centre)
    assert set(Membership.objects.manageable_by(head)) == {ours, head.memberships.get()}


# Both readers agree, whatever the world looks like ------------------------------------------------------------------


@pytest.fixture
def world():
    """Places of each kind, and somebody's membership in each of them as the objects that are asked about."""
    parties = [make_party() for _ in range(3)]
    places = {
        "party": parties,
        "centre": [make_centre(party) for party in parties],
        "organization": [make_organization(party) for party in parties],
        "network": [None],
    }
    for role, kind in SCOPE_OF.items():
        for place in places[kind]:
            make_member(role, **({} if kind == "network" else {kind: place}))
    return places


memberships = st.lists(st.tuples(st.sampled_from(list(Role)), st.integers(0, 2), SOON, SOON), max_size=4)


@given(held=memberships, permission=st.sampled_from(list(Permission)), active=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_python_and_sql_agree_on_what_lies_within_reach(world, held, permission, active):
    with transaction.atomic():
        person = make_user(is_active=active)
        for role, place, starts, ends in held:
            _hold(person, world, role, place, starts, ends)
        part = reach(person, permission)
        rows = list(Membership.objects.all())
        in_sql = set(Membership.objects.filter(part.as_q(Membership.SCOPE)))
        assert in_sql == {row for row in rows if part.covers(row)}
        assert bool(in_sql) == bool(part)
        transaction.set_rollback(True)


def _hold(person, world, role, place, starts, ends):
    """Give the role in a place of the world, unless it would end before it starts or is held already."""
    kind = SCOPE_OF[role]
    scope = {} if kind == "network" else {kind: world[kind][place]}
    first = date.today() + timedelta(starts or 0)
    last = None if ends is None else date.today() + timedelta(ends)
    if (last is None or last >= first) and not person.memberships.filter(role=role, **scope).exists():
        Membership.objects.create(user=person, role=role, starts_on=first, ends_on=last, **scope)
