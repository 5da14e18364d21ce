"""A long history of edits, scored step by step, leaves the matches that scoring everything anew would give."""

import random as chance

import pytest

from requests_offers.actions import drafts, offers, scoring
from requests_offers.models import Component, Match, MatchRun, Offer, OfferRun
from tests import factories as f

pytestmark = pytest.mark.django_db

TITLES = (
    "Reefs",
    "Water weevils",
    "Forest monitoring",
    "Control of invasive plants",
    "Restauration des mangroves",
    "湿地恢复",
)


@pytest.mark.parametrize(
    "edits", [25, pytest.param(500, marks=pytest.mark.torture)], ids=lambda edits: f"{edits} edits"
)
def test_after_any_edits_the_matches_are_those_of_a_full_run(edits):
    known, random = f.everyone_known(), chance.Random(7)
    for title in TITLES[:3]:
        f.request_in("matching", known.party, needs=[f.need(title=title)])
        f.offer_in("published", known.organization, title=title, capacity=3)
    score_all()
    for number in range(1, edits + 1):
        edit(known, random)
        score_all()
        if number % 25 == 0:
            step_by_step = rows()
            scoring.WARM.__init__()
            scoring.rescore_all()
            score_all()
            assert rows() == step_by_step
    assert step_by_step


def edit(known, random):
    """One edit of a need or an offer that is possible now."""
    title, targets = random.choice(TITLES), [f.target(random.randint(1, 23))]
    offer = Offer.objects.filter(status__in=("published", "paused")).order_by("pk")
    offer = offer[random.randrange(offer.count())]
    kind = random.choice(["need", "need", "title", "targets", "pause", "new"])
    if kind == "need":
        components = list(Component.objects.scored().order_by("pk"))
        data = {"title": title} if random.random() < 0.5 else {"targets": targets}
        drafts.edit_need(random.choice(components), by=known.officer, data=data)
    elif kind == "new" and Offer.objects.count() < 12:
        f.offer_in("published", known.organization, title=title, capacity=3)
    elif kind == "pause":
        act = offers.pause if offer.status == "published" else offers.resume
        act(offer, by=known.provider)
    elif offer.status == "published":
        data = {"title": title} if kind == "title" else {"targets": targets}
        drafts.save_offer(offer, by=known.provider, data=data)


def score_all():
    """What the worker does until nothing waits."""
    while waiting := [*OfferRun.objects.filter(state="queued"), *MatchRun.objects.filter(state="queued")]:
        for run in waiting:
            act = scoring.perform_offer_run if isinstance(run, OfferRun) else scoring.perform_match_run
            act(run.pk)


def rows():
    """The matches as they are stored, without their moments."""
    keys = ("component_id", "offer_id", "status", "rank", "score", "band", "explanation", "missing", "versions")
    return list(Match.objects.order_by("component_id", "offer_id").values(*keys))
