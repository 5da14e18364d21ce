"""What plans promise and what is reached, added up to centre and network: page, drill-down, file."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories_workplans as w
from workplans.actions import adding_up, progress

pytestmark = pytest.mark.django_db
NETWORK = "/workplans/results/"


@pytest.fixture
def plans():
    """A plan of a centre and one of the network, with progress that is approved, and some that is not."""
    own = w.version_in("finalized")
    network = w.version_in("finalized", known=own.known, centre="network")
    for plan, values in ((own, {2025: "12", 2026: "30"}), (network, {2025: "5"})):
        for year, value in values.items():
            row = progress.submit(w.indicator_of(plan.version), year, by=plan.officer, data={"value": value})
            progress.approve(row, by=plan.head)
    progress.submit(w.indicator_of(network.version), 2026, by=network.officer, data={"value": "900"})
    return own, network


def test_sums_are_those_of_the_lines(plans):
    (one,) = adding_up.by_measure(adding_up.lines_of(w.period()))
    assert (one.measure, one.indicators) == ("people_trained", 2)
    assert one.figures.promised == {2025: 40, 2026: 80}
    assert one.figures.got == {2025: 17, 2026: 30}
    assert (one.figures.target, one.figures.total, one.figures.baseline) == (120, 47, 0)
    assert f"{one.figures.share:.3f}" == "0.392"
    assert adding_up.by_measure([]) == []


def test_the_pages_lead_from_the_network_to_the_indicator(client, plans):
    own, _network = plans
    page = client.get(NETWORK).content.decode()
    assert "39 %" in page
    assert "900" not in page, "not approved"
    behind = client.get(NETWORK, {"measure": "people_trained"})
    assert sorted(part["reached"] for part in behind.context["parts"]) == ["42", "5"]
    there = reverse("centre_results", args=[own.known.centre.slug])
    assert there in page
    assert "Groups know how to keep lagoons open" in client.get(there).content.decode()
    assert there in client.get(own.known.centre.get_absolute_url()).content.decode()
    for wrong in ({"period": "1999"}, {"measure": "money"}, {"period": "\0"}):
        assert client.get(NETWORK, wrong).status_code == 404
    client.force_login(own.known.coordinator)
    assert NETWORK in client.get(reverse("coordination")).content.decode()


def test_the_same_as_a_file(client, plans):
    text = b"".join(client.get(NETWORK, {"format": "csv"})).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sorted((row["centre"] == "network", row["reached"], row["reached_2026"]) for row in rows) == [
        (False, "42", "30"), (True, "5", ""),
    ]  # fmt: skip
    book = client.get(reverse("centre_results", args=[plans[0].known.centre.slug]), {"format": "xlsx"})
    assert b"".join(book).startswith(b"PK")


def test_without_a_finalized_plan_the_page_says_so(client):
    made = w.plan_with()
    page = client.get(reverse("centre_results", args=[made.known.centre.slug])).content.decode()
    assert "No workplan is finalized yet." in page
    assert client.get("/centres/none/results/").status_code == 404


def test_more_plans_ask_no_more_questions(client, plans):
    with CaptureQueriesContext(connection) as two:
        client.get(NETWORK)
    w.version_in("finalized")
    with CaptureQueriesContext(connection) as three:
        client.get(NETWORK)
    assert len(three) == len(two) <= 8
