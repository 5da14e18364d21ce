"""People, the clock and the worker do whatever they may with a small world, in any order."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.errors import DomainError, NotAllowed
from requests_offers.actions import scoring, ticking
from requests_offers.models import CooperationRequest, Engagement, Match, MatchRun, Offer, OfferRun
from requests_offers.models.engagement import Appraisal
from tests import factories as f
from tests.requests_offers import tables

FINAL = {
    "withdraw",
    "refuse",
    "drop",
    "decline",
    "retract",
    "end_early",
    "confirm_answer",
    "complete",
    "answer_directly",
}
KINDS = {"request": CooperationRequest, "offer": Offer, "match": Match, "engagement": Engagement}


class Walk:
    """One walk through a world that is undone at its end."""

    def __init__(self, chance):
        self.chance, self.taken = chance, 0
        self.block = transaction.atomic()
        self.block.__enter__()
        self.known = known = f.everyone_known()
        people = tables.people_of(known)
        self.other_centre = people["other_officer"].current_memberships[0].centre
        self.people = people
        self.calls = tables.calls(self.other_centre)
        for _ in range(2):
            self.file_something_new()
        self.score()

    def undo(self):
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def step(self):
        """One thing happens: a day passes, the clock or the worker acts, or people try until one of them may."""
        acts = [self.let_days_pass, self.tick, self.score, self.file_something_new]
        self.chance.choice([self.try_people] * 12 + acts)()

    def file_something_new(self):
        if CooperationRequest.objects.count() < 12:
            needs = [f.need(), f.need(title="Second")][: self.chance.choice([1, 2])]
            f.request_in("submitted", self.known.party, needs=needs)
            f.offer_in("in_verification", self.known.organization, capacity=self.chance.choice([1, 2]))

    def try_people(self):
        for _ in range(20):
            noun = self.chance.choice(["request", "request", "offer", "match", "match", "match", "engagement"])
            rows = list(KINDS[noun].objects.values_list("pk", "status"))
            if rows and self.attempt(noun, *self.chance.choice(rows)):
                return

    def attempt(self, noun, pk, state):
        """Somebody takes a step: most often one who may, from a state that leads on."""
        name = self.chance.choice(sorted(self.calls[noun]))
        line = tables.TABLES[noun][name]
        if name in FINAL and self.chance.random() < 0.8:
            return False  # a world in which everything ends at once is no walk
        if state not in line.sources and self.chance.random() < 0.95:
            return False
        someone = self.chance.choice(sorted(line.who if self.chance.random() < 0.8 else self.people))
        if someone == "clock" and "clock" not in line.who:
            return False
        try:
            self.calls[noun][name](KINDS[noun].objects.get(pk=pk), by=self.people[someone])
        except (NotAllowed, DomainError):
            return False
        self.taken += 1
        return True

    def let_days_pass(self):
        long_ago = timezone.now() - timedelta(days=self.chance.choice([1, 61, 91]))
        CooperationRequest.objects.filter(matching_since__isnull=False).update(matching_since=long_ago)
        CooperationRequest.objects.filter(asked_at__isnull=False).update(asked_at=long_ago)
        CooperationRequest.objects.filter(due_on__isnull=False).update(due_on=long_ago.date())
        Match.objects.filter(status="offered").update(due_on=long_ago.date() - timedelta(days=2))
        some = self.chance.sample(list(Offer.objects.values_list("pk", flat=True)), 1)
        Offer.objects.filter(pk__in=some).update(expires_on=timezone.now().date() - timedelta(days=1))

    def tick(self):
        ticking.tick()

    def score(self):
        for model, act in [(OfferRun, scoring.perform_offer_run), (MatchRun, scoring.perform_match_run)]:
            for pk in model.objects.filter(state="queued").order_by("pk").values_list("pk", flat=True):
                act(pk)
        assert not Appraisal.objects.exclude(engagement__status__in=["concluded", "appraised"]).exists()
