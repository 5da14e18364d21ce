"""The working week by which an office's days are counted, for centres and for the coordination entity."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.days import NETWORK_TIME_ZONE
from centres.models import Hosting, SupportCentre
from centres.working_week import Calendar, today_in, working_days_between


@dataclass(slots=True)
class CoordinationCalendar:
    """The coordination entity sits in Montreal."""

    time_zone: str = NETWORK_TIME_ZONE
    weekend: list[int] = field(default_factory=lambda: [5, 6])


def centre_calendar(centre: SupportCentre | None) -> Calendar:
    """The time zone and week of a centre: those of its lead host's seat; of the coordination entity without any."""
    return centre_calendars([centre.pk] if centre else [])[centre.pk if centre else None]


def centre_calendars(centre_ids: Iterable[int | None]) -> dict[int | None, Calendar]:
    """The calendars of several centres in one query, by id; under None that of the coordination entity."""
    found: dict[int | None, Calendar] = dict.fromkeys([None, *centre_ids], CoordinationCalendar())
    hostings = Hosting.objects.current().filter(centre__in=[pk for pk in found if pk])
    # The lead host's row is read last, so it counts; among others the oldest.
    rows = hostings.select_related("organization__party").order_by("-pk") if len(found) > 1 else []
    for hosting in sorted(rows, key=lambda row: row.role == Hosting.Role.LEAD):
        if hosting.organization.party:
            found[hosting.centre_id] = hosting.organization.party
    return found


def has_passed(calendar: Calendar, day: date, now: datetime) -> bool:
    """Whether a due day is over where the acting office sits."""
    return today_in(calendar.time_zone, now) > day


def working_days_left(calendar: Calendar, day: date | None, now: datetime) -> int | None:
    """How many working days an office has left until a due day, today not counted; negative when it is late."""
    if day is None:
        return None
    return working_days_between(today_in(calendar.time_zone, now), day, set(calendar.weekend))
