"""Progress is submitted, approved, then locked; it adds up to centre and network; the report is made of it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from accounts.errors import DomainError, IllegalStep, NotAllowed, StaleWrite
from accounts.models import Notice
from tests import factories as f
from tests import factories_workplans as w
from workplans.actions import closing, drafting, finalizing, progress, snapshots
from workplans.models import Activity, Progress

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(db):
    return w.version_in("finalized")


def report(made, value="12", year=2025, **more):
    data = {"value": value, "text": "Two courses were held."} | more
    return progress.submit(w.indicator_of(made.version), year, by=made.officer, data=data)


STEPS = {"approve": {}, "return_for_changes": {"text": "Which island?"}, "lock": {}}
LEADS = {
    ("submitted", "approve"): "approved",
    ("submitted", "return_for_changes"): "returned",
    ("approved", "lock"): "locked",
}
STATES = {
    "submitted": [],
    "returned": ["return_for_changes"],
    "approved": ["approve"],
    "locked": ["approve", "lock"],
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", ["officer", "head", "coordinator", "focal_point", "donor", "stranger"])
def test_every_step_in_every_state_by_everybody(made, state, step, who):
    row = report(made)
    for name in STATES[state]:
        progress.STEPS[name](row, by=made.head, **STEPS[name])
    wanted = LEADS.get((state, step))
    if who != "head":
        with pytest.raises(NotAllowed):
            progress.STEPS[step](row, by=getattr(made.known, who), **STEPS[step])
    elif wanted is None:
        with pytest.raises(IllegalStep):
            progress.STEPS[step](row, by=made.head, **STEPS[step])
    else:
        assert progress.STEPS[step](row, by=made.head, **STEPS[step]).status == wanted


def test_what_came_back_is_submitted_again(made):
    row = report(made)
    progress.return_for_changes(row, by=made.head, text="Which island?")
    assert Notice.objects.filter(kind="progress_return_for_changes", recipient=made.officer).count() == 1
    again = report(made, "13")
    assert (again.pk, again.status, again.returned_because, str(again.value)) == (row.pk, "submitted", "", "13")
    progress.approve(again, by=made.head)
    with pytest.raises(IllegalStep):
        report(made, "14")


def test_a_stale_report_is_refused(made):
    row = report(made)
    report(made, "13")
    with pytest.raises(StaleWrite):
        progress.submit(row.indicator, 2025, by=made.officer, data={"value": "1"}, revision=1)


@pytest.mark.parametrize("data", [{}, {"value": "many"}, {"value": None}, {"value": "1", "evidence": "here"}])
def test_a_wrong_report_is_told_beside_its_field(made, data):
    with pytest.raises(ValidationError):
        progress.submit(w.indicator_of(made.version), 2025, by=made.officer, data=data)


def test_progress_belongs_to_the_finalized_plan_and_its_years(made):
    with pytest.raises(ValidationError):
        report(made, year=2030)
    with pytest.raises(NotAllowed):
        progress.submit(w.indicator_of(made.version), 2025, by=made.known.focal_point, data={"value": "1"})
    draft = w.plan_with(f.everyone_known(), centre="network")
    with pytest.raises(DomainError):
        progress.submit(w.indicator_of(draft.version), 2025, by=draft.officer, data={"value": "1"})


def test_only_approved_progress_is_public_and_counted(made):
    row = report(made)
    assert not Progress.objects.visible_to(AnonymousUser()).exists()
    assert Progress.objects.visible_to(made.officer).contains(row)
    assert not Progress.objects.counted().exists()
    progress.approve(row, by=made.head)
    assert Progress.objects.visible_to(AnonymousUser()).contains(row)


def test_it_stays_with_the_indicator_through_an_amendment(made):
    progress.approve(report(made), by=made.head)
    draft = finalizing.amend(w.again(made.version), by=made.officer, amendment="correction")
    finalizing.finalize(w.again(draft), by=made.head)
    assert w.indicator_of(draft) == Progress.objects.get().indicator


def test_it_adds_up_to_the_network(made):
    other = w.version_in("finalized", known=made.known, centre="network")
    for plan, years in ((made, {2025: "12", 2026: "30"}), (other, {2025: "5"})):
        for year, value in years.items():
            row = progress.submit(w.indicator_of(plan.version), year, by=plan.officer, data={"value": value})
            progress.approve(row, by=plan.head)
    documents = {one.workplan.pk: snapshots.document(one.version) for one in (made, other)}
    assert progress.roll_up(documents) == [
        {"measure": "people_trained", "indicators": 2, "target": "120", "reached": "47"}
    ]


def test_what_does_not_add_up_counts_its_last_year():
    assert progress.reached({2025: 3, 2026: 5}, is_cumulative=True) == 8
    assert progress.reached({2026: 5, 2025: 9}, is_cumulative=False) == 5
    assert progress.reached({}, is_cumulative=True) is None


# The final report -----------------------------------------------------------------------------------------------------


def test_the_report_says_what_was_promised_and_reached(made):
    progress.approve(report(made), by=made.head)
    workplan = closing.close_plan(w.again(made.version), by=made.head, text="It went well.")
    (activity,) = workplan.final_report["activities"]
    (indicator,) = activity["results"][0]["indicators"]
    assert indicator["years"] == [
        {"year": 2025, "target": "20", "reached": "12", "text": "Two courses were held.", "evidence": ""},
        {"year": 2026, "target": "40", "reached": None, "text": "", "evidence": ""},
    ]
    assert (indicator["target"], indicator["reached"], indicator["share"]) == ("60", "12", "0.2")
    assert (workplan.final_report["words"], workplan.is_closed) == ("It went well.", True)
    assert Progress.objects.get().status == "locked"
    assert closing.final_report(workplan) == workplan.final_report


def test_a_report_names_published_engagements_alone():
    known = f.everyone_known()
    made = w.plan_with(known)
    request = f.request_in("matched", known.party)
    match = request.components.get().matches.get(status="agreed")
    type(match).objects.update(publish_by_party=False, publish_by_provider=False)
    activity = Activity.objects.get()
    drafting.save_activity(activity, by=made.officer, data={"engagements": [match.engagement.reference]})
    made.version = w.again(made.version)
    for step in w.PATHS["finalized"]:
        step(made)
    made.workplan.refresh_from_db()
    assert closing.final_report(made.workplan)["activities"][0]["engagements"] == []
    type(match).objects.filter(pk=match.pk).update(publish_by_party=True, publish_by_provider=True)
    (link,) = closing.final_report(made.workplan)["activities"][0]["engagements"]
    assert (link["reference"], link["status"]) == (match.engagement.reference, "active")


def test_a_plan_is_not_closed_over_open_work(made):
    row = report(made)
    with pytest.raises(DomainError, match="waits"):
        closing.close_plan(w.again(made.version), by=made.head, text="x")
    progress.approve(row, by=made.head)
    finalizing.amend(w.again(made.version), by=made.officer, amendment="correction")
    with pytest.raises(DomainError, match="draft"):
        closing.close_plan(w.again(made.version), by=made.head, text="x")
    with pytest.raises(DomainError):
        closing.close_plan(w.again(made.version), by=made.head, text=" ")
    with pytest.raises(DomainError):
        closing.final_report(w.plan_with(f.everyone_known(), centre="network").workplan)


def test_nothing_is_reported_on_a_closed_plan(made):
    closing.close_plan(w.again(made.version), by=made.head, text="Done.")
    with pytest.raises(IllegalStep):
        report(made)
