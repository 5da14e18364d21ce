"""What an amendment is, and when offices must be asked again."""

from decimal import Decimal

import pytest

from accounts.errors import DomainError
from tests import factories as f
from tests import factories_workplans as w
from tests import worlds
from workplans.actions import amendments, consultation, drafting, finalizing, snapshots, ticking
from workplans.models import Activity, BudgetLine, Version

pytestmark = pytest.mark.django_db


built, made = worlds.shared(lambda: w.version_in("finalized", lines=2))


def amended(made, amendment="correction"):
    return w.again(finalizing.amend(w.again(made.version), by=made.officer, amendment=amendment))


def pay(draft, made, amount, which=0):
    line = BudgetLine.objects.filter(activity__version=draft).order_by("identity")[which]
    drafting.save_line(line, by=made.officer, data={"amount": amount})


def activity(draft):
    return Activity.objects.get(version=draft)


EDITS = {
    "nothing": (lambda d, m: None, "correction", "0"),
    "words": (lambda d, m: drafting.save_activity(activity(d), by=m.officer, data={"title": "x"}), "correction", "0"),
    "5 %": (lambda d, m: pay(d, m, "11000"), "budget", "0.05"),
    "20 %": (lambda d, m: pay(d, m, "14000"), "budget", "0.2"),
    "20 % and a cent": (lambda d, m: pay(d, m, "14000.01"), "budget_above", "0.2000005"),
    "25 %": (lambda d, m: pay(d, m, "15000"), "budget_above", "0.25"),
    "less": (lambda d, m: pay(d, m, "5000"), "budget_above", "0.25"),
    "a target more": (
        lambda d, m: drafting.save_activity(activity(d), by=m.officer, data={"targets": [6, f.target(11).number]}),
        "results", "0",
    ),
    "no result": (lambda d, m: drafting.save_activity(activity(d), by=m.officer, data={"results": []}), "results", "0"),
    "an activity more": (lambda d, m: drafting.add_activity(d, by=m.officer, data={"title": "New"}), "results", "0"),
    "later": (
        lambda d, m: drafting.save_activity(activity(d), by=m.officer, data={"ends_on": "2026-12-31"}),
        "extension", "0",
    ),
    "earlier": (
        lambda d, m: drafting.save_activity(activity(d), by=m.officer, data={"ends_on": "2026-01-31"}),
        "correction", "0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_what_was_changed_is_measured(made, name):
    edit, wanted, share = EDITS[name]
    draft = amended(made)
    edit(draft, made)
    found = amendments.measure(w.again(draft))
    assert (found.amendment, found.share) == (wanted, Decimal(share))


@pytest.mark.parametrize("name", EDITS)
def test_only_corrections_and_small_changes_go_without_a_consultation(made, name):
    edit, wanted, _share = EDITS[name]
    draft = amended(made, "budget")
    edit(draft, made)
    if wanted in {"correction", "budget"}:
        assert finalizing.finalize(w.again(draft), by=made.head).status == "finalized"
    else:
        with pytest.raises(DomainError, match="consultation"):
            finalizing.finalize(w.again(draft), by=made.head)
        assert Version.objects.public().get() == made.version


@pytest.mark.parametrize("declared", ["budget_above", "results", "extension"])
def test_what_is_declared_as_large_must_be_consulted_on(made, declared):
    draft = amended(made, declared)
    with pytest.raises(DomainError):
        finalizing.finalize(w.again(draft), by=made.head)


def test_small_steps_add_up_against_the_last_version_that_was_asked_about(made):
    first = amended(made, "budget")
    pay(first, made, "12500")
    finalizing.finalize(w.again(first), by=made.head)
    made.version = first
    second = amended(made, "budget")
    pay(second, made, "12500", which=1)  # 12.5 % again: 25 % since the offices agreed
    assert amendments.measure(w.again(second)).share == Decimal("0.25")
    with pytest.raises(DomainError):
        finalizing.finalize(w.again(second), by=made.head)
    consultation.open_consultation(w.again(second), by=made.head)
    assert w.again(second).amendment == "budget_above"
    assert Version.objects.public().get() == first  # the public still sees what it saw
    w.let_the_days_pass(second)
    ticking.tick()
    finalizing.finalize(w.again(second), by=made.head)
    made.version = second
    third = amended(made, "budget")
    pay(third, made, "13000", which=1)
    assert finalizing.finalize(w.again(third), by=made.head).status == "finalized"  # measured from the new agreement
    statuses = list(Version.objects.order_by("number").values_list("status", flat=True))
    assert statuses == ["superseded", "superseded", "superseded", "finalized"]


def test_money_that_only_moves_counts_once(made):
    draft = amended(made)
    line = BudgetLine.objects.filter(activity__version=draft).order_by("identity").first()
    drafting.save_line(line, by=made.officer, data={"category": "travel"})
    assert amendments.measure(w.again(draft)).share == Decimal("0.5")


def test_another_year_or_source_of_the_same_money_is_no_budget_change(made):
    draft = amended(made)
    line = BudgetLine.objects.filter(activity__version=draft).order_by("identity").first()
    drafting.save_line(line, by=made.officer, data={"year": 2026, "funding": "core"})
    assert amendments.measure(w.again(draft)).share == 0


def test_each_currency_is_measured_by_itself(made):
    draft = amended(made)
    drafting.add_line(activity(draft), by=made.officer, data=w.line_content(currency="FJD", amount="1.00"))
    assert amendments.measure(w.again(draft)).share == 1


def test_numbers_stay_in_an_amendment(made):
    draft = amended(made)
    old, new = snapshots.document(made.version), snapshots.document(draft)
    for document in (old, new):
        document.pop("number"), document.pop("amendment")
    assert old == new


def test_the_class_can_be_said_anew_while_it_is_a_draft(made):
    draft = amended(made)
    finalizing.change_amendment(w.again(draft), by=made.officer, amendment="budget")
    assert w.again(draft).amendment == "budget"
    with pytest.raises(DomainError):
        finalizing.change_amendment(w.again(draft), by=made.officer, amendment="huge")
    with pytest.raises(DomainError):
        finalizing.change_amendment(w.again(made.version), by=made.officer, amendment="budget")


def test_the_first_version_must_be_consulted_on():
    made = w.plan_with()
    with pytest.raises(DomainError, match="consultation"):
        finalizing.finalize(made.version, by=made.head)
