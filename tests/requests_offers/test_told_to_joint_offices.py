"""Offices that ask together are told what becomes of their request: what was said only where they have confirmed."""

import pytest

from accounts.models import MailLink, Notice
from requests_offers.actions import endorsements, matches, requests
from tests import factories as f

pytestmark = pytest.mark.django_db
QUESTION = "Which lagoons?"


@pytest.fixture
def world():
    """A joint request of three Parties: one files it, one has confirmed, one has not."""
    known = f.everyone_known()
    joined, asked, left = f.party("TV"), f.party("WS"), f.party("TO")
    people = {party: f.focal_point_of(party) for party in (joined, asked, left)}
    record = f.request_in("submitted", known.party, co_parties=[joined, asked, left])
    endorsements.endorse(record.endorsements.get(party=joined), by=people[joined])
    endorsements.decline(record.endorsements.get(party=left), by=people[left], reason="Not this year.")
    Notice.objects.all().delete()
    return known, record, people[joined], people[asked], people[left]


def last(person):
    return Notice.objects.filter(recipient=person).order_by("pk").last()


def test_they_hear_of_each_step_in_their_own_part(world):
    known, record, joined, asked, left = world
    requests.ask_clarification(record, by=known.officer, text=QUESTION)
    assert QUESTION in last(joined).text
    assert "for your information" in last(joined).text
    assert QUESTION not in last(asked).text
    assert "not confirmed yet" in last(asked).text
    assert last(left) is None
    assert set(MailLink.objects.values_list("user", flat=True)).isdisjoint({joined.pk, asked.pk}), (
        "only who files answers"
    )
    requests.answer(record, by=known.focal_point, text="All.")
    requests.refuse(record, by=known.head, reason_code="outside_scope", reason="Not ours.")
    assert "Not ours." in last(joined).text
    assert "Not ours." not in last(asked).text
    requests.appeal(record, by=known.focal_point, text="Please look again.")
    assert "appeals" in last(joined).subject
    assert Notice.objects.filter(recipient=joined).count() == 4


def test_they_hear_of_the_match_and_not_whose_offer_it_is(world):
    known, record, joined, asked, _left = world
    requests.accept(record, by=known.officer)
    assert "was accepted" in last(joined).subject
    offer = f.offer_in("published", known.organization)
    match = f.match_in("shortlisted", component=record.components.get(), offer=offer)
    matches.offer_to_both(match, by=known.officer)
    assert "has the offer of a partner" in last(joined).subject
    assert "was accepted" in last(asked).subject, "matches only once it has confirmed"
    matches.accept(match, by=known.provider)
    matches.accept(match, by=known.focal_point)
    told = last(joined)
    assert "has found a partner" in told.subject
    assert known.organization.name not in told.text
    assert told.path == record.get_absolute_url()
