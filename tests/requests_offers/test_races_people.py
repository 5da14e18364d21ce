"""Mails, clicks and clocks at the same moment: one wins, the other is told. On both databases."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.errors import DomainError
from accounts.models import MailLink
from requests_offers.actions import approaches, by_mail, calls, matches, offers
from requests_offers.models import Approach, Engagement, Match, Offer, OpenCall
from tests import factories as f
from tests.requests_offers.together import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def known(transactional_db):
    return f.everyone_known()


def own(record):
    """The record as another request reads it."""
    return type(record).objects.get(pk=record.pk)


def outcome(answers):
    """How many were served, and how many were told that somebody was quicker."""
    told = [answer for answer in answers if isinstance(answer, DomainError)]
    assert not [answer for answer in answers if isinstance(answer, Exception) and answer not in told], answers
    return len(answers) - len(told), len(told)


def test_the_last_place_goes_to_one_of_an_offer_and_an_alternate(known):
    """An officer offers the last place by hand while another clicks on who comes next for another need."""
    offer = f.offer_in("published", known.organization, capacity=1)
    first, second = (f.request_in("matching", known.party).components.get() for _ in range(2))
    by_hand, following = f.suggest(first, offer), f.suggest(second, offer)
    ended = f.match_in("declined", component=second, offer=f.offer_in("published", known.organization))
    answers = together(
        lambda: matches.offer_to_both(own(by_hand), by=known.officer),
        lambda: matches.offer_next(own(ended), own(following), by=known.head),
    )
    assert outcome(answers) == (1, 1)
    assert Match.objects.filter(offer=offer, status="offered").count() == 1
    assert own(offer).places_taken == 1


def test_one_link_used_twice_at_once_answers_once(known):
    match = f.match_in("offered", offer=f.offer_in("published", known.organization))
    link = MailLink.objects.get(user=known.provider)
    answers = together(
        lambda: by_mail.accept(own(link), own(match)),
        lambda: by_mail.decline(own(link), own(match), reason_code="timing"),
    )
    assert outcome(answers) == (1, 1)
    assert own(link).used_at is not None
    assert (own(match).status == "declined") != (own(match).accepted_by_provider_at is not None)


def test_both_sides_say_yes_by_mail_at_once(known):
    match = f.match_in("offered", offer=f.offer_in("published", known.organization))
    links = [MailLink.objects.get(user=person) for person in (known.provider, known.focal_point)]
    answers = together(*[lambda one=link: by_mail.accept(own(one), own(match)) for link in links])
    assert outcome(answers) == (2, 0)
    assert own(match).status == "agreed"
    assert Engagement.objects.count() == 1


def test_a_call_closed_by_two_workers_is_closed_once(known):
    call = f.open_call()
    for _ in range(3):
        approaches.answer_call(own(call), f.offer_in("published", known.organization), by=known.provider)
    OpenCall.objects.update(due_on=timezone.now().date() - timedelta(days=3))
    answers = together(*[lambda: calls.close(own(call))] * 2)
    assert outcome(answers) == (1, 1)
    assert Match.objects.filter(origin="open_call").count() == 3


def test_an_offer_is_published_while_its_call_closes(known):
    call = f.open_call()
    waiting = f.offer_in("in_verification", known.organization)
    approaches.answer_call(own(call), waiting, by=known.provider)
    OpenCall.objects.update(due_on=timezone.now().date() - timedelta(days=3))
    answers = together(
        lambda: calls.close(own(call)),
        lambda: offers.publish(Offer.objects.get(pk=waiting.pk), by=known.officer),
    )
    assert outcome(answers) == (2, 0)
    assert Approach.objects.get().status == "matched"
    assert Match.objects.get().offer_id == waiting.pk


def test_the_same_offer_named_twice_at_once_is_one_approach(known):
    need = f.request_in("matching", known.party).components.get()
    offer = f.offer_in("published", known.organization)
    together(*[lambda: approaches.offer_unasked(need, own(offer), by=known.provider)] * 4)
    assert Approach.objects.count() == 1
    assert Match.objects.count() == 1
