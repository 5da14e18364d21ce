"""Somebody claims an office or an organization, and whoever may verify it decides."""

from datetime import UTC, date, datetime
from itertools import count

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.actions import notices
from accounts.errors import IllegalStep, NotAllowed
from accounts.models import AuditEvent, Claim, Membership, Notice, User
from accounts.permissions import Permission, Role, can
from centres.actions import claims
from centres.models import Organization
from tests.factories_accounts import make_centre, make_member, make_organization, make_party, make_user

pytestmark = pytest.mark.django_db

OFFICE = {"role": Role.FOCAL_POINT, "office_kind": "TSC", "evidence": "Note verbale 12"}
PROVIDER = {"role": Role.PROVIDER, "evidence": "See our staff page"}


def again(user):
    """The person as the next request sees them, with the memberships of that moment."""
    return User.objects.get(pk=user.pk)


@pytest.fixture
def fiji():
    return make_party("Fiji", time_zone="Pacific/Fiji")


@pytest.fixture
def coordinator():
    return make_member(Role.COORDINATOR)


@pytest.fixture
def claim(fiji):
    return claims.claim_office(fiji, by=make_user("Salote"), **OFFICE)


# Claiming -----------------------------------------------------------------------------------------------------------


@time_machine.travel(datetime(2026, 11, 20, 13, 0, tzinfo=UTC), tick=False)
def test_a_claim_is_due_ten_working_days_of_that_country_later():
    # It is Saturday already in Fiji: the first working day is Monday.
    friday_in_fiji = claims.claim_office(make_party(time_zone="Pacific/Fiji"), by=make_user(), **OFFICE)
    assert friday_in_fiji.due_on == date(2026, 12, 4)
    gulf = claims.claim_office(make_party(weekend=[4, 5]), by=make_user(), **OFFICE)
    assert gulf.due_on == date(2026, 12, 3)


@time_machine.travel(datetime(2026, 11, 23, 2, 0, tzinfo=UTC), tick=False)
def test_a_claim_of_an_organization_without_a_seat_is_due_by_the_week_of_the_coordination_entity():
    # It is Sunday still in Montreal.
    claim = claims.claim_organization(make_organization(), **PROVIDER, by=make_user())
    assert claim.due_on == date(2026, 12, 4)


def test_whoever_may_decide_is_told_and_nobody_else(fiji, coordinator):
    deputy = make_member(Role.DEPUTY, party=fiji)
    make_member(Role.DRAFTER, party=fiji)
    make_member(Role.FOCAL_POINT, party=make_party())
    make_member(Role.HEAD, centre=make_centre(fiji))
    claim = claims.claim_office(fiji, by=make_user("Salote"), **OFFICE | {"role": Role.DEPUTY})
    assert set(claims.deciders(claim)) == {deputy, coordinator}
    assert set(Notice.objects.values_list("recipient", flat=True)) == {deputy.pk, coordinator.pk}
    assert Notice.objects.first().subject == f"Verify until {claim.due_on:%-d %B %Y}: Salote claims to act for Fiji"


def test_heads_are_told_of_organizations_seated_in_their_parties(fiji, coordinator):
    head = make_member(Role.HEAD, centre=make_centre(fiji))
    make_member(Role.HEAD, centre=make_centre(make_party()))
    make_member(Role.FOCAL_POINT, party=fiji)
    claim = claims.claim_organization(make_organization(fiji), by=make_user(), **PROVIDER)
    assert set(claims.deciders(claim)) == {head, coordinator}


def test_the_same_claim_waits_only_once(claim, fiji):
    with pytest.raises(IllegalStep, match="waits for an answer"):
        claims.claim_office(fiji, by=claim.user, **OFFICE)
    assert Claim.objects.count() == 1


def test_who_holds_the_role_need_not_claim_it(fiji):
    holder = make_member(Role.FOCAL_POINT, party=fiji)
    with pytest.raises(IllegalStep, match="already"):
        claims.claim_office(fiji, by=holder, **OFFICE)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.HEAD, Role.PROVIDER, Role.ADMINISTRATOR])
