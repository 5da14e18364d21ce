"""What waits for me as a calendar: a file at a secret address, and the page that shows and changes the address."""

from collections import Counter
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import ical
from accounts.actions.calendar_address import close_calendar, open_calendar
from accounts.models import CalendarAddress

from ..desk import Desk


@require_safe
@never_cache
def my_calendar(request):
    """The address of my calendar, and how to change or close it."""
    address = CalendarAddress.objects.filter(user=request.user).first()
    return render(request, "requests_offers/my_calendar.html", {"address": address, "site": settings.SITE_ADDRESS})


@require_POST
def my_calendar_open(request):
    open_calendar(by=request.user)
    messages.success(request, _("Here is the address. An earlier one opens nothing any more."))
    return redirect("my_calendar")


@require_POST
def my_calendar_close(request):
    close_calendar(by=request.user)
    messages.success(request, _("The calendar is closed. Its address opens nothing any more."))
    return redirect("my_calendar")


@login_not_required
@require_safe
def calendar_file(request, secret):
    """The deadlines of whoever the secret belongs to, by the roles that they hold at this moment."""
    address = get_object_or_404(CalendarAddress.objects.select_related("user"), pk__in=_known(secret))
    with override(address.user.language):
        content = ical.calendar(_("TSC Portal: deadlines"), _events(address.user), language=address.user.language)
    response = HttpResponse(content, content_type=ical.CONTENT_TYPE)
    response["Content-Disposition"] = 'inline; filename="deadlines.ics"'
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _known(secret):
    return CalendarAddress.objects.by_secret(secret).values("pk")


def _events(user):
    """A day for each thing that waits with a date; titles of records, and of people nothing."""
    now = timezone.now()
    host = urlsplit(settings.SITE_ADDRESS).hostname or "localhost"
    count: Counter[str] = Counter()
    for item in Desk(user, now).items:
        if item.due is None:
            continue
        name = item.reference or "other"
        count[name] += 1
        about = f"{item.title} ({item.reference})" if item.reference else item.of
        yield ical.Event(
            uid=f"{name.lower()}-{count[name]}@{host}",
            starts=item.due,
            summary=_("%(next)s: %(about)s") % {"next": item.next, "about": about},
            changed_at=now,
            description=f"{item.kind}. {item.of}" + (f"\n{_('Example data')}" if item.is_example else ""),
            url=settings.SITE_ADDRESS + item.url,
            categories=(item.kind,),
        )
