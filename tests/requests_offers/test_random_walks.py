"""Machines that do whatever people, the clock and the worker may do, in any order; the books balance after every step.

They walk over all tables at once: requests with their components, offers, matches, engagements, and how providers come
to a need. What holds after each step: capacity, the computed states of components and requests, clocks, and the audit
trail.
"""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.errors import DomainError, NotAllowed
from accounts.models import AuditEvent, MailLink
from requests_offers.actions import approaches, by_mail, calls, conversation, matches, scoring, ticking
from requests_offers.lifecycle import component_status, request_status
from requests_offers.models import (
    Approach,
    Component,
    CooperationRequest,
    Engagement,
    Match,
    MatchRun,
    Offer,
    OfferRun,
    OpenCall,
)
from tests import factories as f
from tests.requests_offers import tables

pytestmark = pytest.mark.django_db

KINDS = {"request": CooperationRequest, "offer": Offer, "match": Match, "engagement": Engagement}
# Steps that end things: taken now and then only, or every world would be over before it has begun.
FINAL = {
    "withdraw", "refuse", "drop", "decline", "retract", "end_early", "confirm_answer", "complete", "answer_directly",
    "redirect",
}  # fmt: skip
TICKING = {  # states in which somebody's clock runs
    "request": {"submitted", "clarification", "answered", "matching"},
    "offer": {"in_verification"},
    "match": {"offered"},
    "approach": {"invited"},
}
numbers = st.integers(0, 10**6)
MOST = 12


