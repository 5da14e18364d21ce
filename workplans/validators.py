"""Rules about what a plan may say, shared by pages, API and imported files.

Each raises ValidationError with a sentence.
"""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import Period

FIRST_YEAR, LAST_YEAR = 1990, 2100


def validate_year(year: int, period: Period) -> None:
    """A year of the plan's period."""
    if year not in period.years:
        raise ValidationError(
            _("Choose a year of the period %(period)s."), code="outside_period", params={"period": str(period)}
        )


def validate_days(starts: date | None, ends: date | None) -> None:
    """The days of an activity: the last is not before the first, and both lie in years that can be meant."""
    if starts and ends and ends < starts:
        raise ValidationError(_("Choose a last day that is not before the first day."), code="ends_before_it_starts")
    if any(day and not FIRST_YEAR <= day.year <= LAST_YEAR for day in (starts, ends)):
        raise ValidationError(_("Check the year: it cannot be meant."), code="year")


def validate_rate(currency: str, rate: Decimal | None, on: date | None, source: str) -> None:
    """A rate comes with its day and its source; dollars need none."""
    given = [rate is not None, on is not None, bool(source)]
    if currency == "USD" and any(given):
        raise ValidationError(_("Dollars need no rate: leave it empty."), code="rate_for_dollars")
    if any(given) and not all(given):
        raise ValidationError(_("Give the rate with its day and its source, or none of the three."), code="rate_parts")
    if rate is not None and rate <= 0:
        raise ValidationError(_("Write how many dollars one unit is worth: a number above 0."), code="rate_positive")
