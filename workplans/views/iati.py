"""Workplans as IATI: a file per plan, per centre and for the network, and one about the organization that reports."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import condition, require_safe

from ..exports.iati import feed
from ..exports.iati.organisation import organisation
from ..models import Workplan

TYPE = "application/xml; charset=utf-8"


def _plans(request, *, reference="", slug=""):
    """The plans of a file; there is none where nobody reports or nothing is published."""
    rows = feed.published() if feed.is_on() else Workplan.objects.none()
    if reference:
        rows = rows.filter(pk__in=Workplan.objects.by_reference(reference).values("pk"))
    if slug:
        rows = rows.filter(centre__slug=slug)
    request.iati = feed.freshness(rows)
    if request.iati is None:
        raise Http404
    return rows


def _conditional(view):
    """Answer 304 to whoever has the file already."""

    @wraps(view)
    def answered(request, **named):
        rows = _plans(request, **named)
        digest, changed_at = request.iati
        fresh = condition(lambda *_: f'W/"{digest}"', lambda *_: changed_at)
        return fresh(lambda asked: view(asked, rows, **named))(request)

    return login_not_required(require_safe(answered))


def _named(response, name):
    response["Content-Disposition"] = f'inline; filename="{name}.xml"'
    response["Cache-Control"] = "public, no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@_conditional
def activities(request, rows, *, reference="", slug=""):
    """The finalized plans and their activities: of a plan, of a centre, or of all."""
    return _named(StreamingHttpResponse(feed.stream(rows), content_type=TYPE), f"iati-{reference or slug or 'network'}")


@_conditional
def about_reporter(request, rows):
    """What the organization that reports means to spend."""
    return _named(HttpResponse(organisation(rows), content_type=TYPE), "iati-organisation")
