"""Due dates: working days of the office that acts, in its time zone. One function per holder."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from centres.calendars import (
    CoordinationCalendar,
    centre_calendar,
    centre_calendars,
    has_passed,
    working_days_left,
)
from centres.clock_lengths import DEFAULTS, length, lengths
from centres.models import Clock
from centres.working_week import due_on

__all__ = [
    "DEFAULTS",
    "DORMANT_AFTER",
    "UNMET_AFTER",
    "CoordinationCalendar",
    "centre_calendar",
    "centre_calendars",
    "has_passed",
    "length",
    "lengths",
    "working_days_left",
]

DORMANT_AFTER = timedelta(days=60)
UNMET_AFTER = timedelta(days=90)


def triage_due(request, now) -> date:
    """Until when the holding centre says whether it takes a request on."""
    return due_on(centre_calendar(request.centre), length(Clock.TRIAGE), now)


def office_due(party, now, days: int | None = None) -> date:
    """Until when a Party's office answers."""
    return due_on(party, length(Clock.CLARIFICATION) if days is None else days, now)


def verification_due(centre, now) -> date:
    """Until when an offer is verified."""
    return due_on(centre_calendar(centre), length(Clock.VERIFICATION), now)


def invitation_due(organization, now) -> date:
    """Until when an invited organization answers: the working week of the country of its seat."""
    return due_on(organization.party or CoordinationCalendar(), length(Clock.MATCH_ANSWER), now)


def end_of(calendar, day: date) -> datetime:
    """The moment at which a due day is over where an office sits."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(calendar.time_zone))


def match_due(party, now) -> date:
    """Until when both sides answer an offered match: the working week of the country that waits."""
    return due_on(party, length(Clock.MATCH_ANSWER), now)
