"""Organizations: the list and the page of each."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import F, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.permissions import Permission, can
from centres.actions.profiles import name_of
from centres.filters import OrganizationFilter
from centres.models import Hosting, Organization
from centres.views.parties import More

PAGE_SIZE = 25


@login_not_required
def organization_list(request: HttpRequest) -> HttpResponse:
    organizations = Organization.objects.current().visible_to(request.user).select_related("party").with_hosting()
    found = OrganizationFilter(request.GET, queryset=organizations.by_name(), request=request)
    page = Paginator(found.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "centres/organization_list.html", {"page_obj": page, "filter_form": found.form})


@login_not_required
def organization_detail(
    request: HttpRequest, slug: str, template_name: str = "centres/organization_detail.html", more: More | None = None
) -> HttpResponse:
    """The page of an organization; `more` adds what the apps above know of it. A merged one leads to the other."""
    hostings = Prefetch("hostings", Hosting.objects.current().select_related("centre"))
    rows = Organization.objects.filter(retired_on__isnull=True).visible_to(request.user)
    organization = get_object_or_404(rows.select_related("party", "merged_into").prefetch_related(hostings), slug=slug)
    if organization.merged_into:
        return redirect(organization.merged_into, permanent=True)
    context = {
        "organization": organization,
        "profile": _profile(organization, request.user),
        "can_edit": can(request.user, Permission.ORGANIZATION_EDIT, organization),
        **(more(request, organization) if more else {}),
    }
    return render(request, template_name, context)


def _profile(organization: Organization, user: Any) -> dict[str, list[Any]]:
    """What an organization can do; the names of experts only where their owner shows them, contacts never."""
    skills = list(organization.language_skills.order_by("pk"))
    experts: list[Any] = list(organization.experts.order_by("pk"))
    for expert in experts:
        expert.shown_name = name_of(expert, user)
        expert.spoken = [skill for skill in skills if skill.expert_id == expert.pk]
    fields = ("expert", "subject", "target", "cooperation_type")
    return {
        "expertise": list(organization.expertise.select_related(*fields).order_by("pk")),
        "experts": experts,
        "languages": [skill for skill in skills if skill.expert_id is None],
        "references": list(organization.past_work.order_by(F("year_from").desc(nulls_last=True), "pk")),
        "ties": list(organization.ties.order_by("name", "pk")),
    }
