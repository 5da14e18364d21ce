"""What becomes of a request, without JavaScript: asked, handed on, refused, appealed, accepted; answered; revived.

On every page of the walk stands who has the request, until when, and what comes then.
"""

import re
import time

import pytest

pytestmark = pytest.mark.browser

SUMMARY = "The spring of three villages dries up earlier each year. We look for a way to measure and to store water."
MOVE_60_DAYS = """
from datetime import timedelta
from requests_offers.actions import ticking
from requests_offers.models import CooperationRequest
rows = CooperationRequest.objects.by_reference("{reference}")
row = rows.get()
rows.update(asked_at=row.asked_at - timedelta(days=60), due_on=row.due_on - timedelta(days=60))
ticking.tick()
"""


def press(page, label):
    """Press the button with these words, in the page's own part."""
    page.locator("main").get_by_role("button", name=label, exact=True).first.click()


def follow(page, label):
    page.locator("main").get_by_role("link", name=label, exact=True).first.click()


def wait_for(find, seconds=60):
    """What `find` returns, once it returns something."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := find():
            return found
        time.sleep(0.5)
    raise AssertionError("It did not come to pass.")


def fill_what_is_asked(page, title):
    """Answer the questions of a page of the wizard, whichever they are."""
    answers = {"title": title, "summary": SUMMARY, "text": SUMMARY, "priority_reason": "Our strategy is being revised."}
    for name, answer in answers.items():
        for field in page.locator(f"main [name$='{name}']:visible").all():
            if field.input_value() == "":
                field.fill(answer)


def draft(page, title) -> str:
    """Write a request from the first page to the last; returns its reference."""
    page.goto("/requests/new/")
    for _ in range(12):
        if page.locator("main h1", has_text="Read it once more").count():
            return re.search(r"REQ-\d{6}", page.url + page.content())[0]
        fill_what_is_asked(page, title)
        press(page, "Save and go on")
    raise AssertionError("The wizard has no end.")


def open_request(page, reference, state, *, has_a_day=True):
    """Open the page of a request: its state, who has it, until when, and what comes then."""
    page.goto(f"/requests/{reference}/")
    assert state in page.locator("main").inner_text(), state
    labels = set(page.locator("section.baton dt").all_inner_texts())
    assert {"Who has it", "Then"} <= labels
    assert bool(labels & {"Until", "Was due"}) is has_a_day, labels
    return page.locator("section.baton").inner_text()


def choose_reason(page, label, words):
    page.get_by_label(label).check()
    page.get_by_label("In one sentence").fill(words)


def link_in_the_mail(page, reference):
    """The link by which the focal point answers, from the page of outgoing mail."""

    def find():
        page.goto("/mailbox/")
        mine = page.locator("main tr", has_text="focalpoint@demo.tsc").filter(has_text=f"A question about {reference}")
        if not mine.count():
            return ""
        mine.first.get_by_role("link").click()
        return re.search(r"/requests/answer/[0-9a-f]{64}/", page.content())[0]

    return wait_for(find)


def take_on(officer, reference):
    """The officer takes a new request from the queue."""
    officer.goto("/requests/queue/?assignee=nobody&status=submitted")
    row = officer.locator("main tr", has_text=reference)
    row.get_by_role("button", name=re.compile("I take it on")).click()
    officer.goto("/requests/queue/?assignee=me")
    assert reference in officer.locator("main table").inner_text()


def ask(officer, reference, title):
    """A question that begins with a kept text and goes on in words of the officer's own."""
    open_request(officer, reference, "Submitted")
    follow(officer, "Ask a question")
    officer.get_by_label("Begin with a kept text").select_option(label="Where, since when, with whom (English)")
    press(officer, "Put the text into the form")
    field = officer.get_by_label("Your question")
    assert f"thank you for {reference}, “{title}”" in field.input_value()
    field.fill(field.input_value() + "\n\nAnd how many people live there?")
    press(officer, "Ask a question")
    open_request(officer, reference, "Question asked")


def answer_by_mail(stranger, link):
    """The answer of somebody who follows the link of a mail without signing in; it can be given once."""
    stranger.goto(link)
    assert "And how many people live there?" in stranger.locator("main").inner_text()
    assert "Who has it" in stranger.locator("section.baton").inner_text()
    stranger.get_by_label("Your answer").fill("Four hundred, since 2019.")
    press(stranger, "Send the answer")
    assert "Your answer is with the centre" in stranger.locator("h1").inner_text()
    stranger.reload()
    assert "no longer works" in stranger.locator("h1").inner_text()


