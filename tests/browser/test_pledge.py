"""A donor's money in a real browser, without JavaScript: found, compared, kept as a search, talked about, pledged,
committed, received; and another donor who pays for a need that nobody met.

At each step page, API, CSV and IATI say the same is open: firm money closes the firm gap, a promise the indicative one.
"""

import csv
import io
import re
from xml.etree import ElementTree

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


ASKED = 124740
PLEDGE, COMMITMENT = "13", "11"
SECOND_DONOR = """
from accounts.models import Membership, User
from centres.models import Organization
fund = Organization.objects.get(slug="practice-biodiversity-fund")
fund.pk, fund.slug, fund.name = None, "practice-hill-fund", "Practice Hill Fund"
fund._state.adding = True
fund.save()
Membership.objects.create(user=User.objects.get(email="partner@demo.tsc"), role="donor", organization=fund,
                          is_example=True)
"""


def gaps(page) -> tuple[str, str]:
    """What is open for the activity: firm and indicative, in figures; the same everywhere it is told."""
    row = row_of(page)
    reference = re.search(r"ACT-\d{6}", row.inner_text())[0]
    cells = [row.locator(f"td[data-label='{name}']").inner_text() for name in ("Firm gap", "Indicative")]
    shown = tuple(re.sub(r"\D", "", cell) for cell in cells)
    assert from_api(page, reference) == shown
    assert from_file(page, reference) == shown
    assert from_iati(page, reference) == shown
    return shown


def from_api(page, reference):
    [gap] = page.request.get(f"/api/v1/activities/{reference}/").json()["gaps"]
    return whole(gap["firm_gap"]), whole(gap["indicative_gap"])


def from_file(page, reference):
    text = page.request.get("/donors/?party=XA&format=csv").body().decode("utf-8-sig")
    row = next(row for row in csv.DictReader(io.StringIO(text)) if row["reference"] == reference)
    return whole(row["firm_gap"]), whole(row["indicative_gap"])


def from_iati(page, reference):
    """There the gap is what is asked less what was committed, and less what was pledged."""
    tree = ElementTree.fromstring(page.request.get("/workplans/WP-2025-practice/iati.xml").body())
    own = next(one for one in tree if one.findtext("iati-identifier").endswith(reference))
    sums = dict.fromkeys((PLEDGE, COMMITMENT), 0)
    for transaction in own.iterfind("transaction"):
        kind = transaction.find("transaction-type").get("code")
        if kind in sums:
            sums[kind] += float(transaction.findtext("value"))
    return whole(ASKED - sums[COMMITMENT]), whole(ASKED - sums[PLEDGE])


def whole(amount) -> str:
    return str(int(float(amount)))


def find_and_compare(donor) -> None:
    """Tick two activities of the list and see them side by side."""
    for title in (TITLE, OTHER):
        assert row_of(donor, title).count() == 1
    for title in (TITLE, OTHER):
        donor.locator("main tbody tr", has_text=title).get_by_role("checkbox").check()
    press(donor, "Compare those ticked")
    assert {TITLE, OTHER} <= set(donor.locator("table.compare thead a").all_inner_texts())


def keep_the_search(donor):
    """The list as it is narrowed, kept: its news come by mail from now on."""
    donor.goto("/donors/?party=XA")
    follow(donor, "Save this search")
    donor.get_by_label("Name").fill("Lagoons of XA")
    press(donor, "Save the search")
    assert "Lagoons of XA" in text_of(donor)
    follow(donor, "Lagoons of XA")
    assert "party=XA" in donor.url


def compare_again(donor):
    donor.goto("/donors/?party=XA")
    for title in (TITLE, OTHER):
        donor.locator("main tbody tr", has_text=title).get_by_role("checkbox").check()
    press(donor, "Compare those ticked")


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
    keep_the_search(donor)
    compare_again(donor)
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


def test_another_donor_pays_for_a_need_that_nobody_met(visitor, in_the_portal):
    """From the list of unmet needs, with its brief, to a commitment that everybody sees."""
    in_the_portal(SECOND_DONOR)
    donor, stranger = visitor("partner", javascript=False), visitor(javascript=False)
    donor.goto("/needs/unmet/?party=XB")
    brief = donor.request.get(donor.get_by_role("link", name="One page (PDF)").first.get_attribute("href"))
    assert brief.body().startswith(b"%PDF-")
    follow(donor, "Pledge for it")
    donor.get_by_label("What interests you").fill(QUESTION)
    press(donor, "Send to the centre")
    address = re.search(r"/pledges/PLE-\d{6}/", donor.url)[0]
    officer = visitor("officer", javascript=False)
    officer.goto("/my/")
    assert address.strip("/").rpartition("/")[2] in text_of(officer)
    officer.goto(address)
    officer.get_by_label("Your message").fill("The herders would.")
    press(officer, "Send the message")
    assert need(stranger)["promised"] == []
    pledge(donor, address, "5,000")
    assert need(stranger)["promised"] == ["USD 5000.00"]
    send_commitment(donor, address)
    confirm(visitor("head", javascript=False), address)
    told = need(stranger)
    assert (told["promised"], told["committed"]) == ([], ["USD 5000.00"])


def need(page):
    """The unmet need as the API tells it to everybody."""
    [row] = page.request.get("/api/v1/unmet-needs/?party=XB").json()["results"]
    return row
