"""How long an organization counts as verified: reminders, the end, asking for renewal and renewing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import Notice
from accounts.permissions import Permission, can
from centres.actions import verification
from centres.models import Organization
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db


built, known = worlds.shared(f.everyone_known)


def ends_in(organization, days):
    today = timezone.now().date()
    until = today + timedelta(days=days)
    Organization.objects.filter(pk=organization.pk).update(verified_at=timezone.now(), verified_until=until)
    organization.refresh_from_db()
    return organization


def test_its_people_are_reminded_sixty_and_fourteen_days_before_and_not_again(known):
    now = timezone.now()
    told = []
    for days in (61, 60, 50, 14, 13, 1):
        ends_in(known.organization, days)
        told.append((days, verification.look_after(now) + verification.look_after(now)))
        # the days are told by moving the end, so each end is a new one
        Organization.objects.update(verification_reminded_for=None)
    assert told == [(61, 0), (60, 1), (50, 1), (14, 1), (13, 1), (1, 1)]
    assert set(Notice.objects.values_list("recipient", flat=True)) == {known.provider.pk}


def test_the_second_reminder_comes_after_the_first(known):
    ends_in(known.organization, 60)
    now = timezone.now()
    assert [verification.look_after(now + timedelta(days=days)) for days in (0, 20, 46, 47)] == [1, 0, 1, 0]


def test_past_its_day_the_page_says_so_and_the_network_is_closed_until_it_is_renewed(client, known):
    ends_in(known.organization, -1)
    assert verification.look_after(timezone.now()) == 1
    organization = Organization.objects.get(pk=known.organization.pk)
    assert (organization.is_verified, organization.verified_until) == (False, None)
    assert "has not been renewed yet" in client.get(organization.get_absolute_url()).content.decode()
    assert not can(f.again(known.provider), Permission.NETWORK_VIEW)
    verification.renew(organization, by=known.head)
    assert can(f.again(known.provider), Permission.NETWORK_VIEW)
    assert organization.verified_until == timezone.now().date() + verification.VERIFIED_FOR


DECIDERS = {"head", "coordinator"}


@pytest.mark.parametrize("person", ["provider", "officer", "head", "coordinator", "donor", "stranger", "focal_point"])
def test_who_renews(known, person):
    by = getattr(known, person)
    if person in DECIDERS:
        verification.renew(known.organization, by=by)
    else:
        with pytest.raises(NotAllowed):
            verification.renew(known.organization, by=by)


def test_a_head_of_another_region_does_not(known):
    with pytest.raises(NotAllowed):
        verification.renew(known.organization, by=f.head_of(f.centre(f.party("TD"))))


def test_renewal_is_asked_for_once_in_the_last_three_months_and_answered(client, known):
    ends_in(known.organization, 200)
    with pytest.raises(IllegalStep):
        verification.ask_renewal(known.organization, by=known.provider, evidence="Nothing has changed.")
    ends_in(known.organization, 80)
    with pytest.raises(DomainError, match="Say what has changed"):
        verification.ask_renewal(known.organization, by=known.provider, evidence=" ")
    for _ in range(2):
        verification.ask_renewal(known.organization, by=known.provider, evidence="Nothing has changed.")
    asked = Notice.objects.filter(kind="organization_renewal_asked")
    assert set(asked.values_list("recipient", flat=True)) == {known.head.pk, known.coordinator.pk}
    client.force_login(known.head)
    page = client.get(reverse("verification_list")).content.decode()
    assert "Nothing has changed." in page
    client.post(reverse("verification_refuse", args=[known.organization.slug]), {})
    assert Organization.objects.get(pk=known.organization.pk).renewal_asked_at
    name = f"o{known.organization.pk}-reason"
    client.post(reverse("verification_refuse", args=[known.organization.slug]), {name: "Name somebody who knows you."})
    assert Organization.objects.get(pk=known.organization.pk).renewal_asked_at is None
    assert Notice.objects.filter(kind="organization_renewal_refused", recipient=known.provider).count() == 1


def test_a_decision_about_an_organization_out_of_reach_is_not_there(client, known):
    other = f.organization(f.party("TD"), "Far Away")
    client.force_login(known.head)
    assert client.post(reverse("verification_renew", args=[other.slug])).status_code == 404