def test_nobody_claims_a_role_that_is_not_of_an_office(fiji, role):
    with pytest.raises(ValueError, match="not a role of an office"):
        claims.claim_office(fiji, by=make_user(), role=role, office_kind="TSC", evidence="x")


def test_a_claim_names_an_office_or_an_organization_never_both(fiji):
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(
            user=make_user(), role=Role.DRAFTER, party=fiji, organization=make_organization(fiji), evidence="x"
        )


# Deciding -----------------------------------------------------------------------------------------------------------


def test_a_stranger_becomes_a_focal_point_when_the_coordinator_verifies(claim, fiji, coordinator):
    assert not can(claim.user, Permission.REQUEST_SUBMIT)
    membership = claims.verify_claim(claim, by=coordinator)
    assert can(again(claim.user), Permission.REQUEST_SUBMIT, Membership(party=fiji))
    claim.refresh_from_db()
    assert (claim.status, claim.decided_by, membership.office_kind) == ("verified", coordinator, "TSC")
    assert AuditEvent.objects.of(claim).first().action == "claim_verified"
    (notice,) = claim.user.notices.all()
    notices.send_notice(notice.pk)
    assert mail.outbox[-1].subject == "You now act for Fiji"


def test_the_office_verifies_its_own_colleagues_but_nobody_of_another_party(fiji):
    claim = claims.claim_office(fiji, by=make_user(), role=Role.DEPUTY, office_kind="TSC", evidence="Letter of 3 May.")
    with pytest.raises(NotAllowed):
        claims.verify_claim(claim, by=make_member(Role.FOCAL_POINT, party=make_party()))
    claims.verify_claim(claim, by=make_member(Role.DEPUTY, party=fiji))
    assert claim.user.memberships.count() == 1


def test_nobody_becomes_focal_point_by_the_word_of_a_deputy(fiji, coordinator):
    deputy = make_member(Role.DEPUTY, party=fiji)
    claim = claims.claim_office(fiji, by=make_user(), role=Role.FOCAL_POINT, office_kind="TSC", evidence="A note.")
    assert claims.deciders(claim) == [coordinator]
    with pytest.raises(NotAllowed):
        claims.verify_claim(claim, by=deputy)
    claims.verify_claim(claim, by=coordinator)


@pytest.mark.parametrize(
    "role", [Role.DRAFTER, Role.OFFICER, Role.HEAD, Role.PROVIDER, Role.ADVISOR, Role.ADMINISTRATOR]
)
def test_others_decide_no_claim_of_an_office(claim, fiji, role):
    places = {
        Role.DRAFTER: {"party": fiji},
        Role.OFFICER: {"centre": make_centre(fiji)},
        Role.HEAD: {"centre": make_centre(fiji)},
        Role.PROVIDER: {"organization": make_organization(fiji)},
    }
    somebody = make_member(role, **places.get(role, {}))
    assert not Claim.objects.decidable_by(somebody).exists()
    with pytest.raises(NotAllowed):
        claims.refuse_claim(claim, reason="no", by=somebody)


def test_nobody_verifies_their_own_claim(fiji):
    coordinator = make_member(Role.COORDINATOR)
    own = claims.claim_office(fiji, by=coordinator, **OFFICE)
    with pytest.raises(NotAllowed):
        claims.verify_claim(own, by=coordinator)
    assert claims.deciders(own) == []


def test_a_claim_is_decided_once(claim, coordinator):
    claims.verify_claim(claim, by=coordinator)
    with pytest.raises(IllegalStep, match="decided this claim already"):
        claims.refuse_claim(claim, reason="no", by=coordinator)
    with pytest.raises(IllegalStep):
        claims.verify_claim(claim, by=coordinator)
    assert Membership.objects.filter(user=claim.user).count() == 1


def test_a_refused_claim_says_why_and_may_be_made_again(claim, fiji, coordinator):
    claims.refuse_claim(claim, reason="The note names somebody else", by=coordinator)
    assert "Reason: The note names somebody else." in claim.user.notices.get().text
    assert not again(claim.user).current_memberships
    claims.claim_office(fiji, by=claim.user, **OFFICE)


