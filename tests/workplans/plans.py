"""Drafts of workplans for tests: small ones through the actions, large ones straight into the tables."""

from datetime import date
from decimal import Decimal

from tests import factories as f
from workplans.actions import drafting, plans
from workplans.models import (
    Activity,
    ActivityIdentity,
    BudgetLine,
    Indicator,
    IndicatorIdentity,
    IndicatorTarget,
    LineIdentity,
    Period,
    Result,
    Version,
    Workplan,
)

ARABIC = "مسح مروج الأعشاب البحرية مع المجتمعات المحلية"
CHINESE = "与社区一起开展海草床调查"
TITLES = ("Survey of seagrass beds with communities", ARABIC, CHINESE, "=SUM(1;2) is a text", "Échange d’expériences")


def line(**fields):
    return {
        "year": 2027,
        "category": "travel",
        "description": "Field visits",
        "amount": "1250.50",
        "currency": "USD",
        "funding": "sought",
    } | fields


def result(**fields):
    indicator = {
        "title": "Beds surveyed",
        "unit": "beds",
        "baseline": "2",
        "baseline_year": 2026,
        "targets": [{"year": 2027, "value": "5"}, {"year": 2028, "value": "9.5"}],
    }
    return {"kind": "output", "title": "A map of seagrass beds", "indicators": [indicator]} | fields


def activity(**fields):
    return {
        "title": "Survey of seagrass beds",
        "description": "Divers and fishers map the beds.\nTwo lagoons a year.",
        "is_essential": True,
        "starts_on": "2027-01-01",
        "ends_on": "2027-12-31",
        "results": [result()],
    } | fields


def period(starts=2027):
    return Period.objects.get_or_create(starts=starts, defaults={"ends": starts + 1})[0]


def draft(*, activities=(), centre=None, by=None, **fields):
    """The draft of a centre's first plan with these activities, each a pair of contents and its lines."""
    centre = centre or f.centre_serving(f.party("FJ"))
    by = by or f.officer_of(centre)
    workplan = plans.start_workplan(centre, period(), by=by, title="Workplan of the centre", **fields)
    version = workplan.versions.get()
    for content, lines in activities:
        made = drafting.add_activity(version, by=by, data=content)
        for one in lines:
            drafting.add_line(made, by=by, data=one)
    return again(version)


def small(**fields):
    """A draft with three activities: English, Arabic and Chinese; lines in two currencies."""
    party, target = f.party("FJ"), f.target()
    euros = line(amount="100.10", currency="EUR", rate_to_usd="1.085", rate_on="2026-10-01", rate_source="UN rate")
    return draft(
        activities=[
            (activity(targets=[target.number], parties=[party.iso2]), [line(), euros]),
            (activity(title=ARABIC, is_essential=False, results=[]), [line(funding="secured", amount="99.99")]),
            (activity(title=CHINESE, starts_on=None, ends_on=None), [line(year=2028, funding="core")]),
        ],
        **fields,
    )


def large(number=300, lines=2, *, version=None, titles=TITLES):
    """A draft with many activities, each with a result, an indicator and budget lines."""
    version = version or draft()
    workplan = version.workplan
    identities = _made(ActivityIdentity, workplan, number)
    activities = Activity.objects.bulk_create(
        Activity(
            version=version,
            identity=identity,
            position=place,
            title=f"{titles[place % len(titles)]} {place}",
            description="What will be done, in two sentences. And where.",
            is_essential=place % 3 > 0,
            starts_on=date(2027, 1 + place % 12, 1),
            ends_on=date(2028, 1 + place % 12, 28),
        )
        for place, identity in enumerate(identities, 1)
    )
    targets, parties = [f.target()], [f.party("FJ"), f.party("WS")]
    for one in activities:
        one.targets.set(targets)
        one.parties.set(parties[: 1 + one.position % 2])
    _results(workplan, activities)
    _lines(workplan, activities, lines)
    return again(version)


def _made(model, workplan, number):
    return model.objects.bulk_create(model(workplan=workplan) for _ in range(number))


def _results(workplan, activities):
    results = Result.objects.bulk_create(Result(activity=one, number=1, title="A report") for one in activities)
    identities = _made(IndicatorIdentity, workplan, len(results))
    indicators = Indicator.objects.bulk_create(
        Indicator(result=one, identity=identity, title="Reports", unit="reports")
        for one, identity in zip(results, identities, strict=True)
    )
    IndicatorTarget.objects.bulk_create(
        IndicatorTarget(indicator=one, year=year, value=Decimal(3)) for one in indicators for year in (2027, 2028)
    )


def _lines(workplan, activities, number):
    identities = iter(_made(LineIdentity, workplan, number * len(activities)))
    BudgetLine.objects.bulk_create(
        BudgetLine(
            activity=one,
            identity=next(identities),
            year=2027 + place % 2,
            category="travel" if place % 2 else "staff",
            description=f"Line {place}",
            amount=Decimal(f"{1000 + 7 * one.position}.{place:02}"),
            funding=("sought", "core", "secured")[one.position % 3],
        )
        for one in activities
        for place in range(number)
    )


def again(version):
    return Version.objects.select_related("workplan__period", "workplan__centre").get(pk=version.pk)


def plan_of(version):
    return Workplan.objects.get(pk=version.workplan_id)
