"""Workplans for tests, in any of their states, reached through the actions."""

from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

from centres.models import CentreFunction, NationalPriority
from tests import factories as f
from workplans.actions import closing, comments, consultation, drafting, finalizing, plans, progress
from workplans.models import ActivityIdentity, Indicator, Period, Version

FUNCTIONS = {"matchmaking": 5, "knowledge_sharing": 10}


def period(starts=2025, ends=2026):
    return Period.objects.get_or_create(starts=starts, defaults={"ends": ends})[0]


def function(code="matchmaking"):
    facts = {"name_en": code.replace("_", " ").capitalize(), "number": FUNCTIONS.get(code, 1)}
    return CentreFunction.objects.get_or_create(code=code, defaults=facts)[0]


def priority(party, code="NT-6"):
    facts = {"title": "Keep invasive plants out", "kind": NationalPriority.Kind.NATIONAL_TARGET}
    return NationalPriority.objects.get_or_create(party=party, code=code, defaults=facts)[0]


def activity_content(party=None, **more):
    """What a form would send for one activity."""
    party = party or f.party("FJ")
    return {
        "title": "Train fishing groups",
        "description": "Two courses on the control of floating plants.",
        "functions": [function().code],
        "targets": [f.target().number],
        "parties": [party.iso2],
        "is_essential": True,
        "starts_on": "2025-02-01",
        "ends_on": "2026-06-30",
        "results": [result_content()],
    } | more


def result_content(**more):
    return {
        "kind": "output",
        "title": "Groups know how to keep lagoons open",
        "indicators": [
            {
                "title": "People trained",
                "measure": "people_trained",
                "unit": "people",
                "baseline": "0",
                "baseline_year": 2024,
                "targets": [{"year": 2025, "value": "20"}, {"year": 2026, "value": "40"}],
            }
        ],
    } | more


def line_content(**more):
    return {"year": 2025, "category": "meetings", "description": "Two courses", "amount": "10000.00"} | more


def plan_with(known=None, *, activities=1, lines=1, centre="own", **more):
    """A draft with activities and budget lines, written by the centre's officer; the plan and its people."""
    known = known or f.everyone_known()
    held = known.centre if centre == "own" else None
    by = known.officer if held else known.coordinator
    workplan = plans.start_workplan(held, period(), by=by, title="Plan of the Pacific", **more)
    version = workplan.versions.get()
    drafting.save_plan(version, by=by, data={"summary": "What we do in two years."})
    for _each in range(activities):
        activity = drafting.add_activity(version, by=by, data=activity_content(known.party))
        for _line in range(lines):
            drafting.add_line(activity, by=by, data=line_content())
    return SimpleNamespace(
        workplan=workplan, version=again(version), known=known, officer=by, head=head_of(known, held)
    )


def head_of(known, held):
    return known.head if held else known.coordinator


def again(version):
    """The same version as the next request sees it."""
    return Version.objects.select_related("workplan__period", "workplan__centre").get(pk=version.pk)


def version_in(state="draft", **more):
    """A version in one of its states, with its plan and the people everyone knows."""
    made = plan_with(**more)
    for step in PATHS[state]:
        step(made)
    made.version = again(made.version)
    assert made.version.status == state, made.version.status
    return made


def _open(made):
    made.version = consultation.open_consultation(again(made.version), by=made.head)


def let_the_days_pass(version):
    """As if the last day of the consultation were long over."""
    Version.objects.filter(pk=version.pk).update(due_on=timezone.now().date() - timedelta(days=3))


def _close(made):
    let_the_days_pass(made.version)
    made.version = consultation.close_consultation(again(made.version))


def _finalize(made):
    made.version = finalizing.finalize(again(made.version), by=made.head)


def _replace(made):
    """The finalized version is replaced by a correction of it."""
    draft = finalizing.amend(again(made.version), by=made.officer, amendment="correction")
    finalizing.finalize(again(draft), by=made.head)


PATHS = {
    "draft": [],
    "consultation": [_open],
    "addressing": [_open, _close],
    "finalized": [_open, _close, _finalize],
    "superseded": [_open, _close, _finalize, _replace],
}


def say(made, *, by=None, party=None, **more):
    """A comment of the known focal point."""
    words = {"text": "We want three courses."} | more
    return comments.comment(again(made.version), party or made.known.party, by=by or made.known.focal_point, **words)


def dispose(comment, made, disposition="accepted", answer="Three it is."):
    return comments.dispose(comment, by=made.officer, disposition=disposition, answer=answer)


def identity_of(activity):
    return ActivityIdentity.objects.get(pk=activity.identity_id)


def indicator_of(version):
    """The identity of the first indicator of a version."""
    return Indicator.objects.filter(result__activity__version=version).order_by("pk").first().identity


def closed(**more):
    """A closed plan."""
    made = version_in("finalized", **more)
    closing.close_plan(again(made.version), by=made.head, text="It went well.")
    return made


def progress_of(made, value="12"):
    """Progress of the first indicator for the first year, as an officer submits it."""
    year = made.workplan.period.starts
    return progress.submit(indicator_of(made.version), year, by=made.officer, data={"value": value})
