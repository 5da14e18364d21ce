"""What an activity or a budget line says, as plain values: read from rows, checked, and written to rows.

The same values go through pages, API, imported files, the record of edits and their undoing. Links are codes: functions
by code, targets by number, Parties by iso2, needs and engagements by reference, partners and funders by slug,
priorities by id.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.cldr import validate_currency
from accounts.models import User
from centres.models import CentreFunction, NationalPriority, Organization, Party, Target
from requests_offers.models import Component, Engagement

from ..models import Activity, BudgetLine, Version
from ..validators import validate_days, validate_rate, validate_year
from . import results

ACTIVITY_PLAIN = ("position", "title", "description", "other_partners", "is_essential", "starts_on", "ends_on")
LINE_PLAIN = (
    "year", "category", "description", "amount", "currency", "rate_to_usd", "rate_on", "rate_source", "funding",
    "staff_months", "notes",
)  # fmt: skip
PLAN_PLAIN = ("title", "summary")
MOST_LINKS = 250
Content = dict[str, Any]


@dataclass(frozen=True)
class Link:
    """A set of an activity: the rows that may stand in it, and the code by which each is written."""

    rows: Callable[[User | None], Any]
    code: Callable[[Any], str | int]
    find: Callable[[Any, str | int], Any]


def _by(field: str) -> Callable[[Any, str | int], Any]:
    return lambda rows, code: rows.filter(**{field: code})


def _by_reference(rows: Any, code: str | int) -> Any:
    return rows.by_reference(str(code))


def _seen(model: Any) -> Callable[[User | None], Any]:
    """What the editor sees; everything where the portal itself writes."""
    return lambda by: model.objects.all() if by is None else model.objects.visible_to(by)


LINKS: dict[str, Link] = {
    "functions": Link(lambda by: CentreFunction.objects.current(), lambda row: row.code, _by("code")),
    "targets": Link(lambda by: Target.objects.current(), lambda row: row.number, _by("number")),
    "parties": Link(lambda by: Party.objects.current(), lambda row: row.iso2, _by("iso2")),
    "priorities": Link(lambda by: NationalPriority.objects.current(), lambda row: row.pk, _by("pk")),
    "components": Link(_seen(Component), lambda row: row.reference, _by_reference),
    "engagements": Link(_seen(Engagement), lambda row: row.reference, _by_reference),
    "partners": Link(lambda by: Organization.objects.current(), lambda row: row.slug, _by("slug")),
}
ACTIVITY_FIELDS = (*ACTIVITY_PLAIN, *LINKS, "results")
LINE_FIELDS = (*LINE_PLAIN, "funder")


# Reading --------------------------------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """A value as JSON has it: days and numbers as texts, the same however the database writes them."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value


def money(amount: Decimal) -> str:
    """An amount to the cent, as a text."""
    return f"{amount:.2f}"


def of_plan(version: Version) -> Content:
    """What the head of a plan says."""
    return {name: getattr(version, name) for name in PLAN_PLAIN}


def of_activity(activity: Activity) -> Content:
    """What an activity says; reads prefetched sets without a query."""
    said = {name: plain(getattr(activity, name)) for name in ACTIVITY_PLAIN}
    for name, link in LINKS.items():
        said[name] = sorted(link.code(row) for row in getattr(activity, name).all())
    return said | {"results": results.read(activity)}


def of_line(line: BudgetLine) -> Content:
    """What a budget line says."""
    said = {name: plain(getattr(line, name)) for name in LINE_PLAIN}
    funder = line.funder.slug if line.funder else None
    return said | {"amount": money(line.amount), "funder": funder, "activity": line.activity.reference}


# Checking -------------------------------------------------------------------------------------------------------------


