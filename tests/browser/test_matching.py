"""Matching between people, without JavaScript: a no, a silence, the next in one click, the yes of both; the work and
what both say of it.

Three practice providers stand on one board. Each of them, the office and the public see their own part of it.
"""

import re

import pytest

from .test_walk import press

pytestmark = pytest.mark.browser

TITLE = "A tally of seabirds and boats"
LAGOON, RANGERS, HERDERS = "practice-lagoon-institute", "practice-island-rangers", "practice-herders-union"
NO = "Our boat is in the yard until the rains end."
CHANGED = "The islets are counted by those who live there."
SEEN = "They count on without us."
CONCEPT = "Four islands count together, and lend each other a boat."

# Two more providers who can sign in, an offer of each of the three, and a request of the demo office with two needs
# that its centre accepted. Nothing is matched yet.
SCENE = (
    f"TITLE, SLUGS = {TITLE!r}, {[LAGOON, RANGERS, HERDERS]!r}"
    + """
from datetime import timedelta
from django.contrib.auth import get_user_model
from django.utils import timezone
from allauth.account.models import EmailAddress
from accounts.models import Membership
from centres.models import CooperationType, Organization, Party, Subject, Target
from requests_offers.actions import offers, requests
from requests_offers.actions.drafts import start_offer, start_request
for slug in SLUGS[1:]:
    who, made = get_user_model().objects.get_or_create(
        email=f"{slug}@demo.tsc", defaults={"name": "Provider (example)", "is_example": True})
    who.set_password("tsc-demo-2026"); who.save()
    EmailAddress.objects.get_or_create(user=who, email=who.email, defaults={"verified": True, "primary": True})
    Membership.objects.get_or_create(user=who, role="provider", organization=Organization.objects.get(slug=slug))
tags = {
    "targets": [Target.objects.get(number=4)], "subjects": [Subject.objects.get(code="mar")],
    "cooperation_types": [CooperationType.objects.get(code="training")],
}
island = [Party.objects.get(iso2="XA")]
for slug in SLUGS:
    offer = start_offer(Organization.objects.get(slug=slug), by=None, is_example=True, data=tags | {
        "title": f"Tally with {slug}", "text": "We count seabirds and boats with you.", "language": "en",
        "languages": ["en"], "parties": island, "eligible_parties": island, "capacity": 2,
        "expires_on": timezone.now().date() + timedelta(days=300)})
    offers.submit(offer, by=None)
    offers.publish(offer, by=None)
need = {"text": "Counts of seabirds and boats with the same method each year.", "languages": ["en"]} | tags
office = get_user_model().objects.get(email="focalpoint@demo.tsc")
record = start_request(island[0], by=office, is_example=True, data={
    "title": TITLE, "summary": need["text"], "language": "en", "visibility": "public", "priority_reason": "None yet.",
    "components": [{"title": f"{TITLE}, {place}"} | need for place in ("east", "west")]})
requests.submit(record, by=office)
requests.accept(record, by=get_user_model().objects.get(email="officer@demo.tsc"))
"""
)
PAST_ITS_DAY = """
from datetime import timedelta
from django.utils import timezone
from requests_offers.actions import ticking
from requests_offers.models import Match
Match.objects.by_reference("{match}").update(due_on=timezone.now().date() - timedelta(days=3))
ticking.tick()
"""
A_YEAR_LATER = """
from datetime import timedelta
from requests_offers.models import Engagement
work = Engagement.objects.by_reference("{work}").get()
for due in work.appraisals_due.all():
    due.asked_on -= timedelta(days=366)  # their last day is still to come
    due.save()
"""


def text_of(page):
    return page.locator("main").inner_text()


def follow(page, label):
    page.locator("main").get_by_role("link", name=label).first.click()


def on_the_board(officer, board, slug, need=1):
    """The card of an offer; proposed by hand where the scorer has not suggested it, or shows others first."""
    officer.goto(f"{board}?all={need}")
    lane = officer.locator("main section", has=officer.locator(f"#need-{need}"))
    if not lane.locator("li.card", has_text=f"Tally with {slug}").count():
        lane.get_by_role("link", name="Search published offers").click()
        officer.get_by_label(re.compile("words", re.I)).first.fill(f"Tally with {slug}")
        press(officer, "Search")
        officer.locator("main tbody tr", has_text=f"Tally with {slug}").get_by_role("button").click()
        officer.goto(f"{board}?all={need}")
    return lane.locator("li.card", has_text=f"Tally with {slug}")


def shortlist(officer, board, slug, need=1):
    on_the_board(officer, board, slug, need).get_by_role("button", name="Put on the short list").click()


def offer(officer, board, slug, need=1) -> str:
    """Offer a provider's match to both sides; returns its reference."""
    found = on_the_board(officer, board, slug, need)
    reference = re.search(r"MAT-\d{6}", found.locator("a").first.get_attribute("href"))[0]
    found.get_by_role("link", name="Offer to both sides").click()
    press(officer, "Offer to both sides")
    return reference


def offer_the_next(officer, ended, slug) -> str:
    """One click after a no or a silence; returns the reference of the match that is offered now."""
    officer.goto(f"/matches/{ended}/")
    following = officer.locator("main section", has=officer.locator("#next")).locator("li.card", has_text=slug)
    following.get_by_role("button", name="Offer this one to both sides").click()
    assert "Offered to both sides" in text_of(officer)
    return re.search(r"MAT-\d{6}", officer.url)[0]


