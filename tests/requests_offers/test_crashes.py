"""The database fails in the middle of each action: all of it happens, or nothing.

Every run fails each action at its first and last statements that write, and at some between; the long trials at each.
"""

import pytest
from django.db import OperationalError, connection, transaction

from requests_offers.actions import drafts, matches
from requests_offers.actions.imports.run import import_offers, import_requests
from requests_offers.actions.scoring import perform_match_run, perform_offer_run
from requests_offers.models import Match, MatchRun, Offer, OfferRun
from tests import factories as f
from tests import worlds
from tests.requests_offers import tables

pytestmark = pytest.mark.django_db


class FailsAt:
    """Lets statements through until the n-th that writes; that one fails before the database sees it.

    What only reads is not counted: to fail there leaves the same rows as to fail at the next statement that writes.
    """

    def __init__(self, number):
        self.number, self.seen = number, 0

    def __call__(self, execute, sql, params, many, context):
        if not sql.lstrip().upper().startswith(("SELECT", "ROLLBACK")):
            self.seen += 1
            if self.seen == self.number:
                raise OperationalError("the line is down")
        return execute(sql, params, many, context)


SAMPLE = 7  # places between the first and the last at which an action fails in every run


def fails_everywhere(act, *, sample=SAMPLE):
    """Run `act` again and again, failing it at another statement each time; returns how many statements write."""
    before = tables.everything()
    count = statements_of(act)
    for number in places(count, sample):
        point = transaction.savepoint()
        with connection.execute_wrapper(FailsAt(number)), pytest.raises(OperationalError):
            act()
        assert tables.everything() == before, f"half an act stays when statement {number} of {count} fails"
        transaction.savepoint_commit(point)
    return count


def statements_of(act):
    """How many statements of `act` write; it is taken back."""
    counting = FailsAt(0)
    point = transaction.savepoint()
    with connection.execute_wrapper(counting):
        act()
    transaction.savepoint_rollback(point)
    return counting.seen


def places(count, sample):
    """At which statements to fail: all of them, or the first two, the last two, and evenly between."""
    if sample is None or count <= sample + 4:
        return range(1, count + 1)
    between = {round(3 + step * (count - 5) / (sample - 1)) for step in range(sample)}
    return sorted({1, 2, count - 1, count} | between)


built, known = worlds.shared(f.everyone_known)


STATES = {  # noun, step: (state, who)
    ("request", "submit"): ("draft", "focal_point"),
    ("request", "ask_clarification"): ("submitted", "officer"),
    ("request", "answer"): ("clarification", "focal_point"),
    ("request", "lapse"): ("clarification", "clock"),
    ("request", "redirect"): ("submitted", "officer"),
    ("request", "refuse"): ("submitted", "head"),
    ("request", "appeal"): ("refused", "focal_point"),
    ("request", "answer_directly"): ("matching", "officer"),
    ("request", "confirm_answer"): ("answered", "focal_point"),
    ("request", "reopen"): ("answered", "focal_point"),
    ("request", "accept"): ("submitted", "officer"),
    ("request", "declare_unmet"): ("matching", "clock"),
    ("request", "pause"): ("matching", "focal_point"),
    ("request", "resume"): ("paused", "focal_point"),
    ("request", "withdraw"): ("matching", "focal_point"),
    ("offer", "submit"): ("draft", "provider"),
    ("offer", "publish"): ("in_verification", "officer"),
    ("offer", "return_for_changes"): ("in_verification", "officer"),
    ("offer", "refuse"): ("in_verification", "officer"),
    ("offer", "pause"): ("published", "provider"),
    ("offer", "resume"): ("paused", "provider"),
    ("offer", "expire"): ("published", "clock"),
    ("offer", "renew"): ("expired", "provider"),
    ("offer", "withdraw"): ("published", "provider"),
    ("match", "shortlist"): ("suggested", "officer"),
    ("match", "drop"): ("suggested", "officer"),
    ("match", "offer_to_both"): ("suggested", "officer"),
    ("match", "accept"): ("offered", "provider"),
    ("match", "decline"): ("offered", "provider"),
    ("match", "lapse"): ("offered", "clock"),
    ("match", "retract"): ("offered", "officer"),
    ("engagement", "conclude"): ("active", "provider"),
    ("engagement", "appraise"): ("concluded", "provider"),
    ("engagement", "end_early"): ("active", "provider"),
}


def test_every_step_fails_here_but_those_that_need_a_story_of_their_own():
    steps = {(noun, name) for noun, table in tables.TABLES.items() for name in table}
    assert steps - set(STATES) == {("request", "complete")}


