"""When a reminder is due, by the working week and the time zone of the office that acts. The clock is an argument."""

from datetime import date, datetime

from centres.working_week import Calendar, is_working_day, today_in, working_days_between

from ...models import Reminder

Level = Reminder.Level
DAYS_BEFORE = 2
# Working days past the date: the first level on the first of them, the second three later, the third after five more.
DAYS_AFTER = {Level.FIRST: 1, Level.SECOND: 4, Level.THIRD: 9}


def levels_due(calendar: Calendar, day: date, now: datetime, *, lapses: bool = False) -> list[Level]:
    """The levels that should have been sent by now for a due day. None on a day off: nobody reads it then.

    What `lapses` by itself past its date is only reminded of before.
    """
    today, weekend = today_in(calendar.time_zone, now), set(calendar.weekend)
    if not is_working_day(today, weekend):
        return []
    left = working_days_between(today, day, weekend)
    if today <= day:
        return [Level.BEFORE] if left <= DAYS_BEFORE else []
    return [] if lapses else [level for level, days in DAYS_AFTER.items() if -left >= days]
