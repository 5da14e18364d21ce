"""Rules about what people may type about projects and opportunities, shared by pages and API. Each raises
ValidationError with a sentence.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.cldr import validate_currency

LONGEST_TEXT = 5000
FIRST_YEAR, LAST_YEAR = 1970, 2100
MOST_FUNDERS = 20


def validate_days(starts: date | None, ends: date | None) -> None:
    """A last day that is not before the first, both in years that can be meant."""
    if starts and ends and ends < starts:
        raise ValidationError(_("Choose a last day that is not before the first day."), code="ends_before_it_starts")
    if any(day and not FIRST_YEAR <= day.year <= LAST_YEAR for day in (starts, ends)):
        raise ValidationError(_("Check the year: it cannot be meant."), code="year")


def validate_co_parties(party: Any, co_parties: Iterable[Any]) -> None:
    """The other countries of a project."""
    if party in co_parties:
        raise ValidationError(_("This country is named already. Choose only the others."), code="named_already")


def validate_funding(rows: Sequence[dict[str, Any]]) -> None:
    """Who pays: each with a name, and an amount only with its currency."""
    if len(rows) > MOST_FUNDERS:
        raise ValidationError(_("Name at most %(most)s funders."), code="too_many", params={"most": MOST_FUNDERS})
    for row in rows:
        if not row.get("funder", "").strip():
            raise ValidationError(_("Name who pays this amount."), code="funder_missing")
        validate_amount(row.get("amount"), row.get("currency", ""))


def validate_amount(amount: Any, currency: str) -> None:
    """An amount of money above zero, together with its currency, or neither."""
    if amount is not None and amount <= 0:
        raise ValidationError(_("Write an amount above 0."), code="amount")
    if (amount is None) != (not currency):
        raise ValidationError(_("Give the amount with its currency, or neither."), code="amount_parts")
    if currency:
        validate_currency(currency)


def validate_reach(worldwide: bool, parties: Iterable[Any], regions: Iterable[Any]) -> None:
    """Who may use an opportunity: all, or those that are named."""
    if not worldwide and not list(parties) and not list(regions):
        raise ValidationError(_("Say which countries may apply, or that all may."), code="nobody_may_apply")