@pytest.mark.parametrize(("noun", "step"), STATES)
def test_a_step_is_taken_whole_or_not_at_all(known, noun, step):
    state, person = STATES[noun, step]
    record = arranged(known, noun, state, step)
    people = tables.people_of(known)
    other = people["other_officer"].current_memberships[0].centre
    act = tables.calls(other)[noun][step]
    assert fails_everywhere(lambda: act(type(record).objects.get(pk=record.pk), by=people[person])) >= 3


@pytest.mark.torture
@pytest.mark.parametrize(("noun", "step"), STATES)
def test_a_step_is_taken_whole_or_not_at_all_whichever_statement_fails(known, noun, step):
    state, person = STATES[noun, step]
    record = arranged(known, noun, state, step)
    people = tables.people_of(known)
    other = people["other_officer"].current_memberships[0].centre
    act = tables.calls(other)[noun][step]
    fails_everywhere(lambda: act(type(record).objects.get(pk=record.pk), by=people[person]), sample=None)


def arranged(known, noun, state, step):
    """A record in its state, with a reserved place where a step gives one back."""
    offer = f.offer_in("published", known.organization, capacity=1) if noun != "offer" else None
    if noun == "offer":
        record = f.offer_in(state, known.organization, capacity=1)
        if step in {"withdraw", "expire"}:
            f.match_in("offered", offer=record)
            Offer.objects.update(expires_on="2026-01-01")
        return record
    request = f.request_in(state if noun == "request" else "matching", known.party)
    if noun == "request":
        if step in {"pause", "withdraw", "answer_directly"}:
            f.match_in("offered", component=request.components.get(), offer=offer)
        type(request).objects.update(asked_at="2026-01-01T00:00:00Z")
        if step == "declare_unmet":
            type(request).objects.update(matching_since="2026-01-01T00:00:00Z")
        return request
    match = f.match_in(state if noun == "match" else "agreed", component=request.components.get(), offer=offer)
    if step == "lapse":
        Match.objects.update(due_on="2026-01-01")
    return match if noun == "match" else f.engagement_in(state, match=match)


def test_the_second_yes_makes_the_match_and_the_engagement_or_neither(known):
    match = f.match_in("offered", offer=f.offer_in("published", known.organization))
    matches.accept(match, by=known.provider)
    fails_everywhere(lambda: matches.accept(Match.objects.get(), by=known.focal_point))


def test_drafts_are_saved_whole_or_not_at_all(known):
    data = {"title": "New", "components": [f.need(title="Other"), f.need(title="Third")], "co_parties": [f.party("TV")]}
    draft, offer = f.draft_request(known.party), f.offer_in("published", known.organization)
    fails_everywhere(lambda: drafts.start_request(known.party, by=known.drafter, data=data))
    fails_everywhere(lambda: drafts.save_request(own(draft), by=known.drafter, data=data))
    fails_everywhere(lambda: drafts.delete_draft(own(draft), by=known.focal_point))
    items = {"title": "New", "targets": [f.target(1)], "items": [{"text": "A project", "language": "en"}]}
    fails_everywhere(lambda: drafts.save_offer(own(offer), by=known.provider, data=items))


def own(record):
    return type(record).objects.get(pk=record.pk)


@pytest.mark.parametrize("run_of", ["need", "offer"])
def test_a_worker_that_fails_leaves_the_matches_as_they_were_and_the_run_to_be_done(known, run_of):
    f.request_in("matching", known.party)
    f.offer_in("published", known.organization)
    model, perform = (MatchRun, perform_match_run) if run_of == "need" else (OfferRun, perform_offer_run)
    run = model.objects.order_by("pk").last()
    before = (list(Match.objects.values_list()), MatchRun.objects.count())
    for number in range(2, 200):  # the first statement takes the run
        failing = FailsAt(number)
        point = transaction.savepoint()
        with connection.execute_wrapper(failing):
            perform(run.pk)
        run.refresh_from_db()
        if failing.seen < number:
            assert run.state == "done"
            return
        assert run.state == "queued"
        assert "the line is down" in run.error
        assert (list(Match.objects.values_list()), MatchRun.objects.count()) == before
        transaction.savepoint_rollback(point)
    raise AssertionError("the run never ended")


def test_a_file_is_imported_whole_or_not_at_all(known, tmp_path):
    file = tmp_path / "requests.jsonl"
    file.write_text('{"id": "A", "title": "One", "countries": ["FJ"], "language": "en", "text": "Need"}\n')
    fails_everywhere(lambda: import_requests(file, by=known.coordinator, state="matching"))
    file.write_text('{"id": "A", "title": "One", "provider": "New", "language": "en", "text": "Offer"}\n')
    fails_everywhere(lambda: import_offers(file, by=known.coordinator))
