"""A donor's money in a real browser, without JavaScript: found, compared, talked about, pledged, committed, received.

At each step the public list says what is open: firm money closes the firm gap, a promise the indicative one alone.
"""

import re

import pytest

from .test_walk import press

pytestmark = pytest.mark.browser

TITLE = "A seed bank that four countries share"
OTHER = "Keep the landing places of the lagoons open"
QUESTION = "Who would own the seeds?"
PAPER = {"name": "commitment.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"}


def follow(page, label):
    page.locator("main").get_by_role("link", name=label).first.click()


def text_of(page):
    return page.locator("main").inner_text()


def row_of(page, title=TITLE):
    """The row of an activity in the list of what lacks funds."""
    page.goto("/donors/?party=XA")
    return page.locator("main tbody tr", has_text=title)


def gaps(page) -> tuple[str, str]:
    """What is open for the activity: firm and indicative, in figures."""
    row = row_of(page)
    cells = [row.locator(f"td[data-label='{name}']").inner_text() for name in ("Firm gap", "Indicative")]
    return tuple(re.sub(r"\D", "", cell) for cell in cells)


def find_and_compare(donor) -> None:
    """Tick two activities of the list and see them side by side."""
    for title in (TITLE, OTHER):
        assert row_of(donor, title).count() == 1
    for title in (TITLE, OTHER):
        donor.locator("main tbody tr", has_text=title).get_by_role("checkbox").check()
    press(donor, "Compare those ticked")
    assert {TITLE, OTHER} <= set(donor.locator("table.compare thead a").all_inner_texts())


def tell_interest(donor) -> str:
    """The first word about the seed bank, from the comparison; returns the address of the pledge."""
    column = donor.locator("table.compare thead a").all_inner_texts().index(TITLE)
    donor.locator("table.compare").get_by_role("link", name="Tell the centre of your interest").nth(column).click()
    assert TITLE in text_of(donor)
    press(donor, "Send to the centre")  # without a word
    assert donor.locator(".errors").count() == 1
    donor.get_by_label("What interests you").fill(QUESTION)
    press(donor, "Send to the centre")
    assert QUESTION in text_of(donor)
    return re.search(r"/pledges/PLE-\d{6}/", donor.url)[0]


def answer(officer, address, words):
    """The interest waits on the officer's list; the answer opens the discussion."""
    officer.goto("/pledges/")
    assert "Practice Biodiversity Fund" in text_of(officer)
    officer.goto(address)
    officer.get_by_label("Your message").fill(words)
    press(officer, "Send the message")
    assert "In discussion" in text_of(officer)


def pledge(donor, address, amount):
    donor.goto(address)
    follow(donor, "Pledge an amount")
    donor.get_by_label("Amount", exact=True).fill("a lot")
    press(donor, "Pledge an amount")
    assert "Write the amount in figures" in text_of(donor)
    donor.get_by_label("Amount", exact=True).fill(amount)
    press(donor, "Pledge an amount")


def send_commitment(donor, address):
    donor.goto(address)
    follow(donor, "Send the signed commitment")
    donor.get_by_label("Signed commitment").set_input_files(PAPER)
    press(donor, "Send the signed commitment")
    assert PAPER["name"] in text_of(donor)


def confirm(head, address):
    """The head reads the paper and confirms it."""
    head.goto(address)
    file = head.request.get(head.get_by_role("link", name=PAPER["name"]).get_attribute("href"))
    assert file.body() == PAPER["buffer"]
    assert file.headers["content-disposition"].startswith("attachment")
    follow(head, "Confirm the commitment")
    press(head, "Confirm the commitment")


def record_part(head, address, amount):
    head.goto(address)
    follow(head, "Record money received")
    head.get_by_label("Amount that arrived").fill(amount)
    press(head, "Record money received")
    assert "Still to come" in text_of(head)


def test_a_donor_finds_an_activity_and_its_money_arrives_in_parts(visitor):
    donor, stranger = visitor("donor", javascript=False), visitor(javascript=False)
    assert gaps(stranger) == ("124740", "124740")
    find_and_compare(donor)
    address = tell_interest(donor)
    assert gaps(stranger) == ("124740", "124740")  # interest never counts
    assert stranger.goto(address).status in {403, 404} or "/login/" in stranger.url

    answer(visitor("officer", javascript=False), address, "The communities would; the rules say so.")
    donor.goto(address)
    assert "The communities would" in text_of(donor)
    assert gaps(stranger) == ("124740", "124740")

    pledge(donor, address, "50,000")
    assert gaps(stranger) == ("124740", "74740")
    send_commitment(donor, address)
    assert gaps(stranger) == ("124740", "74740")  # until the head has confirmed it

    officer = visitor("officer", javascript=False)
    officer.goto(address)
    assert officer.get_by_role("link", name="Confirm the commitment").count() == 0
    head = visitor("head", javascript=False)
    confirm(head, address)
    assert gaps(stranger) == ("74740", "74740")
    record_part(head, address, "20,000")
    assert gaps(stranger) == ("74740", "74740")  # it was firm before it came
    reference = re.search(r"ACT-\d{6}", row_of(stranger).inner_text())[0]
    stranger.goto(f"/donors/compare/?item={reference}")
    line = stranger.locator("table.compare tr", has_text="Received").first
    assert re.sub(r"\D", "", line.locator("td").inner_text()) == "20000"
    assert "Practice Biodiversity Fund" in text_of(stranger)
    for words in (QUESTION, PAPER["name"]):
        assert words not in stranger.content()
