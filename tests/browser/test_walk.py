"""A country's need from the form to an agreed match, in a real browser, on the real parts: web server, worker, beat."""

import json
import re
import time
import urllib.request

import pytest

from .conftest import PASSWORD

pytestmark = pytest.mark.browser

TITLE = "Biological control of water hyacinth on the reservoir"
FIRST_NEED = "Rearing weevils against water hyacinth"
SECOND_NEED = "Reef monitoring with simple methods"


def press(page, label):
    """Press the button or follow the link with these words, in the page's own part."""
    page.locator("main").get_by_role("button", name=label).first.click()


def file_request(page) -> str:
    """The wizard from the first page to the last, without JavaScript; returns the reference."""
    page.goto("/requests/new/")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("The need in short").fill(
        "Water hyacinth covers the reservoir of our island and fishing has stopped. We look for weevils, training and "
        "a "
        "simple way to follow the reef below the outlet."
    )
    press(page, "Save and go on")
    describe_need(
        page, FIRST_NEED, "Training of six technicians in rearing and releasing weevils on floating water weeds."
    )
    press(page, "Save and add one more need")
    describe_need(
        page, SECOND_NEED, "Simple methods for monitoring coral reefs and seagrass below the outlet of the dam."
    )
    press(page, "Save and go on")
    page.get_by_label(re.compile("invasive", re.I)).first.check()
    press(page, "Save and go on")
    page.get_by_label(re.compile("invasive", re.I)).first.check()
    press(page, "Save and go on")
    page.get_by_label("Why no national priority is named").fill("Our strategy is being revised.")
    for _ in range(3):  # why it matters, who takes part, who may see it
        press(page, "Save and go on")
    page.wait_for_selector("text=Read it once more")
    reference = re.search(r"REQ-\d{6}", page.content())[0]
    press(page, "Submit the request")
    return reference


def describe_need(page, title, text):
    page.get_by_label("This need in one line").fill(title)
    page.get_by_label("Describe the need").fill(text)
    page.get_by_label("English").check()


def wait_for_matches(page, reference, component=1, seconds=30) -> float:
    """Reload the matches page until offers are ranked; returns the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        page.goto(f"/requests/{reference}/matches/?component={component}")
        if page.locator("article.match").count():
            return time.monotonic() - began
        time.sleep(0.3)
    raise AssertionError("No matches came.")


def test_a_need_goes_from_the_form_to_an_agreed_match(visitor, portal):
    focal_point = visitor("focalpoint", javascript=False)
    reference = file_request(focal_point)
    assert "Submitted" in focal_point.locator("main").inner_text()

    officer = visitor("officer", javascript=False)
    officer.goto("/my/")
    assert reference in officer.locator("main").inner_text()
    officer.goto(f"/requests/{reference}/")
    press(officer, "Accept the request")
    wait_for_matches(officer, reference)
    first = officer.locator("article.match").first
    assert re.search(r"\d+ of 100", first.inner_text())
    assert first.locator("table").first.locator("tbody tr").count() >= 3

    assert_api_shape(portal, reference, officer)
    match = offer_first_of_a_practice_provider(officer, reference)
    for account in ("provider", "focalpoint"):
        side = visitor(account, javascript=False)
        side.goto(f"/matches/{match}/steps/accept/")
        press(side, "Accept this offer")
    focal_point.goto(f"/requests/{reference}/")
    assert "Agreed" in focal_point.locator("main").inner_text()


def offer_first_of_a_practice_provider(officer, reference) -> str:
    """Propose an offer of the organization that the demo's provider answers for, and offer it to both sides."""
    officer.goto("/organizations/practice-lagoon-institute/")
    officer.goto("/offers/?organization=practice-lagoon-institute")
    offer = re.search(r"OFF-\d{6}", officer.locator("main table").inner_text())[0]
    officer.goto(f"/requests/{reference}/matches/?component=2")
    names = officer.locator("main article.match").all_inner_texts()
    if not any(offer in name for name in names):
        officer.get_by_label(re.compile("offer", re.I)).last.fill(offer)
        press(officer, "Propose this offer")
    article = officer.locator("article.match", has_text=offer)
    article.get_by_role("link", name="Offer to both sides").click()
    press(officer, "Offer to both sides")
    officer.goto(f"/requests/{reference}/matches/?component=2")
    link = (
        officer.locator("article.match", has_text=offer).locator("a[href*='/matches/MAT-']").first.get_attribute("href")
    )
    return re.search(r"MAT-\d{6}", link)[0]


