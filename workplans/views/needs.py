"""Unmet needs: the list that donors and providers search, and the brief of each on one page."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.api.export import TYPES, Table, answer, licence
from requests_offers.lifecycle import MATCHED_BY_WORKER
from requests_offers.models import Component, CooperationRequest

from ..exports.brief import brief_pdf
from ..filters_needs import UnmetNeedFilter

PER_PAGE = 25
COLUMNS = {
    "reference": _("The reference of the need."),
    "request": _("The request that it is part of: what a pledge is for."),
    "title": _("The need."),
    "request_title": _("The title of the request."),
    "language": _("The language of both."),
    "party": _("The code of the Party."),
    "region": _("The code of its region."),
    "un_group": _("Its regional group in the United Nations."),
    "targets": _("Numbers of targets."),
    "cooperation_types": _("Codes of forms of cooperation."),
    "waiting_since": _("Since when somebody is looked for."),
    "address": _("The address of its page."),
    "is_example": _("Example data."),
    "licence": _("Under which terms the data may be used."),
}


@login_not_required
@require_safe
def unmet_needs(request):
    """Needs for which nobody was found, the longest waiting first."""
    rows = Component.objects.unmet().visible_to(request.user)
    rows = rows.select_related("request__party__region", "request__centre")
    found = UnmetNeedFilter(
        request.GET, queryset=rows.prefetch_related("targets", "cooperation_types"), request=request
    )
    kind = request.GET.get("format")
    if kind in TYPES:
        return answer(kind, Table("unmet-needs", list(COLUMNS), COLUMNS), _records(found.qs, request))
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "workplans/unmet_needs.html", {"page_obj": page, "filter_form": found.form})


def _records(rows, request):
    for row in rows.iterator(chunk_size=500):
        party, asked = row.request.party, row.request
        yield {
            "reference": row.reference,
            "request": asked.reference,
            "title": row.title,
            "request_title": asked.title,
            "language": asked.language,
            "party": party.iso2,
            "region": party.region.code if party.region else "",
            "un_group": party.un_group,
            "targets": sorted(target.number for target in row.targets.all()),
            "cooperation_types": sorted(one.code for one in row.cooperation_types.all()),
            "waiting_since": asked.matching_since,
            "address": request.build_absolute_uri(asked.get_absolute_url()),
            "is_example": asked.is_example,
            "licence": licence(),
        }


@login_not_required
@require_safe
def need_brief(request, reference):
    """One page about an open or unmet request, or one of its needs, as PDF in the language of the page."""
    number = None
    if reference.count("-") == 2:
        component = Component.objects.by_reference(reference).first()
        if component is None:
            raise Http404
        reference, number = component.request.reference, component.number
    rows = CooperationRequest.objects.visible_to(request.user).filter(status__in=MATCHED_BY_WORKER)
    record = get_object_or_404(rows.by_reference(reference).select_related("party", "centre"))
    response = HttpResponse(brief_pdf(record, number), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{record.reference}-brief.pdf"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response
