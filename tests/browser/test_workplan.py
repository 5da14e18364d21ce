"""A workplan in a real browser, without JavaScript: written, commented on by three offices, answered, finalized,
amended.
"""

import re

import pytest

from .test_walk import press

pytestmark = pytest.mark.browser

PLAN = "Keeping lagoons open together"
ACTIVITY = "Courses for fishing groups on three islands"
OBJECTION = "Not in the spawning season of the reef fish."
COMMENT = "Please serve our priority on mangroves as well."
ADD_PERIOD = "from workplans.models import Period; Period.objects.get_or_create(starts=2029, defaults={'ends': 2030})"
FIND = (
    "from workplans.models import Version; "
    "version = Version.objects.filter(workplan__period__starts=2029).order_by('number').last(); "
)
PAST = FIND + (
    "from datetime import timedelta; from django.utils import timezone; "
    "Version.objects.filter(pk=version.pk).update(due_on=timezone.now().date() - timedelta(days=5))"
)
# Two more offices of practice Parties, each with a focal point who can sign in as the demo accounts do.
OFFICES = """
from django.contrib.auth import get_user_model
from allauth.account.models import EmailAddress
from accounts.models import Membership
from centres.models import Party
for code in ("XB", "XC"):
    who, made = get_user_model().objects.get_or_create(
        email=f"focal.{code.lower()}@demo.tsc", defaults={"name": f"Focal point {code}", "is_example": True})
    who.set_password("tsc-demo-2026"); who.save()
    EmailAddress.objects.get_or_create(user=who, email=who.email, defaults={"verified": True, "primary": True})
    Membership.objects.get_or_create(user=who, role="focal_point", party=Party.objects.get(iso2=code))
"""


def follow(page, label):
    page.locator("main").get_by_role("link", name=label).first.click()


def fill_activity(page, title):
    page.get_by_label("Title").fill(title)
    page.get_by_label("What will be done").fill("Two courses on each island, with a manual in three languages.")
    page.get_by_label("Essential").check()
    page.get_by_label("From").first.fill("2029-03-01")
    page.get_by_label("Until").first.fill("2030-10-31")
    page.locator("input[name=functions]").first.check()
    page.locator("input[name=targets]").nth(5).check()
    page.locator("select[name=parties]").select_option(["XA", "XB"])


def write_plan(officer) -> str:
    """Begin the plan of 2029 and give it a summary; returns the address of its page."""
    officer.goto("/workplans/new/")
    officer.get_by_label("For which period?").select_option(label="2029–2030")
    officer.get_by_label("Title").fill(PLAN)
    press(officer, "Begin the plan")
    plan = re.search(r"/workplans/(WP-2029-[a-z0-9-]+)/", officer.url)[0]
    officer.get_by_label("What the plan is about").fill("Groups on three islands keep their lagoons open.")
    press(officer, "Save title and summary")
    return plan


def write_activity(officer) -> str:
    """Add an activity with an output and a budget line; returns its reference."""
    follow(officer, "Add an activity")
    fill_activity(officer, ACTIVITY)
    press(officer, "Add the activity")
    activity = re.search(r"ACT-\d{6}", officer.url)[0]
    follow(officer, "Add an output or outcome")
    officer.get_by_label("What will be there, or be different?").fill("Groups know how to keep lagoons open")
    officer.locator("input[name=i0-title]").fill("People trained")
    officer.locator("input[name=i0-baseline]").fill("0")
    officer.locator("input[name=i0-target_2030]").fill("60")
    press(officer, "Save the result")
    follow(officer, "Add a budget line")
    officer.get_by_label("Amount").fill("20,000")
    officer.get_by_label("What for").fill("Courses")
    press(officer, "Save the budget line")
    return activity


def object_to_an_activity(page, version):
    """One office objects, and keeps its words inside."""
    page.goto(version)
    follow(page, "What concerns your country, and your comments")
    assert ACTIVITY in page.locator("main").inner_text()
    follow(page, "Object")
    page.get_by_role("textbox", name="Your words").fill(OBJECTION)
    press(page, "Put it into the ledger")
    page.get_by_label("We object to the plan").check()
    press(page, "Give this answer")


def support_with_a_comment(page, version):
    """Another supports the plan and lets its comment be read by all."""
    page.goto(f"{version}comments/")
    follow(page, "Comment on the whole plan")
    page.get_by_role("textbox", name="Your words").fill(COMMENT)
    page.get_by_label("Publish our comment").check()
    press(page, "Put it into the ledger")
    page.get_by_label("We support the plan, with our comments").check()
    press(page, "Give this answer")


def answer_the_offices(officer, version):
    for decision, words in (
        ("Accepted", "Courses move to May."),
        ("Accepted in part", "One course is in the mangroves."),
    ):
        officer.goto(f"{version}ledger/")
        officer.locator("main").get_by_role("link", name="Answer", exact=True).first.click()
        officer.get_by_label(decision, exact=True).check()
        officer.get_by_label("Your answer").fill(words)
        press(officer, "Answer the office")