class World(RuleBasedStateMachine):
    """A small world with everyone known in it; undone when the walk is over."""

    taken = 0

    @initialize(needs=st.integers(1, 2), places=st.integers(1, 2))
    def begin(self, needs, places):
        self.block = transaction.atomic()
        self.block.__enter__()
        self.known = f.everyone_known()
        self.people = tables.people_of(self.known)
        self.calls = tables.calls(self.people["other_officer"].current_memberships[0].centre)
        self.checked = 0
        self.file_something_new(needs, places)
        self.score()

    def teardown(self):
        if hasattr(self, "block"):
            try:
                self.every_record_has_its_whole_history()
            finally:
                transaction.set_rollback(True)
                self.block.__exit__(None, None, None)

    # What may happen --------------------------------------------------------

    @precondition(lambda self: CooperationRequest.objects.count() < MOST)
    @rule(needs=st.integers(1, 2), places=st.integers(1, 2))
    def file_something_new(self, needs, places):
        rows = [f.need(), f.need(title="Second")][:needs]
        f.request_in("matching", self.known.party, needs=rows)
        f.offer_in("published", self.known.organization, capacity=places)

    @rule(
        noun=st.sampled_from(["request", "offer", "match", "match", "match", "engagement"]), seed=numbers, often=numbers
    )
    def somebody_takes_a_step(self, noun, seed, often):
        """Most often one that leads on, by one who may."""
        rows = list(KINDS[noun].objects.order_by("pk").values_list("pk", "status"))
        if not rows:
            return
        pk, state = rows[seed % len(rows)]
        leading = [
            name for name, line in tables.TABLES[noun].items() if state in line.sources and name in self.calls[noun]
        ]
        if often % 5:
            leading = [name for name in leading if name not in FINAL] or leading[:1]
        names = leading if leading and often % 7 else sorted(self.calls[noun])
        name = names[seed // 13 % len(names)]
        may = sorted(tables.TABLES[noun][name].who)
        person = (may if often % 6 else sorted(self.people))[seed // 101 % len(may)]
        if person == "clock" and "clock" not in may:
            return
        self.attempt(self.calls[noun][name], KINDS[noun].objects.get(pk=pk), by=self.people[person])

    @rule(seed=numbers)
    def both_say_yes(self, seed):
        match = self.one_of(Match.objects.filter(status="offered"), seed)
        for person in ("provider", "focal_point") if match else ():
            self.attempt(matches.accept, match, by=self.people[person])

    @rule(seed=numbers, yes=st.booleans())
    def somebody_answers_by_mail(self, seed, yes):
        link = self.one_of(MailLink.objects.filter(purpose="match_by_mail"), seed)
        match = link and Match.objects.by_reference(link.subject).first()
        if match and yes:
            self.attempt(by_mail.accept, link, match)
        elif match:
            self.attempt(by_mail.decline, link, match, reason_code="timing")

    @rule(seed=numbers)
    def the_next_one_is_offered(self, seed):
        ended = self.one_of(Match.objects.filter(status__in=["declined", "lapsed", "retracted"]), seed)
        if ended and (found := Match.objects.next_after(ended, timezone.now().date())):
            self.attempt(matches.offer_next, ended, found[seed % len(found)], by=self.people["officer"])

    @rule(
        seed=numbers,
        how=st.sampled_from(["invite", "answer", "decline", "take_back", "call_off", "unasked", "call", "to_call"]),
    )
    def a_provider_comes_to_a_need(self, seed, how):
        officer, provider = self.people["officer"], self.people["provider"]
        component, offer = self.one_of(Component.objects.all(), seed), self.one_of(Offer.objects.all(), seed // 7)
        approach, call = self.one_of(Approach.objects.live(), seed), self.one_of(OpenCall.objects.all(), seed)
        if how == "invite":
            self.attempt(approaches.invite, component, self.known.organization, by=officer)
        elif how == "unasked":
            self.attempt(approaches.offer_unasked, component, offer, by=provider)
        elif how == "call":
            until = timezone.now().date() + timedelta(days=10)
            self.attempt(calls.open_call, component, by=officer, until=until)
        elif how == "to_call" and call:
            self.attempt(approaches.answer_call, call, offer, by=provider)
        elif approach and how == "answer":
            self.attempt(approaches.answer, approach, by=provider, offer=offer)
        elif approach and how == "decline":
            self.attempt(approaches.decline, approach, by=provider, reason_code="timing")
        elif approach and how in {"take_back", "call_off"}:
            self.attempt(approaches.STEPS[how], approach, by=provider if how == "take_back" else officer)

    @rule(seed=numbers)
    def somebody_writes(self, seed):
        if match := self.one_of(Match.objects.all(), seed):
            self.attempt(conversation.say, match, by=self.people["provider"], text="Hello", language="en")

    @rule(days=st.sampled_from([1, 61, 91]), seed=numbers)
    def days_pass(self, days, seed):
        """The days that count are moved back, not the clock: the trail stays in order."""
        long_ago = timezone.now() - timedelta(days=days)
        CooperationRequest.objects.filter(matching_since__isnull=False).update(matching_since=long_ago)
        CooperationRequest.objects.filter(asked_at__isnull=False).update(asked_at=long_ago)
        CooperationRequest.objects.filter(due_on__isnull=False).update(due_on=long_ago.date())
        Match.objects.filter(status="offered").update(due_on=long_ago.date() - timedelta(days=2))
        Approach.objects.filter(status="invited").update(due_on=long_ago.date() - timedelta(days=2))
        OpenCall.objects.filter(status="open").update(due_on=long_ago.date() - timedelta(days=2))
        if offer := self.one_of(Offer.objects.all(), seed):
            Offer.objects.filter(pk=offer.pk).update(expires_on=timezone.now().date() - timedelta(days=1))

    @rule()
    def the_clock_ticks(self):
        ticking.tick()
        assert ticking.tick() == 0

    @rule()
    def score(self):
        for model, act in [(OfferRun, scoring.perform_offer_run), (MatchRun, scoring.perform_match_run)]:
            for pk in model.objects.filter(state="queued").order_by("pk").values_list("pk", flat=True):
                act(pk)

    # What holds -------------------------------------------------------------

    @invariant()
    def no_place_is_given_twice(self):
        held = Match.objects.filter(status__in=["offered", "agreed"]).exclude(engagement__status="ended_early")
        taken = Counter(held.values_list("offer", flat=True))
        for pk, places, capacity in Offer.objects.values_list("pk", "places_taken", "capacity"):
            assert places == taken[pk] <= capacity

    @invariant()
    def states_follow_from_what_they_are_computed_from(self):
        for request in CooperationRequest.objects.prefetch_related("components__matches__engagement"):
            components = list(request.components.all())
            for component in components:
                found = list(component.matches.all())
                working = [match.engagement.status for match in found if hasattr(match, "engagement")]
                assert component.status == component_status(request.status, [match.status for match in found], working)
            assert request.status == request_status(request.status, [component.status for component in components])

    @invariant()
    def a_clock_runs_exactly_where_somebody_has_to_act(self):
        for noun, model in (KINDS | {"approach": Approach}).items():
            if noun == "engagement":
                continue
            for pk, state, due in model.objects.values_list("pk", "status", "due_on"):
                assert (due is not None) == (state in TICKING[noun]), (noun, pk, state, due)

    @invariant()
    def an_agreed_match_has_its_two_yeses_and_its_engagement(self):
        agreed = Match.objects.filter(status="agreed")
        assert not agreed.filter(accepted_by_party_at__isnull=True).exists()
        assert not agreed.filter(accepted_by_provider_at__isnull=True).exists()
        assert set(agreed.values_list("pk", flat=True)) == set(Engagement.objects.values_list("match", flat=True))

    @invariant()
    def no_link_outlives_what_it_answers(self):
        waiting = {match.reference for match in Match.objects.filter(status="offered")}
        open_links = set(MailLink.objects.unused().filter(purpose="match_by_mail").values_list("subject", flat=True))
        assert open_links <= waiting

    @invariant()
    def each_step_leaves_one_trace_that_joins_the_last(self):
        """The new events since the last look: each begins where its record's trail ended."""
        if not hasattr(self, "checked"):
            return
        for event in AuditEvent.objects.filter(pk__gt=self.checked).exclude(after="").order_by("pk"):
            earlier = AuditEvent.objects.filter(
                object_type=event.object_type, object_id=event.object_id, pk__lt=event.pk
            ).exclude(after="")
            last = earlier.order_by("-pk").first()
            if last is not None:
                assert event.before == last.after, (event, last)
            self.checked = max(self.checked, event.pk)

    def every_record_has_its_whole_history(self):
        """Each trail begins at the beginning, and ends in the state that its record is in."""
        firsts = {CooperationRequest: "", Offer: "", Match: None, Engagement: "active", Approach: "", OpenCall: ""}
        for model, first in firsts.items():
            for record in model.objects.all():
                trail = list(AuditEvent.objects.of(record).exclude(after="").order_by("pk"))
                if trail and first is not None:
                    assert trail[0].before == first, (record, trail[0])
                if trail:
                    assert trail[-1].after == record.status, (record, trail[-1])
                else:
                    assert record.status in {"suggested", "active"}, record

    # Tools ------------------------------------------------------------------

    def attempt(self, act, *records, **said):
        """Do it if one may now; a refusal is an answer, a crash is a fault."""
        if any(record is None for record in records):
            return
        try:
            act(*[type(record).objects.get(pk=record.pk) for record in records], **said)
        except (NotAllowed, DomainError):
            return
        World.taken += 1

    @staticmethod
    def one_of(rows, seed):
        found = list(rows.order_by("pk").values_list("pk", flat=True))
        return rows.model.objects.get(pk=found[seed % len(found)]) if found else None


HOW = {
    "deadline": None,
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],
    "suppress_health_check": list(HealthCheck),
    "print_blob": True,
}


def walk(walks, steps):
    World.taken = 0
    run_state_machine_as_test(World, settings=settings(max_examples=walks, stateful_step_count=steps, **HOW))
    assert World.taken >= walks, "nothing happened on the way"


def test_whatever_people_and_the_clock_do_the_books_balance(db):
    walk(3, 40)


@pytest.mark.torture
def test_ten_thousand_steps_break_no_invariant(db):
    walk(50, 200)
