"""What donors look for: finalized plans and activities that lack funds, compared, and taken home as a file."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.api.export import TYPES, Table, answer, licence
from accounts.permissions import Permission, can

from ..exports.iati import feed as iati
from ..filters_donors import (
    GAP_FIELDS,
    DonorActivityFilter,
    DonorPlanFilter,
    public_activities,
    public_plans,
)
from ..lifecycle import FIRM, PROMISED
from ..models import Activity, CoFunding, Gap, Pledge, Workplan

PER_PAGE = 25
MOST_COMPARED = 4
COLUMNS = {
    "reference": _("The reference of the activity or workplan."),
    "kind": _("What it is: activity or workplan."),
    "title": _("Its title."),
    "centre": _("The slug of the centre; network: the coordination entity."),
    "period": _("The years of the plan."),
    "language": _("The language of the title."),
    "is_essential": _("Essential; empty for whole workplans."),
    "targets": _("Numbers of the targets that it serves."),
    "parties": _("Codes of the Parties that it serves."),
    "functions": _("Codes of the functions of the centre."),
    "currency": _("The currency of the sums: dollars by the dated rate of each line. Lines without a rate are not in."),
    "asked": _("What is asked of donors."),
    "received": _("What has arrived."),
    "committed": _("What donors have committed and not yet paid."),
    "pledged": _("What donors have pledged and not yet committed."),
    "firm_gap": _("What nobody has committed or paid."),
    "indicative_gap": _("What would be left if every pledge held."),
    "co_funders": _("Who has pledged or given by name."),
    "address": _("The address of its page."),
    "is_example": _("Example data."),
    "licence": _("Under which terms the data may be used."),
}


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
        table = Table("funding", list(COLUMNS), COLUMNS, GAP_FIELDS)
        return answer(kind, table, _records(found.qs, of_plans, request))
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "entries": _in_own_currency([_entry(row, of_plans) for row in _described(list(page.object_list), of_plans)]),
        "filter_form": found.form,
        "of_plans": of_plans,
        "chosen": request.GET.getlist("item"),
        "may_pledge": can(request.user, Permission.PLEDGE_MAKE),
        "has_iati": iati.is_on(),
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
    funders, reported = _co_funders(rows, of_plans), _reported(rows, of_plans)
    for row in rows:
        row.co_funders = funders.get(row.pk if of_plans else row.identity_id, [])
        row.reported = reported.get(row.pk if of_plans else row.identity_id, [])
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


def _reported(rows, of_plans) -> dict[int, list[CoFunding]]:
    """What others report that they pay for: shown beside the money, never in it."""
    key = "workplan_id" if of_plans else "activity_id"
    ids = [row.pk if of_plans else row.identity_id for row in rows]
    found: dict[int, list[CoFunding]] = {}
    for record in CoFunding.objects.accepted().filter(**{f"{key}__in": ids}).order_by("title", "pk"):
        found.setdefault(getattr(record, key), []).append(record)
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
        "reported": row.reported,
        "is_essential": None if of_plans else row.is_essential,
    }


def _in_own_currency(entries):
    """What asks for nothing in dollars shows how its money stands in its own currency, if it asks in one."""
    bare = [entry for entry in entries if not (entry["gap"] and entry["gap"].asked)]
    rows = Gap.objects.filter(workplan__in=[entry["plan"].pk for entry in bare], line=None, asked__gt=0)
    found = {}
    for row in rows.order_by("-currency") if bare else ():
        found[row.workplan_id, row.activity_id] = row
    for entry in bare:
        entry["gap"] = found.get((entry["plan"].pk, getattr(entry["row"], "identity_id", None)))
    return entries


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
                "licence": licence(),
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
