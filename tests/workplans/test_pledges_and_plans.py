"""Money that was promised for a plan, when the plan changes and when it is closed."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Notice
from tests import factories_workplans as fw
from tests.workplans.test_pledges import built, gaps, plan, pledge_in  # noqa: F401 (fixtures)
from workplans.actions import closing, drafting, finalizing
from workplans.exports.report_words import money_rows
from workplans.models import BudgetLine

pytestmark = pytest.mark.django_db


def test_an_amendment_that_removes_a_pledged_line_is_told_to_both(plan):  # noqa: F811
    """The donor reads it in their own language; the pledge stays, and counts for the whole plan."""
    plan.giver.language = "fr"
    plan.giver.save()
    made = pledge_in("pledged", plan, amount="4000.00")
    other = pledge_in("interest", plan, thing=plan.workplan)
    draft = finalizing.amend(fw.again(plan.version), by=plan.officer, amendment="budget")
    activity = draft.activities.get()
    drafting.add_line(activity, by=plan.officer, data=fw.line_content(amount="10000.00"))
    drafting.remove_line(BudgetLine.objects.get(activity=activity, identity=plan.line), by=plan.officer)
    finalizing.finalize(fw.again(draft), by=plan.head)
    told = Notice.objects.filter(kind="pledge_object_removed")
    assert {notice.recipient for notice in told} == {plan.giver, plan.officer, plan.head}
    assert all(activity.title in notice.text and plan.line.reference in notice.subject for notice in told)
    assert told.filter(path=f"/fr{made.get_absolute_url()}").get().recipient == plan.giver
    assert not told.filter(path__contains=other.reference)
    assert gaps(plan)["workplan"] == (Decimal(10000), Decimal(6000))


def test_the_final_report_says_what_came_beside_what_was_planned(plan, client):  # noqa: F811
    pledge_in("part_received", plan, amount="4000.00")
    closing.close_plan(fw.again(plan.version), by=plan.head, text="It went well.")
    plan.workplan.refresh_from_db()
    [money] = plan.workplan.final_report["money"]
    assert (money["asked"], money["received"], money["committed"]) == ("10000.00", "1000.00", "3000.00")
    assert plan.workplan.final_report["activities"][0]["money"][0]["received"] == "1000.00"
    assert len(money_rows(plan.workplan.final_report)) == 2
    page = client.get(reverse("workplan_report", args=[plan.workplan.reference])).content.decode()
    assert "1,000.00" in page
    pdf = client.get(reverse("workplan_report_pdf", args=[plan.workplan.reference]))
    assert pdf.content.startswith(b"%PDF-")
