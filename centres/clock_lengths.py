"""How many working days a due date gets that is set now: what the coordinator chose last, or the default."""

from .models import Clock, ClockLength

DEFAULTS = {  # working days, until the coordinator changes them
    Clock.TRIAGE: 10,
    Clock.CLARIFICATION: 15,
    Clock.MATCH_ANSWER: 15,
    Clock.VERIFICATION: 10,
    Clock.CONSULTATION: 30,
    Clock.DONOR_QUESTION: 15,
    Clock.HELPDESK: 10,
}


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
