"""An organization that is in the network twice: preview, merge, and everything that referred to the one."""

import pytest
from django.urls import reverse

from accounts.errors import DomainError, NotAllowed
from accounts.models import AuditEvent, Membership
from centres.actions import merging as merges
from centres.actions import profiles
from centres.models import Organization
from requests_offers.actions import merging
from requests_offers.models import Offer, OfferRun
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db


built, known = worlds.shared(f.everyone_known)


@pytest.fixture
def twin(known):
    """The same laboratory, once more, with an offer, people and a profile."""
    twin = f.organization(known.party, "Marine Lab", website="https://example.org")
    f.offer_in("published", twin)
    f.member("provider", who=known.provider, organization=twin)
    for organization in (twin, known.organization):
        profiles.add_part(organization, "languages", by=None, data={"language": "fr", "level": "working"})
    profiles.add_part(twin, "networks", by=None, data={"name": "Wetland Network", "kind": "network"})
    return twin


def test_the_preview_counts_and_changes_nothing(client, known, twin):
    client.force_login(known.coordinator)
    sent = {"duplicate": twin.slug, "kept": known.organization.name}
    page = client.get(reverse("organization_merge"), sent).content.decode()
    assert "Offer" in page
    assert Organization.objects.get(pk=twin.pk).status == "active"
    assert dict(merges.preview(twin))["offers"] == 1


def test_everything_moves_and_the_old_address_leads_on(client, known, twin):
    OfferRun.objects.all().delete()
    merging.merge(twin, known.organization, by=known.coordinator)
    offer = Offer.objects.get()
    assert offer.organization == known.organization
    assert "marine laboratory" in offer.search_text
    assert OfferRun.objects.filter(offer=offer).count() == 1
    assert not list(merges.preview(twin))
    kept = Organization.objects.get(pk=known.organization.pk)
    assert (kept.website, kept.ties.count(), kept.language_skills.count()) == ("https://example.org", 1, 1)
    answer = client.get(reverse("organization_detail", args=[twin.slug]))
    assert (answer.status_code, answer.url) == (301, known.organization.get_absolute_url())


def test_whoever_had_the_same_role_in_both_has_it_once(known, twin):
    merging.merge(twin, known.organization, by=known.coordinator)
    rows = Membership.objects.filter(user=known.provider, organization=known.organization)
    assert rows.filter(ends_on__isnull=True).count() == 1
    assert rows.count() == 2  # the other one is history


def test_one_that_was_merged_into_the_duplicate_leads_to_the_last(client, known, twin):
    first = f.organization(known.party, "M. Lab")
    merging.merge(first, twin, by=known.coordinator)
    merging.merge(twin, known.organization, by=known.coordinator)
    answer = client.get(reverse("organization_detail", args=[first.slug]))
    assert answer.url == known.organization.get_absolute_url()


def test_it_is_written_down_on_both(known, twin):
    merging.merge(twin, known.organization, by=known.coordinator)
    events = AuditEvent.objects.filter(action__in=["merge", "merge_in"]).order_by("pk")
    assert [(event.object_id, event.actor) for event in events] == [
        (twin.pk, known.coordinator),
        (known.organization.pk, known.coordinator),
    ]


@pytest.mark.parametrize("person", ["provider", "officer", "head", "donor", "stranger"])
def test_nobody_else_merges(client, known, twin, person):
    with pytest.raises(NotAllowed):
        merging.merge(twin, known.organization, by=getattr(known, person))
    client.force_login(getattr(known, person))
    assert client.get(reverse("organization_merge")).status_code == 403


def test_what_makes_no_sense_is_refused(known, twin):
    merging.merge(twin, known.organization, by=known.coordinator)
    practice = f.organization(known.party, "Practice", is_practice=True, is_example=True)
    for duplicate, kept in ((known.organization, known.organization), (twin, practice), (practice, known.organization)):
        with pytest.raises(DomainError):
            merging.merge(duplicate, kept, by=known.coordinator)
