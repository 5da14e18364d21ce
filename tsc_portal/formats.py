"""Dates, figures, money and names of languages, as the reader's language writes them (CLDR)."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language

# English is written as the United Nations write it: the day before the month.
CLDR = {"en": "en_GB", "zh-hans": "zh_Hans"}
# Where CLDR's own short form is figures only, or its long one has a comma that UN documents leave out.
PATTERNS = {
    ("en", "full"): "EEEE d MMMM y",
    ("ar", "medium"): "d MMM y",
}
NO_BREAK_SPACE = "\u00a0"


def cldr_locale() -> str:
    """The CLDR name of the language in use."""
    language = get_language() or "en"
    return CLDR.get(language, language)


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


def number(value: float | Decimal) -> str:
    """A figure with the separators of the language and the digits 0 to 9."""
    return format_decimal(value, locale=cldr_locale())


def money(value: float | Decimal, currency: str = "USD") -> str:
    """An amount, currency first, in whole units unless there are hundredths."""
    pattern = "#,##0" if value == int(value) else "#,##0.00"
    return f"{currency}{NO_BREAK_SPACE}{format_decimal(value, pattern, locale=cldr_locale())}"


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