def assert_api_shape(portal, reference, officer):
    """GET requests/<reference>/matches/ as docs/api.md has it, with the officer's session."""
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in officer.context.cookies())
    asked = urllib.request.Request(f"{portal}/api/v1/requests/{reference}/matches/", headers={"Cookie": cookies})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        body = json.load(answer)
    assert body["request"] == reference
    assert [component["component"] for component in body["components"]] == [f"{reference}-1", f"{reference}-2"]
    best = body["components"][0]["results"][0]
    assert set(best) >= {
        "match", "offer", "offer_title", "organization", "status", "rank", "score", "band", "explanation", "missing",
        "versions",
    }  # fmt: skip
    assert best["rank"] == 1
    assert set(best["explanation"][0]) == {"criterion", "value", "weight", "share", "evidence"}
    assert {"weights", "lexicon", "calibration"} <= set(best["versions"])


def test_a_stranger_signs_up_claims_an_office_is_verified_and_files_a_draft(visitor, portal):
    stranger = visitor(javascript=False)
    address = f"new.{time.time_ns()}@example.org"
    stranger.goto("/accounts/signup/")
    stranger.get_by_label("Your name").fill("Nadia Example")
    stranger.get_by_label("Email").fill(address)
    stranger.get_by_label("Password", exact=True).fill("a long sentence about reefs")
    stranger.locator("main form button").last.click()
    confirm(stranger, portal, address)
    stranger.goto("/accounts/login/")
    stranger.get_by_label("Email").fill(address)
    stranger.get_by_label("Password", exact=True).fill("a long sentence about reefs")
    stranger.locator("main form button").first.click()
    claim_office(stranger)

    coordinator = visitor("coordinator", javascript=False)
    coordinator.goto("/accounts/claims/")
    row = coordinator.locator("main", has_text="Nadia Example")
    row.get_by_role("button", name=re.compile("Verify")).last.click()

    stranger.goto("/requests/new/")
    stranger.get_by_label("Title").fill("A first draft")
    press(stranger, "Save and stop here")
    assert re.search(r"REQ-\d{6}", stranger.content())
    assert "Draft" in stranger.locator("main").inner_text()


def confirm(page, portal, address):
    """Open the outgoing-mail page, follow the link of the confirmation mail."""
    page.goto("/mailbox/")
    page.locator("main a", has_text=re.compile("confirm|address", re.I)).first.click()
    link = re.search(rf"{portal}/[^\s\"<]*confirm-email/[^\s\"<]+", page.content())
    page.goto(link[0].replace("&amp;", "&"))
    page.locator("main form button").first.click()


def claim_office(page):
    page.goto("/accounts/claims/new/")
    page.locator("main a", has_text=re.compile("office|Party", re.I)).first.click()
    page.locator("main select").first.select_option(label="Fiji")
    for group in page.locator("main fieldset").all():
        group.locator("input").first.check()
    for select in page.locator("main select").all()[1:]:
        select.select_option(index=1)
    page.locator("main textarea").last.fill("Letter of the ministry of 3 November.")
    page.locator("main form button").last.click()


def test_the_demo_accounts_all_sign_in(visitor):
    for account in ("deputy", "drafter", "head", "donor", "advisor", "evaluator", "partner", "admin"):
        page = visitor(account, javascript=False)
        page.goto("/my/")
        assert page.locator("h1").count() == 1
        assert PASSWORD not in page.content()
