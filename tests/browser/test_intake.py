"""Filing a request: page by page without JavaScript, and pages that save themselves with it."""

import re
import time

import pytest

pytestmark = pytest.mark.browser

TITLE = "A tide gauge that fishers can read themselves"
SUMMARY = (
    "Storm tides flood the two northern villages without warning. We look for a simple tide gauge, training of four "
    "fishers in reading it, and a way to pass the warning on."
)
OTHER_SUMMARY = "Fruit bats raid the village orchards. We look for nets that harm nobody and for planting advice."


def press(page, label):
    """Press the button with these words, in the page's own part."""
    page.locator("main").get_by_role("button", name=label).first.click()


def draft_in(page) -> str:
    return re.search(r"REQ-\d{6}", page.url + page.content())[0]


def wait_until(page, condition, seconds=15):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if condition():
            return
        page.wait_for_timeout(100)  # lets the browser speak, as sleeping would not
    raise AssertionError("It did not come to pass.")


def write_first_page(page, title=TITLE, summary=SUMMARY):
    page.goto("/requests/new/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("The need in short").fill(summary)


def test_a_drafter_files_without_javascript_and_the_deputy_submits(visitor):
    drafter = visitor("drafter", javascript=False, width=360)
    write_first_page(drafter)
    press(drafter, "Save and go on")
    assert "Step 2 of 7" in drafter.locator("main").inner_text()
    drafter.get_by_label("This need in one line").fill("A tide gauge and training")
    drafter.get_by_label("Describe the need").fill("A gauge that shows the tide by colour, and four days of training.")
    press(drafter, "Save and go on")
    press(drafter, "Save and go on")
    press(drafter, "Save and go on")  # page 4 asks for a priority or a reason
    assert "Tick a national priority, or say here why none is named." in drafter.locator(".errors").inner_text()
    drafter.get_by_label(re.compile("waste water in the lagoons")).check()
    drafter.get_by_label("Women and girls").check()
    press(drafter, "Save and go on")
    drafter.get_by_label("Parties that ask together with you").select_option(
        label="Practice Party C (coast and forest)"
    )
    press(drafter, "Save and go on")
    drafter.get_by_role("checkbox", name=re.compile("Traditional knowledge")).check()
    press(drafter, "Save and go on")
    assert "nobody has said yet" in drafter.locator(".errors").inner_text()
    drafter.get_by_role("radio", name=re.compile("Network")).check()
    press(drafter, "Save and go on")
    reference = draft_in(drafter)
    assert drafter.locator("main").get_by_role("button", name="Submit the request").count() == 0
    press(drafter, "Hand it to the office")

    deputy = visitor("deputy", javascript=False)
    deputy.goto(f"/requests/{reference}/edit/?step=7")
    text = deputy.locator("main").inner_text()
    for words in ("waste water in the lagoons", "Women and girls", "has not been asked yet", "Who wrote what"):
        assert words in text
    press(deputy, "Submit the request")
    text = deputy.locator("main").inner_text()
    assert "Submitted" in text
    assert "Practice Party C (coast and forest) (has not confirmed yet)" in text
    letter = deputy.request.get(deputy.get_by_role("link", name="Acknowledgement (PDF)").get_attribute("href"))
    assert letter.headers["content-type"] == "application/pdf"
    assert letter.body().startswith(b"%PDF")


def test_a_page_saves_itself_and_a_text_that_did_not_arrive_is_kept(visitor):
    page = visitor("drafter")
    write_first_page(page, summary=OTHER_SUMMARY)
    wait_until(page, lambda: "/requests/REQ-" in page.url)
    reference = draft_in(page)
    page.get_by_label("Title").fill("Nets for orchards")
    wait_until(page, lambda: "Draft saved at" in page.locator("[data-autosave-status]").inner_text())
    page.wait_for_timeout(3500)
    page.goto(f"/requests/{reference}/")
    assert "Nets for orchards" in page.locator("h1").inner_text()

    page.goto(f"/requests/{reference}/edit/?step=1")
    page.context.set_offline(True)
    page.get_by_label("Title").fill("Nets for village orchards")
    page.locator("[data-autosave-offline]").wait_for(state="visible")
    assert kept(page) == [f"/requests/{reference}/edit/?step=1"]
    page.context.set_offline(False)  # the browser says that the line is back
    wait_until(page, lambda: not kept(page))
    page.reload()
    assert page.get_by_label("Title").input_value() == "Nets for village orchards"

    lose_power(page, title="Nets for all orchards")
    assert page.get_by_label("Title").input_value() == "Nets for all orchards"
    page.locator("[data-autosave-restored]").wait_for(state="visible")
    wait_until(page, lambda: not kept(page))

    page.context.set_offline(True)
    page.get_by_label("Title").fill("Not yet sent")
    wait_until(page, lambda: kept(page))
    page.context.set_offline(False)
    page.goto("/accounts/logout/")
    page.locator("main form button").last.click()
    page.wait_for_url(lambda address: "logout" not in address)
    assert kept(page) == []


def lose_power(page, **typed):
    """The browser dies with words that nobody has saved, and is opened again: what it had kept is all there is."""
    page.evaluate(
        """(typed) => {
            const form = document.querySelector("form[data-autosave]");
            const text = [...new FormData(form)].filter(([name]) => !["csrfmiddlewaretoken", "version"].includes(name))
                .map(([name, value]) => [name, typed[name] || value]);
            const key = `tsc-draft:${form.dataset.autosaveOwner}:${location.pathname}${location.search}`;
            const version = form.elements.namedItem("version").value;
            localStorage.setItem(key, JSON.stringify({ text: JSON.stringify(text), version }));
        }""",
        typed,
    )
    page.reload()


def kept(page):
    """The addresses of the pages of which this browser keeps words that have not been saved."""
    keys = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('tsc-draft:'))")
    return [key.split(":", 2)[2] for key in keys]


