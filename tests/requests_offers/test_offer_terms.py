"""What an offer says of its terms: eligibility, experts, the technology, its last day; by form, file and API."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.errors import DomainError, NotAllowed
from accounts.models import Notice
from centres.actions import profiles
from requests_offers.actions import drafts, looking_after, offers
from requests_offers.actions.imports.run import import_offers
from requests_offers.models import Offer
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db
TECHNOLOGY = {
    "readiness_level": 8,
    "access_conditions": "Open design.",
    "assessments": "Tried for two years.",
    "needs_on_ground": "A boat.",
}


built, known = worlds.shared(f.everyone_known)


def edit(offer, page):
    return reverse("offer_edit", args=[offer.reference]) + f"?page={page}"


def today():
    return timezone.now().date()


# The form -------------------------------------------------------------------------------------------------------------


def test_a_technology_is_described_on_a_page_of_its_own_and_shown_to_everybody(client, known):
    offer = f.draft_offer(known.organization, by=known.provider)
    client.force_login(known.provider)
    terms = {"version": str(offer.version), "capacity": "2", "worldwide": "on", "next": "1"}
    assert client.post(edit(offer, 2), terms).url == edit(offer, 3)  # it is about a transfer of technology
    sent = {name: str(value) for name, value in TECHNOLOGY.items()} | {"version": "2", "next": "1"}
    client.post(edit(offer, 3), sent)
    offer = f.offer_in("published", draft=Offer.objects.get(pk=offer.pk))
    assert {name: getattr(offer, name) for name in TECHNOLOGY} == TECHNOLOGY
    client.logout()
    text = client.get(offer.get_absolute_url()).content.decode()
    assert "8: complete and qualified" in text
    assert "Open design." in text


def test_an_offer_that_is_no_technology_has_two_pages(client, known):
    kinds = {"cooperation_types": [f.cooperation_type("training")]}
    offer = f.draft_offer(known.organization, by=known.provider, **kinds)
    client.force_login(known.provider)
    terms = {"version": str(offer.version), "capacity": "2", "worldwide": "on", "next": "1"}
    assert client.post(edit(offer, 2), terms).url == offer.get_absolute_url()


def test_a_level_beyond_nine_is_sent_back(client, known):
    offer = f.draft_offer(known.organization, by=known.provider)
    client.force_login(known.provider)
    answer = client.post(edit(offer, 3), {"version": str(offer.version), "readiness_level": "10", "next": "1"})
    assert answer.status_code == 200
    assert Offer.objects.get(pk=offer.pk).readiness_level is None


def test_who_may_ask_and_who_would_do_it_are_chosen_in_the_form(client, known):
    expert = profiles.add_part(known.organization, "experts", by=None, data={"role": "Hydrologist"})
    other = profiles.add_part(f.organization(), "experts", by=None, data={"role": "Somebody else"})
    offer = f.draft_offer(known.organization, by=known.provider)
    client.force_login(known.provider)
    terms = {"version": str(offer.version), "capacity": "2", "eligible_parties": [known.party.pk], "next": "1"}
    terms["eligible_regions"] = [f.region("009").pk]
    client.post(edit(offer, 2), terms | {"experts": [other.pk]})
    assert not Offer.objects.get(pk=offer.pk).experts.exists()
    client.post(edit(offer, 2), terms | {"experts": [expert.pk]})
    offer = Offer.objects.get(pk=offer.pk)
    assert list(offer.eligible_parties.all()) == [known.party]
    assert list(offer.eligible_regions.all()) == [f.region("009")]
    assert list(offer.experts.all()) == [expert]
    with pytest.raises(DomainError, match="experts of the organization"):
        drafts.save_offer(offer, by=known.provider, data={"experts": [other]})


# Files and API --------------------------------------------------------------------------------------------------------


def test_a_file_brings_the_same_fields(known, tmp_path):
    row = {"title": "Buoys", "text": "Solar buoys.", "language": "en", "provider": "Marine Laboratory", "trl": 7}
    row |= {"access_conditions": "Open design.", "eligible_parties": ["FJ"], "eligible_flags": ["SIDS"]}
    file = tmp_path / "offers.json"
    file.write_text(json.dumps([row]))
    import_offers(file, by=known.coordinator)
    offer = Offer.objects.get()
    assert (offer.readiness_level, offer.access_conditions) == (7, "Open design.")
    assert (list(offer.eligible_parties.all()), offer.eligible_flags) == ([known.party], ["SIDS"])


def test_the_api_writes_and_shows_them(client, known):
    offer = f.offer_in("published", known.organization)
    client.force_login(known.provider)
    address = f"/api/v1/offers/{offer.reference}/"
    answer = client.patch(address, json.dumps(TECHNOLOGY), content_type="application/json")
    assert answer.status_code == 200, answer.content
    client.logout()
    record = client.get(address).json()
    assert {name: record[name] for name in TECHNOLOGY} == TECHNOLOGY
    found = client.get("/api/v1/offers/", {"technology": "true", "readiness_level": "8"}).json()["results"]
    assert [row["reference"] for row in found] == [offer.reference]
    assert client.get("/api/v1/offers/", {"readiness_level": "9"}).json()["results"] == []


# The last day ---------------------------------------------------------------------------------------------------------


def ends_in(offer, days):
    Offer.objects.filter(pk=offer.pk).update(expires_on=today() + timedelta(days=days))
    return Offer.objects.get(pk=offer.pk)


@pytest.mark.parametrize("state", ["published", "paused", "expired"])
def test_one_click_gives_an_offer_another_year(client, known, state):
    offer = f.offer_in(state, known.organization)
    offer = offer if state == "expired" else ends_in(offer, 10)
    client.force_login(known.provider)
    if state != "expired":
        assert reverse("offer_extend", args=[offer.reference]) in client.get(offer.get_absolute_url()).content.decode()
    client.post(reverse("offer_extend", args=[offer.reference]))
    offer.refresh_from_db()
    assert offer.expires_on == today() + offers.RENEWED_FOR
    assert offer.status == ("published" if state == "expired" else state)


def test_an_expired_offer_is_renewed_by_the_button_of_its_page_without_another_question(client, known):
    offer = f.offer_in("expired", known.organization)
    client.force_login(known.provider)
    client.post(reverse("offer_step", args=[offer.reference, "renew"]))
    offer.refresh_from_db()
    assert (offer.status, offer.expires_on) == ("published", today() + offers.RENEWED_FOR)


@pytest.mark.parametrize("person", ["officer", "head", "coordinator", "donor", "stranger"])
def test_nobody_else_extends_it(client, known, person):
    offer = ends_in(f.offer_in("published", known.organization), 10)
    client.force_login(getattr(known, person))
    assert client.post(reverse("offer_extend", args=[offer.reference])).status_code == 403
    with pytest.raises(NotAllowed):
        offers.extend(offer, by=getattr(known, person))


def test_its_people_are_told_thirty_and_seven_days_before_and_not_twice(known):
    offer = ends_in(f.offer_in("published", known.organization), 31)
    Notice.objects.all().delete()
    now = timezone.now()
    told = [looking_after.remind_of_offers(now + timedelta(days=days)) for days in (0, 1, 2, 20, 24, 25)]
    assert told == [0, 1, 0, 0, 1, 0]
    assert set(Notice.objects.values_list("recipient", flat=True)) == {known.provider.pk}
    assert Offer.objects.get(pk=offer.pk).version == offer.version  # reminding changes nothing


def test_a_fault_in_one_kind_of_reminder_stops_no_other(known, monkeypatch, caplog):
    def broken(now):
        raise RuntimeError("no")

    ends_in(f.offer_in("published", known.organization), 5)
    monkeypatch.setattr(looking_after.verification, "look_after", broken)
    assert looking_after.look_after() == 1
    assert "reminders failed" in caplog.text


def test_a_link_in_the_mail_gives_another_year_once_and_names_nobody_else(client, known, mailoutbox):
    offer = ends_in(f.offer_in("published", known.organization, contact="secret-4711"), 20)
    Notice.objects.all().delete()
    looking_after.remind_of_offers(timezone.now())
    link = Notice.objects.get().mail_link
    address = reverse("offer_by_mail", args=[link.token])
    page = client.get(address)
    assert page.status_code == 200
    assert "secret-4711" not in page.content.decode()
    assert Offer.objects.get(pk=offer.pk).expires_on == offer.expires_on  # looking changes nothing
    client.post(address)
    assert Offer.objects.get(pk=offer.pk).expires_on == today() + offers.RENEWED_FOR
    assert client.post(address).status_code == 410
    assert client.get(reverse("offer_by_mail", args=["nothing-like-it"])).status_code == 404


def test_a_link_revives_an_expired_offer(client, known):
    offer = f.offer_in("expired", known.organization)
    link = Notice.objects.get(kind="offer_expire").mail_link
    client.post(reverse("offer_by_mail", args=[link.token]))
    assert Offer.objects.get(pk=offer.pk).status == "published"
