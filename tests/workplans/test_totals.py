"""Sums equal the lines to the cent, in each currency, by year, category and source; dollars only by dated rates."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from tests import factories as f
from tests import factories_workplans as w
from tests.examples import some
from workplans.actions import drafting, snapshots, totals
from workplans.models import Activity, BudgetLine, Category

amounts = st.decimals(min_value=0, max_value=10**9, places=2)
rates = st.none() | st.decimals(min_value="0.00000001", max_value=10_000, places=8)
lines = st.fixed_dictionaries(
    {
        "year": st.sampled_from([2025, 2026]),
        "category": st.sampled_from([category.value for category in Category]),
        "amount": amounts,
        "currency": st.sampled_from(["USD", "EUR", "FJD", "JPY"]),
        "rate": rates,
        "funding": st.sampled_from(["core", "secured", "sought"]),
        "essential": st.booleans(),
    }
)


def in_dollars(line):
    if line["currency"] == "USD":
        return line["amount"]
    if line["rate"] is None:
        return None
    return (line["amount"] * line["rate"]).quantize(Decimal("0.01"), ROUND_HALF_UP)


def as_document(rows):
    """Each line in an activity of its own, as a snapshot has it."""
    return [
        {
            "is_essential": line["essential"],
            "budget_lines": [
                {
                    "year": line["year"],
                    "category": line["category"],
                    "amount": f"{line['amount']:.2f}",
                    "currency": line["currency"],
                    "rate_to_usd": str(line["rate"]) if line["rate"] and line["currency"] != "USD" else None,
                    "rate_on": "2025-01-02",
                    "rate_source": "UN",
                    "amount_usd": None if in_dollars(line) is None else f"{in_dollars(line):.2f}",
                    "funding": line["funding"],
                }
            ],
        }
        for line in rows
    ]


def by_hand(rows, key):
    sums = defaultdict(lambda: defaultdict(Decimal))
    for line in rows:
        sums[str(key(line))][line["currency"]] += line["amount"]
    return {name: {money: str(total) for money, total in sorted(found.items())} for name, found in sorted(sums.items())}


@given(rows=st.lists(lines, max_size=30))
@some(80, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_totals_equal_the_lines_to_the_cent(rows):
    found = totals.totals(as_document(rows))
    assert found["by_year"] == by_hand(rows, lambda line: line["year"])
    assert found["by_category"] == by_hand(rows, lambda line: line["category"])
    assert found["by_funding"] == by_hand(rows, lambda line: line["funding"])
    assert found["by_currency"] == by_hand(rows, lambda line: "all").get("all", {})
    essential = [line for line in rows if line["essential"]]
    assert found["essential"] == by_hand(essential, lambda line: "all").get("all", {})
    secured = [line for line in essential if line["funding"] != "sought"]
    assert found["essential_secured"] == by_hand(secured, lambda line: "all").get("all", {})
    known = [in_dollars(line) for line in rows if in_dollars(line) is not None]
    assert Decimal(found["usd"]) == sum(known, Decimal(0))
    lacking = [line for line in rows if in_dollars(line) is None and line["amount"]]
    assert found["usd_is_complete"] == (not lacking)


@pytest.mark.django_db
@given(rows=st.lists(lines, min_size=1, max_size=6))
@some(12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_typed_is_what_is_summed(plan, rows):
    """Through the action, the database and the snapshot, with the rate and its day beside the sum."""
    BudgetLine.objects.all().delete()
    for line in rows:
        data = {name: line[name] for name in ("year", "category", "amount", "currency", "funding")}
        if line["rate"] and line["currency"] != "USD":
            data |= {"rate_to_usd": str(line["rate"]), "rate_on": "2025-01-02", "rate_source": "UN"}
        drafting.add_line(Activity.objects.get(), by=None, data=data)
    document = snapshots.build(plan.version)
    assert document["totals"]["by_year"] == by_hand(rows, lambda line: line["year"])
    known = [in_dollars(line) for line in rows if in_dollars(line) is not None]
    assert Decimal(document["totals"]["usd"]) == sum(known, Decimal(0))
    for rate in document["totals"]["rates"]:
        assert (rate["rate_on"], rate["rate_source"]) == ("2025-01-02", "UN")
    assert snapshots.digest(document) == snapshots.digest(snapshots.build(w.again(plan.version)))


@pytest.fixture
def plan(db):
    return w.plan_with(lines=0)


@pytest.mark.django_db
def test_a_document_takes_the_same_queries_for_one_activity_as_for_many(django_assert_num_queries):
    made = w.plan_with()
    version = w.again(made.version)
    with django_assert_num_queries(QUERIES):
        snapshots.build(version)
    for _each in range(3):
        more = drafting.add_activity(w.again(made.version), by=None, data=w.activity_content())
        drafting.add_line(more, by=None, data=w.line_content(funder=f.organization(None).slug))
    drafting.save_activity(
        more, by=None, data={"components": [f.request_in("matching", made.known.party).components.get().reference]}
    )
    version = w.again(made.version)
    with django_assert_num_queries(QUERIES + 2):  # the requests of the needs, the funders of the lines
        snapshots.build(version)


QUERIES = 12
