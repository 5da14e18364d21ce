"""What the portal does by itself when a day has passed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from requests_offers.actions import requests, ticking
from requests_offers.models import CooperationRequest, Match, Offer
from tests import factories as f
from tests import worlds
from tests.requests_offers import tables

pytestmark = pytest.mark.django_db


built, known = worlds.shared(f.everyone_known)


def let_days_pass(days):
    """Move everything that waits so many days into the past."""
    past = timezone.now() - timedelta(days)
    CooperationRequest.objects.filter(asked_at__isnull=False).update(asked_at=past)
    CooperationRequest.objects.filter(matching_since__isnull=False).update(matching_since=past)
    CooperationRequest.objects.filter(due_on__isnull=False).update(due_on=timezone.now().date() - timedelta(1))
    Match.objects.filter(due_on__isnull=False).update(due_on=past.date())


def test_nothing_is_due_when_nothing_is_due(known):
    for state in ("submitted", "clarification", "matching", "answered"):
        f.request_in(state, known.party)
    f.match_in("offered", offer=f.offer_in("published", known.organization, expires_on=timezone.now().date()))
    before = tables.everything()
    assert ticking.tick() == 0
    assert tables.everything() == before


def test_every_step_of_the_clock_is_taken_once(known):
    f.request_in("clarification", known.party)
    f.request_in("matching", known.party)
    match = f.match_in("offered", component=f.request_in("matching", f.party("TV")).components.get())
    CooperationRequest.objects.filter(party__iso2="TV").update(status_before_pause="")
    f.offer_in("published", known.organization, expires_on=timezone.now().date())
    f.offer_in("paused", known.organization, expires_on=timezone.now().date())
    let_days_pass(91)
    Offer.objects.filter(expires_on__isnull=False).update(expires_on=timezone.now().date() - timedelta(1))
    assert ticking.tick() == 6
    assert sorted(CooperationRequest.objects.values_list("status", flat=True)) == ["dormant", "unmet", "unmet"]
    assert Match.objects.get(pk=match.pk).status == "lapsed"
    assert Offer.objects.filter(status="expired").count() == 2
    assert not AuditEvent.objects.filter(action__in=["lapse", "expire", "declare_unmet"], actor__isnull=False).exists()
    before = tables.everything()
    assert ticking.tick() == 0
    assert tables.everything() == before


def test_two_offers_in_vain_make_the_clock_say_so_before_the_ninety_days(known):
    component = f.request_in("matching", known.party).components.get()
    f.match_in("declined", component=component)
    assert ticking.tick() == 0
    f.match_in("declined", component=component)
    assert ticking.tick() == 1
    assert CooperationRequest.objects.get().status == "unmet"


def test_a_question_that_was_asked_anew_gets_its_sixty_days(known):
    """The clock has found a question that is old; before it acts, the office answers and a new one is asked."""
    request = f.request_in("clarification", known.party)
    let_days_pass(61)
    found = CooperationRequest.objects.get()
    requests.answer(request, by=known.focal_point, text="All.")
    requests.ask_clarification(request, by=known.officer, text="And since when?")
    assert ticking._try(requests.lapse, found) == 0
    assert CooperationRequest.objects.get().status == "clarification"


def test_one_fault_stops_nobody_else(known, caplog):
    """A request that cannot be written is logged; the next one gets its step."""
    first, second = f.request_in("clarification", known.party), f.request_in("clarification", known.party)
    let_days_pass(61)

    def lapse_or_fail(request):
        if request == first:
            raise RuntimeError("poison")
        requests.lapse(request)

    assert [ticking._try(lapse_or_fail, request) for request in (first, second)] == [0, 1]
    assert "a due step failed" in caplog.text
    assert CooperationRequest.objects.get(pk=second.pk).status == "dormant"


def test_a_moment_in_the_future_can_be_asked_about(known):
    f.request_in("matching", known.party)
    assert ticking.tick(timezone.now() + timedelta(days=30)) == 0
