"""A version past draft cannot be changed by any route: not by actions, rows, update(), or plain SQL."""

import json

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.errors import IllegalStep
from tests import factories as f
from tests import factories_workplans as w
from workplans import guards
from workplans.actions import drafting, finalizing, progress, snapshots
from workplans.models import Activity, BudgetLine, Indicator, IndicatorTarget, Progress, Result, Version, Workplan

pytestmark = pytest.mark.django_db
FROZEN = ["consultation", "addressing", "finalized", "superseded"]
SQL = {
    "activity": "UPDATE workplans_activity SET title = 'x'",
    "activity moved": "UPDATE workplans_activity SET position = 9",
    "activity gone": "DELETE FROM workplans_activity",
    "line": "UPDATE workplans_budgetline SET amount = 1",
    "line gone": "DELETE FROM workplans_budgetline",
    "result": "UPDATE workplans_result SET title = 'x'",
    "indicator": "UPDATE workplans_indicator SET title = 'x'",
    "target": "UPDATE workplans_indicatortarget SET value = 1",
    "target gone": "DELETE FROM workplans_indicatortarget",
    "functions": "DELETE FROM workplans_activity_functions",
    "parties": "DELETE FROM workplans_activity_parties",
    "targets": "DELETE FROM workplans_activity_targets",
    "title": "UPDATE workplans_version SET title = 'x'",
    "snapshot": "UPDATE workplans_version SET snapshot = '{}'",
    "digest": "UPDATE workplans_version SET digest = 'x'",
    "number": "UPDATE workplans_version SET number = number + 9",
    "back to draft": "UPDATE workplans_version SET status = 'draft', snapshot = NULL, digest = '', frozen_at = NULL",
    "version gone": "DELETE FROM workplans_version",
}


def refused(act):
    """Whether the database refuses."""
    try:
        with transaction.atomic():
            act()
    except IntegrityError as error:
        return "frozen" in str(error)
    return False


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("state", FROZEN)
def test_plain_sql_is_refused(state):
    w.version_in(state)
    assert [name for name, statement in SQL.items() if not refused(lambda statement=statement: run(statement))] == []


def test_the_same_sql_changes_a_draft():
    """There is something that the guard keeps from happening."""
    w.version_in("draft")
    for name in ("activity", "line", "result", "indicator", "target", "functions", "title"):
        with transaction.atomic():
            run(SQL[name])
            transaction.set_rollback(True)


def test_without_the_guards_a_frozen_version_could_be_changed():
    w.version_in("finalized")
    guards.drop()
    assert not guards.is_installed()
    run(SQL["line"])
    assert str(BudgetLine.objects.get().amount) == "1.00"
    guards.install()
    assert guards.is_installed()


@pytest.mark.parametrize("state", ["consultation", "finalized"])
def test_rows_and_querysets_are_refused(state):
    made = w.version_in(state)
    activity = Activity.objects.get()
    line = BudgetLine.objects.get()
    acts = {
        "update": lambda: Activity.objects.update(title="x"),
        "save": activity.save,
        "delete": activity.delete,
        "add a link": lambda: activity.targets.add(f.target(11)),
        "clear links": activity.parties.clear,
        "line": line.save,
        "another line": lambda: BudgetLine.objects.create(
            activity=activity, identity=line.identity, year=2025, category="staff", amount=1
        ),
        "results": lambda: Result.objects.all().delete(),
        "indicators": lambda: Indicator.objects.update(baseline=7),
        "targets": lambda: IndicatorTarget.objects.update(value=7),
        "an activity more": lambda: Activity.objects.create(
            version=made.version, identity=w.ActivityIdentity.objects.create(workplan=made.workplan)
        ),
        "snapshot": lambda: Version.objects.update(snapshot={}),
    }
    assert [name for name, act in acts.items() if not refused(act)] == []


