"""Days and names of languages, as the reader's language writes them (CLDR)."""

from datetime import date, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from django.utils import timezone
from django.utils.translation import get_language

from accounts.cldr import NO_BREAK_SPACE, cldr_locale

# Where CLDR's own short form is figures only, or its long one has a comma that UN documents leave out.
PATTERNS = {
    ("en", "full"): "EEEE d MMMM y",
    ("ar", "medium"): "d MMM y",
}


def day_text(value: date, length: str = "medium") -> str:
    """A day in words: "medium" for tables, "long" for text, "full" with the weekday, "time" with hour and zone."""
    if length == "time":
        return _moment(value)
    pattern = PATTERNS.get((get_language() or "en", length), length)
    return _day_in(_local(value), pattern, cldr_locale())


@lru_cache(maxsize=4096)
def _day_in(value: date, pattern: str, locale: str) -> str:
    return format_date(value, pattern, locale=locale)


def _moment(value: date) -> str:
    shown = day_text(value, "long")
    if not isinstance(value, datetime):
        return shown
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{shown}, {format_time(local, 'HH:mm', locale=cldr_locale())}{NO_BREAK_SPACE}{local.tzname() or 'UTC'}"


def _local(value: date) -> date:
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


def language_name(tag: str) -> str:
    """The name of a language in the reader's language; an unknown tag is shown as it is."""
    names = Locale.parse(cldr_locale()).languages
    whole = tag.replace("-", "_")
    if whole in names:
        return str(names[whole])
    try:
        return str(names.get(Locale.parse(whole).language, tag))
    except (UnknownLocaleError, ValueError):
        return tag
