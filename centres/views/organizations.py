"""Organizations: the list and the page of each."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

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
    context = {"organization": organization, **(more(request, organization) if more else {})}
    return render(request, template_name, context)
