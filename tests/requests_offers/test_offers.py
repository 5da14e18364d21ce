"""Offers: verification, days, and what a change means for the needs they could meet."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep
from accounts.models import AuditEvent, Notice
from requests_offers.actions import drafts, offers
from requests_offers.models import Match, Offer, OfferRun
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db


built, known = worlds.shared(f.everyone_known)


def today():
    return timezone.now().date()


def test_it_is_verified_by_the_centre_that_serves_the_seat(known):
    assert offers.submit(f.draft_offer(known.organization), by=known.provider).verifying_centre == known.centre


@pytest.mark.parametrize("seat", ["nowhere", "not yet operating"])
def test_where_no_centre_operates_the_coordinator_verifies_it(known, seat):
    f.centre(f.party("TD"), operating=False)
    offer = f.draft_offer(f.organization(None if seat == "nowhere" else f.party("TD")))
    offers.submit(offer, by=f.provider_of(offer.organization))
    assert offer.verifying_centre is None
    assert Notice.objects.filter(kind="offer_submit", recipient=known.coordinator).count() == 1
    offers.publish(offer, by=known.coordinator)


@pytest.mark.parametrize(("fields", "sentence"), [({"title": " "}, "title"), ({"text": ""}, "what you offer")])
def test_what_is_submitted_says_what_is_offered(known, fields, sentence):
    with pytest.raises(DomainError, match=sentence):
        offers.submit(f.draft_offer(known.organization, **fields), by=known.provider)


def test_what_has_expired_is_not_submitted(known):
    offer = f.draft_offer(known.organization, expires_on=today() - timedelta(days=1))
    with pytest.raises(DomainError, match="expires on a day that has passed"):
        offers.submit(offer, by=known.provider)
    drafts.save_offer(offer, by=known.provider, data={"expires_on": today()})
    offers.submit(offer, by=known.provider)


def test_an_offer_sent_back_may_be_mended_and_submitted_again(known):
    offer = f.offer_in("in_verification", known.organization)
    offers.return_for_changes(offer, by=known.officer, reason_code="unclear", reason="Which weevils?")
    drafts.save_offer(offer, by=known.provider, data={"text": "Neochetina."})
    offers.submit(offer, by=known.provider)
    offers.publish(offer, by=known.head)
    assert [event.action for event in AuditEvent.objects.of(offer).order_by("pk")] == [
        "start", "submit", "return_for_changes", "save", "submit", "publish",
    ]  # fmt: skip


def test_it_expires_the_day_after_its_last_and_no_day_earlier(known):
    offer = f.offer_in("published", known.organization, expires_on=today())
    with pytest.raises(DomainError, match="not expired yet"):
        offers.expire(offer)
    assert Offer.objects.matchable(today()).contains(offer)
    Offer.objects.update(expires_on=today() - timedelta(days=1))
    assert not Offer.objects.matchable(today()).contains(offer)
    assert offers.expire(offer).status == "expired"


def test_an_offer_without_an_end_never_expires(known):
    with pytest.raises(DomainError):
        offers.expire(f.offer_in("published", known.organization))


def test_it_is_renewed_for_a_year_or_until_a_day_to_come(known):
    offer = f.offer_in("expired", known.organization)
    with pytest.raises(DomainError, match="in the future"):
        offers.renew(offer, by=known.provider, expires_on=date(2026, 1, 1))
    assert offers.renew(offer, by=known.provider).expires_on == today() + timedelta(days=365)


STEPS = {
    "pause": ("published", lambda o, k: offers.pause(o, by=k.provider)),
    "resume": ("paused", lambda o, k: offers.resume(o, by=k.provider)),
    "renew": ("expired", lambda o, k: offers.renew(o, by=k.provider)),
    "withdraw": ("published", lambda o, k: offers.withdraw(o, by=k.provider)),
    "publish": ("in_verification", lambda o, k: offers.publish(o, by=k.officer)),
    "expire": ("published", lambda o, k: f._let_expire(o)),
}


@pytest.mark.parametrize("step", STEPS)
def test_what_enters_or_leaves_the_search_is_stamped_and_queued_once(known, step):
    state, act = STEPS[step]
    offer = f.offer_in(state, known.organization)
    OfferRun.objects.all().delete()
    before = offer.match_revision
    act(offer, known)
    assert Offer.objects.get().match_revision > before
    assert [run.state for run in OfferRun.objects.all()] == ["queued"]


def test_a_pause_leaves_what_was_offered_as_it_is(known):
    match = f.match_in("offered", offer=f.offer_in("published", known.organization))
    offers.pause(match.offer, by=known.provider)
    assert Match.objects.get().status == "offered"
    assert Offer.objects.get().places_taken == 1


@pytest.mark.parametrize("step", ["withdraw", "expire"])
def test_what_is_agreed_stays_agreed_when_the_offer_goes(known, step):
    match = f.match_in("agreed", offer=f.offer_in("published", known.organization))
    STEPS[step][1](match.offer, known)
    match.refresh_from_db()
    assert (match.status, match.engagement.status) == ("agreed", "active")
    assert Offer.objects.get().places_taken == 1


def test_after_an_expiry_that_was_mended_the_pair_may_come_back(known):
    match = f.match_in("offered", offer=f.offer_in("published", known.organization))
    f._let_expire(match.offer)
    assert Match.objects.get().comes_back
    offer = Offer.objects.get()
    offers.withdraw(offer, by=known.provider)
    with pytest.raises(IllegalStep):
        offers.renew(offer, by=known.provider)


def test_an_offer_withdrawn_for_good_takes_its_pairs_with_it(known):
    f.match_in("offered", offer=f.offer_in("published", known.organization))
    offers.withdraw(Offer.objects.get(), by=known.provider)
    assert not Match.objects.get().comes_back


# Editing --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["title", "text", "targets", "capacity", "worldwide", "items", "eligible_flags"])
def test_a_published_offer_is_looked_at_again_when_what_the_scorer_sees_changes(known, field):
    offer = f.offer_in("published", known.organization)
    OfferRun.objects.all().delete()
    values = {"targets": [f.target(11)], "capacity": 2, "worldwide": False, "eligible_flags": ["SIDS"]}
    values["items"] = [{"text": "A project", "language": "fr"}]
    before = offer.match_revision
    drafts.save_offer(offer, by=known.provider, data={field: values.get(field, "New words")})
    assert Offer.objects.get().match_revision > before
    assert OfferRun.objects.get().state == "queued"


@pytest.mark.parametrize("state", ["published", "draft", "paused"])
def test_what_the_scorer_does_not_see_changes_nothing_for_it(known, state):
    offer = f.offer_in(state, known.organization)
    OfferRun.objects.all().delete()
    data = {"contact": "Somebody"} if state == "published" else {"contact": "Somebody", "title": "New"}
    drafts.save_offer(offer, by=known.provider, data=data)
    assert Offer.objects.get().contact == "Somebody"
    assert not OfferRun.objects.exists()


def test_places_that_are_taken_cannot_be_edited_away(known):
    offer = f.offer_in("published", known.organization, capacity=2)
    f.match_in("offered", offer=offer)
    with pytest.raises(DomainError, match="1 places are taken"):
        drafts.save_offer(offer, by=known.provider, data={"capacity": 0})
    drafts.save_offer(offer, by=known.provider, data={"capacity": 1})
    assert Offer.objects.get().is_full


@pytest.mark.parametrize("state", ["in_verification", "expired", "refused", "withdrawn"])
def test_in_other_states_it_cannot_be_edited(known, state):
    offer = f.offer_in(state, known.organization)
    with pytest.raises(IllegalStep):
        drafts.save_offer(offer, by=known.provider, data={"title": "Another"})
