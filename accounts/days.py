"""Which day it is where an office sits, asked for all offices of the world at once. Pure: the clock is an argument."""

from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from django.db.models import F, Q, Value
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan

NETWORK_TIME_ZONE = "America/Toronto"  # the coordination entity sits in Montreal
DAY = timedelta(days=1)


class Days(NamedTuple):
    """The day at Greenwich, and the time zones where it is already the next or still the one before."""

    day: date
    ahead: tuple[str, ...]
    behind: tuple[str, ...]

    def at(self, zone: str) -> date:
        """The day where this time zone is; at Greenwich for a name that nobody knows."""
        return self.day + DAY if zone in self.ahead else self.day - DAY if zone in self.behind else self.day


def days_at(now: datetime) -> Days:
    """What day it is in the world. Offices change their day at quarters of an hour, so one answer lasts for one."""
    return _days_at(now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0))


@lru_cache(maxsize=16)
def _days_at(now: datetime) -> Days:
    day = now.astimezone(ZoneInfo("UTC")).date()
    there = {zone.key: now.astimezone(zone).date() for zone in _zones()}
    ahead = tuple(name for name, local in there.items() if local > day)
    return Days(day, ahead, tuple(name for name, local in there.items() if local < day))


@cache
def _zones() -> tuple[ZoneInfo, ...]:
    """All of them, kept: ZoneInfo itself remembers only the last few and reads the others from disk each time."""
    return tuple(ZoneInfo(name) for name in sorted(available_timezones()))


def first_day_has_come(field: str, zone: str, days: Days) -> Q:
    """A condition on a day and a time zone of a row: the day has come there, or at Greenwich.

    Whoever is given a role today holds it at once, wherever the office sits.
    """
    return Q(**{f"{field}__lte": days.day}) | Q(**{field: days.day + DAY}) & _among(days.ahead, zone)


def last_day_is_not_over(field: str, zone: str, days: Days) -> Q:
    """A condition on a day and a time zone of a row: there is no last day, or it is not over there at midnight."""
    today = Q(**{field: days.day}) & ~_among(days.ahead, zone)
    yesterday = Q(**{field: days.day - DAY}) & _among(days.behind, zone)
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gt": days.day}) | today | yesterday


def _among(zones: tuple[str, ...], zone: str) -> Q:
    """A condition: the time zone is one of these. They are one string, since there are hundreds of them."""
    listed = "".join(f" {name} " for name in zones)
    return Q(GreaterThan(StrIndex(Value(listed), Concat(Value(" "), F(zone), Value(" "))), 0))