def test_two_editors_of_one_draft_and_the_second_sees_both_texts(visitor):
    first, second = visitor("drafter"), visitor("deputy")
    write_first_page(first, "Seed bank of breadfruit", OTHER_SUMMARY + " Breadfruit seed is kept in jars.")
    press(first, "Save and go on")
    reference = draft_in(first)
    for page in (first, second):
        page.goto(f"/requests/{reference}/edit/?step=1")
    first.get_by_label("Title").fill("Seed bank of the drafter")
    wait_until(first, lambda: "Draft saved at" in first.locator("[data-autosave-status]").inner_text())
    second.get_by_label("Title").fill("Seed bank of the deputy")
    second.locator("table.compare").wait_for()  # the page that saved itself came too late, and says so
    text = second.locator("main").inner_text()
    assert "Seed bank of the drafter" in text
    assert second.get_by_label("Title").input_value() == "Seed bank of the deputy"
    first.goto(f"/requests/{reference}/")
    assert "Seed bank of the drafter" in first.locator("h1").inner_text()
    press(second, "Save and go on")
    first.goto(f"/requests/{reference}/")
    assert "Seed bank of the deputy" in first.locator("h1").inner_text()


def test_a_need_that_was_filed_before_is_shown_while_it_is_written(visitor):
    page = visitor("focalpoint")
    write_first_page(
        page, "Warning of storm tides", "Storm tides flood our villages. We look for a tide gauge and training."
    )
    press(page, "Save and stop here")
    earlier = draft_in(page)
    write_first_page(
        page,
        "Alerte aux marées de tempête",
        ("Les marées de tempête inondent nos villages. Nous cherchons un marégraphe simple et une formation."),
    )
    hint = page.locator("[data-autosave-hint]")
    hint.wait_for()
    assert earlier in hint.inner_text()
    press(page, "Save and go on")
    assert earlier in page.locator("main").inner_text()
    press(page, re.compile(f"This is another need.*{earlier}", re.DOTALL))
    assert earlier not in page.locator("main").inner_text()


def test_the_wizard_is_used_by_keyboard_alone(visitor):
    page = visitor("drafter")
    page.goto("/requests/new/")
    page.get_by_label("Title").focus()
    page.keyboard.type("Breadfruit by keyboard")
    page.keyboard.press("Tab")
    page.keyboard.type("Somebody writes this without a mouse.")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "next":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("step=2"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
