"""Figures and money as the reader's language writes them (CLDR)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import format_decimal, get_territory_currencies
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

# English is written as the United Nations write it: the day before the month.
CLDR = {"en": "en_GB", "zh-hans": "zh_Hans"}
NO_BREAK_SPACE = "\u00a0"


def cldr_locale() -> str:
    """The CLDR name of the language in use."""
    language = get_language() or "en"
    return CLDR.get(language, language.replace("-", "_"))


def number(value: float | Decimal) -> str:
    """A figure with the separators of the language and the digits 0 to 9."""
    return format_decimal(value, locale=cldr_locale())


def amount(value: float | Decimal) -> str:
    """An amount to the cent; whole ones without hundredths."""
    pattern = "#,##0" if value == int(value) else "#,##0.00"
    return format_decimal(value, pattern, locale=cldr_locale())


def money(value: float | Decimal, currency: str = "USD") -> str:
    """An amount, currency first."""
    return f"{currency}{NO_BREAK_SPACE}{amount(value)}"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that is put into words only when somebody reads it, in their language: for notices to several."""

    value: Decimal
    currency: str

    def __str__(self) -> str:
        return money(self.value, self.currency)


@cache
def currencies() -> frozenset[str]:
    """The ISO codes of the currencies that are money somewhere today."""
    today = date(2026, 1, 1)  # a fixed day: the same answer in every process
    territories = [str(code) for code in Locale("en").territories if len(str(code)) == 2]
    return frozenset(money for code in territories for money in get_territory_currencies(code, today, today))


def validate_currency(code: str) -> None:
    """The code of a currency in use."""
    if code not in currencies():
        raise ValidationError(_("Write the three letters of a currency in use, such as USD or EUR."), code="currency")
