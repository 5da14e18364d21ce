"""What donors take along: the network by year, unmet needs and their briefs, feeds, files that explain themselves."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from accounts.actions import searches
from accounts.api.cells import plain
from accounts.api.export import Table, answer
from accounts.models import Notice
from requests_offers.models import CooperationRequest
from tests import factories as f
from tests import factories_workplans as fw
from tests.workplans.test_pledges import built, interest, plan, pledge_in, take  # noqa: F401 (fixtures)
from workplans.exports.brief import words_of
from workplans.models import BudgetLine, Version
from workplans.network_money import network_by_year, plans_by_year

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def text_of(response):
    return b"".join(response.streaming_content).decode("utf-8-sig")


def book_of(response):
    content = b"".join(response.streaming_content)
    if response.file_to_stream is not None:  # nobody but this test reads it
        response.file_to_stream.close()
    return load_workbook(io.BytesIO(content))


def entries(client, name, **query):
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    return [entry.findtext(f"{ATOM}title") for entry in ElementTree.fromstring(response.content).iter(f"{ATOM}entry")]


# The network by year --------------------------------------------------------------------------------------------------


def test_the_years_of_a_plan_add_up_to_its_gap(plan, client):  # noqa: F811
    pledge_in("committed", plan, amount="4000.00")
    pledge_in("pledged", plan, thing=plan.workplan, amount="1000.00")
    [money] = plans_by_year()
    year, whole = money.years
    assert (year.year, year.asked, year.committed, year.firm_gap) == (
        2025,
        Decimal(10000),
        Decimal(4000),
        Decimal(6000),
    )
    assert (whole.year, whole.pledged, whole.indicative_gap) == (None, Decimal(1000), Decimal(-1000))
    [total] = money.totals
    assert (total.firm_gap, total.indicative_gap, total.needed) == (Decimal(6000), Decimal(5000), Decimal(10000))
    [row, rest] = csv.DictReader(io.StringIO(text_of(client.get(reverse("donors_network"), {"format": "csv"}))))
    assert (row["year"], row["firm_gap"], rest["year"], rest["indicative_gap"]) == ("2025", "6000.00", "", "-1000.00")
    page = client.get(reverse("donors_network")).content.decode()
    assert "6,000" in page
    assert plan.workplan.get_absolute_url() in page


def test_currencies_stand_apart_without_a_rate_and_the_network_adds_the_rest():
    made = fw.plan_with(lines=1)
    line = BudgetLine.objects.get(activity__version=made.version)
    BudgetLine.objects.filter(pk=line.pk).update(currency="EUR", funding="core")
    for step in fw.PATHS["finalized"]:
        step(made)
    other = fw.version_in("finalized", known=f.everyone_known(), centre=None)
    ours = [money for money in plans_by_year() if money.plan in (made.workplan, other.workplan)]
    years = {(year.year, year.currency): year for year in network_by_year(ours)}
    assert years[2025, "EUR"].there == Decimal(10000)
    assert years[2025, "USD"].asked == Decimal(10000)
    assert years[2025, "USD"].there == 0


def test_every_gap_comes_as_a_spreadsheet_that_explains_itself(plan, client):  # noqa: F811
    pledge_in("committed", plan, amount="4000.00")
    book = book_of(client.get(reverse("donors_network"), {"format": "xlsx", "of": "gaps"}))
    head, *rows = book["records"].iter_rows(values_only=True)
    found = {row[head.index("kind")]: dict(zip(head, row, strict=True)) for row in rows}
    assert set(found) == {"budget_line", "activity", "workplan"}
    assert found["budget_line"]["firm_gap"] == 6000
    assert found["budget_line"]["year"] == 2025
    assert found["budget_line"]["is_example"] is False
    said = dict(book["columns"].iter_rows(min_row=2, values_only=True))
    assert set(said) == set(head)
    assert all(said.values())
    about = dict(book["about"].iter_rows(values_only=True))
    assert about["Rows"] == 3
    assert "legal status" in about["Disclaimer"]


LEADS = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", ";=", " ="]


def test_no_text_is_ever_computed():
    """Twelve ways in which a cell could begin to be a formula: as CSV with an apostrophe, as XLSX a text."""
    records = [{"title": f"{lead}cmd|' /C calc'!A0", "n": -5, "is_example": True} for lead in LEADS]
    table = Table("odd", ["title", "n", "is_example"])
    rows = list(csv.reader(io.StringIO(text_of(answer("csv", table, iter(records))), newline="")))[1:]
    for lead, row in zip(LEADS, rows, strict=True):
        assert row[0].startswith(("'", ";'")), lead
        assert row[1] == "-5"
    book = book_of(answer("xlsx", table, iter(records)))
    for row in book["records"].iter_rows(min_row=2):
        assert row[0].data_type in {"s", "inlineStr"}
        assert str(row[0].value).lstrip(";").startswith("'")
        assert (row[1].data_type, row[2].value) == ("n", True)
    assert "EXAMPLE" in str(list(book["about"].iter_rows(values_only=True)))
    assert plain("Lagoons; open; and free - at last") == "Lagoons; open; and free - at last"


# Unmet needs ----------------------------------------------------------------------------------------------------------


def test_unmet_needs_are_listed_for_whoever_may_see_them(client):
    seen, hidden = f.request_in("unmet"), f.request_in("unmet", visibility="restricted")
    f.request_in("matching")
    page = client.get(reverse("unmet_needs")).content.decode()
    assert (seen.reference in page, hidden.reference in page) == (True, False)
    [row] = csv.DictReader(io.StringIO(text_of(client.get(reverse("unmet_needs"), {"format": "csv"}))))
    assert (row["request"], row["party"]) == (seen.reference, seen.party.iso2)
    assert "No need fits" in client.get(reverse("unmet_needs"), {"search": "mountain"}).content.decode()
    for path, status in [
        (seen.reference, 200), (f"{seen.reference}-1", 200), (f"{seen.reference}-7", 404), (hidden.reference, 404),
        ("REQ-999999", 404),
    ]:  # fmt: skip
        assert client.get(reverse("need_brief", args=[path])).status_code == status, path


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "zh-hans", "ru"])
def test_a_brief_is_one_page_with_the_way_to_a_pledge_and_no_contact(language, client):
    request = f.request_in("unmet", title="Lagoons: a long title that says what is needed " * 3)
    request.summary = "Floating plants close the landing places of villages. " * 60
    request.contact, request.is_example = "canary-4711@example.org", True
    request.save()
    with translation.override(language):
        words = words_of(CooperationRequest.objects.get(pk=request.pk))
        response = client.get(reverse("need_brief", args=[request.reference]))
    assert words["address"].endswith(f"/pledges/new/?for={request.reference}")
    assert words["rtl"] is (language == "ar")
    assert words["mark"]
    assert "canary" not in str(words)
    assert response.content.startswith(b"%PDF-")
    assert response.content.count(b"/Type /Page\n") + response.content.count(b"/Type/Page\n") <= 1
    assert words["qr"].startswith("<?xml")


# Feeds ----------------------------------------------------------------------------------------------------------------


def test_feeds_hold_what_everybody_may_see_and_say_when_it_changed(plan, client):  # noqa: F811
    f.request_in("matching", title="Seen"), f.request_in("matching", title="Hidden", visibility="network")
    f.request_in("unmet", title="Waiting")
    f.offer_in("published", title="Training")
    client.force_login(plan.known.officer)
    found = entries(client, "feed_publications")
    assert any("Seen" in title for title in found)
    assert any("Training" in title for title in found)
    assert any(plan.version.title in title for title in found)
    assert not any("Hidden" in title for title in found)
    lacking = entries(client, "feed_gaps")
    assert len(lacking) == 2
    assert any("10,000" in title for title in lacking)
    assert entries(client, "feed_gaps", party="TD") == entries(client, "feed_gaps", target="99999") == []
    assert len(entries(client, "feed_gaps", target="6", party="fj")) == 2
    assert len(entries(client, "feed_gaps", centre=plan.known.centre.slug)) == 2
    pledge_in("committed", plan, amount="10000.00")
    assert len(entries(client, "feed_gaps")) == 1


def test_a_feed_that_is_known_is_not_sent_again(plan):  # noqa: F811
    for name in ("feed_publications", "feed_gaps"):
        first = Client().get(reverse(name))
        same = Client().get(reverse(name), headers={"If-None-Match": first["ETag"]})
        since = Client().get(reverse(name), headers={"If-Modified-Since": first["Last-Modified"]})
        assert (same.status_code, since.status_code, same.content) == (304, 304, b""), name
        with translation.override("ar"):
            other = Client().get(reverse(name))
        assert other["ETag"] != first["ETag"]
        assert b'xml:lang="ar"' in other.content
    take(interest(plan), "discuss", plan)
    after = Client().get(reverse("feed_gaps"), headers={"If-None-Match": Client().get(reverse("feed_gaps"))["ETag"]})
    assert after.status_code == 304


# Saved searches -------------------------------------------------------------------------------------------------------


def test_searches_of_what_lacks_funds_and_of_unmet_needs_tell_what_is_new(plan, client):  # noqa: F811
    """Saved on the page, told once a day; what asks for nothing, or belongs to others, is no news."""
    donor, now, _other = plan.giver, timezone.now(), f.party("TD")
    client.force_login(donor)
    assert "kind=needs" in client.get(reverse("unmet_needs")).content.decode()
    assert "kind=donors" in client.get(reverse("donors")).content.decode()
    for kind, query in [("donors", "target=6&of=plans"), ("needs", "party=FJ"), ("needs", "party=TD")]:
        saved = searches.save_search(kind, query, name=kind, frequency="at_once", by=donor)
        client.get(reverse("saved_search_open", args=[saved.pk]))
    Version.objects.filter(pk=plan.version.pk).update(finalized_at=now + timedelta(minutes=1))
    need = f.request_in("unmet", f.party("FJ"))
    f.request_in("unmet", f.party("FJ"), visibility="restricted")
    assert searches.alert_all(now + timedelta(hours=1)) == 2
    assert searches.alert_all(now + timedelta(hours=2)) == 0
    texts = "".join(Notice.objects.filter(kind="saved_search", recipient=donor).values_list("text", flat=True))
    assert texts.count("ACT-") == texts.count("REQ-") == 1
    assert need.reference in texts
