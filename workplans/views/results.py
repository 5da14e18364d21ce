"""What plans promise and what is reached: outputs and outcomes of a centre, and of the network; page and file."""

from decimal import Decimal

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.api.export import TYPES, Table, answer, licence
from centres.models import SupportCentre

from ..actions import adding_up
from ..exports.report_words import percent
from ..models import Measure, Period, Version
from ..wording import values

SHARE = Decimal("0.0001")
COLUMNS = [
    "workplan", "centre", "activity", "activity_title", "result", "result_kind", "result_title", "indicator",
    "indicator_title", "measure", "unit", "is_cumulative", "baseline", "baseline_year",
]  # fmt: skip
LAST = ["target", "reached", "share", "address", "is_example", "licence"]
WORDS = {
    "workplan": gettext_lazy("The reference of the workplan."),
    "centre": gettext_lazy("The slug of the centre; network: the coordination entity."),
    "measure": gettext_lazy("What is counted alike in all plans; empty: a measure of this plan."),
    "is_cumulative": gettext_lazy("Each year adds to the years before."),
    "target": gettext_lazy("What is promised for the whole period."),
    "reached": gettext_lazy("What is reached: the progress that the head of the centre has approved."),
    "share": gettext_lazy("How much of it is reached: 1 is all."),
    "address": gettext_lazy("The address of its page."),
    "is_example": gettext_lazy("Example data."),
    "licence": gettext_lazy("Under which terms the data may be used."),
}


@login_not_required
@require_safe
def centre_results(request, slug):
    """The results of one centre's plan, indicator by indicator."""
    centre = get_object_or_404(SupportCentre.objects.current(), slug=slug)
    return _page(request, centre)


@login_not_required
@require_safe
def network_results(request):
    """The results of all plans together; ?measure= shows the centres and indicators behind a sum."""
    return _page(request, None)


def _page(request, centre):
    public = Version.objects.public()
    if centre:
        public = public.filter(workplan__centre=centre)
    periods = list(Period.objects.filter(workplans__versions__in=public).distinct().in_order())
    period = _chosen(periods, request.GET.get("period", ""))
    measure = request.GET.get("measure", "")
    if measure and measure not in Measure.values:
        raise Http404
    lines = adding_up.lines_of(period, centre=centre and centre.pk) if period else []
    kind = request.GET.get("format")
    if kind in TYPES and period:
        shown = [line for line in lines if not measure or line.measure == measure]
        return answer(kind, _table(period, centre), (_record(line, period, request) for line in shown))
    context = {"centre": centre, "periods": periods, "period": period, "years": period.years if period else []}
    context |= {"kinds": list(TYPES), "centres": _centres(lines)}
    context["sums"] = [_sum(one, context["years"]) for one in adding_up.by_measure(lines)]
    context |= _behind(lines, measure, context["years"]) if measure else {"groups": _by_plan(lines if centre else [])}
    return render(request, "workplans/results.html", context)


def _chosen(periods: list[Period], wanted: str) -> Period | None:
    """The period that is asked for; else the one in which we are or were last."""
    named = [one for one in periods if str(one.starts) == wanted]
    if wanted and not named:
        raise Http404
    return next(iter(named or periods), None)


def _behind(lines, measure, years) -> dict:
    """What stands behind one sum: the plans, and their indicators."""
    those = [line for line in lines if line.measure == measure]
    parts = [
        {"version": version, "name": _whose(version)} | _sum(sums[0], years)
        for version, sums in adding_up.by_centre(those, measure)
    ]
    return {"measure": Measure(measure), "parts": parts, "groups": _by_plan(those)}


def _centres(lines) -> list[SupportCentre]:
    """Whose plans are added up."""
    centres = {line.version.workplan.centre for line in lines} - {None}
    return sorted(centres, key=lambda one: str(one.name))


def _whose(version) -> str:
    centre = version.workplan.centre
    return centre.name if centre else _("The whole network")


def _by_plan(lines) -> list[dict]:
    """Plan by plan, each indicator with its result."""
    plans: dict[int, dict] = {}
    for line in lines:
        plan = plans.setdefault(line.version.pk, {"version": line.version, "whose": _whose(line.version), "rows": []})
        kind = values.shown("kind", line.result["kind"])
        plan["rows"].append(
            {
                "activity": line.activity,
                "result": line.result["title"],
                "kind": kind,
                "title": line.indicator["title"],
                "unit": line.indicator["unit"],
                **_shown(line.figures, line.version.workplan.period.years),
            }
        )
    return list(plans.values())


def _sum(one, years) -> dict:
    words = {"measure": one.measure, "label": one.measure.label, "indicators": one.indicators}
    return words | _shown(one.figures, years)


def _shown(figures, years) -> dict:
    """Figures in words; what is not known is a dash."""
    share = figures.share
    return {
        "baseline": _figure(figures.baseline),
        "by_year": [(year, _figure(figures.promised.get(year)), _figure(figures.got.get(year))) for year in years],
        "target": _figure(figures.target),
        "reached": _figure(figures.total),
        "share": percent(None if share is None else str(share)),
    }


def _figure(value) -> str:
    return "–" if value is None else values.number(value)


def _table(period, centre) -> Table:
    years = [f"{what}_{year}" for year in period.years for what in ("target", "reached")]
    name = f"results-{period.starts}-{centre.slug if centre else 'network'}"
    return Table(name, [*COLUMNS, *years, *LAST], WORDS)


def _record(line, period, request) -> dict:
    workplan, figures = line.version.workplan, line.figures
    years = {}
    for year in period.years:
        years[f"target_{year}"], years[f"reached_{year}"] = (
            _plain(figures.promised.get(year)),
            _plain(figures.got.get(year)),
        )
    return {
        "workplan": workplan.reference,
        "centre": workplan.centre.slug if workplan.centre else "network",
        "activity": line.activity["reference"],
        "activity_title": line.activity["title"],
        "result": line.result["reference"],
        "result_kind": line.result["kind"],
        "result_title": line.result["title"],
        "indicator": line.indicator["reference"],
        "indicator_title": line.indicator["title"],
        "measure": line.measure,
        "unit": line.indicator["unit"],
        "is_cumulative": line.indicator["is_cumulative"],
        "baseline": _plain(figures.baseline),
        "baseline_year": line.indicator["baseline_year"],
        **years,
        "target": _plain(figures.target),
        "reached": _plain(figures.total),
        "share": _plain(figures.share and figures.share.quantize(SHARE)),
        "address": request.build_absolute_uri(f"{workplan.get_absolute_url()}#{line.activity['reference']}"),
        "is_example": workplan.is_example,
        "licence": licence(),
    }


def _plain(value: Decimal | None) -> int | Decimal | None:
    """A figure without zeros that say nothing."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else value.normalize()
