"""Due dates: working days of the office that acts, in its time zone. One table of lengths, one function per holder."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from centres.models import Hosting
from centres.working_week import due_on, today_in, working_days_between

TRIAGE, CLARIFICATION, MATCH_ANSWER, VERIFICATION = 10, 15, 15, 10  # working days, CONTRACT §1 "Clocks"
DORMANT_AFTER = timedelta(days=60)
UNMET_AFTER = timedelta(days=90)


@dataclass(frozen=True)
class CoordinationCalendar:
    """The coordination entity sits in Montreal."""

    time_zone: str = "America/Toronto"
    weekend: list[int] = field(default_factory=lambda: [5, 6])


def centre_calendar(centre):
    """The time zone and week of a centre: those of its lead host's seat; of the coordination entity without any."""
    return centre_calendars([centre.pk] if centre else [])[centre.pk if centre else None]


def centre_calendars(centre_ids) -> dict:
    """The calendars of several centres in one query, by id; under None that of the coordination entity."""
    found = dict.fromkeys([None, *centre_ids], CoordinationCalendar())
    hostings = Hosting.objects.current().filter(centre__in=[pk for pk in found if pk])
    # The lead host's row is read last, so it counts; among others the oldest.
    rows = hostings.select_related("organization__party").order_by("-pk") if len(found) > 1 else []
    for hosting in sorted(rows, key=lambda row: row.role == Hosting.Role.LEAD):
        if hosting.organization.party:
            found[hosting.centre_id] = hosting.organization.party
    return found


def triage_due(request, now) -> date:
    """Until when the holding centre says whether it takes a request on."""
    return due_on(centre_calendar(request.centre), TRIAGE, now)


def office_due(party, now, days=CLARIFICATION) -> date:
    """Until when a Party's office answers."""
    return due_on(party, days, now)


def verification_due(centre, now) -> date:
    """Until when an offer is verified."""
    return due_on(centre_calendar(centre), VERIFICATION, now)


def match_due(party, now) -> date:
    """Until when both sides answer an offered match: the working week of the country that waits."""
    return due_on(party, MATCH_ANSWER, now)


def has_passed(calendar, day: date, now) -> bool:
    """Whether a due day is over where the acting office sits."""
    return today_in(calendar.time_zone, now) > day


def working_days_left(calendar, day: date | None, now) -> int | None:
    """How many working days an office has left until a due day, today not counted; negative when it is late."""
    if day is None:
        return None
    return working_days_between(today_in(calendar.time_zone, now), day, set(calendar.weekend))
