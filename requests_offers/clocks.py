"""Due dates: working days of the office that acts, in its time zone. One table of lengths, one function per holder."""

from datetime import date, timedelta

from centres.calendars import (
    CoordinationCalendar,
    centre_calendar,
    centre_calendars,
    has_passed,
    working_days_left,
)
from centres.working_week import due_on

from .models import Clock, ClockLength

__all__ = [
    "DORMANT_AFTER",
    "UNMET_AFTER",
    "CoordinationCalendar",
    "centre_calendar",
    "centre_calendars",
    "has_passed",
    "working_days_left",
]

DEFAULTS = {  # working days, until the coordinator changes them
    Clock.TRIAGE: 10,
    Clock.CLARIFICATION: 15,
    Clock.MATCH_ANSWER: 15,
    Clock.VERIFICATION: 10,
    Clock.CONSULTATION: 30,
    Clock.DONOR_QUESTION: 15,
}
DORMANT_AFTER = timedelta(days=60)
UNMET_AFTER = timedelta(days=90)


def length(clock: Clock) -> int:
    """How many working days a due date gets that is set now: what the coordinator chose last, or the default.

    One row by its index, read when a date is set. A copy kept longer would be wrong for a while after a change.
    """
    chosen = ClockLength.objects.newest(clock)
    return chosen.working_days if chosen else DEFAULTS[clock]


def lengths() -> dict[Clock, int]:
    """The lengths of all clocks as they are now, in one query."""
    found = dict(DEFAULTS)
    for key, days in ClockLength.objects.order_by("changed_at", "pk").values_list("key", "working_days"):
        found[Clock(key)] = days
    return found


def triage_due(request, now) -> date:
    """Until when the holding centre says whether it takes a request on."""
    return due_on(centre_calendar(request.centre), length(Clock.TRIAGE), now)


def office_due(party, now, days: int | None = None) -> date:
    """Until when a Party's office answers."""
    return due_on(party, length(Clock.CLARIFICATION) if days is None else days, now)


def verification_due(centre, now) -> date:
    """Until when an offer is verified."""
    return due_on(centre_calendar(centre), length(Clock.VERIFICATION), now)


def match_due(party, now) -> date:
    """Until when both sides answer an offered match: the working week of the country that waits."""
    return due_on(party, length(Clock.MATCH_ANSWER), now)
