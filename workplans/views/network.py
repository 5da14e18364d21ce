"""What the network needs and what is secured, by centre and year: as a page and as a file."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.api.export import TYPES, Table, answer, licence

from ..models import Activity, BudgetLine, Gap
from ..models.budget import line_reference
from ..network_money import GIVEN, network_by_year, plans_by_year, sums_by_currency

MONEY = ("needed", "there", *GIVEN)
WORDS = {
    "workplan": _("The reference of the workplan."),
    "centre": _("The slug of the centre; network: the coordination entity."),
    "year": _("The year; empty for money that donors gave to an activity or a whole plan, of no single year."),
    "currency": _("The currency: dollars by the dated rate of each line; lines without a rate in their own."),
    "needed": _("What the plan costs: what is there and what is asked."),
    "there": _("Core budget of the host, and what was secured when the plan was written."),
    "asked": _("What is asked of donors."),
    "received": _("What has arrived."),
    "committed": _("What donors have committed and not yet paid."),
    "pledged": _("What donors have pledged and not yet committed."),
    "firm_gap": _("What nobody has committed or paid."),
    "indicative_gap": _("What would be left if every pledge held."),
    "reference": _("The reference of the budget line, activity or workplan."),
    "kind": _("What kind of thing it is: budget line, activity or workplan."),
    "title": _("The title of the activity, or of the workplan."),
    "language": _("The language of the title."),
    "address": _("The address of its page."),
    "is_example": _("Example data."),
    "licence": _("Under which terms the data may be used."),
}
BY_YEAR = ["workplan", "centre", "year", "currency", *MONEY, "address", "is_example", "licence"]
GAPS = [
    "reference", "kind", "title", "language", "workplan", "centre", "year", "currency", *GIVEN, "address",
    "is_example", "licence",
]  # fmt: skip


@login_not_required
@require_safe
def network(request):
    """Tables and bars by centre and year; ?format= the same as a file, with &of=gaps every gap line by line."""
    kind = request.GET.get("format")
    if kind in TYPES and request.GET.get("of") == "gaps":
        return answer(kind, Table("gaps", GAPS, WORDS, GIVEN), _gaps(request))
    plans = plans_by_year()
    if kind in TYPES:
        return answer(kind, Table("network-by-year", BY_YEAR, WORDS, MONEY), _years(plans, request))
    whole = network_by_year(plans)
    context = {
        "plans": [money for money in plans if money.years],
        "bare": [money.plan for money in plans if not money.years],
        "whole": whole,
        "totals": list(sums_by_currency(whole).values()),
    }
    return render(request, "workplans/network.html", context)


def _years(plans, request):
    for money in plans:
        for year in money.years:
            yield _plan_facts(money.plan, request) | {
                "year": year.year,
                "currency": year.currency,
                **{name: getattr(year, name) for name in MONEY},
            }


def _plan_facts(plan, request) -> dict:
    return {
        "workplan": plan.reference,
        "centre": plan.centre.slug if plan.centre else "network",
        "address": request.build_absolute_uri(plan.get_absolute_url()),
        "is_example": plan.is_example,
        "licence": licence(),
    }


def _gaps(request):
    """Each gap of the finalized plans, in each of its currencies."""
    plans = {money.plan.pk: money.plan for money in plans_by_year()}
    versions = [plan.current_version_id for plan in plans.values()]
    acts = dict(Activity.objects.filter(version__in=versions).values_list("identity", "title"))
    lines = BudgetLine.objects.filter(activity__version__in=versions)
    years = {
        identity: (year, title) for identity, year, title in lines.values_list("identity", "year", "activity__title")
    }
    rows = (
        Gap.objects.filter(workplan__in=plans).select_related("activity").order_by("workplan", "activity", "line", "pk")
    )
    for row in rows.iterator(chunk_size=500):
        plan = plans[row.workplan_id]
        yield (
            _plan_facts(plan, request)
            | _what(row, plan, acts, years)
            | {
                "language": plan.language,
                "currency": row.currency,
                **{name: getattr(row, name) for name in GIVEN},
            }
        )


def _what(row, plan, acts, years) -> dict:
    if row.line_id:
        year, title = years.get(row.line_id, (None, ""))
        return {"reference": line_reference(row.line_id), "kind": "budget_line", "title": title, "year": year}
    if row.activity_id:
        return {"reference": row.activity.reference, "kind": "activity", "title": acts.get(row.activity_id, "")}
    return {"reference": plan.reference, "kind": "workplan", "title": plan.current_version.title}
