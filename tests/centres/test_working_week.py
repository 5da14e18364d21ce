from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centres.working_week import add_working_days, due_on, is_working_day, today_in, working_days_between
from tests.factories import party

SATURDAY_SUNDAY = {5, 6}
FRIDAY_SATURDAY = {4, 5}
days = st.dates(date(2024, 1, 1), date(2032, 12, 31))
weekends = st.sets(st.integers(0, 6), max_size=6)
FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("start", "count", "weekend", "expected"),
    [
        (FRIDAY, 0, SATURDAY_SUNDAY, FRIDAY),
        (FRIDAY, 1, SATURDAY_SUNDAY, date(2026, 11, 23)),
        (FRIDAY, 5, SATURDAY_SUNDAY, date(2026, 11, 27)),
        (date(2026, 11, 21), 0, SATURDAY_SUNDAY, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, SATURDAY_SUNDAY, date(2026, 11, 23)),
        (FRIDAY, 0, FRIDAY_SATURDAY, date(2026, 11, 22)),
        (date(2026, 11, 19), 1, FRIDAY_SATURDAY, date(2026, 11, 22)),
        (date(2026, 11, 19), 10, FRIDAY_SATURDAY, date(2026, 12, 3)),
        (date(2026, 11, 20), 1, {5}, date(2026, 11, 22)),
        (date(2026, 12, 31), 1, SATURDAY_SUNDAY, date(2027, 1, 1)),
    ],
)
def test_working_days_skip_the_weekend_of_the_office(start, count, weekend, expected):
    assert add_working_days(start, count, weekend) == expected


def test_holidays_are_not_counted():
    holidays = {date(2026, 11, 23), date(2026, 11, 24)}
    assert add_working_days(FRIDAY, 1, SATURDAY_SUNDAY, holidays) == date(2026, 11, 25)


def test_a_week_without_a_working_day_is_refused():
    with pytest.raises(ValueError, match="no working day"):
        add_working_days(FRIDAY, 1, set(range(7)))


@given(start=days, count=st.integers(1, 60), weekend=weekends)
def test_the_days_added_are_the_days_between(start, count, weekend):
    end = add_working_days(start, count, weekend)
    assert working_days_between(start, end, weekend) == count
    assert is_working_day(end, weekend)


@given(start=days, end=days, weekend=weekends)
def test_the_days_between_turn_round_with_their_ends(start, end, weekend):
    forth, back = working_days_between(start, end, weekend), working_days_between(end, start, weekend)
    assert forth == -back


def test_a_day_that_passed_is_late_by_working_days():
    assert working_days_between(date(2026, 11, 24), FRIDAY, SATURDAY_SUNDAY) == -2


def test_it_is_saturday_in_suva_while_it_is_friday_in_ndjamena():
    now = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
    assert today_in("Pacific/Fiji", now) == date(2026, 11, 21)
    assert today_in("Africa/Ndjamena", now) == FRIDAY


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "weekend", "expected"),
    [
        ("Africa/Ndjamena", [5, 6], FRIDAY),
        ("Pacific/Fiji", [5, 6], date(2026, 11, 23)),
        ("Asia/Dhaka", [4, 5], date(2026, 11, 22)),
    ],
)
def test_a_due_date_runs_in_the_time_zone_and_week_of_the_party(zone, weekend, expected):
    """One working day from a Thursday: on the islands it is Friday already, and in Dhaka the weekend comes first."""
    acting = party(time_zone=zone, weekend=weekend)
    assert due_on(acting, 1, datetime(2026, 11, 19, 13, 0, tzinfo=UTC)) == expected
