"""Outputs and outcomes of an activity with their indicators, as plain values: read, checked, written."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from requests_offers.references import number_in

from ..models import Activity, Indicator, IndicatorIdentity, IndicatorTarget, Period, Result
from ..validators import validate_year

RESULT_PLAIN = ("kind", "title", "description")
INDICATOR_PLAIN = ("title", "measure", "unit", "is_cumulative", "baseline", "baseline_year", "source")
MOST_RESULTS, MOST_INDICATORS = 30, 20


def read(activity: Activity) -> list[dict[str, Any]]:
    """The results of an activity with their indicators; reads prefetched rows without a query."""
    rows = sorted(activity.results.all(), key=lambda row: row.number)
    return [
        {"reference": f"{activity.reference}-R{row.number}", "number": row.number}
        | {name: getattr(row, name) for name in RESULT_PLAIN}
        | {"indicators": [_indicator(one) for one in sorted(row.indicators.all(), key=lambda one: one.identity_id)]}
        for row in rows
    ]


def _indicator(row: Indicator) -> dict[str, Any]:
    said = {name: _text(getattr(row, name)) for name in INDICATOR_PLAIN}
    targets = sorted(row.targets.all(), key=lambda one: one.year)
    return {
        "reference": row.reference,
        **said,
        "targets": [{"year": one.year, "value": _text(one.value)} for one in targets],
    }


def _text(value: Any) -> Any:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def clean(given: Any, period: Period) -> list[dict[str, Any]]:
    """Results as a person gives them, checked. Faults name the place: the second result, its first indicator."""
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise ValidationError(_("Give the results as a list."), code="list")
    if len(given) > MOST_RESULTS:
        raise ValidationError(_("An activity has at most %(most)s results.") % {"most": MOST_RESULTS}, code="too_many")
    faults: list[ValidationError] = []
    cleaned = [_clean_result(one, f"{place}", period, faults) for place, one in enumerate(given, 1)]
    numbers = [one["number"] for one in cleaned if one["number"]]
    if len(set(numbers)) != len(numbers):
        faults.append(ValidationError(_("Each result can be named once."), code="twice"))
    if faults:
        raise ValidationError(faults)
    return cleaned


def _clean_result(given: dict[str, Any], place: str, period: Period, faults: list[ValidationError]) -> dict[str, Any]:
    known = {"reference", "number", "indicators", *RESULT_PLAIN}
    said = _clean(Result, RESULT_PLAIN, given, place, faults, known)
    number = given.get("number")
    if number is not None and not (isinstance(number, int) and 1 <= number <= 999):
        faults.append(_at(place, _("Write the number of the result from 1 to 999.")))
        number = None
    indicators = given.get("indicators") or []
    if not isinstance(indicators, list) or len(indicators) > MOST_INDICATORS:
        faults.append(_at(place, _("A result has a list of at most %(most)s indicators.") % {"most": MOST_INDICATORS}))
        indicators = []
    said["indicators"] = [
        _clean_indicator(one, f"{place}.{order}", period, faults) for order, one in enumerate(indicators, 1)
    ]
    return said | {"number": number}


def _clean_indicator(given: Any, place: str, period: Period, faults: list[ValidationError]) -> dict[str, Any]:
    if not isinstance(given, dict):
        faults.append(_at(place, _("Give the indicator with its fields.")))
        return {"targets": []}
    said = _clean(Indicator, INDICATOR_PLAIN, given, place, faults, {"reference", "targets", *INDICATOR_PLAIN})
    said["identity"] = number_in("IND", str(given.get("reference") or ""))
    said["targets"] = []
    for one in given.get("targets") or []:
        try:
            year = IndicatorTarget._meta.get_field("year").clean(one["year"], None)
            value = IndicatorTarget._meta.get_field("value").clean(one["value"], None)
            validate_year(year, period)
            said["targets"].append((year, value))
        except ValidationError as error:
            faults.append(_at(place, " ".join(error.messages)))
        except (KeyError, TypeError):
            faults.append(_at(place, _("Give each target a year and a value.")))
    years = [year for year, _value in said["targets"]]
    if len(set(years)) != len(years):
        faults.append(_at(place, _("Give one target for each year.")))
    return said


def _clean(
    model: Any,
    names: tuple[str, ...],
    given: dict[str, Any],
    place: str,
    faults: list[ValidationError],
    known: set[str],
) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name in given:
        if name not in known:
            faults.append(_at(place, _("There is no field “%(name)s” here.") % {"name": name}))
    for name in names:
        field = model._meta.get_field(name)
        value = given.get(name)
        value = field.get_default() if value in (None, "") and not field.null else value
        try:
            said[name] = field.clean(value, None)
        except ValidationError as error:
            faults.append(_at(place, f"{field.verbose_name}: {' '.join(error.messages)}"))
    return said


def _at(place: str, sentence: str) -> ValidationError:
    """A fault with its place: 2.1 is the first indicator of the second result."""
    return ValidationError(f"{place}: {sentence}", code="result")


def write(activity: Activity, cleaned: list[dict[str, Any]]) -> None:
    """Make the results of an activity these. Numbers and references stay; what is new gets the next ones."""
    used = Result.objects.filter(activity__identity=activity.identity_id).aggregate(most=Max("number"))["most"] or 0
    activity.results.all().delete()
    next_number = max([used, *(one["number"] or 0 for one in cleaned)]) + 1
    for one in cleaned:
        number = one["number"] or next_number
        next_number += not one["number"]
        plain = {name: one[name] for name in RESULT_PLAIN}
        result = Result.objects.create(activity=activity, number=number, **plain)
        for indicator in one["indicators"]:
            _write_indicator(result, activity, indicator)


def _write_indicator(result: Result, activity: Activity, said: dict[str, Any]) -> None:
    workplan = activity.identity.workplan_id
    known = (
        IndicatorIdentity.objects.filter(pk=said["identity"], workplan=workplan).first() if said["identity"] else None
    )
    taken = Indicator.objects.filter(identity=known, result__activity__version=activity.version_id) if known else None
    if known is None or (taken is not None and taken.exists()):  # a reference that is used twice names the first
        known = IndicatorIdentity.objects.create(workplan_id=workplan)
    plain = {name: said[name] for name in INDICATOR_PLAIN}
    row = Indicator.objects.create(result=result, identity=known, **plain)
    IndicatorTarget.objects.bulk_create(
        IndicatorTarget(indicator=row, year=year, value=value) for year, value in said["targets"]
    )
