"""From agreed work to what it achieved, by both sides without JavaScript: proposal, transfer, appraisal, story."""

import re

import pytest

pytestmark = pytest.mark.browser

STORY = "Three lagoons are watched by the people who fish in them."


def press(page, label):
    """Press the button with these words, in the page's own part."""
    page.locator("main").get_by_role("button", name=label).first.click()


def text_of(page):
    return page.locator("main").inner_text()


def follow(page, words):
    page.locator("main").get_by_role("link", name=words).first.click()


def approve_proposal(provider):
    """What waits for the provider leads to the proposal; its approval is the second of two."""
    provider.goto("/my/")
    follow(provider, "Warm-water watch for three islands")
    press(provider, "Approve this version")
    assert "Approved by both" in text_of(provider)


def finish_installation(focal_point) -> str:
    """The milestone that is due is done, with evidence; half a year later somebody looks again. Returns the address."""
    focal_point.goto("/my/")
    follow(focal_point, re.compile("^Installed"))
    press(focal_point, "Save")
    assert "Say in a sentence what shows that it is done" in text_of(focal_point)
    focal_point.get_by_label("What shows it").fill("Photographs of two buoys at work.")
    press(focal_point, "Save")
    shown = text_of(focal_point)
    assert "Photographs of two buoys at work." in shown
    assert "no date" not in shown  # "running after 6 months" has its day now
    return re.sub(r"#.*", "", focal_point.url)


def add_result(provider, address):
    provider.goto(address)
    follow(provider, "Add a result")
    provider.get_by_label("Result").fill("Two buoys at work")
    provider.get_by_label("Evidence in words").fill("Readings of four weeks.")
    press(provider, "Save")
    assert "Readings of four weeks." in text_of(provider)


def appraise(page, address, words):
    page.goto(address)
    press_or_follow(page, "Appraise")
    page.get_by_label("Yes, it helped").check()
    page.get_by_label("What changed?").fill(words)
    page.get_by_label("Yes, I would do it again").check()
    page.get_by_label("5: very good").check()
    press(page, "Appraise")


def press_or_follow(page, label):
    link = page.locator("main").get_by_role("link", name=label)
    (link if link.count() else page.locator("main").get_by_role("button", name=label)).first.click()


def test_two_sides_bring_their_work_to_an_end_and_tell_of_it(visitor):
    provider, focal_point = visitor("provider", javascript=False), visitor("focalpoint", javascript=False)
    approve_proposal(provider)
    address = finish_installation(focal_point)
    add_result(provider, address)

    focal_point.goto(address)
    press(focal_point, "Conclude the engagement")
    appraise(focal_point, address, "Fishers know a day ahead.")
    provider.goto(address)
    assert "Fishers know a day ahead." not in text_of(provider)  # until both have answered
    appraise(provider, address, "The villages keep them.")
    assert "Fishers know a day ahead." in text_of(provider)

    follow(provider, "Write the text")
    provider.get_by_label("What the work achieved").fill(STORY)
    press(provider, "Save")
    press(provider, "Release this text and publish the match")
    stranger = visitor()
    stranger.goto("/achievements/")
    assert STORY not in text_of(stranger)
    focal_point.goto(address)
    press(focal_point, "Release this text and publish the match")
    stranger.goto("/achievements/")
    assert STORY in text_of(stranger)
    stranger.goto(address)
    seen = text_of(stranger)
    assert STORY in seen
    assert "Photographs of two buoys at work." not in seen
    assert "(example)" not in seen  # no person is named