def hand_on(page, to, label, words):
    """Hand the request that is open to another centre."""
    follow(page, "Hand to another centre")
    page.get_by_label("To which centre?").select_option(label=to)
    choose_reason(page, label, words)
    press(page, "Hand to another centre")


def test_a_request_is_asked_handed_on_refused_appealed_and_accepted(visitor):
    title = "Water that stays in the village"
    drafter, deputy, focal_point = (visitor(name, javascript=False) for name in ("drafter", "deputy", "focalpoint"))
    officer, head, coordinator = (visitor(name, javascript=False) for name in ("officer", "head", "coordinator"))
    reference = draft(drafter, title)
    press(drafter, "Hand it to the office")
    open_request(drafter, reference, "Draft", has_a_day=False)

    open_request(deputy, reference, "Draft", has_a_day=False)
    press(deputy, "Submit the request")
    assert "Practice Centre" in open_request(deputy, reference, "Submitted")

    take_on(officer, reference)
    ask(officer, reference, title)
    answer_by_mail(visitor(javascript=False), link_in_the_mail(visitor(javascript=False), reference))
    assert "Four hundred" in open_request(officer, reference, "Submitted") + officer.locator("main").inner_text()

    hand_on(officer, "The coordinator’s helpdesk", "This centre cannot take it on in time", "Two of us are ill.")
    told = open_request(focal_point, reference, "Submitted")
    assert "The coordinator’s helpdesk" in told
    assert "Two of us are ill." in focal_point.locator("main").inner_text()

    coordinator.goto("/helpdesk/")
    assert reference in coordinator.locator("main").inner_text()
    open_request(coordinator, reference, "Submitted")
    hand_on(coordinator, "Practice Centre", "Another centre serves this Party", "They know the island.")

    open_request(head, reference, "Submitted")
    follow(head, "Refuse the request")
    choose_reason(head, re.compile("It is not technical and scientific cooperation"), "It asks for a pump.")
    press(head, "Refuse the request")
    assert "appeal once" in open_request(drafter, reference, "Refused", has_a_day=False)
    assert "It asks for a pump." in drafter.locator("main").inner_text()

    open_request(focal_point, reference, "Refused", has_a_day=False)
    follow(focal_point, "Appeal")
    focal_point.get_by_label(re.compile("looked at again")).fill("It asks for knowledge: how to measure and to store.")
    press(focal_point, "Appeal")
    assert "The coordinator’s helpdesk" in open_request(focal_point, reference, "Submitted")

    open_request(coordinator, reference, "Submitted")
    assert "how to measure and to store" in coordinator.locator("main").inner_text()
    press(coordinator, "Accept the request")
    open_request(coordinator, reference, "Matching")
    open_request(drafter, reference, "Matching")
    assert "The coordinator’s helpdesk accepted the request" in drafter.locator("main").inner_text()


def test_another_is_answered_directly_and_confirmed(visitor):
    deputy, officer = visitor("deputy", javascript=False), visitor("officer", javascript=False)
    reference = draft(deputy, "Which trees hold a bank of sand")
    press(deputy, "Submit the request")
    open_request(officer, reference, "Submitted")
    follow(officer, "Answer directly")
    officer.get_by_label("Your answer").fill("Four kinds do; the guideline says how to plant them.")
    officer.get_by_label("Sources").fill("https://example.org/guideline")
    press(officer, "Answer directly")
    open_request(officer, reference, "Answered")
    open_request(deputy, reference, "Answered")
    assert deputy.locator("main a[href='https://example.org/guideline']").count() == 1
    press(deputy, "Confirm that the answer helps")
    open_request(deputy, reference, "Completed", has_a_day=False)


def test_one_goes_dormant_and_is_revived(visitor, in_the_portal):
    deputy, officer = visitor("deputy", javascript=False), visitor("officer", javascript=False)
    reference = draft(deputy, "Bats in the old fort")
    press(deputy, "Submit the request")
    open_request(officer, reference, "Submitted")
    follow(officer, "Ask a question")
    officer.get_by_label("Your question").fill("How many are there?")
    press(officer, "Ask a question")
    in_the_portal(MOVE_60_DAYS.format(reference=reference))
    assert "An answer revives" in open_request(deputy, reference, "Dormant", has_a_day=False)
    follow(deputy, "Answer the question")
    deputy.get_by_label("Your answer").fill("About two hundred.")
    press(deputy, "Answer the question")
    assert "Practice Centre" in open_request(deputy, reference, "Submitted")
    officer.goto("/requests/queue/?status=submitted")
    assert reference in officer.locator("main table").inner_text()
