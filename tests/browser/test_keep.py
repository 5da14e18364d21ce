"""What somebody writes is not lost with the line or the page: it is kept in the browser until they sign out."""

import pytest

pytestmark = pytest.mark.browser

QUESTION = "Who can read our herbarium labels?"


def test_unsent_text_comes_back_until_its_owner_signs_out(visitor):
    page = visitor("focalpoint")
    page.goto("/helpdesk/new/")
    text = page.locator("main form textarea").first
    text.fill(QUESTION)
    page.wait_for_function("Object.keys(localStorage).some((key) => key.startsWith('tsc-draft:'))")

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
    page.wait_for_function("Object.keys(localStorage).length > 0")
    page.goto("/accounts/logout/")
    page.locator("main form button").first.click()
    page.wait_for_url(lambda address: "/logout/" not in address)
    assert page.evaluate("Object.keys(localStorage)") == []
