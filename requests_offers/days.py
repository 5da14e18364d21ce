"""Days as the reader's language writes them (CLDR), for sentences that are made outside templates."""

from datetime import date, datetime

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language

from accounts.cldr import cldr_locale

PATTERNS = {("en", "full"): "EEEE d MMMM y", ("ar", "medium"): "d MMM y"}


def day(value: date | None, length: str = "medium") -> str:
    """A day in words: "medium", "long", or "full" with the weekday; empty without one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return format_date(value, PATTERNS.get((get_language() or "en", length), length), locale=cldr_locale())
