"""What programs ask for at addresses that every site has: robots, the picture of the tab,
whom to tell of a weakness.
"""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

GOOD_FOR = timedelta(days=180)
# Pages of one person, pages that act, and every filter of every list: nothing that a search engine should walk through.
ROBOTS = """User-agent: *
Disallow: /accounts/
Disallow: /admin/
Disallow: /api/v1/
Disallow: /mailbox/
Disallow: /my/
Disallow: /*?
"""
DAY = 24 * 3600


@login_not_required
@require_safe
@cache_control(public=True, max_age=DAY)
def robots(request):
    """Robots may read what is public, page by page."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
@cache_control(public=True, max_age=DAY)
def favicon(request):
    """For programs that ask at the old address; pages name the picture themselves."""
    picture = Path(settings.BASE_DIR, "static", "favicon.svg").read_bytes()
    return HttpResponse(picture, content_type="image/svg+xml")


@login_not_required
@require_safe
@cache_control(public=True, max_age=DAY)
def security_txt(request):
    """RFC 9116: whom to tell of a weakness."""
    with override("en"):
        helpdesk = settings.SITE_ADDRESS + reverse("helpdesk")
    until = (timezone.now() + GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT or helpdesk}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, fr, es, ar, zh, ru",
        f"Canonical: {settings.SITE_ADDRESS}{reverse('security_txt')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
