"""Help: a page for each task."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tsc_portal.guides import BY_SLUG, GUIDES, first_steps


@login_not_required
@require_safe
def help_list(request):
    """All guides; those for the roles of whoever asks come first."""
    roles = {one.role for one in request.user.current_memberships} if request.user.is_authenticated else set()
    mine = first_steps(roles)
    others = [guide for guide in GUIDES if guide not in mine]
    return render(request, "tsc_portal/help_list.html", {"mine": mine, "others": others})


@login_not_required
@require_safe
def help_task(request, slug):
    """How one task is done, step by step."""
    if slug not in BY_SLUG:
        raise Http404
    return render(request, "tsc_portal/help_task.html", {"guide": BY_SLUG[slug]})
