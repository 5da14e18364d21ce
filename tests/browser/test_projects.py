"""A visitor submits a project on a phone without JavaScript; the office asks for a change, then publishes it."""

import re
import time

import pytest

pytestmark = pytest.mark.browser

TITLE = "Oyster beds of the eastern lagoon"
MENDED = "Oyster beds of the eastern lagoon, 2026 to 2028"
ADDRESS = "lagoon-project@example.org"


def press(page, label):
    page.locator("main").get_by_role("button", name=label).first.click()


def link_from_mailbox(page, subject, address):
    """The link of the newest mail with this subject in the portal's mailbox page; mails are sent by the worker."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        page.goto("/mailbox/")
        found = page.locator("main").get_by_role("link", name=re.compile(subject))
        if found.count():
            found.first.click()
            link = re.search(rf"http://[^\s\"<]+(/projects/{address}/[0-9a-f]+/)", page.content())
            if link:
                return link[1]
        page.wait_for_timeout(500)
    raise AssertionError(f"No mail came with the subject {subject}.")


def fits(page):
    """Nothing is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_visitor_submits_on_a_phone_and_the_office_publishes(visitor):
    phone = visitor(javascript=False, width=360)
    phone.goto("/projects/submit/")
    phone.get_by_label("Title").fill(TITLE)
    phone.get_by_label("Country", exact=True).select_option(label="Practice Party A (island)")
    phone.get_by_label("What it does").fill("Women of two villages rebuild oyster beds and measure the water.")
    phone.get_by_role("checkbox", name=re.compile("^10 ")).check()
    phone.get_by_label("Your email address").fill(ADDRESS)
    phone.wait_for_timeout(3500)  # nobody fills in the form faster
    press(phone, "Submit the project")
    assert "Look into your mail" in phone.locator("h1").inner_text()
    link = link_from_mailbox(phone, "Confirm your project", "submitted")
    phone.goto(link)
    assert TITLE in phone.locator("main").inner_text()
    press(phone, "Send it to the office")
    text = phone.locator("main").inner_text()
    assert "It decides until" in text
    reference = re.search(r"PRJ-\d{6}", text)[0]
    phone.goto(link)
    assert "This link no longer works" in phone.locator("h1").inner_text()

    office = visitor("focalpoint")
    office.goto("/my/")
    office.get_by_role("link", name=TITLE).click()
    office.get_by_role("link", name="Ask for a change").click()
    office.get_by_label("Something important is missing").check()
    office.get_by_label("What has to be changed?").fill("Say in which years.")
    press(office, "Ask for a change")

    phone.goto(link_from_mailbox(phone, "Please change your project", "change"))
    assert "Say in which years." in phone.locator("main").inner_text()
    phone.get_by_label("Title").fill(MENDED)
    press(phone, "Send the change to the office")
    assert phone.goto(f"/projects/{reference}/").status == 404

    office.goto(f"/projects/{reference}/")
    press(office, "Publish")
    phone.goto(f"/projects/{reference}/")
    assert MENDED in phone.locator("h1").inner_text()
    assert ADDRESS not in phone.content()
    phone.goto("/countries/XA/")
    assert MENDED in phone.locator("#projects").locator("xpath=..").inner_text()
    phone.goto("/projects/?party=XA")
    text = phone.locator("main").inner_text()
    assert MENDED in text
    phone.goto("/projects/")
    assert phone.locator("svg.map .map__party--in").count() >= 20
    # Practice Parties lie nowhere in the world: the table beside the map has them.
    assert "Practice Party A (island)" in phone.locator("main details.fold").first.text_content()
    record = phone.request.get(f"/api/v1/projects/{reference}/").json()
    assert (record["title"], record["status"]) == (MENDED, "published")
    before = board(phone)
    assert before >= 1
    for page in ("/projects/", "/projects/submit/", f"/projects/{reference}/", "/opportunities/", "/programmes/"):
        phone.goto(page)
        assert fits(phone), page


def board(page):
    """How many projects the needs board counts for target 10 in the small island States."""
    page.goto("/needs/?target=10&group=SIDS")
    text = page.locator("#cell").locator("xpath=..").inner_text()
    assert MENDED in text
    return int(re.search(r"Projects under way in at least one of these countries\s+(\d+)", text)[1])
