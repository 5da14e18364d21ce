"""Offers: the page of each, the form on two pages, and the steps of provider and verifier."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_offers.actions import drafts
from requests_offers.models import Offer
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db

SECRET = "secret@example.org"
CONTENT = {"version": "1", "title": "Weevils", "text": "We rear weevils.", "language": "en", "items": "One.\n\nTwo."}
TERMS = {"worldwide": "on", "capacity": "3", "languages": ["en", "fr"], "cost_model": "free"}


def edit(offer, page="1"):
    return reverse("offer_edit", args=[offer.reference]) + f"?page={page}"


def step(offer, name):
    return reverse("offer_step", args=[offer.reference, name])


def sent(offer, **answers):
    return answers | {"version": str(Offer.objects.get(pk=offer.pk).version)}


built, laboratory = worlds.shared(lambda: f.organization(f.party("FJ"), "Marine Laboratory"))


@pytest.fixture
def writer(client, laboratory):
    """A browser of the provider."""
    client.force_login(f.provider_of(laboratory))
    return client


@pytest.mark.parametrize("state", list(f.OFFER_PATHS))
def test_every_state_has_a_page_for_its_provider(writer, laboratory, state):
    offer = f.offer_in(state, laboratory)
    response = writer.get(offer.get_absolute_url())
    assert response.status_code == 200
    assert response.context["baton"].heading


def test_only_published_offers_are_public_and_contacts_never(client):
    offer, waiting = f.offer_in("published", contact=SECRET), f.offer_in("in_verification")
    text = client.get(offer.get_absolute_url()).content.decode()
    assert offer.text in text
    assert SECRET not in text
    assert client.get(waiting.get_absolute_url()).status_code == 404
    client.force_login(f.provider_of(offer.organization))
    assert SECRET in client.get(offer.get_absolute_url()).content.decode()


def test_a_party_reads_the_contact_once_a_match_is_agreed(client):
    match = f.match_in("offered", offer=f.offer_in("published", contact=SECRET))
    client.force_login(f.focal_point_of(match.component.request.party))
    assert SECRET not in client.get(match.offer.get_absolute_url()).content.decode()
    f._accept_as_party(match), f._accept_as_provider(match)
    assert SECRET in client.get(match.offer.get_absolute_url()).content.decode()


def test_an_offer_is_written_on_two_pages_submitted_and_published(writer, client, laboratory):
    tags = {"targets": [f.target(6).pk], "subjects": [f.subject().pk]}
    answers = CONTENT | tags | {"form_key": str(uuid.uuid4()), "next": "1"}
    response = writer.post(reverse("offer_new"), answers)
    offer = Offer.objects.get()
    assert response.url == edit(offer, "2")
    response = writer.post(edit(offer, "2"), sent(offer, **TERMS, next="1"))
    assert response.url == offer.get_absolute_url()
    writer.post(step(offer, "submit"))
    offer.refresh_from_db()
    assert (offer.status, offer.capacity, offer.languages) == ("in_verification", 3, ["en", "fr"])
    assert [item.text for item in offer.items.order_by("pk")] == ["One.", "Two."]
    client.force_login(f.coordinator())
    client.post(step(offer, "publish"))
    offer.refresh_from_db()
    assert offer.status == "published"


def test_the_same_form_sent_twice_makes_one_offer(writer):
    answers = CONTENT | {"form_key": str(uuid.uuid4()), "next": "1"}
    assert writer.post(reverse("offer_new"), answers).url == writer.post(reverse("offer_new"), answers).url
    assert Offer.objects.count() == 1


def test_a_draft_may_be_saved_with_gaps_and_a_published_offer_may_not(writer, laboratory):
    draft, published = f.draft_offer(laboratory), f.offer_in("published", laboratory)
    answers = {name: value for name, value in CONTENT.items() if name != "text"}
    assert writer.post(edit(draft), sent(draft, **answers, later="1")).status_code == 302
    assert writer.post(edit(published), sent(published, **answers, later="1")).status_code == 200


def test_saving_one_page_leaves_the_other_as_it_is(writer, laboratory):
    offer = f.draft_offer(laboratory, items=[{"text": "Projet", "language": "fr"}])
    form = writer.get(edit(offer)).context["form"]
    same = {name: form[name].value() for name in ("title", "text", "language", "items")}
    writer.post(edit(offer), sent(offer, **same, targets=[f.target(6).pk], next="1"))
    offer.refresh_from_db()
    assert offer.capacity == 3
    assert [(item.text, item.language) for item in offer.items.all()] == [("Projet", "fr")]


def test_a_mistake_gets_a_sentence_and_everything_stays(writer, laboratory):
    offer = f.draft_offer(laboratory)
    yesterday = timezone.now().date() - timedelta(days=1)
    answers = TERMS | {"capacity": "0", "expires_on": yesterday.isoformat(), "contact": "Somebody"}
    text = writer.post(edit(offer, "2"), sent(offer, **answers, next="1")).content.decode()
    assert "Write a number from 1 to 999." in text
    assert "Choose a day that has not passed." in text
    assert "Somebody" in text


def test_places_that_are_taken_cannot_be_given_up(writer, laboratory):
    offer = f.offer_in("published", laboratory, capacity=2)
    for _ in range(2):
        f.match_in("offered", offer=offer)
    text = writer.post(edit(offer, "2"), sent(offer, **TERMS | {"capacity": "1"}, next="1")).content.decode()
    assert "2 places are taken by matches" in text


def test_who_saved_first_is_not_overwritten(writer, laboratory):
    offer = f.draft_offer(laboratory)
    colleague = f.member("provider", organization=laboratory)
    drafts.save_offer(offer, by=colleague, data={"title": "Title of a colleague"}, version=1)
    response = writer.post(edit(offer), CONTENT | {"next": "1"})
    assert response.status_code == 409
    assert "Title of a colleague" in response.content.decode()
    offer.refresh_from_db()
    assert offer.title == "Title of a colleague"


def test_who_has_no_organization_writes_no_offer(client):
    client.force_login(f.user())
    assert client.get(reverse("offer_new")).status_code == 403
    offer = f.offer_in("published")
    assert client.get(edit(offer)).status_code == 403


def test_the_verifier_returns_an_offer_with_a_reason(client, laboratory):
    f.centre(laboratory.party)
    offer = f.offer_in("in_verification", laboratory)
    officer = f.officer_of(offer.verifying_centre)
    client.force_login(officer)
    assert client.post(step(offer, "return_for_changes")).status_code == 200
    response = client.post(step(offer, "return_for_changes"), {"reason_code": "unclear", "reason": "Which lake?"})
    assert response.url
    offer.refresh_from_db()
    assert offer.status == "draft"
    client.force_login(f.provider_of(laboratory))
    assert "Which lake?" in client.get(offer.get_absolute_url()).content.decode()


def test_withdrawing_asks_first(writer, laboratory):
    offer = f.offer_in("published", laboratory)
    assert writer.get(step(offer, "withdraw")).status_code == 200
    offer.refresh_from_db()
    assert offer.status == "published"
    writer.post(step(offer, "withdraw"))
    offer.refresh_from_db()
    assert offer.status == "withdrawn"


def test_an_expired_offer_is_renewed_for_a_year_unless_told_otherwise(writer, laboratory):
    offer = f.offer_in("expired", laboratory)
    day = writer.get(step(offer, "renew")).context["form"]["expires_on"].initial
    assert day == timezone.now().date() + timedelta(days=365)
    writer.post(step(offer, "renew"), {"expires_on": day.isoformat()})
    offer.refresh_from_db()
    assert (offer.status, offer.expires_on) == ("published", day)
