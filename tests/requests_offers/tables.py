"""The step tables as they were agreed, by hand, and the machine that tries every step in every state as everybody.

Nothing here is read from lifecycle.py: the tests compare the two.
"""

from datetime import timedelta
from types import SimpleNamespace

from django.db import transaction
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, Notice
from requests_offers.actions import engagements, matches, offers, requests
from requests_offers.models import (
    Appraisal,
    Component,
    CooperationRequest,
    Engagement,
    FormerHolding,
    Match,
    MatchRun,
    Offer,
    OfferRun,
)
from tests import factories as f

OFFICE = {"focal_point", "deputy"}
IN_OFFICE = OFFICE | {"drafter"}
STAFF = {"officer", "head"}
SIDES = OFFICE | {"provider"}
CLOCK = {"clock"}
OPEN = {"submitted", "clarification", "dormant", "answered", "matching", "partly_matched", "matched", "unmet"}


def row(sources, target, who, *, due=None, told=frozenset()):
    """One line of a table: from where, to where, who may, the due date that follows and who is told of it."""
    return SimpleNamespace(sources=sources, target=target, who=who, due=due, told=told)


# due: None = no date any more, "centre" = 10 working days of the centre, "office" = 15 of the Party's, "unmet" = 90
# days.
REQUEST = {
    "submit": row({"draft", "clarification"}, "submitted", OFFICE, due="centre", told=STAFF),
    "ask_clarification": row({"submitted"}, "clarification", STAFF, due="office", told=IN_OFFICE),
    "answer": row({"clarification", "dormant"}, "submitted", OFFICE, due="centre", told=STAFF),
    "lapse": row({"clarification"}, "dormant", CLOCK, told=IN_OFFICE),
    "redirect": row(
        {"submitted"}, "submitted", STAFF | {"coordinator"}, due="centre", told=OFFICE | {"other_officer", "other_head"}
    ),
    "refuse": row({"submitted"}, "refused", {"head"}, told=IN_OFFICE),
    "appeal": row({"refused"}, "submitted", OFFICE, due="centre", told={"coordinator"}),
    "answer_directly": row(
        {"submitted", "matching", "unmet"}, "answered", STAFF | {"coordinator"}, due="office", told=IN_OFFICE
    ),
    "confirm_answer": row({"answered"}, "completed", OFFICE, told=STAFF),
    "reopen": row({"answered"}, "submitted", OFFICE, due="centre", told=STAFF),
    "accept": row({"submitted"}, "matching", STAFF, due="unmet", told=IN_OFFICE),
    "declare_unmet": row({"matching"}, "unmet", STAFF | CLOCK, told=IN_OFFICE),
    # One side has spoken; the other still has to. test_requests goes on from here.
    "complete": row({"matched", "partly_matched"}, "matched", OFFICE | STAFF, told=OFFICE | STAFF),
    "pause": row(OPEN, "paused", OFFICE, told=STAFF),
    "resume": row({"paused"}, "submitted", OFFICE, due="centre", told=STAFF),  # it was paused when submitted
    "withdraw": row(OPEN | {"paused"}, "withdrawn", OFFICE, told=STAFF),
}
OFFER = {
    "submit": row({"draft"}, "in_verification", {"provider"}, due="centre", told=STAFF),
    "publish": row({"in_verification"}, "published", STAFF, told={"provider"}),
    "return_for_changes": row({"in_verification"}, "draft", STAFF, told={"provider"}),
    "refuse": row({"in_verification"}, "refused", STAFF, told={"provider"}),
    "pause": row({"published"}, "paused", {"provider"}, told=STAFF),
    "resume": row({"paused"}, "published", {"provider"}, told=STAFF),
    "expire": row({"published", "paused"}, "expired", CLOCK, told={"provider"} | STAFF),
    "renew": row({"expired"}, "published", {"provider"}, told=STAFF),
    "withdraw": row({"in_verification", "published", "paused", "expired"}, "withdrawn", {"provider"}, told=STAFF),
}
EVERYBODY = SIDES | STAFF
MATCH = {
    "shortlist": row({"suggested", "proposed"}, "shortlisted", STAFF),
    "drop": row({"suggested", "proposed"}, "dropped", STAFF),
    "offer_to_both": row({"shortlisted", "proposed", "suggested"}, "offered", STAFF, due="office", told=EVERYBODY),
    "accept": row({"offered"}, "offered", SIDES, due="office", told=EVERYBODY),  # the first of two
    "decline": row({"offered", "shortlisted"}, "declined", SIDES, told=EVERYBODY),
    "lapse": row({"offered"}, "lapsed", CLOCK, told=EVERYBODY),
    "retract": row({"proposed", "shortlisted", "offered"}, "retracted", STAFF, told=EVERYBODY),
}
ENGAGEMENT = {
    "conclude": row({"active"}, "concluded", SIDES, told=EVERYBODY),
    "appraise": row({"concluded"}, "concluded", SIDES, told=EVERYBODY),  # the first of six
    "end_early": row({"active"}, "ended_early", SIDES, told=EVERYBODY),
}
TABLES = {"request": REQUEST, "offer": OFFER, "match": MATCH, "engagement": ENGAGEMENT}


