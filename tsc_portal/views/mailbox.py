"""The outgoing mails of a demonstration: whoever tries the portal must be able to read what it would have sent."""

from functools import wraps

from csp.decorators import csp
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tsc_portal.mailbox import find_mail, newest_mails

PER_PAGE = 50


def demonstration_only(view):
    """Outside a demonstration there is no such page: mails are nobody's business but the reader's."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return login_not_required(require_safe(never_cache(checked)))


@demonstration_only
def mailbox(request):
    page = Paginator(newest_mails(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "tsc_portal/mailbox.html", {"page_obj": page})


@demonstration_only
def mailbox_mail(request, name):
    return render(request, "tsc_portal/mailbox_mail.html", {"mail": _found(name)})


# A policy of its own: the mail's style sheet is the one thing that works; "sandbox" takes scripts and cookies away.
@csp(
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "sandbox": ["allow-top-navigation-by-user-activation"],
    }
)
@demonstration_only
def mailbox_html(request, name):
    return HttpResponse(_found(name).html)


def _found(name):
    mail = find_mail(name)
    if mail is None:
        raise Http404
    return mail
