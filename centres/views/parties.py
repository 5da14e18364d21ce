"""Countries: the list of Parties and the page of each."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import WEEKDAYS

from accounts.permissions import Permission, can
from centres.filters import PartyFilter
from centres.models import Coverage, Hosting, Organization, Party

PAGE_SIZE = 50
PRACTICE = Count("pk", filter=Q(is_practice=True), distinct=True)
PRIORITIES_SHOWN = 10
More = Callable[[HttpRequest, Any], dict[str, Any]]


def with_centres() -> Prefetch:
    """Coverage with its centre and the hosts that tell whether the centre operates."""
    hostings = Prefetch("centre__hostings", Hosting.objects.current().select_related("organization"))
    rows = Coverage.objects.current().filter(centre__retired_on__isnull=True)
    return Prefetch("coverages", rows.select_related("centre").prefetch_related(hostings).order_by("centre__slug"))


@login_not_required
def party_list(request: HttpRequest) -> HttpResponse:
    parties = Party.objects.current().select_related("region").prefetch_related("flags", with_centres())
    found = PartyFilter(request.GET, queryset=parties.by_name(), request=request)
    counted = found.qs.order_by().aggregate(all=Count("pk", distinct=True), practice=PRACTICE)
    paginator = Paginator(found.qs, PAGE_SIZE)
    paginator.count = counted["all"]  # asked for together with the practice Parties
    page, practice = paginator.get_page(request.GET.get("page")), counted["practice"]
    context = {"practice": practice, "real": page.paginator.count - practice}
    return render(request, "centres/party_list.html", {"page_obj": page, "filter_form": found.form, **context})


@login_not_required
def party_detail(
    request: HttpRequest, iso2: str, template_name: str = "centres/party_detail.html", more: More | None = None
) -> HttpResponse:
    """The page of a Party; `more` adds what the apps above know of it, for a template that extends this one."""
    if iso2 != iso2.upper():
        return redirect("party_detail", iso2.upper(), permanent=True)
    party = get_object_or_404(_parties_in_full(), iso2=iso2)
    context = {
        "party": party,
        "flags": party.flags_on(),
        "serving": _serving(party),
        "regions": _region_names(party),
        "weekend": [WEEKDAYS[day] for day in party.weekend],
        "organizations": Organization.objects.current()
        .visible_to(request.user)
        .filter(party=party)
        .with_hosting()
        .by_name()[:20],
        "priorities": party.priorities.in_force().prefetch_related("targets").in_order()[:PRIORITIES_SHOWN],
        "may_edit_priorities": can(request.user, Permission.PRIORITY_EDIT, party),
        **(more(request, party) if more else {}),
    }
    return render(request, template_name, context)


def _parties_in_full() -> Any:
    rows = Party.objects.current().select_related("region__parent__parent")
    return rows.prefetch_related("flags", "offices", with_centres())


def _serving(party: Party) -> list[Coverage]:
    """Operating centres first: a request goes to one of them."""
    return sorted(party.coverages.all(), key=lambda row: (not row.centre.operates, row.is_provisional, row.centre.slug))


def _region_names(party: Party) -> list[str]:
    """From the widest region to the narrowest."""
    names: list[str] = []
    region = party.region
    while region:
        names.insert(0, region.name)
        region = region.parent
    return names
