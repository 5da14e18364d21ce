"""Programmes and partners with the requests that say that they were filed there too."""

from collections import Counter

from django.contrib.auth.decorators import login_not_required
from django.views.decorators.http import require_safe

from knowledge.views.programmes import programme_detail as plain_programme
from knowledge.views.programmes import programme_list as plain_list
from requests_offers.models import CooperationRequest, Filing

SHOWN = 50


def _filings(user):
    """Filings of requests that this reader may see."""
    seen = CooperationRequest.objects.visible_to(user).submitted()
    return Filing.objects.filter(request__in=seen.values("pk"))


def _counted(request, programmes):
    """Give each programme the number of requests that went there too; None where none can say so."""
    pairs = _filings(request.user).order_by().values_list("mechanism", "request").distinct()
    counts = Counter(mechanism for mechanism, _request in pairs)
    for programme in programmes:
        programme.filed = counts[programme.mechanism] if programme.mechanism else None
    return {}


def _listed(request, programme):
    if not programme.mechanism:
        return {"filings": None}
    rows = _filings(request.user).filter(mechanism=programme.mechanism).select_related("request__party")
    return {"filings": list(rows.order_by("-updated_at", "-pk")[:SHOWN])}


@login_not_required
@require_safe
def programme_list(request):
    """All programmes, each with the number of requests that went there."""
    return plain_list(request, more=_counted)


@login_not_required
@require_safe
def programme_detail(request, slug):
    """A programme with the requests that went there."""
    return plain_programme(request, slug, template_name="tsc_portal/programme_detail.html", more=_listed)
