"""What donors look for: finalized plans and activities that lack funds, compared, and taken home as a file."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.api.export import TYPES, answer
from accounts.permissions import Permission, can

from ..filters_donors import (
    GAP_FIELDS,
    DonorActivityFilter,
    DonorPlanFilter,
    public_activities,
    public_plans,
)
from ..lifecycle import FIRM, PROMISED
from ..models import Activity, Pledge, Workplan

PER_PAGE = 25
MOST_COMPARED = 4
COLUMNS = [
    "reference", "kind", "title", "centre", "period", "language", "is_essential", "targets", "parties", "functions",
    "currency", "asked", "received", "committed", "pledged", "firm_gap", "indicative_gap", "co_funders", "address",
    "is_example", "licence",
]  # fmt: skip
LICENCE = "CC BY 4.0. Designations do not imply any opinion on the legal status of any country or territory."


@login_not_required
@require_safe
def donors(request):
    """Plans or activities (?of=plans) with their gaps, the largest firm gap first."""
    of_plans = request.GET.get("of") == "plans"
    if of_plans:
        rows = public_plans().select_related("centre", "period", "current_version")
        found = DonorPlanFilter(request.GET, queryset=rows, request=request)
    else:
        rows = public_activities().select_related("version__workplan__centre", "version__workplan__period")
        found = DonorActivityFilter(request.GET, queryset=rows, request=request)
    kind = request.GET.get("format")
    if kind in TYPES:
        return answer(kind, "funding", COLUMNS, _records(found.qs, of_plans, request))
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "entries": [_entry(row, of_plans) for row in _described(list(page.object_list), of_plans)],
        "filter_form": found.form,
        "of_plans": of_plans,
        "chosen": request.GET.getlist("item"),
        "may_pledge": can(request.user, Permission.PLEDGE_MAKE),
    }
    return render(request, "workplans/donors.html", context)


def _described(rows, of_plans):
    """Give these rows their targets, Parties, functions and public co-funders, in a fixed number of queries."""
    versions = [row.current_version_id for row in rows] if of_plans else []
    acts = (
        Activity.objects.filter(version__in=versions)
        if of_plans
        else Activity.objects.filter(pk__in=[r.pk for r in rows])
    )
    key = "version__workplan" if of_plans else "pk"
    sets = {
        "target_numbers": acts.values_list(key, "targets__number").order_by("targets__number").distinct(),
        "party_codes": acts.values_list(key, "parties__iso2").order_by("parties__iso2").distinct(),
        "function_codes": acts.values_list(key, "functions__code").order_by("functions__number").distinct(),
    }
    for name, pairs in sets.items():
        gathered: dict[int, list] = {}
        for pk, value in pairs:
            if value is not None and value not in gathered.setdefault(pk, []):
                gathered[pk].append(value)
        for row in rows:
            setattr(row, name, gathered.get(row.pk, []))
    funders = _co_funders(rows, of_plans)
    for row in rows:
        row.co_funders = funders.get(row.pk if of_plans else row.identity_id, [])
    return rows


def _co_funders(rows, of_plans) -> dict[int, list[str]]:
    """Who has pledged or given by name: anonymous money counts, and has no name here."""
    pledges = Pledge.objects.filter(status__in=sorted(PROMISED | FIRM), is_anonymous=False)
    keys: tuple[str, ...]
    if of_plans:
        ids = [row.pk for row in rows]
        condition = Q(workplan__in=ids) | Q(activity__workplan__in=ids) | Q(line__workplan__in=ids)
        keys = ("workplan", "activity__workplan", "line__workplan")
    else:
        ids = [row.identity_id for row in rows]
        condition = Q(activity__in=ids) | Q(line__rows__activity__in=[row.pk for row in rows])
        keys = ("activity", "line__rows__activity__identity")
    found: dict[int, list[str]] = {}
    for donor, *places in (
        pledges.filter(condition).values_list("donor__name", *keys).order_by("donor__name").distinct()
    ):
        for place in places:
            if place in ids and donor not in found.setdefault(place, []):
                found[place].append(donor)
    return found


def _entry(row, of_plans) -> dict:
    plan = row if of_plans else row.version.workplan
    title = row.current_version.title if of_plans else row.title
    return {
        "row": row,
        "gap": row if row.asked is not None else None,
        "reference": row.reference,
        "title": title,
        "plan": plan,
        "address": plan.get_absolute_url() if of_plans else f"{plan.get_absolute_url()}#{row.reference}",
        "targets": ", ".join(str(number) for number in row.target_numbers),
        "parties": row.party_codes,
        "co_funders": row.co_funders,
        "is_essential": None if of_plans else row.is_essential,
    }


def _records(rows, of_plans, request):
    """Records for a file, a portion at a time: exactly the filtered list."""
    page = Paginator(rows, 500)
    for number in page.page_range:
        for row in _described(list(page.page(number).object_list), of_plans):
            entry = _entry(row, of_plans)
            plan = entry["plan"]
            yield {
                "reference": row.reference,
                "kind": "workplan" if of_plans else "activity",
                "title": entry["title"],
                "centre": plan.centre.slug if plan.centre else "network",
                "period": str(plan.period),
                "language": plan.language,
                "is_essential": entry["is_essential"],
                "targets": row.target_numbers,
                "parties": row.party_codes,
                "functions": row.function_codes,
                "currency": "USD",
                **{name: None if getattr(row, name) is None else float(getattr(row, name)) for name in GAP_FIELDS},
                "co_funders": row.co_funders,
                "address": request.build_absolute_uri(entry["address"]),
                "is_example": plan.is_example,
                "licence": LICENCE,
            }


@login_not_required
@require_safe
def compare(request):
    """Up to four plans or activities side by side."""
    wanted = list(dict.fromkeys(request.GET.getlist("item")))[:MOST_COMPARED]
    entries = []
    for reference in wanted:
        of_plans = reference.startswith("WP-")
        row = _one(reference, of_plans)
        if row is None:
            raise Http404
        entries.append(_entry(_described([row], of_plans)[0], of_plans))
    context = {"entries": entries, "may_pledge": can(request.user, Permission.PLEDGE_MAKE)}
    return render(request, "workplans/donors_compare.html", context)


def _one(reference, of_plans):
    if of_plans:
        rows = public_plans().filter(pk__in=Workplan.objects.by_reference(reference).values("pk"))
        return rows.select_related("centre", "period", "current_version").first()
    rows = public_activities().filter(pk__in=Activity.objects.by_reference(reference).values("pk"))
    return rows.select_related("version__workplan__centre", "version__workplan__period").first()
