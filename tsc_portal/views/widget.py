"""What a country asks for and what is offered to it, for the pages of a national clearing-house: a frame, and a feed.

Only these two addresses may stand in a frame of another site; they set no cookie, run no script and know no reader.
"""

import hashlib
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from centres.models import Party
from requests_offers.filters import OfferFilter
from requests_offers.lifecycle import OPEN_REQUEST
from requests_offers.models import Component, CooperationRequest, Offer

from ..navigation import language_tag

SHOWN = 12
KEPT_SECONDS = 300


def kept_for_everybody(view):
    """The same for every reader: kept by browsers and caches, asked for again by its tag."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        tag = f'"{hashlib.sha256(response.content).hexdigest()[:24]}"'
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
        found = get_conditional_response(request, etag=tag, response=response)
        # A middleware asked on the way who is signed in; the answer does not depend on it, so no cache needs to know.
        request.session.accessed = False
        # Django copies some headers to a 304; the marks of a view that may be framed are on the answer itself.
        if found is not response:
            found.headers["Cache-Control"] = response.headers["Cache-Control"]
        return found

    return answer


def _open_requests(party: Party) -> list[CooperationRequest]:
    rows = CooperationRequest.objects.visible_to(AnonymousUser()).filter(party=party, status__in=OPEN_REQUEST)
    return list(rows.order_by("-submitted_at", "-pk")[:SHOWN])


def _fitting_offers(party: Party, requests: list[CooperationRequest]) -> list[Offer]:
    """Offers with places left that this country may take up, for a target of one of its open public requests."""
    wanted = Component.objects.filter(request__in=[request.pk for request in requests]).values("targets")
    rows = Offer.objects.matchable(timezone.now().date()).filter(targets__in=wanted)
    rows = OfferFilter({"party": party.iso2}, queryset=Offer.objects.filter(pk__in=rows.values("pk"))).qs
    return list(rows.select_related("organization").order_by("-published_at", "-pk")[:SHOWN])


def _shown(iso2: str) -> dict[str, Any]:
    party = get_object_or_404(Party.objects.current(), iso2=iso2.upper())
    requests = _open_requests(party)
    return {"party": party, "requests": requests, "offers": _fitting_offers(party, requests)}


@login_not_required
@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"], "style-src": [SELF], "script-src": [NONE], "connect-src": [NONE]})
@kept_for_everybody
def widget(request, iso2):
    """A plain page for a frame, in the language of its address; its links open a page of their own."""
    return render(request, "tsc_portal/widget.html", _shown(iso2) | {"site": _site()})


@login_not_required
@require_safe
@kept_for_everybody
def widget_feed(request, iso2):
    """The same as JSON, open to every site."""
    shown = _shown(iso2)
    party = shown["party"]
    feed = {
        "country": {"iso2": party.iso2, "name": party.name, "url": _site() + party.get_absolute_url()},
        "language": language_tag(get_language() or "en"),
        "requests": [_line(row) | {"status": row.status, "language": row.language} for row in shown["requests"]],
        "offers": [_line(row) | {"organization": row.organization.name} for row in shown["offers"]],
    }
    response: HttpResponse = JsonResponse(feed, json_dumps_params={"ensure_ascii": False})
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _site() -> str:
    return settings.SITE_ADDRESS.rstrip("/")


def _line(row: CooperationRequest | Offer) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "title": row.title,
        "url": _site() + row.get_absolute_url(),
        "is_example": row.is_example,
    }
