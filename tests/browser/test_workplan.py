"""A workplan in a real browser, without JavaScript: written, commented on by three offices, answered, finalized,
amended.
"""

import re

import pytest

from .test_triage import in_the_portal  # noqa: F401 (a fixture)
from .test_walk import press

pytestmark = pytest.mark.browser

PLAN = "Keeping lagoons open together"
ACTIVITY = "Courses for fishing groups on three islands"
OBJECTION = "Not in the spawning season of the reef fish."
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


def test_a_workplan_is_agreed_and_amended(visitor, in_the_portal):  # noqa: F811
    in_the_portal(ADD_PERIOD)
    in_the_portal(OFFICES)
    officer = visitor("officer", javascript=False)
    officer.goto("/workplans/new/")
    officer.get_by_label("For which period?").select_option(label="2029–2030")
    officer.get_by_label("Title").fill(PLAN)
    press(officer, "Begin the plan")
    edit = officer.url
    plan = re.search(r"/workplans/(WP-2029-[a-z0-9-]+)/", edit)[0]
    officer.get_by_label("What the plan is about").fill("Groups on three islands keep their lagoons open.")
    press(officer, "Save title and summary")
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

    head = visitor("head", javascript=False)
    head.goto(plan)
    assert PLAN in head.locator("h1").inner_text()
    follow(head, "Open the consultation")
    press(head, "Open the consultation")
    assert "In consultation" in head.locator("main").inner_text()
    version = f"{plan}versions/1/"

    first = visitor("focalpoint", javascript=False)
    first.goto(version)
    follow(first, "What concerns your country, and your comments")
    assert ACTIVITY in first.locator("main").inner_text()
    follow(first, "Object")
    first.get_by_label("Your words").fill(OBJECTION)
    press(first, "Put it into the ledger")
    first.get_by_label("We object to the plan").check()
    press(first, "Give this answer")

    second = visitor("focal.xb", javascript=False)
    second.goto(f"{version}comments/")
    follow(second, "Comment on the whole plan")
    second.get_by_label("Your words").fill("Please serve our priority on mangroves as well.")
    second.get_by_label("Publish our comment").check()
    press(second, "Put it into the ledger")
    second.get_by_label("We support the plan, with our comments").check()
    press(second, "Give this answer")
    # the third stays silent, and sees nothing of what the others said
    third = visitor("focal.xc", javascript=False)
    third.goto(f"{version}comments/")
    assert OBJECTION not in third.content()

    in_the_portal(PAST)
    head.goto(version)
    follow(head, "Close the consultation")
    press(head, "Close the consultation")
    follow(head, "Finalize and publish")
    assert "stayed silent" in head.locator("main").inner_text()
    press(head, "Finalize and publish")
    assert "no disposition yet" in head.locator("body").inner_text()

    for decision, words in (
        ("Accepted", "Courses move to May."),
        ("Accepted in part", "One course is in the mangroves."),
    ):
        officer.goto(f"{version}ledger/")
        officer.locator("main").get_by_role("link", name="Answer", exact=True).first.click()
        officer.get_by_label(decision, exact=True).check()
        officer.get_by_label("Your answer").fill(words)
        press(officer, "Answer the office")
    head.goto(version)
    follow(head, "Finalize and publish")
    press(head, "Finalize and publish")

    stranger = visitor(javascript=False, width=360)
    stranger.goto(plan)
    seen = stranger.locator("main").inner_text()
    assert "Finalized" in seen
    assert "Please serve our priority on mangroves" in seen, "its office ticked it"
    assert OBJECTION not in stranger.content()
    assert "silent" not in stranger.content().lower()

    officer.goto(plan)
    follow(officer, "Amend")
    officer.get_by_label(re.compile("up to 20")).check()
    press(officer, "Amend")
    officer.goto(f"{edit}activities/{activity}/")
    officer.locator("main a[href*='/lines/BL-']").first.click()
    officer.get_by_label("Amount").fill("25000")
    press(officer, "Save the budget line")
    head.goto(f"{plan}versions/2/")
    follow(head, "Finalize and publish")
    press(head, "Finalize and publish")
    assert "must pass a consultation" in head.locator("body").inner_text()
    stranger.goto(plan)
    assert "Version 1" in stranger.locator("main").inner_text()
    assert "20,000" in stranger.locator("main").inner_text()
    assert "25,000" not in stranger.content()