def people_of(known):
    """Everybody who might try, by the name the tables use."""
    other_centre = f.centre(f.party("FR"), name="Other Centre")
    return {
        "focal_point": known.focal_point,
        "deputy": known.deputy,
        "drafter": known.drafter,
        "officer": known.officer,
        "head": known.head,
        "other_officer": f.officer_of(other_centre),
        "other_head": f.head_of(other_centre),
        "other_focal_point": f.focal_point_of(f.party("TV")),
        "other_provider": f.provider_of(f.organization(f.party("FR"), "Other Institute")),
        "coordinator": known.coordinator,
        "provider": known.provider,
        "donor": known.donor,
        "stranger": known.stranger,
        "superuser": f.user(is_staff=True, is_superuser=True),
        "clock": None,
    }


def calls(other_centre):
    """What is said with each step, by noun."""
    soon = timezone.now().date() + timedelta(days=7)
    return {
        "request": {
            "submit": requests.submit,
            "ask_clarification": lambda r, by: requests.ask_clarification(r, by=by, text="Which lagoons?"),
            "answer": lambda r, by: requests.answer(r, by=by, text="All of them."),
            "lapse": requests.lapse,
            "redirect": lambda r, by: requests.redirect(r, by=by, centre=other_centre, reason_code="expertise"),
            "refuse": lambda r, by: requests.refuse(r, by=by, reason_code="outside_scope"),
            "appeal": lambda r, by: requests.appeal(r, by=by, text="Look again."),
            "answer_directly": lambda r, by: requests.answer_directly(r, by=by, text="Read this.", sources="A book"),
            "confirm_answer": requests.confirm_answer,
            "reopen": lambda r, by: requests.reopen(r, by=by, text="Not enough."),
            "accept": requests.accept,
            "declare_unmet": requests.declare_unmet,
            "complete": requests.complete,
            "pause": requests.pause,
            "resume": requests.resume,
            "withdraw": lambda r, by: requests.withdraw(r, by=by, reason_code="solved"),
        },
        "offer": {
            "submit": offers.submit,
            "publish": offers.publish,
            "return_for_changes": lambda o, by: offers.return_for_changes(o, by=by, reason_code="unclear"),
            "refuse": lambda o, by: offers.refuse(o, by=by, reason_code="commercial"),
            "pause": offers.pause,
            "resume": offers.resume,
            "expire": offers.expire,
            "renew": lambda o, by: offers.renew(o, by=by, expires_on=soon),
            "withdraw": offers.withdraw,
        },
        "match": {
            "shortlist": matches.shortlist,
            "drop": matches.drop,
            "offer_to_both": matches.offer_to_both,
            "accept": matches.accept,
            "decline": lambda m, by: matches.decline(m, by=by, reason_code="timing"),
            "lapse": matches.lapse,
            "retract": lambda m, by: matches.retract(m, by=by, reason_code="mistake"),
        },
        "engagement": {
            "conclude": engagements.conclude,
            "appraise": lambda e, by: engagements.appraise(e, by=by, text="It helped."),
            "end_early": lambda e, by: engagements.end_early(e, by=by, reason_code="funding"),
        },
    }


