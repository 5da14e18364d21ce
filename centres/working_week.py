"""Days of work, in the time zone and the working week of the office that acts. Pure: the clock is an argument."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Calendar(Protocol):
    """Whatever has a time zone and a weekend: a Party, or an office seated in one."""

    time_zone: str
    weekend: list[int]


def is_working_day(day: date, weekend: Collection[int], holidays: Collection[date] = ()) -> bool:
    return day.weekday() not in weekend and day not in holidays


def add_working_days(start: date, days: int, weekend: Collection[int], holidays: Collection[date] = ()) -> date:
    """The working day that lies so many working days after `start`; with 0, the first one not before it."""
    if len({*weekend} & {*range(7)}) == 7:
        raise ValueError("A weekend of seven days leaves no working day.")
    day = start
    for _ in range(days):
        day = _next_working_day(day + timedelta(days=1), weekend, holidays)
    return _next_working_day(day, weekend, holidays)


def _next_working_day(day: date, weekend: Collection[int], holidays: Collection[date]) -> date:
    while not is_working_day(day, weekend, holidays):
        day += timedelta(days=1)
    return day


def working_days_between(start: date, end: date, weekend: Collection[int], holidays: Collection[date] = ()) -> int:
    """How many working days lie after `start` up to and including `end`; negative when `end` is past."""
    if end < start:
        return -working_days_between(end, start, weekend, holidays)
    days = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(is_working_day(day, weekend, holidays) for day in days)


def today_in(time_zone: str, now: datetime) -> date:
    """The day it is there at this moment."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def due_on(calendar: Calendar, days: int, now: datetime, holidays: Collection[date] = ()) -> date:
    """The day until which an office has time that gets so many working days from now."""
    return add_working_days(today_in(calendar.time_zone, now), days, set(calendar.weekend), holidays)
