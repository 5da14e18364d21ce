"""Every step of a version, in every state, by everybody: what was agreed happens, and nothing else does."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, Notice
from tests import factories as f
from tests import factories_workplans as w
from workplans import lifecycle
from workplans.actions import closing, consultation, finalizing, steps
from workplans.models import Version

pytestmark = pytest.mark.django_db
HEAD, STAFF, CLOCK = {"head"}, {"officer", "head"}, {"clock"}
OFFICE = {"focal_point", "deputy", "drafter"}


def row(sources, target, who, told=frozenset()):
    return SimpleNamespace(sources=sources, target=target, who=who, told=told)


# From CONTRACT §1, by hand. `finalize` from draft is for amendments that need no consultation.
STEPS = {
    "open_consultation": row({"draft", "addressing"}, "consultation", HEAD, OFFICE),
    "extend": row({"consultation"}, "consultation", HEAD, OFFICE),
    "close_consultation": row({"consultation"}, "addressing", HEAD | CLOCK, STAFF),
    "revise": row({"addressing"}, "superseded", STAFF, OFFICE),
    "finalize": row({"addressing", "draft"}, "finalized", HEAD, OFFICE),
    "amend": row({"finalized"}, "finalized", STAFF, HEAD),
    "supersede": row({"finalized"}, "superseded", set()),
    "close_plan": row({"finalized"}, "finalized", HEAD, OFFICE),
}
CALLS = {
    "open_consultation": consultation.open_consultation,
    "extend": lambda v, by: consultation.extend(v, by=by, until=far_away()),
    "close_consultation": lambda v, by: consultation.close_consultation(v, by=by),
    "revise": consultation.revise,
    "finalize": finalizing.finalize,
    "amend": lambda v, by: finalizing.amend(v, by=by, amendment="correction"),
    "close_plan": lambda v, by: closing.close_plan(v, by=by, text="It went well."),
}


def far_away():
    return timezone.now().date() + timedelta(days=100)


def people_of(known):
    other = f.centre(f.party("FR"), name="Other Centre")
    return {
        "focal_point": known.focal_point, "deputy": known.deputy, "drafter": known.drafter, "officer": known.officer,
        "head": known.head, "other_officer": f.officer_of(other), "other_head": f.head_of(other),
        "coordinator": known.coordinator, "provider": known.provider, "donor": known.donor,
        "stranger": known.stranger, "superuser": f.user(is_staff=True, is_superuser=True), "clock": None,
    }  # fmt: skip


def test_the_steps_are_those_of_the_contract():
    assert set(lifecycle.VERSION_STEPS) == set(STEPS)
    for name, line in STEPS.items():
        assert lifecycle.VERSION_STEPS[name].sources == line.sources, name
        assert lifecycle.VERSION_STEPS[name].target == line.target, name
    assert set(lifecycle.VersionStatus.values) == {"draft", "consultation", "addressing", "finalized", "superseded"}
    assert set(CALLS) == set(STEPS) - {"supersede"}


def expected(name, state, person):
    """What the contract promises when somebody takes a step in a state."""
    line = STEPS[name]
    if person == "clock":  # the portal itself may; what it may not is kept from it by nobody calling it
        return line.target if state in line.sources else IllegalStep
    if person not in line.who:
        return NotAllowed
    if state not in line.sources:
        return IllegalStep
    if name == "finalize" and state == "draft":
        return DomainError  # the first version must be consulted on
    return line.target


def attempt(name, version, by):
    try:
        with transaction.atomic():
            CALLS[name](version, by=by)
    except DomainError as error:
        return IllegalStep if isinstance(error, IllegalStep) else DomainError
    except NotAllowed:
        return NotAllowed
    version = w.again(version)
    return version.status


@pytest.mark.parametrize("state", w.PATHS)
def test_every_step_in_every_state_by_everybody(state):
    made = w.version_in(state)
    w.let_the_days_pass(made.version) if state == "consultation" else None
    wrong = []
    for name in CALLS:
        for person, by in people_of(made.known).items():
            if person == "clock" and name == "finalize" and state == "draft":
                continue
            with transaction.atomic():
                seen = AuditEvent.objects.count()
                got = attempt(name, w.again(made.version), by)
                wanted = expected(name, state, person)
                if got != wanted:
                    wrong.append(f"{state} –{name}→ by {person}: {got} instead of {wanted}")
                if isinstance(got, str) and AuditEvent.objects.count() == seen:
                    wrong.append(f"{state} –{name}→ by {person} left no trace")
                transaction.set_rollback(True)
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "state"),
    [(name, state) for name in CALLS for state in STEPS[name].sources if (name, state) != ("finalize", "draft")],
)
def test_those_concerned_are_told(name, state):
    made = w.version_in(state)
    if state == "consultation":
        w.let_the_days_pass(made.version)
    people = people_of(made.known)
    Notice.objects.all().delete()
    actor = "head" if "head" in STEPS[name].who else "officer"
    CALLS[name](w.again(made.version), by=people[actor])
    told = set(Notice.objects.values_list("recipient", flat=True))
    wanted = {people[person].pk for person in STEPS[name].told - {actor}}
    if "clock" not in STEPS[name].who and name == "amend":
        wanted = set()  # the head amended, and only heads are told
    assert told >= wanted
    assert not told & {people[person].pk for person in ("stranger", "donor", "provider", "other_head")}


def test_the_buttons_are_the_steps_that_are_possible():
    made = w.version_in("addressing")
    names = {step.name for step in steps.open_steps(made.version, made.head)}
    assert names == {"open_consultation", "revise", "finalize"}
    assert {step.name for step in steps.open_steps(made.version, made.officer)} == {"revise"}
    assert steps.open_steps(made.version, made.known.focal_point) == []
    draft = w.version_in("draft", known=made.known, centre="network")
    assert {step.name for step in steps.open_steps(draft.version, draft.head)} == {"open_consultation"}


def test_the_plan_of_the_network_is_the_coordinators():
    made = w.version_in("finalized", centre="network")
    assert made.workplan.reference == "WP-2025-network"
    assert AuditEvent.objects.filter(action="finalize").get().actor == made.known.coordinator
    with pytest.raises(NotAllowed):
        finalizing.amend(w.again(made.version), by=made.known.head, amendment="correction")


def test_a_closed_plan_stays_as_it_is():
    made = w.closed()
    for name in ("amend", "close_plan"):
        with pytest.raises(IllegalStep):
            CALLS[name](w.again(made.version), by=made.head)
    assert steps.open_steps(w.again(made.version), made.head) == []


def test_only_one_version_is_open_and_one_public():
    made = w.version_in("finalized")
    draft = finalizing.amend(w.again(made.version), by=made.officer, amendment="correction")
    with pytest.raises(DomainError):
        finalizing.amend(w.again(made.version), by=made.officer, amendment="correction")
    assert Version.objects.public().get() == made.version
    finalizing.finalize(w.again(draft), by=made.head)
    made.workplan.refresh_from_db()
    assert (Version.objects.public().get(), made.workplan.current_version) == (draft, draft)
    assert w.again(made.version).status == "superseded"
