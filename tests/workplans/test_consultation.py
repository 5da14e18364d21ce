"""Offices are asked, say what they say, and get an answer to each of it; nobody is called silent in public."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep, NotAllowed, StaleWrite
from accounts.models import AuditEvent, Membership, Notice
from centres.working_week import due_on, working_days_between
from requests_offers.models import Reminder
from tests import factories as f
from tests import factories_workplans as w
from workplans.actions import comments, consultation, finalizing, plans, reminding, ticking
from workplans.models import Activity, Comment, Invitation, Version, Workplan

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(db):
    return w.version_in("consultation")


def act(asked):
    return w.identity_of(Activity.objects.get(version=asked.version))


# Who is asked, until when ---------------------------------------------------------------------------------------------


def test_the_parties_that_are_served_or_named_are_asked():
    known = f.everyone_known()
    made = w.plan_with(known)
    w.drafting.save_activity(Activity.objects.get(), by=made.officer, data={"parties": ["FJ", f.party("TD").iso2]})
    version = consultation.open_consultation(made.version, by=made.head)
    assert sorted(version.invitations.values_list("party__iso2", flat=True)) == ["FJ", "TD", "TV"]


def test_no_real_office_is_asked_about_an_example():
    known = f.everyone_known()
    practice = f.party(is_practice=True, is_example=True)
    made = w.plan_with(known, is_example=True)
    w.drafting.save_activity(Activity.objects.get(), by=made.officer, data={"parties": ["FJ", practice.iso2]})
    version = consultation.open_consultation(made.version, by=made.head)
    assert [row.party for row in version.invitations.all()] == [practice]


def test_each_office_has_thirty_working_days_of_its_own():
    known = f.everyone_known()
    f.party("TV").__class__.objects.filter(iso2="TV").update(weekend=[4, 5, 6], time_zone="Pacific/Funafuti")
    made = w.plan_with(known)
    now = timezone.now()
    version = consultation.open_consultation(made.version, by=made.head)
    wanted = max(due_on(party, 30, now) for party in (f.party("FJ"), f.party("TV")))
    assert version.due_on == wanted
    assert working_days_between(now.date(), wanted, {4, 5, 6}) >= 29
    assert set(version.invitations.values_list("due_on", flat=True)) == {wanted}


def test_a_shorter_time_is_refused_and_a_longer_one_taken():
    made = w.plan_with()
    today = timezone.now().date()
    for days in (1, 20, 400):
        with pytest.raises(DomainError):
            consultation.open_consultation(w.again(made.version), by=made.head, until=today + timedelta(days=days))
    version = consultation.open_consultation(w.again(made.version), by=made.head, until=today + timedelta(days=90))
    assert version.due_on == today + timedelta(days=90)


def test_an_incomplete_plan_is_not_asked_about():
    known = f.everyone_known()
    version = plans.start_workplan(known.centre, w.period(), by=known.officer).versions.get()
    with pytest.raises(DomainError, match="2 gaps"):
        consultation.open_consultation(version, by=known.head)
    assert w.again(version).status == "draft"


def test_it_is_extended_once(asked):
    later = asked.version.due_on + timedelta(days=7)
    with pytest.raises(DomainError):
        consultation.extend(w.again(asked.version), by=asked.head, until=asked.version.due_on)
    consultation.extend(w.again(asked.version), by=asked.head, until=later)
    assert set(Invitation.objects.values_list("due_on", flat=True)) == {later}
    with pytest.raises(DomainError, match="once"):
        consultation.extend(w.again(asked.version), by=asked.head, until=later + timedelta(days=7))


# The clock ------------------------------------------------------------------------------------------------------------


def test_it_closes_by_itself_when_the_last_day_is_over_everywhere(asked):
    Version.objects.update(due_on=timezone.now().date())
    assert ticking.tick() == 0
    w.let_the_days_pass(asked.version)
    assert ticking.tick() == 1
    assert ticking.tick() == 0
    assert w.again(asked.version).status == "addressing"
    assert AuditEvent.objects.get(action="close_consultation").actor is None


def test_the_head_closes_it_only_when_nobody_is_waited_for(asked):
    with pytest.raises(DomainError, match="still time"):
        consultation.close_consultation(w.again(asked.version), by=asked.head)
    for party in ("FJ", "TV"):
        by = f.focal_point_of(f.party(party))
        consultation.answer(w.again(asked.version), f.party(party), by=by, verdict="support")
    version = consultation.close_consultation(w.again(asked.version), by=asked.head)
    assert (version.status, version.due_on) == ("addressing", None)


def test_offices_that_have_not_answered_are_reminded_once(asked):
    consultation.answer(w.again(asked.version), f.party("FJ"), by=asked.known.focal_point, verdict="support")
    silent = f.focal_point_of(f.party("TV"))
    soon = timezone.now() + timedelta(days=1)
    while soon.date().weekday() > 2:  # a day on which people work, with two more after it
        soon += timedelta(days=1)
    Invitation.objects.filter(answered_at__isnull=True).update(due_on=soon.date() + timedelta(days=1))
    assert reminding.remind(soon) == 1
    assert reminding.remind(soon) == 0
    assert Reminder.objects.count() == 1
    told = Notice.objects.filter(kind="remind_consultation")
    assert [notice.recipient for notice in told] == [silent]
    assert asked.workplan.reference in told.get().subject


# What offices say -----------------------------------------------------------------------------------------------------


def test_an_office_speaks_about_the_plan_an_activity_or_a_field(asked):
    whole = w.say(asked)
    part = w.say(asked, activity=act(asked), field="budget_lines", text="Too much.")
    objection = w.say(asked, activity=act(asked), kind="objection", text="Not in our lagoons.")
    priority = w.say(asked, kind="priority", text="", priorities=[w.priority(asked.known.party)])
    assert [row.kind for row in Comment.objects.in_order()] == ["comment", "comment", "objection", "priority"]
    assert {row.party for row in (whole, part, objection, priority)} == {asked.known.party}
    assert whole.office_kind == Membership.objects.get(user=asked.known.focal_point).office_kind


@pytest.mark.parametrize(
    "said",
    [
        {"text": " "}, {"kind": "support"}, {"kind": "objection", "text": "No."}, {"kind": "priority", "text": "x"},
        {"field": "colour"}, {"kind": "joke"}, {"kind": "objection", "text": "", "activity": True},
        {"kind": "support", "activity": True, "field": "title"},
    ],
)  # fmt: skip
def test_a_comment_that_says_nothing_is_refused(asked, said):
    if said.get("activity"):
        said = said | {"activity": act(asked)}
    with pytest.raises(DomainError):
        w.say(asked, **said)
    assert not Comment.objects.exists()


def test_a_priority_of_another_country_is_refused(asked):
    with pytest.raises(DomainError):
        w.say(asked, kind="priority", priorities=[w.priority(f.party("TV"))])


@pytest.mark.parametrize("who", ["drafter", "officer", "head", "coordinator", "donor", "stranger", "provider"])
def test_only_the_office_speaks_for_it(asked, who):
    with pytest.raises(NotAllowed):
        w.say(asked, by=getattr(asked.known, who))
    with pytest.raises(NotAllowed):
        consultation.answer(w.again(asked.version), asked.known.party, by=getattr(asked.known, who), verdict="support")


def test_an_office_that_was_not_asked_is_told_so(asked):
    with pytest.raises(DomainError, match="not asked"):
        w.say(asked, party=f.party("FR"), by=f.focal_point_of(f.party("FR")))


@pytest.mark.parametrize("state", ["draft", "addressing", "finalized"])
def test_nothing_is_said_outside_of_the_consultation(state):
    made = w.version_in(state)
    with pytest.raises(DomainError):
        w.say(made)


def test_a_new_stance_takes_the_place_of_the_old(asked):
    first = w.say(asked, activity=act(asked), kind="objection", text="No.")
    w.say(asked, activity=act(asked), kind="support", text="")
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    (row,) = Comment.objects.of_ledger(asked.version)
    assert (row.kind, row.disposition) == ("support", "noted")  # support without words needs no answer
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.create(
            version=asked.version, party=row.party, activity=row.activity, kind="objection", text="x"
        )


def test_words_are_changed_and_taken_back_while_it_is_open(asked):
    row = w.say(asked)
    comments.change_comment(row, by=asked.known.deputy, text="Four courses.", publish=True, revision=1)
    with pytest.raises(StaleWrite):
        comments.change_comment(row, by=asked.known.focal_point, text="Five.", revision=1)
    comments.withdraw_comment(row, by=asked.known.focal_point)
    assert not Comment.objects.of_ledger(asked.version).exists()
    with pytest.raises(IllegalStep):
        comments.change_comment(row, by=asked.known.focal_point, text="Six.")


def test_an_objection_to_the_whole_says_why(asked):
    by, party = asked.known.focal_point, asked.known.party
    with pytest.raises(DomainError, match="object"):
        consultation.answer(w.again(asked.version), party, by=by, verdict="objection")
    w.say(asked, text="Not like this.")
    with pytest.raises(DomainError):
        consultation.answer(w.again(asked.version), party, by=by, verdict="no_comment")
    row = consultation.answer(w.again(asked.version), party, by=by, verdict="objection")
    assert (row.verdict, row.due_on) == ("objection", None)


# The ledger and finalizing --------------------------------------------------------------------------------------------


def test_finalizing_is_refused_until_the_last_comment_has_its_answer(asked):
    first, second = w.say(asked), w.say(asked, activity=act(asked), kind="objection", text="No.")
    w.dispose(first, asked)
    w.let_the_days_pass(asked.version)
    ticking.tick()
    with pytest.raises(DomainError, match="1 comment has no disposition"):
        finalizing.finalize(w.again(asked.version), by=asked.head)
    w.dispose(second, asked, "not_accepted", "The others need it.")
    finalizing.finalize(w.again(asked.version), by=asked.head)
    assert comments.ledger_counts(asked.version) == {
        "comments": 2, "without_answer": 0, "accepted": 1, "partly": 0, "not_accepted": 1, "noted": 0,
    }  # fmt: skip
    with pytest.raises(IllegalStep):
        w.dispose(second, asked)


def test_an_answer_needs_words_and_reaches_the_office(asked):
    row = w.say(asked)
    for disposition, answer in (("accepted", " "), ("perhaps", "Yes.")):
        with pytest.raises(DomainError):
            w.dispose(row, asked, disposition, answer)
    with pytest.raises(NotAllowed):
        comments.dispose(row, by=asked.known.focal_point, disposition="accepted", answer="Yes.")
    w.dispose(row, asked)
    notice = Notice.objects.filter(kind="workplan_answer", recipient=asked.known.focal_point).get()
    assert "Three it is." in notice.text


def test_a_revision_answers_the_same_comments(asked):
    row = w.say(asked)
    w.let_the_days_pass(asked.version)
    ticking.tick()
    draft = consultation.revise(w.again(asked.version), by=asked.officer)
    assert (draft.number, draft.round, draft.status) == (2, 1, "draft")
    assert list(Comment.objects.of_ledger(draft)) == [row]
    assert w.again(asked.version).status == "superseded"
    assert Activity.objects.get(version=draft).reference == Activity.objects.get(version=asked.version).reference
    with pytest.raises(DomainError):
        plans.delete_draft(w.again(draft), by=asked.head)
    # Asked again, the offices have ten working days at least.
    now = timezone.now()
    assert consultation.first_day_allowed(w.again(draft), now) < consultation.suggested_day(w.again(draft), now)
    until = consultation.first_day_allowed(w.again(draft), now)
    consultation.open_consultation(w.again(draft), by=asked.head, until=until)
    w.let_the_days_pass(draft)
    ticking.tick()
    with pytest.raises(DomainError):
        finalizing.finalize(w.again(draft), by=asked.head)
    w.dispose(row, asked)
    assert finalizing.finalize(w.again(draft), by=asked.head).status == "finalized"


# Who sees what --------------------------------------------------------------------------------------------------------


def everybody(known):
    return {
        "anonymous": AnonymousUser(), "stranger": known.stranger, "focal_point": known.focal_point,
        "drafter": known.drafter, "officer": known.officer, "head": known.head, "coordinator": known.coordinator,
        "donor": known.donor, "provider": known.provider, "other_office": f.focal_point_of(f.party("TV")),
        "not_asked": f.focal_point_of(f.party("FR")), "other_centre": f.officer_of(f.centre(f.party("FR"))),
    }  # fmt: skip


OFFICES = {"focal_point", "drafter", "other_office"}
CENTRE = {"officer", "head", "coordinator"}
ALL = OFFICES | CENTRE | {"anonymous", "stranger", "donor", "provider", "not_asked", "other_centre"}
NETWORK = {"donor", "provider", "other_centre"}
SEES = {
    "draft": CENTRE,
    "consultation": CENTRE | OFFICES,
    "addressing": CENTRE | OFFICES,
    "finalized": ALL,
    "superseded": CENTRE | OFFICES | NETWORK,
}


@pytest.mark.parametrize("state", SEES)
def test_a_version_is_seen_by_these_and_no_others(state):
    made = w.version_in(state)
    people = everybody(made.known)
    seen = {name for name, person in people.items() if Version.objects.visible_to(person).contains(made.version)}
    assert seen == SEES[state]
    rows = {name for name, one in people.items() if Activity.objects.visible_to(one).filter(version=made.version)}
    assert rows == SEES[state]
    plan = {name for name, one in people.items() if Workplan.objects.visible_to(one).exists()}
    assert plan == (ALL if state == "superseded" else SEES[state])


def test_silence_is_seen_by_centre_and_coordinator_alone(asked):
    w.say(asked)
    for name, person in everybody(asked.known).items():
        rows = Invitation.objects.visible_to(person)
        silent = set(rows.silent().values_list("party__iso2", flat=True))
        own = {"other_office": {"TV"}}.get(name, set())
        assert silent == ({"TV"} if name in CENTRE else own), name


@pytest.mark.parametrize("ticked", [True, False])
def test_a_partys_words_are_public_only_if_it_ticked_that(asked, ticked):
    row = w.dispose(w.say(asked, publish=ticked), asked)
    people = everybody(asked.known)

    def readers():
        return {name for name, person in people.items() if Comment.objects.visible_to(person).contains(row)}

    assert readers() == CENTRE | {"focal_point", "drafter"}
    w.let_the_days_pass(asked.version)
    ticking.tick()
    finalizing.finalize(w.again(asked.version), by=asked.head)
    assert readers() == (ALL if ticked else CENTRE | {"focal_point", "drafter"})
    comments.publish_comment(row, by=asked.known.focal_point, publish=not ticked)
    assert readers() == (CENTRE | {"focal_point", "drafter"} if ticked else ALL)
    with pytest.raises(NotAllowed):
        comments.publish_comment(row, by=asked.head, publish=True)


def test_lists_show_each_activity_once(asked):
    for person, number in ((asked.officer, 1), (asked.known.stranger, 0)):
        assert Activity.objects.newest_visible_to(person).count() == number
    w.let_the_days_pass(asked.version)
    ticking.tick()
    finalizing.finalize(w.again(asked.version), by=asked.head)
    draft = finalizing.amend(w.again(asked.version), by=asked.officer, amendment="correction")
    assert Activity.objects.newest_visible_to(asked.officer).get().version == draft
    assert Activity.objects.newest_visible_to(AnonymousUser()).get().version == asked.version
