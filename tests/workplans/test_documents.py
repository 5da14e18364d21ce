"""Plans and reports as PDF: what they say, in which language, and that nothing anybody typed is read as markup."""

import json
import re
from decimal import Decimal

import pytest
from django.utils.translation import override

from tests import factories_workplans as w
from tests.workplans import plans
from workplans.actions import closing, progress, snapshots
from workplans.actions.comments import ledger_counts
from workplans.exports import facts, pdf, plan_words, report_words
from workplans.models import Comment

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "fr", "es", "ar", "zh", "ru")
HOSTILE = ('#eval("1+1")', "$x^2$ *bold* _em_", '"] } #panic() //', "@label <tag> \\ #{", "=== heading", "\u2067‮غريب")


@pytest.fixture
def version():
    return plans.small()


def words(version, language="en"):
    document = snapshots.document(version)
    with override(pdf.django_language(language)):
        return plan_words.words_of(document, standing="", address="https://portal.example/")


def section(said, heading):
    return next(one for one in said["sections"] if one["heading"] == heading)


def texts(rows):
    return [[cell["t"] for cell in row] for row in rows]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_makes_a_pdf(version, language):
    document = snapshots.document(version) | {"language": language}
    assert pdf.plan_pdf(version, document).startswith(b"%PDF-")


def test_arabic_runs_from_right_to_left_with_its_own_font_first(version):
    said = words(version, "ar")
    assert (said["rtl"], said["fonts"][0]) == (True, "Noto Naskh Arabic")
    assert words(version, "zh")["fonts"][0] == "Noto Sans CJK SC"
    assert words(version, "en")["rtl"] is False


def test_the_sums_of_the_printed_plan_equal_its_lines_to_the_cent(version):
    budget = section(words(version), "Budget")
    by_year = budget["blocks"][0]
    assert by_year["head"] == ["Year", "USD", "EUR"]
    assert texts(by_year["rows"]) == [["2027", "1,350.49", "100.10"], ["2028", "1,250.50", ""]]
    assert texts(by_year["foot"]) == [["Total", "2,600.99", "100.10"]]
    assert budget["blocks"][-1]["text"]["t"] == "1 EUR = USD 1.085 on 1 October 2026 (UN rate)."


def test_the_essential_share_is_reckoned_in_dollars_by_the_rate_of_each_line(version):
    share = facts.secured_of(snapshots.document(version))
    assert (share.core, share.secured, share.sought) == (Decimal("1250.50"), Decimal("0.00"), Decimal("1359.11"))
    assert share.percent == 47
    at_a_glance = section(words(version), "The budget at a glance")
    assert at_a_glance["blocks"][1]["text"] == (
        "47 % of the essential budget is secured: USD\u00a01,250.50 of USD\u00a02,609.61."
    )


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_is_read_as_markup(hostile):
    version = plans.draft(activities=[(plans.activity(), [])])
    document = snapshots.document(version) | {"title": hostile, "summary": hostile}
    document["activities"][0] |= {"title": hostile, "description": hostile, "other_partners": hostile}
    said = plan_words.words_of(document, standing="", address="https://portal.example/")
    assert json.loads(json.dumps(said))["title"]["t"] == hostile
    assert pdf.plan_pdf(version, document).startswith(b"%PDF-")


def test_an_example_says_so_on_every_page(version):
    document = snapshots.document(version)
    assert plan_words.example_mark(document) == ""
    assert plan_words.example_mark(document | {"is_example": True}).startswith("EXAMPLE")


def test_the_disclaimer_on_names_and_borders_closes_the_document(version):
    assert words(version)["disclaimer"][0].startswith("The designations employed")


def test_a_draft_says_that_it_is_none_yet(version):
    assert pdf.standing(version) == "Draft: not agreed yet."


def test_a_plan_without_anything_can_be_printed():
    version = plans.draft()
    said = words(version)
    assert [one["heading"] for one in said["sections"]] == ["Activities"]
    assert pdf.plan_pdf(version, snapshots.document(version)).startswith(b"%PDF-")


def test_the_largest_plan_is_printed_whole():
    version = plans.large(300)
    said = words(version)
    headings = [one["text"]["t"] for one in section(said, "Activities")["blocks"] if one["kind"] == "heading"]
    assert (len(headings), headings[-1][:5]) == (300, "300. ")
    assert len(section(said, "Timeline")["blocks"][0]["rows"]) == 300
    content = pdf.plan_pdf(version, snapshots.document(version))
    assert int(re.search(rb"/Count (\d+)", content)[1]) > 60


def reported():
    """A finalized plan with progress of one year, approved."""
    made = w.version_in("finalized")
    indicator = w.indicator_of(made.version)
    said = {"value": "15", "text": "Two courses were held.", "evidence": ""}
    progress.approve(progress.submit(indicator, 2025, by=made.officer, data=said), by=made.head)
    return made


def test_the_report_tells_what_was_promised_and_reached():
    made = reported()
    report = closing.final_report(made.version.workplan)
    said = report_words.report_words(report, address="https://portal.example/")
    assert said["standing"] == "Report on the way: the plan is not closed yet."
    table = next(one for one in section(said, "Activities")["blocks"] if one["kind"] == "table")
    assert texts(table["rows"])[1][0] == "People trained (people)"
    assert texts(table["rows"])[1][2] == "15"
    notes = [one["text"]["t"] for one in section(said, "Activities")["blocks"] if one["kind"] == "note"]
    assert notes == ["2025, People trained: 15. Two courses were held."]
    assert pdf.report_pdf(made.version.workplan, report).startswith(b"%PDF-")


def test_the_report_of_a_closed_plan_says_when_and_in_the_centres_words():
    made = w.closed()
    said = report_words.report_words(
        closing.final_report(w.again(made.version).workplan), address="https://portal.example/"
    )
    assert said["standing"].startswith("Final report of ")
    assert section(said, "What came of the plan")["blocks"][0]["text"]["t"] == "It went well."


def test_the_counts_of_the_consultation_are_printed_and_nobodys_words():
    made = w.version_in("addressing")
    w.dispose(w.say(made) if made.version.status == "consultation" else _said_before(made), made)
    counts = dict(pdf.counts_in_words(ledger_counts(made.version)))
    assert counts == {"Comments": "1", "Accepted": "1"}


def _said_before(made):
    return Comment.objects.create(version=made.version, party=made.known.party, text="Three courses, please.")
