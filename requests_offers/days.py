"""Days as the reader's language writes them (CLDR), for sentences that are made outside templates."""

from datetime import date, datetime

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language

PATTERNS = {("en", "full"): "EEEE d MMMM y", ("ar", "medium"): "d MMM y"}
CLDR = {"en": "en_GB", "zh-hans": "zh_Hans"}  # English as the United Nations write it: the day before the month


def cldr_locale() -> str:
    """The CLDR name of the language in use."""
    language = get_language() or "en"
    return CLDR.get(language, language.replace("-", "_"))


def day(value: date | None, length: str = "medium") -> str:
    """A day in words: "medium", "long", or "full" with the weekday; empty without one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return format_date(value, PATTERNS.get((get_language() or "en", length), length), locale=cldr_locale())
