"""Places, counts and shares of the pictures: small written cases, then properties."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workplans.charts.coverage import Deed, matrix, targets_covered
from workplans.charts.secured import Sum, secured
from workplans.charts.timeline import Stretch, timeline

FIRST, LAST = date(2027, 1, 1), date(2028, 12, 31)
DAYS = st.dates(date(2026, 1, 1), date(2030, 1, 1))


def stretch(starts, ends, number="1"):
    return Stretch(number, "Reefs", starts, ends)


def test_bars_lie_where_their_days_are():
    bars = timeline(
        FIRST, LAST, [stretch(FIRST, LAST), stretch(date(2028, 1, 1), LAST), stretch(FIRST, date(2027, 1, 1))]
    ).bars
    assert [(round(bar.at, 1), round(bar.width, 1)) for bar in bars] == [(0.0, 100.0), (49.9, 50.1), (0.0, 0.1)]
    assert [bar.x for bar in bars] == ["14.00%", "56.94%", "14.00%"]


@given(DAYS, st.integers(0, 2000), st.booleans())
def test_every_bar_stays_in_the_drawing(starts, days, mirrored):
    bar = timeline(FIRST, LAST, [stretch(starts, starts + timedelta(days=days))], mirrored=mirrored).bars[0]
    assert 0 <= bar.at <= 100
    assert bar.width >= 0
    assert bar.at + bar.width <= 100 + 1e-9
    low, high = (0, 86) if mirrored else (14, 100)
    assert low - 0.01 <= float(bar.x[:-1]) <= float(bar.x[:-1]) + float(bar.wide[:-1]) <= high + 0.01


def test_the_years_stand_at_their_first_day_and_the_numbers_where_reading_begins():
    drawn = timeline(FIRST, LAST, [stretch(FIRST, LAST)])
    assert [(year.label, year.x) for year in drawn.years] == [("2027", "14.00%"), ("2028", "56.94%")]
    assert (drawn.number_x, drawn.height) == ("0%", 48)
    assert timeline(FIRST, LAST, [], mirrored=True).number_x == "100%"


def deed(number, countries="", targets="", **fields):
    return Deed(number, "Reefs", frozenset(countries.split()), frozenset(targets.split()), **fields)


def test_the_matrix_has_every_country_also_those_that_nobody_serves():
    found = matrix([deed("1", "FJ WS"), deed("2", "WS TO")], ["WS", "FJ", "KI"])
    assert [column.country for column in found.columns] == ["WS", "FJ", "KI", "TO"]
    assert [row.cells for row in found.rows] == [[True, True, False, False], [True, False, False, True]]
    assert found.unserved == ["KI"]


@given(st.lists(st.sets(st.sampled_from("ABCDEF")), max_size=8))
def test_both_readings_of_the_matrix_say_the_same(countries):
    deeds = [deed(str(place), " ".join(names)) for place, names in enumerate(countries)]
    found = matrix(deeds, "AB")
    by_row = {
        (row.deed.number, column.country)
        for row in found.rows
        for column, serves in zip(found.columns, row.cells, strict=True)
        if serves
    }
    assert by_row == {(one.number, column.country) for column in found.columns for one in column.deeds}


def test_targets_are_counted_with_their_essential_activities_and_budgets():
    deeds = [
        deed("1", "", "3 4", amount=Decimal("10.10")),
        deed("2", "", "4", is_essential=False, amount=Decimal("0.05")),
    ]
    three, four, five = targets_covered(deeds, ["3", "4", "5"])
    assert [(len(one.deeds), one.essential, one.amount, one.share) for one in (three, four, five)] == [
        (1, 1, Decimal("10.10"), "50.0"), (2, 1, Decimal("10.15"), "100.0"), (0, 0, Decimal(0), "0.0"),
    ]  # fmt: skip


def test_the_secured_share_counts_essential_lines_alone_and_never_rounds_up():
    sums = [
        Sum(Decimal("99.99"), "core"),
        Sum(Decimal("0.01"), "sought"),
        Sum(Decimal(50), "sought", is_essential=False),
    ]
    found = secured(sums)
    assert (found.there, found.total, found.percent) == (Decimal("99.99"), Decimal("100.00"), 99)
    assert secured(sums, essential=False).percent == 0
    assert secured([], essential=None).percent is None


@given(st.lists(st.tuples(st.decimals(0, 10**9, places=2), st.sampled_from(["core", "secured", "sought"]))))
def test_the_shares_add_up_to_the_cent(lines):
    found = secured([Sum(amount, source) for amount, source in lines])
    assert found.total == sum((amount for amount, _source in lines), Decimal(0))
    assert float(found.widths["core"]) + float(found.widths["secured"]) <= 100.1


@pytest.mark.parametrize("amounts", [["0.10"] * 3, ["1e-2", "0.99"], ["33.33", "33.33", "33.34"]])
def test_cents_are_no_floats(amounts):
    assert secured([Sum(Decimal(one), "core") for one in amounts]).core == sum(map(Decimal, amounts))