def decline(page, match):
    page.goto(f"/matches/{match}/")
    follow(page, "Decline")
    press(page, "Decline")  # without a reason
    assert page.locator(".errors").count() == 1
    page.get_by_label("No capacity at this time").check()
    page.get_by_label("In one sentence").fill(NO)
    press(page, "Decline")


def accept(page, match):
    page.goto(f"/matches/{match}/")
    follow(page, "Accept this offer")
    page.get_by_label("The match may be published").check()
    press(page, "Accept this offer")


def status_of(page, match) -> int:
    return page.goto(f"/matches/{match}/").status


def agree(first, second, match) -> str:
    """Both say yes, one after the other; the match is agreed with the second. Returns the engagement."""
    accept(first, match)
    first.goto(f"/matches/{match}/")
    assert "not answered yet" in text_of(first)
    assert first.get_by_role("link", name="See the engagement").count() == 0
    accept(second, match)
    first.goto(f"/matches/{match}/")
    follow(first, "See the engagement")
    return re.search(r"ENG-\d{6}", first.url)[0]


def write_proposal(focal_point, provider, work):
    """The office begins it and puts it to both; the provider approves what it has read."""
    focal_point.goto(f"/engagements/{work}/")
    press(focal_point, re.compile("joint proposal", re.I))
    address = re.search(r"/proposals/PRO-\d{6}/", focal_point.url)[0]
    focal_point.goto(f"{address}edit/")
    focal_point.get_by_label("Title", exact=True).fill("Counting together")
    focal_point.get_by_label("Concept").fill(CONCEPT)
    focal_point.get_by_label("Expected results").fill("Four islands counted")
    press(focal_point, "Save")
    press(focal_point, "Put this version to both sides")
    focal_point.goto(address)
    assert "Approved by both" not in text_of(focal_point)
    provider.goto(address)
    assert CONCEPT in text_of(provider)
    press(provider, "Approve this version")
    assert "Approved by both" in text_of(provider)
    return address


def appraise(page, work, moment, words):
    page.goto(f"/engagements/{work}/")
    follow(page, "Appraise")
    page.get_by_label(moment, exact=True).check()
    page.get_by_label("Yes, it helped").check()
    page.get_by_label("What changed?").fill(words)
    page.get_by_label("Yes, I would do it again").check()
    page.get_by_label("5: very good").check()
    press(page, "Appraise")


def test_a_no_a_silence_and_the_next_say_yes_and_appraise_their_work(visitor, in_the_portal):
    in_the_portal(SCENE)
    officer, focal_point = visitor("officer", javascript=False), visitor("focalpoint", javascript=False)
    lagoon, rangers, herders = (visitor(name, javascript=False) for name in ("provider", RANGERS, HERDERS))
    stranger = visitor(javascript=False)
    officer.goto("/requests/?search=seabirds+and+boats")
    reference = re.search(r"REQ-\d{6}", officer.locator("main tr", has_text=TITLE).first.inner_text())[0]
    board = f"/requests/{reference}/board/"
    for slug in (HERDERS, RANGERS, LAGOON):
        shortlist(officer, board, slug)
    focal_point.goto(f"/requests/{reference}/matches/")
    assert "Tally with" not in text_of(focal_point)  # a short list is the centre's alone

    first = offer(officer, board, LAGOON)
    decline(lagoon, first)
    second = offer_the_next(officer, first, RANGERS)
    officer.goto(f"/matches/{first}/")
    assert NO in text_of(officer)
    focal_point.goto(f"/matches/{first}/")
    assert NO not in text_of(focal_point)  # the sentence is for the centre; the office reads the reason
    assert "No capacity at this time" in text_of(focal_point)
    assert [status_of(page, second) for page in (officer, focal_point, rangers)] == [200, 200, 200]
    assert [status_of(page, second) for page in (lagoon, herders)] == [404, 404]
    in_the_portal(PAST_ITS_DAY.format(match=second))
    rangers.goto(f"/matches/{second}/")
    assert "Lapsed" in text_of(rangers)
    assert rangers.get_by_role("link", name="Accept this offer").count() == 0

    third = offer_the_next(officer, second, HERDERS)
    work = agree(herders, focal_point, third)
    fourth = offer(officer, board, RANGERS, need=2)
    other = agree(focal_point, rangers, fourth)
    assert work != other
    stranger.goto(f"/requests/{reference}/matches/")
    assert f"Tally with {HERDERS}" in text_of(stranger)  # both allowed it
    assert f"Tally with {LAGOON}" not in text_of(stranger)
    assert NO not in stranger.content()

    proposal = write_proposal(focal_point, herders, work)
    assert [page.goto(proposal).status for page in (lagoon, rangers)] == [404, 404]
    herders.goto(f"/engagements/{work}/")
    press(herders, "Conclude the engagement")
    in_the_portal(A_YEAR_LATER.format(work=work))
    for moment in ("At the end", "After 6 months", "After 12 months"):
        appraise(herders, work, moment, f"{SEEN} {moment}")
        focal_point.goto(f"/engagements/{work}/")
        assert f"{SEEN} {moment}" not in text_of(focal_point)
        appraise(focal_point, work, moment, f"{CHANGED} {moment}")
        assert f"{SEEN} {moment}" in text_of(focal_point)
    assert "Appraised by both sides" in text_of(focal_point)
    stranger.goto(f"/engagements/{work}/")
    assert CHANGED not in text_of(stranger)
    rangers.goto(f"/engagements/{work}/")
    assert CHANGED not in text_of(rangers)
