"""The values of a snapshot as a person reads them, in the active language."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import cldr
from centres.models import language_of
from requests_offers.days import day

from ..lifecycle import Amendment
from ..models import Category, Funding, Measure, Result

CHOICES: dict[str, Any] = {
    "kind": Result.Kind, "measure": Measure, "category": Category, "funding": Funding, "amendment": Amendment,
}  # fmt: skip
DAYS = {"starts_on", "ends_on", "rate_on"}
NUMBERS = {"baseline", "value", "rate_to_usd", "staff_months"}
LABELS = {
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("Summary"),
    "language": gettext_lazy("Language"),
    "amendment": gettext_lazy("Kind of amendment"),
    "centre": gettext_lazy("Centre"),
    "period": gettext_lazy("Period"),
    "description": gettext_lazy("Description"),
    "functions": gettext_lazy("Functions of the centre"),
    "targets": gettext_lazy("Targets"),
    "parties": gettext_lazy("Parties"),
    "priorities": gettext_lazy("National priorities"),
    "components": gettext_lazy("Needs of requests"),
    "engagements": gettext_lazy("Engagements"),
    "partners": gettext_lazy("Partners"),
    "other_partners": gettext_lazy("Other partners"),
    "is_essential": gettext_lazy("Priority"),
    "starts_on": gettext_lazy("From"),
    "ends_on": gettext_lazy("Until"),
    "kind": gettext_lazy("Kind of result"),
    "number": gettext_lazy("Number"),
    "measure": gettext_lazy("Counted as"),
    "unit": gettext_lazy("Unit"),
    "is_cumulative": gettext_lazy("Each year adds to the years before"),
    "baseline": gettext_lazy("Baseline"),
    "baseline_year": gettext_lazy("Year of the baseline"),
    "source": gettext_lazy("Means of verification"),
    "year": gettext_lazy("Year"),
    "category": gettext_lazy("Category"),
    "amount": gettext_lazy("Amount"),
    "currency": gettext_lazy("Currency"),
    "rate_to_usd": gettext_lazy("Dollars for one unit"),
    "rate_on": gettext_lazy("Day of the rate"),
    "rate_source": gettext_lazy("Source of the rate"),
    "funding": gettext_lazy("Funding source"),
    "funder": gettext_lazy("Funder"),
    "staff_months": gettext_lazy("Staff time in months"),
    "notes": gettext_lazy("Notes"),
    "activity": gettext_lazy("Activity"),
    "is_example": gettext_lazy("Example data"),
}


def label_of(field: str) -> str:
    """What pages call a field of a snapshot."""
    return str(LABELS.get(field, field.replace("_", " ")))


def name_of(names: dict[str, str]) -> str:
    """A name in the active language, else in English, else in any."""
    return names.get(language_of()) or names.get("en") or next(iter(names.values()), "")


def number(value: str | Decimal) -> str:
    """A figure with the separators of the language, without zeros that say nothing."""
    figure = Decimal(value).normalize()
    return format_decimal(figure, "#,##0.########", locale=cldr.cldr_locale())


def money(value: str | Decimal, currency: str) -> str:
    """An amount to the cent, currency first."""
    return cldr.money(Decimal(value), currency)


def amount(value: str | Decimal) -> str:
    """An amount to the cent; whole ones without hundredths."""
    return cldr.amount(Decimal(value))


def exact(value: str | Decimal) -> str:
    """An amount to the cent, for columns in which points stand below each other."""
    return format_decimal(Decimal(value), "#,##0.00", locale=cldr.cldr_locale())


def exact_money(value: str | Decimal, currency: str) -> str:
    """The same, currency first."""
    return f"{currency}{cldr.NO_BREAK_SPACE}{exact(value)}"


def runs(numbers: Iterable[str]) -> str:
    """Numbers of activities in one line: 1–4, 7, 9–12."""
    found: list[list[int]] = []
    for number in sorted(map(int, numbers)):
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in found)


def sums(by_currency: dict[str, str]) -> str:
    """Sums in several currencies, dollars first; nothing is added across them."""
    order = sorted(by_currency, key=lambda currency: (currency != "USD", currency))
    return " + ".join(money(by_currency[currency], currency) for currency in order)


def day_text(value: str | None, length: str = "medium") -> str:
    """A day of a snapshot in words."""
    return day(date.fromisoformat(value), length) if value else ""


def days_text(starts_on: str | None, ends_on: str | None) -> str:
    """From when until when, as far as it is known."""
    words = {"from": day_text(starts_on), "until": day_text(ends_on)}
    if starts_on and ends_on:
        return _("%(from)s to %(until)s") % words
    if starts_on:
        return _("from %(from)s") % words
    return _("until %(until)s") % words if ends_on else ""


def essential_word(is_essential: bool) -> str:
    return _("essential") if is_essential else _("nice to have")


def thing(value: dict[str, Any]) -> str:
    """One thing of a list: a target, a Party, a partner, a need of a request."""
    if "number" in value and "names" in value:
        return f"{value['number']} {name_of(value['names'])}"
    if "names" in value:
        return name_of(value["names"])
    if "year" in value and "value" in value:
        return f"{value['year']}: {number(value['value'])}"
    if "party" in value and "code" in value:
        return f"{value['party']} {value['code']} {value.get('title', '')}".strip()
    if "reference" in value:
        return f"{value['reference']} {value.get('title', '')}".strip()
    return str(value.get("name") or value.get("slug") or "")


def things(values: Iterable[dict[str, Any]]) -> str:
    """A list of things in one line."""
    return "; ".join(thing(value) for value in values)


def shown(field: str, value: Any) -> str:
    """Any value of a snapshot; nothing for what is empty."""
    if value is None or value == "" or value == []:
        return ""
    if field == "is_essential":
        return essential_word(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if field in CHOICES:
        return str(dict(CHOICES[field].choices).get(value, value))
    if field in DAYS:
        return day_text(value)
    if field == "amount":
        return amount(value)
    if field in NUMBERS:
        return number(value)
    if isinstance(value, dict):
        return thing(value)
    if isinstance(value, list):
        return things(value)
    return str(value)