def take(head, label):
    """A step of the head: the page that asks, and the act."""
    follow(head, label)
    press(head, label)


def amend(officer, plan, activity):
    """Begin an amendment of the budget that goes beyond what one may change alone."""
    officer.goto(plan)
    follow(officer, "Amend")
    officer.get_by_label(re.compile("up to 20")).check()
    press(officer, "Amend")
    officer.goto(f"{plan}edit/activities/{activity}/")
    officer.locator("main a[href*='/lines/BL-']").first.click()
    officer.get_by_label("Amount").fill("25000")
    press(officer, "Save the budget line")


def test_a_workplan_is_agreed_and_amended(visitor, in_the_portal):
    in_the_portal(ADD_PERIOD)
    in_the_portal(OFFICES)
    officer, head = visitor("officer", javascript=False), visitor("head", javascript=False)
    plan = write_plan(officer)
    activity, version = write_activity(officer), f"{plan}versions/1/"

    head.goto(plan)
    assert PLAN in head.locator("h1").inner_text()
    take(head, "Open the consultation")
    assert "In consultation" in head.locator("main").inner_text()
    object_to_an_activity(visitor("focalpoint", javascript=False), version)
    support_with_a_comment(visitor("focal.xb", javascript=False), version)
    third = visitor("focal.xc", javascript=False)  # stays silent, and sees nothing of what the others said
    third.goto(f"{version}comments/")
    assert OBJECTION not in third.content()

    in_the_portal(PAST)
    head.goto(version)
    take(head, "Close the consultation")
    follow(head, "Finalize and publish")
    assert "stayed silent" in head.locator("main").inner_text()
    press(head, "Finalize and publish")
    assert "no disposition yet" in head.locator("body").inner_text()
    answer_the_offices(officer, version)
    head.goto(version)
    take(head, "Finalize and publish")

    stranger = visitor(javascript=False, width=360)
    stranger.goto(plan)
    seen = stranger.locator("main").inner_text()
    assert "Finalized" in seen
    assert COMMENT in seen, "its office ticked it"
    assert OBJECTION not in stranger.content()
    assert "silent" not in stranger.content().lower()

    amend(officer, plan, activity)
    head.goto(f"{plan}versions/2/")
    take(head, "Finalize and publish")
    assert "must pass a consultation" in head.locator("body").inner_text()
    stranger.goto(plan)
    assert "Version 1" in stranger.locator("main").inner_text()
    assert "20,000" in stranger.locator("main").inner_text()
    assert "25,000" not in stranger.content()


BEGIN = "from workplans.models import Period; Period.objects.get_or_create(starts=2031, defaults={'ends': 2032})"


def saved_by_itself(page):
    page.locator("[data-autosave-status]", has_text="Draft saved at").wait_for()


def test_two_people_write_one_activity_that_saves_itself(visitor, in_the_portal):
    in_the_portal(BEGIN)
    officer, head = visitor("officer"), visitor("head")
    officer.goto("/workplans/new/")
    officer.get_by_label("For which period?").select_option(label="2031–2032")
    officer.get_by_label("Title").fill("Forests of the coast")
    press(officer, "Begin the plan")
    edit = re.search(r"/workplans/WP-2031-[a-z0-9-]+/edit/", officer.url)[0]
    officer.goto(f"{edit}activities/new/")
    officer.get_by_label("Title").fill("Mangroves")
    officer.wait_for_url(re.compile("ACT-"))
    activity = re.search(r"ACT-\d{6}", officer.url)[0]
    officer.goto(f"{edit}activities/{activity}/")
    head.goto(f"{edit}activities/{activity}/")
    head.locator("[data-presence]", has_text=f"has {activity} open now").wait_for()
    officer.get_by_label("Title").fill("Mangroves of the officer")
    saved_by_itself(officer)
    head.get_by_label("Title").fill("Mangroves of the head")
    head.locator("table.compare").wait_for()
    assert "Mangroves of the officer" in head.locator("table.compare").inner_text()
    assert head.get_by_label("Title").input_value() == "Mangroves of the head"
    officer.reload()
    assert officer.get_by_label("Title").input_value() == "Mangroves of the officer"
    officer.goto(f"{edit}activities/{activity}/results/1/")
    officer.get_by_label("What will be there, or be different?").fill("A nursery")
    officer.locator("input[name=i0-title]").fill("Seedlings")
    officer.locator("[name=i0-reference][value^=IND-]").wait_for(state="attached")
    officer.locator("input[name=i0-target_2031]").fill("500")
    press(officer, "Save the result")
    assert "1 indicator" in officer.locator("main").inner_text()
    officer.goto("/workplans/")
    head.goto(edit)
    assert "open now" not in head.locator("[data-presence]").inner_text()
    assert "Last saved by" in head.locator("[data-presence]").inner_text()