class Faults(dict[str, list[ValidationError]]):
    """The faults found so far, by field; told all at once."""

    def take(self, field: str, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except ValidationError as error:
            self.setdefault(field, []).append(error)
            return None

    def tell(self) -> None:
        if self:
            raise ValidationError({field: errors for field, errors in self.items()})  # noqa: C416


def _refuse_unknown(data: Content, known: Iterable[str], faults: Faults) -> None:
    for name in data:
        if name not in known:
            faults.setdefault(name, []).append(ValidationError(_("There is no field with this name here."), "unknown"))


def _clean_fields(model: type[Model], names: Iterable[str], data: Content, faults: Faults) -> Content:
    """The values of plain fields, each by the rules of its own column."""
    cleaned: Content = {}
    for name in names:
        if name in data:
            field: Any = model._meta.get_field(name)
            value = field.get_default() if data[name] in (None, "") and not field.null else data[name]
            cleaned[name] = faults.take(name, partial(field.clean, value, None))
    return cleaned


def clean_plan(data: Content) -> Content:
    """The head of a plan, checked."""
    faults = Faults()
    _refuse_unknown(data, PLAN_PLAIN, faults)
    cleaned = _clean_fields(Version, PLAN_PLAIN, data, faults)
    faults.tell()
    return cleaned


def clean_activity(data: Content, *, version: Version, by: User | None, activity: Activity | None = None) -> Content:
    """What is given of an activity, checked; links become rows. All faults at once, by field."""
    faults = Faults()
    _refuse_unknown(data, ACTIVITY_FIELDS, faults)
    cleaned = _clean_fields(Activity, ACTIVITY_PLAIN, data, faults)
    days = [cleaned.get(name, getattr(activity, name, None)) for name in ("starts_on", "ends_on")]
    faults.take("ends_on", lambda: validate_days(*days))
    for name, link in LINKS.items():
        if name in data:
            kept = set(getattr(activity, name).all()) if activity else set()
            cleaned[name] = faults.take(name, partial(_rows, link, data[name], by, kept))
    if "results" in data:
        years = version.workplan.period
        cleaned["results"] = faults.take("results", lambda: results.clean(data["results"], years))
    faults.tell()
    return cleaned


def _rows(link: Link, codes: Iterable[Any], by: User | None, kept: set[Any]) -> list[Any]:
    """The rows with these codes. Those that stand there already stay, also where the editor may not see them."""
    known = {str(link.code(row)): row for row in kept}
    found, lacking = [], []
    for code in list(dict.fromkeys(codes))[: MOST_LINKS + 1]:
        row = code if isinstance(code, Model) else known.get(str(code)) or _find(link, code, by)
        found.append(row) if row else lacking.append(str(code))
    if lacking:
        sentence = _("There is nothing here with these codes: %(codes)s.") % {"codes": ", ".join(lacking)}
        raise ValidationError(sentence, code="does_not_exist")
    if len(found) > MOST_LINKS:
        raise ValidationError(_("Choose at most %(most)s.") % {"most": MOST_LINKS}, code="too_many")
    return found


def _find(link: Link, code: str | int, by: User | None) -> Any:
    try:
        return link.find(link.rows(by), code).first()
    except (ValueError, TypeError, OverflowError):
        return None


def clean_line(data: Content, *, version: Version, line: BudgetLine | None = None) -> Content:
    """What is given of a budget line, checked; the funder becomes a row."""
    faults = Faults()
    _refuse_unknown(data, LINE_FIELDS, faults)
    cleaned = _clean_fields(BudgetLine, LINE_PLAIN, data, faults)
    _check_line(cleaned, data, version, line, faults)
    if "funder" in data:
        cleaned["funder"] = faults.take("funder", lambda: _funder(data["funder"], line))
    faults.tell()
    return cleaned


def _check_line(cleaned: Content, data: Content, version: Version, line: BudgetLine | None, faults: Faults) -> None:
    """The rules between the fields of a line. Only where the fields themselves are right."""
    if line is None:
        for name in ("year", "category", "amount"):
            if data.get(name) in (None, ""):
                faults[name] = [ValidationError(_("This field is required."), "required")]
    if cleaned.get("year") is not None:
        faults.take("year", lambda: validate_year(cleaned["year"], version.workplan.period))
    for name in ("amount", "staff_months"):
        if cleaned.get(name) is not None and cleaned[name] < 0:
            faults[name] = [ValidationError(_("Write a number that is not negative."), "negative")]
    if "currency" in cleaned and "currency" not in faults:
        faults.take("currency", lambda: validate_currency(cleaned["currency"]))
    rate = [cleaned.get(name, getattr(line, name, None)) for name in ("rate_to_usd", "rate_on", "rate_source")]
    currency = cleaned.get("currency", line.currency if line else "USD")
    if not {"currency", "rate_to_usd", "rate_on", "rate_source"} & set(faults):
        faults.take("rate_to_usd", lambda: validate_rate(currency, rate[0], rate[1], rate[2] or ""))


def _funder(code: Any, line: BudgetLine | None) -> Organization | None:
    if code in (None, "") or isinstance(code, Organization):
        return code or None
    if line and line.funder and line.funder.slug == code:
        return line.funder
    found = Organization.objects.current().filter(slug=code).first()
    if found is None:
        raise ValidationError(_("There is nothing here with the code “%(code)s”.") % {"code": code}, "does_not_exist")
    return found


# Writing --------------------------------------------------------------------------------------------------------------


def write_activity(activity: Activity, cleaned: Content) -> None:
    """Put checked values into a row and its sets."""
    for name in ACTIVITY_PLAIN:
        if name in cleaned:
            setattr(activity, name, cleaned[name])
    activity.refresh_search_text()
    activity.save()
    for name in LINKS:
        if name in cleaned:
            getattr(activity, name).set(cleaned[name])
    if "results" in cleaned:
        results.write(activity, cleaned["results"])


def write_line(line: BudgetLine, cleaned: Content) -> None:
    """Put checked values into a row."""
    for name in LINE_FIELDS:
        if name in cleaned:
            setattr(line, name, cleaned[name])
    line.save()
