"""Error pages: what happened, what was not recorded, and a number to quote. They ask the database nothing."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.shortcuts import render
from django.utils.translation import gettext as _


def _page(request, template, status, **context):
    """An error page that stands by itself, with the number of the request."""
    return render(request, template, {"request_id": getattr(request, "id", ""), **context}, status=status)


@login_not_required
def bad_request(request, exception=None):
    """The browser sent something that cannot be read."""
    too_big = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    return _page(request, "400.html", 400, reason=_("What was sent is too large.") if too_big else "")


@login_not_required
def forbidden(request, exception=None):
    """Seen, but not allowed: the sentence says who may."""
    return _page(request, "403.html", 403, exception=str(exception or ""))


@login_not_required
def not_found(request, exception=None):
    """Wrong, private, or another office: never which."""
    return _page(request, "404.html", 404)


@login_not_required
def server_error(request):
    """Our fault: nothing was recorded, and trying again is safe."""
    return _page(request, "500.html", 500)
