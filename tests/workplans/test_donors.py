"""The donors' pages: the right gap on the page, in the files and side by side, found by each filter."""

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories as f
from tests import factories_workplans as fw
from tests.workplans.test_pledges import built, plan, pledge_in  # noqa: F401 (fixtures)
from workplans.filters_donors import public_activities
from workplans.models import Activity

pytestmark = pytest.mark.django_db


def rows_of(client, **query):
    answer = client.get(reverse("donors"), {"format": "csv", **query})
    text = b"".join(answer.streaming_content).decode().lstrip("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_gap_is_the_same_on_the_page_and_in_the_file(plan, client):  # noqa: F811
    pledge_in("committed", plan, amount="4000.00")
    [row] = rows_of(client)
    assert (row["firm_gap"], row["indicative_gap"], row["committed"]) == ("6000.0", "6000.0", "4000.0")
    assert row["co_funders"] == "Reef fund"
    page = client.get(reverse("donors")).content.decode()
    assert "6,000" in page
    [whole] = rows_of(client, of="plans")
    assert whole["firm_gap"] == "6000.0"


def test_anonymous_money_counts_and_has_no_name(plan, client):  # noqa: F811
    pledge_in("committed", plan, is_anonymous=True)
    [row] = rows_of(client)
    assert (row["firm_gap"], row["co_funders"]) == ("6000.0", "")
    assert "Reef fund" not in client.get(reverse("donors")).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 1), ({"target": "6"}, 1), ({"target": "7"}, 0), ({"party": "FJ"}, 1), ({"party": "TV"}, 0),
        ({"function": "matchmaking"}, 1), ({"essential": "on"}, 1), ({"gap_from": "9000"}, 1),
        ({"gap_from": "20000"}, 0), ({"gap_to": "20000"}, 1), ({"period": "2025"}, 1), ({"period": "2027"}, 0),
        ({"search": "fishing"}, 1), ({"search": "mountain"}, 0),
    ],
)  # fmt: skip
def test_each_filter_finds_what_it_says(plan, client, query, found):  # noqa: F811
    f.target(7)
    fw.period(2027, 2028)
    for more in ({}, {"of": "plans"}):
        if more and "search" in query:
            continue  # a plan is searched by its own title
        assert len(rows_of(client, **query, **more)) == found, (query, more)


def test_drafts_and_closed_plans_are_not_there(client):
    before = rows_of(client)
    draft = fw.plan_with()
    assert rows_of(client) == before
    assert draft.workplan.reference not in str(before)


def test_up_to_four_side_by_side(plan, client):  # noqa: F811
    reference = Activity.objects.public().get().reference
    page = client.get(reverse("donors_compare"), {"item": [reference, plan.workplan.reference]})
    assert page.content.decode().count("10,000") >= 2
    assert client.get(reverse("donors_compare"), {"item": "ACT-999999"}).status_code == 404
    assert client.get(reverse("donors_compare")).status_code == 200


@pytest.mark.parametrize("of", ["", "plans"])
def test_the_list_asks_the_same_number_of_questions_whatever_its_length(plan, client, of):  # noqa: F811
    def asked():
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("donors"), {"of": of})
        return len(found)

    one = asked()
    for _each in range(2):
        fw.version_in("finalized")
    assert asked() == one


def test_sums_stay_decimals(plan):  # noqa: F811
    pledge_in("pledged", plan, amount="0.01")

    assert public_activities().get().indicative_gap == Decimal("9999.99")
