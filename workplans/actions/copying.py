"""Rows of one version copied into another: for an amendment or a revision under the same numbers,
else under new ones.
"""

from datetime import date
from typing import Any

from ..models import (
    Activity,
    ActivityIdentity,
    BudgetLine,
    Funding,
    Indicator,
    IndicatorIdentity,
    IndicatorTarget,
    LineIdentity,
    Result,
    Version,
)
from .contents import LINKS

BATCH = 400


def copy_rows(source: Version, target: Version, *, years: int = 0, new_identities: bool = False) -> int:
    """Copy activities, results, indicators and budget lines; returns how many activities.

    `years` moves every day and year. Under new numbers money that was secured is sought again, and rates, which carry
    their day, are left out: both spoke of years that are over.
    """
    rows = list(source.activities.in_order().prefetch_related(*LINKS, "results__indicators__targets", "budget_lines"))
    made: list[Activity] = []
    for row in rows:
        identity = ActivityIdentity.objects.create(workplan=target.workplan) if new_identities else row.identity
        copy = _copied(row, version=target, identity=identity)
        copy.starts_on, copy.ends_on = _moved(row.starts_on, years), _moved(row.ends_on, years)
        made.append(copy)
    if new_identities:
        for copy in made:
            copy.refresh_search_text()
    Activity.objects.bulk_create(made, BATCH)
    _copy_links(rows, made)
    _copy_results(rows, made, target, years, new_identities)
    _copy_lines(rows, made, target, years, new_identities)
    return len(made)


def _copied(row: Any, **changes: Any) -> Any:
    """The same row again, without its key."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    values = {field.attname: getattr(row, field.attname) for field in fields}
    copy = type(row)(**values)
    for name, value in (changes | ({"revision": 1} if hasattr(row, "revision") else {})).items():
        setattr(copy, name, value)
    return copy


def _moved(day: date | None, years: int) -> date | None:
    if day is None or not years:
        return day
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year + years, day=last)


def _copy_links(rows: list[Activity], made: list[Activity]) -> None:
    for name in LINKS:
        field: Any = Activity._meta.get_field(name)
        through = field.remote_field.through
        own, other = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
        pairs = [
            through(**{own: copy.pk, other: linked.pk})
            for row, copy in zip(rows, made, strict=True)
            for linked in getattr(row, name).all()
        ]
        through.objects.bulk_create(pairs, BATCH)


def _copy_results(
    rows: list[Activity], made: list[Activity], target: Version, years: int, new_identities: bool
) -> None:
    results: list[tuple[Result, Result]] = [
        (old, _copied(old, activity=copy)) for row, copy in zip(rows, made, strict=True) for old in row.results.all()
    ]
    Result.objects.bulk_create([new for _old, new in results], BATCH)
    indicators: list[tuple[Indicator, Indicator]] = []
    for old_result, new_result in results:
        for old in old_result.indicators.all():
            identity = IndicatorIdentity.objects.create(workplan=target.workplan) if new_identities else old.identity
            new = _copied(old, result=new_result, identity=identity)
            new.baseline_year = old.baseline_year + years if old.baseline_year else None
            indicators.append((old, new))
    Indicator.objects.bulk_create([new for _old, new in indicators], BATCH)
    targets = [
        IndicatorTarget(indicator=new, year=one.year + years, value=one.value)
        for old, new in indicators
        for one in old.targets.all()
    ]
    IndicatorTarget.objects.bulk_create(targets, BATCH)


def _copy_lines(rows: list[Activity], made: list[Activity], target: Version, years: int, new_identities: bool) -> None:
    lines = []
    for row, copy in zip(rows, made, strict=True):
        for old in row.budget_lines.all():
            identity = LineIdentity.objects.create(workplan=target.workplan) if new_identities else old.identity
            new = _copied(old, activity=copy, identity=identity)
            if new_identities:
                new.year = old.year + years
                new.rate_to_usd, new.rate_on, new.rate_source = None, None, ""
                if old.funding == Funding.SECURED:
                    new.funding, new.funder = Funding.SOUGHT, None
            lines.append(new)
    BudgetLine.objects.bulk_create(lines, BATCH)