def test_a_row_cannot_be_moved_out_of_a_frozen_version():
    made = w.version_in("finalized")
    draft = finalizing.amend(made.version, by=made.officer, amendment="correction")
    assert refused(lambda: Activity.objects.filter(version=made.version).update(version=draft))
    assert refused(lambda: draft.activities.update(version=made.version))


def test_the_actions_say_what_to_do_instead():
    made = w.version_in("finalized")
    activity = Activity.objects.get()
    acts = [
        lambda: drafting.save_plan(w.again(made.version), by=made.officer, data={"title": "x"}),
        lambda: drafting.add_activity(w.again(made.version), by=made.officer, data=w.activity_content()),
        lambda: drafting.save_activity(activity, by=made.officer, data={"title": "x"}),
        lambda: drafting.remove_activity(activity, by=made.officer),
        lambda: drafting.add_line(activity, by=made.officer, data=w.line_content()),
        lambda: drafting.save_line(BudgetLine.objects.get(), by=made.officer, data={"amount": "1"}),
        lambda: drafting.remove_line(BudgetLine.objects.get(), by=made.officer),
        lambda: drafting.undo(w.again(made.version), by=made.officer),
    ]
    for act in acts:
        with pytest.raises(IllegalStep, match="frozen"):
            act()


def test_the_document_proves_that_nobody_touched_it():
    made = w.version_in("finalized")
    assert snapshots.is_untouched(made.version)
    guards.drop()
    forged = json.loads(json.dumps(made.version.snapshot))
    forged["activities"][0]["budget_lines"][0]["amount"] = "9.00"
    Version.objects.update(snapshot=forged)
    guards.install()
    assert not snapshots.is_untouched(w.again(made.version))


def test_what_follows_from_the_rows_is_still_written():
    """Consultation, comments and reported progress go on beside the frozen text."""
    made = w.version_in("consultation")
    comment = w.say(made)
    w.dispose(comment, made)
    w.let_the_days_pass(made.version)
    assert Version.objects.get().due_on is not None


def test_locked_progress_and_a_final_report_stay():
    made = w.version_in("finalized")
    row = progress.submit(w.indicator_of(made.version), 2025, by=made.officer, data={"value": "12"})
    progress.approve(row, by=made.head)
    progress.lock_progress(row, by=made.head)
    assert refused(lambda: Progress.objects.update(value=99))
    assert refused(lambda: Progress.objects.all().delete())
    w.closing.close_plan(w.again(made.version), by=made.head, text="Done.")
    assert refused(lambda: Workplan.objects.update(final_report={}))
    assert refused(lambda: Workplan.objects.update(closed_at=None, final_report=None))


@pytest.mark.django_db(transaction=True)
def test_a_database_can_still_be_emptied_and_is_guarded_again():
    w.version_in("finalized")
    call_command("flush", interactive=False, verbosity=0)
    assert not Version.objects.exists()
    assert guards.is_installed()


def test_every_table_of_a_plan_is_guarded():
    """A table that is added to a version must be added to the guards."""
    inside = {Activity, Result, Indicator, IndicatorTarget, BudgetLine}
    tables = {model._meta.db_table for model in inside}
    tables |= {field.remote_field.through._meta.db_table for field in Activity._meta.many_to_many}
    assert tables == set(guards.INSIDE)


@pytest.mark.django_db(transaction=True)
def test_a_table_with_frozen_rows_is_not_truncated():
    if connection.vendor != "postgresql":
        return  # SQLite has no TRUNCATE; its DELETE is refused above
    w.version_in("finalized")
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        run("TRUNCATE workplans_budgetline CASCADE")


def test_rules_of_an_earlier_release_are_replaced():
    guards.drop()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "CREATE TRIGGER frozen_activity_update BEFORE UPDATE ON workplans_activity WHEN 0 BEGIN SELECT 1; END"
            )
    guards.install()
    w.version_in("finalized")
    assert refused(lambda: Activity.objects.update(title="x"))
