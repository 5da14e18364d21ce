"""The compendium between people: suggested on a phone without JavaScript, published by a centre, reviewed, found."""

import pytest

pytestmark = pytest.mark.browser

NAME = "Field guide to lagoon weeds"


def press(page, label):
    """Press the button with these words, in the page's own part."""
    page.locator("main").get_by_role("button", name=label).first.click()


def text_of(page):
    return page.locator("main").inner_text()


def suggest(person) -> str:
    """Somebody suggests a source; a form that lacks the address says so and loses nothing. Returns the page."""
    person.goto("/knowledge/suggest/")
    person.get_by_label("Name", exact=True).fill(NAME)
    person.get_by_label("Owner").fill("Practice Lagoon Institute")
    person.get_by_label("What does one find there?").fill("Pictures of twelve seaweeds, with look-alikes.")
    press(person, "Send the suggestion")
    assert person.get_by_label("Name", exact=True).input_value() == NAME
    person.get_by_label("Address").fill("https://weeds.example.org")
    person.get_by_label("6 ").first.check()
    press(person, "Send the suggestion")
    assert "Suggested" in text_of(person)
    return person.url


def test_a_source_from_suggestion_to_visitors_and_an_advisor_answers(visitor):
    provider = visitor("provider", javascript=False, width=360)
    address = suggest(provider)
    assert provider.evaluate("document.documentElement.scrollWidth <= innerWidth")
    stranger = visitor()
    assert stranger.goto(address).status == 404
    officer = visitor("officer")
    officer.goto(address)
    press(officer, "Publish")
    assert "Published" in text_of(officer)
    stranger.goto("/knowledge/?search=lagoon+weeds&target=6")
    assert NAME in text_of(stranger)
    advisor = visitor("advisor", javascript=False)
    advisor.goto("/my/")
    advisor.locator("main").get_by_role("link", name="Invasive alien species: is the list right?").first.click()
    advisor.locator("main").get_by_role("link", name="Answer").first.click()
    advisor.get_by_label("Take it out").check()
    press(advisor, "Send my word")
    assert "Give the reason in a sentence." in text_of(advisor)
    advisor.get_by_label("Keep it as it is").check()
    press(advisor, "Send my word")
    assert "your word is kept" in text_of(advisor)