def test_a_proposed_organization_comes_to_be_when_it_is_verified(fiji):
    head = make_member(Role.HEAD, centre=make_centre(fiji))
    make_organization(fiji, slug="lagoon-institute", name="Lagoon-Institute")
    claim = claims.propose_organization("Lagoon Institute", kind="academic", seat=fiji, by=make_user(), **PROVIDER)
    assert not Organization.objects.filter(name="Lagoon Institute").exists()
    membership = claims.verify_claim(claim, by=head)
    made = membership.organization
    assert (made.name, made.kind, made.party, made.is_verified) == ("Lagoon Institute", "academic", fiji, True)
    assert made.slug == "lagoon-institute-2"


def test_two_people_who_propose_the_same_organization_become_colleagues(fiji, coordinator):
    both = [
        claims.propose_organization(name, kind="ngo", seat=fiji, by=make_user(), **PROVIDER)
        for name in ("Reef Watch", "REEF WATCH")
    ]
    first, second = (claims.verify_claim(claim, by=coordinator).organization for claim in both)
    assert first == second


def test_a_name_in_another_script_still_gets_an_address(fiji, coordinator):
    claim = claims.propose_organization("海洋研究所", kind="academic", seat=fiji, by=make_user(), **PROVIDER)
    assert claims.verify_claim(claim, by=coordinator).organization.slug == "organization"


def test_verifying_a_known_organization_marks_it_as_verified(fiji, coordinator):
    organization = make_organization(fiji)
    claims.verify_claim(claims.claim_organization(organization, by=make_user(), **PROVIDER), by=coordinator)
    organization.refresh_from_db()
    assert organization.is_verified
    assert organization.verified_at is not None


class PowerCut(Exception):
    """What happens in the middle of an act."""


def power_cut_at(number):
    """A wrapper of database statements: so many that read or write rows pass, and the next one stops."""
    passed = count()

    def run(execute, sql, params, many, context):
        if sql.startswith(("SELECT", "INSERT", "UPDATE")) and next(passed) == number:
            raise PowerCut
        return execute(sql, params, many, context)

    return connection.execute_wrapper(run)


def test_a_power_cut_at_any_statement_leaves_a_claim_undecided(fiji, coordinator):
    claim = claims.propose_organization("Lagoon Institute", kind="academic", seat=fiji, by=make_user(), **PROVIDER)
    before = (Membership.objects.count(), AuditEvent.objects.count(), Notice.objects.count())
    for number in count():
        try:
            with power_cut_at(number):
                claims.verify_claim(claim, by=coordinator)
            break
        except PowerCut:
            claim.refresh_from_db()
            assert claim.status == "claimed"
            assert not Organization.objects.filter(name="Lagoon Institute").exists()
            assert (Membership.objects.count(), AuditEvent.objects.count(), Notice.objects.count()) == before
    assert number > 8
    claim.refresh_from_db()
    assert claim.status == "verified"


# Pages --------------------------------------------------------------------------------------------------------------


def text(answer):
    return answer.content.decode()


def test_the_whole_way_from_a_claim_to_its_verification(client, fiji, coordinator):
    stranger = make_user("Salote")
    client.force_login(stranger)
    fields = {"party": fiji.pk, "office_kind": "TSC", "role": "focal_point", "evidence": "Note verbale 12"}
    answer = client.post(f"{reverse('claim_new')}?what=office", fields, follow=True)
    assert "Your claim is on its way" in text(answer)
    assert "Waiting to be verified" in text(answer)
    client.force_login(coordinator)
    assert "Note verbale 12" in text(client.get(reverse("claim_list")))
    answer = client.post(reverse("claim_verify", args=[Claim.objects.get().pk]), follow=True)
    assert "Salote now acts for Fiji" in text(answer)
    assert again(stranger).office_label == "Fiji, Focal point"