EVERY_TABLE = (
    CooperationRequest,
    Component,
    FormerHolding,
    Offer,
    Match,
    Engagement,
    Appraisal,
    MatchRun,
    OfferRun,
    AuditEvent,
    Notice,
)


def everything():
    """All rows that a step could touch."""
    return [list(model.objects.order_by("pk").values_list()) for model in EVERY_TABLE]


def deviations(noun, obj, people, other_centre, *, table=None, look=lambda obj, step, person: []):
    """Try every step as everybody on a record in its state; return what differs from the table, as sentences."""
    wrong, state, table = [], obj.status, table or TABLES[noun]
    before = everything()
    for name, act in calls(other_centre)[noun].items():
        line = table[name]
        for person, by in people.items():
            if person == "clock" and "clock" not in line.who:
                continue  # without a person actions serve the operator, who has every right
            expected = _expected(line, state, person)
            found = _try(obj, name, act, by)
            if found.answer != expected:
                wrong.append(f"{state} –{name}→ by {person}: {found.answer} instead of {expected}")
            elif expected == line.target:
                wrong += _consequences(found, line, name, state, person, people)
                wrong += look(found.obj, name, person)
        if everything() != before:
            wrong.append(f"{state} –{name}→ was refused, and something changed all the same")
            break
    return wrong


def _expected(line, state, person):
    if person not in line.who:
        return NotAllowed
    return line.target if state in line.sources else IllegalStep


def _try(obj, name, act, by):
    """Take a step and remember what came of it; what is done is undone afterwards,
    what is refused must leave no trace.
    """
    found = SimpleNamespace(obj=None, answer=None, event=None, told=set())
    point = transaction.savepoint()
    try:
        act(type(obj).objects.get(pk=obj.pk), by=by)
    except (NotAllowed, DomainError) as error:
        found.answer = type(error)
        transaction.savepoint_commit(point)
        return found
    found.obj = type(obj).objects.get(pk=obj.pk)
    found.answer = found.obj.status
    _read_traces(found, obj, name)
    transaction.savepoint_rollback(point)
    return found


def _read_traces(found, obj, name):
    events = AuditEvent.objects.of(obj).filter(action=name)
    found.event = events.first()
    newest = [event.pk for event in events] or [0]
    found.told = set(Notice.objects.filter(event=max(newest)).values_list("recipient", flat=True))


def _consequences(found, line, name, state, person, people):
    wrong, actor, event = [], people[person], found.event
    if event is None:
        return [f"{state} –{name}→ by {person}: no audit event"]
    trace = (event.actor, event.before, event.after)
    if trace != (actor, state, line.target):
        wrong.append(f"{state} –{name}→ by {person}: the audit event says {trace}")
    names = {people[one].pk: one for one in people if people[one]}
    told = {names.get(pk, f"person {pk}") for pk in found.told}
    expected = _readers(line, name, state) - {person}
    if told != expected:
        wrong.append(f"{state} –{name}→ by {person}: told {sorted(told)} instead of {sorted(expected)}")
    return wrong


def _readers(line, name, state):
    """What only the centre has seen is not told to the sides."""
    if name == "decline" and state == "shortlisted":
        return STAFF
    if name == "retract" and state in {"proposed", "shortlisted"}:
        return set()
    return line.told


def helped(table):
    """The table where no centre holds a record: the coordinator stands in for officer and head."""
    lines = {}
    for name, line in table.items():
        who, told = (
            (people - STAFF) | ({"coordinator"} if people & STAFF else set()) for people in (line.who, line.told)
        )
        lines[name] = row(line.sources, line.target, who, due=line.due, told=told)
    return lines
