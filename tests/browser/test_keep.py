"""What somebody writes is not lost with the line or the page: it is kept in the browser until they sign out."""

import pytest

pytestmark = pytest.mark.browser

QUESTION = "Who can read our herbarium labels?"


def until_kept(page):
    """Until the browser has put the text aside; the pages allow no script but their own to wait for it."""
    for _ in range(50):
        if any(key.startswith("tsc-draft:") for key in page.evaluate("Object.keys(localStorage)")):
            return
        page.wait_for_timeout(100)
    raise AssertionError("The text was not kept.")


def test_unsent_text_comes_back_until_its_owner_signs_out(visitor):
    page = visitor("focalpoint")
    page.goto("/helpdesk/new/")
    text = page.locator("main form textarea").first
    text.fill(QUESTION)
    until_kept(page)

    page.context.set_offline(True)
    page.locator("main form button").last.click()  # no line: the page says so and stays
    page.get_by_text("There is no line at the moment.").wait_for()
    page.context.set_offline(False)

    page.goto("/helpdesk/new/")
    assert text.input_value() == ""
    page.get_by_role("button", name="Put it back").click()
    assert text.input_value() == QUESTION

    page.goto("/helpdesk/new/")
    page.get_by_role("button", name="Forget it").click()
    assert page.evaluate("Object.keys(localStorage)") == []

    text.fill(QUESTION)
    until_kept(page)
    page.goto("/accounts/logout/")
    page.locator("main form button").first.click()
    page.wait_for_url(lambda address: "/logout/" not in address)
    assert page.evaluate("Object.keys(localStorage)") == []