def test_an_organization_is_looked_up_before_it_is_claimed(client, fiji):
    known = make_organization(fiji, name="Lagoon Institute")
    person = make_user()
    client.force_login(person)
    search = client.get(reverse("claim_new"), {"what": "organization"})
    assert "Look it up" in text(search)
    address = f"{reverse('claim_new')}?what=organization&q=lagoon"
    assert "Lagoon Institute, Fiji" in text(client.get(address))
    client.post(address, {"organization": known.slug, **PROVIDER})
    assert person.claims.get().organization == known


def test_a_new_organization_needs_its_name_kind_and_seat(client, fiji):
    person = make_user()
    client.force_login(person)
    address = f"{reverse('claim_new')}?what=organization&q=unknown+institute"
    page = text(client.post(address, {"organization": "new", **PROVIDER}))
    for sentence in ("Write the official name", "Choose what kind", "Choose the country where"):
        assert page.count(sentence) == 2  # in the summary and at the field
    fields = {"organization": "new", "name": "Unknown Institute", "kind": "academic", "seat": fiji.pk, **PROVIDER}
    client.post(address, fields)
    assert person.claims.get().organization_name == "Unknown Institute"


def test_an_empty_search_is_named(client):
    client.force_login(make_user())
    assert 'role="alert"' in text(client.get(reverse("claim_new"), {"what": "organization", "q": " "}))


def test_a_role_slipped_into_the_form_is_refused(client, fiji):
    person = make_user()
    client.force_login(person)
    fields = {"party": fiji.pk, "office_kind": "TSC", "role": "coordinator", "evidence": "x", "status": "verified"}
    assert 'role="alert"' in text(client.post(f"{reverse('claim_new')}?what=office", fields))
    fields["role"] = "drafter"
    client.post(f"{reverse('claim_new')}?what=office", fields)
    assert person.claims.get().status == "claimed"


def test_sending_a_claim_twice_makes_one_and_says_so(client, fiji):
    client.force_login(make_user())
    fields = {"party": fiji.pk, "office_kind": "TSC", "role": "drafter", "evidence": "x"}
    client.post(f"{reverse('claim_new')}?what=office", fields)
    assert "waits for an answer" in text(client.post(f"{reverse('claim_new')}?what=office", fields))
    assert Claim.objects.count() == 1


def test_what_one_may_not_decide_is_not_there(client, claim):
    client.force_login(make_member(Role.FOCAL_POINT, party=make_party()))
    assert "Note verbale" not in text(client.get(reverse("claim_list")))
    assert client.post(reverse("claim_verify", args=[claim.pk])).status_code == 404
    assert client.post(reverse("claim_refuse", args=[claim.pk]), {"reason": "x"}).status_code == 404
    client.force_login(claim.user)
    assert client.post(reverse("claim_verify", args=[claim.pk])).status_code == 404


def test_looking_at_a_decision_decides_nothing(client, claim, coordinator):
    client.force_login(coordinator)
    assert client.get(reverse("claim_verify", args=[claim.pk])).status_code == 405


def test_a_refusal_without_a_reason_is_asked_for_it(client, claim, coordinator):
    client.force_login(coordinator)
    field = f"claim{claim.pk}-reason"
    page = text(client.post(reverse("claim_refuse", args=[claim.pk]), {field: " "}))
    assert 'role="alert"' in page
    assert f'href="#id_{field}"' in page
    client.post(reverse("claim_refuse", args=[claim.pk]), {field: "The note names somebody else"})
    claim.refresh_from_db()
    assert (claim.status, claim.reason) == ("refused", "The note names somebody else")


def test_deciding_a_decided_claim_says_so(client, claim, coordinator):
    client.force_login(coordinator)
    client.post(reverse("claim_verify", args=[claim.pk]))
    answer = client.post(
        reverse("claim_verify", args=[claim.pk]), follow=True, headers={"referer": "/accounts/claims/"}
    )
    assert "decided this claim already" in text(answer)


def test_the_queue_asks_the_database_as_often_for_three_as_for_one(client, coordinator, django_assert_num_queries):
    client.force_login(coordinator)
    client.get(reverse("claim_list"))
    for more in (1, 2):
        for _ in range(more):
            claims.claim_office(make_party(), by=make_user(), **OFFICE)
        with django_assert_num_queries(7):
            client.get(reverse("claim_list"))
