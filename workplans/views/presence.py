"""Who else has a part of a draft open: browsers say so every half minute, and only while the page is looked at."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from ..actions import presence
from ..models import Activity
from .editing_shared import draft_of


def here(version, user, activity=None) -> dict:
    """For a page of a draft, or of one activity: who has it open now, and who saved it last."""
    others = presence.others_present(version, user)
    if activity is not None:
        others = [one for one in others if one.activity_id == activity.identity_id]
    return {"others": others, "last_saved": presence.last_saved(version, activity)}


@require_POST
def present(request, reference):
    """A browser says which part somebody has open, or that they leave it; the answer is who else is there."""
    version = draft_of(request, reference)
    if version is None:
        return HttpResponse(status=204)
    if "leave" in request.POST:
        presence.leave(version, by=request.user)
        return HttpResponse(status=204)
    wanted = request.POST.get("activity", "")
    row = Activity.objects.by_reference(wanted).filter(version=version).select_related("identity").first()
    presence.be_present(version, by=request.user, activity=row.identity if row else None)
    return render(request, "workplans/_here_now.html", here(version, request.user, row))
