"""Engagements: concluded, appraised by both sides at three moments, or ended before their time."""

import pytest

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import Notice
from requests_offers.actions import engagements
from requests_offers.models import Appraisal, Component, CooperationRequest, Engagement, Match, MatchRun, Offer
from tests import factories as f
from tests import worlds

pytestmark = pytest.mark.django_db


built, known = worlds.shared(f.everyone_known)


@pytest.fixture
def active(known):
    component = f.request_in("matching", known.party).components.get()
    match = f.match_in("agreed", component=component, offer=f.offer_in("published", known.organization))
    return f.engagement_in("active", match=match)


@pytest.mark.parametrize("person", ["focal_point", "deputy", "provider"])
def test_either_side_concludes_it_and_the_need_is_closed(known, active, person):
    engagements.conclude(active, by=getattr(known, person))
    assert active.ended_at is not None
    assert Component.objects.get().status == "closed"
    assert CooperationRequest.objects.get().status == "matched"


@pytest.mark.parametrize("person", ["officer", "head", "coordinator", "drafter", "donor", "stranger"])
def test_nobody_else_speaks_for_it(known, active, person):
    for act, said in [
        (engagements.conclude, {}),
        (engagements.end_early, {"reason_code": "funding"}),
        (engagements.appraise, {"text": "Good."}),
    ]:
        with pytest.raises(NotAllowed):
            act(active, by=getattr(known, person), **said)


def test_both_sides_appraise_it_at_the_end_after_six_and_after_twelve_months(known, active):
    engagements.conclude(active, by=known.provider)
    f.let_a_year_pass(active)
    given = [(by, moment) for moment in Appraisal.Moment.values for by in (known.provider, known.focal_point)]
    for number, (by, moment) in enumerate(given, start=1):
        engagements.appraise(active, by=by, moment=moment, text="It helped.")
        assert active.status == ("appraised" if number == 6 else "concluded")
    assert Appraisal.objects.count() == 6
    with pytest.raises(IllegalStep):
        engagements.appraise(active, by=known.provider, text="Once more.")


def test_a_side_appraises_once_at_each_moment(known, active):
    engagements.conclude(active, by=known.provider)
    engagements.appraise(active, by=known.provider, text="It helped.")
    with pytest.raises(DomainError, match="given this appraisal already"):
        engagements.appraise(active, by=known.provider, text="It helped a lot.")
    with pytest.raises(DomainError, match="Write what came of it"):
        engagements.appraise(active, by=known.focal_point, text=" ")
    with pytest.raises(DomainError, match="Choose a moment"):
        engagements.appraise(active, by=known.focal_point, text="Good.", moment="someday")


def test_whoever_may_speak_for_both_sides_says_for_which(known, active):
    both = f.member("provider", who=known.focal_point, organization=known.organization)
    with pytest.raises(DomainError, match="for which side"):
        engagements.conclude(active, by=both)
    with pytest.raises(NotAllowed):
        engagements.conclude(active, by=known.provider, side="party")
    engagements.conclude(active, by=both, side="party")


def test_an_early_end_frees_the_place_opens_the_need_and_tells_the_other_side(known, active):
    MatchRun.objects.all().delete()
    engagements.end_early(active, by=known.provider, reason_code="staff", reason="Two people left.")
    assert Offer.objects.get().places_taken == 0
    assert Component.objects.get().status == "open"
    assert CooperationRequest.objects.get().status == "matching"
    assert Match.objects.get().status == "agreed"
    assert [run.cause for run in MatchRun.objects.all()] == ["ended early"]
    told = set(Notice.objects.filter(kind="match_end_early").values_list("recipient", flat=True))
    assert told == {known.focal_point.pk, known.deputy.pk, known.officer.pk, known.head.pk}


def test_an_early_end_does_not_wake_a_request_that_is_paused(known, active):
    request = CooperationRequest.objects.get()
    f.requests.pause(request, by=known.focal_point)
    MatchRun.objects.all().delete()
    engagements.end_early(active, by=known.provider, reason_code="staff")
    assert CooperationRequest.objects.get().status == "paused"
    assert not MatchRun.objects.exists()


def test_what_ended_early_stays_ended(known, active):
    engagements.end_early(active, by=known.provider, reason_code="staff")
    for act, said in [(engagements.conclude, {}), (engagements.appraise, {"text": "Good."})]:
        with pytest.raises(IllegalStep):
            act(active, by=known.focal_point, **said)
    assert Engagement.objects.get().status == "ended_early"
