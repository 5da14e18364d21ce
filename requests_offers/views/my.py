"""What waits for me, until when: late first, then what is due first; and what others have in hand for me."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..desk import Desk
from . import fitting


@require_safe
def my(request):
    desk = Desk(request.user, timezone.now())
    context = {
        "items": desk.items,
        "late_count": sum(item.is_late for item in desk.items),
        "others": desk.others,
        "offices": [str(membership) for membership in request.user.current_memberships],
        "notices": request.user.notices.newest_first()[:5],
        "opportunities": fitting.of_offices(request.user),
        **desk.ways,
    }
    return render(request, "requests_offers/my.html", context)
