"""Any two versions of a plan, compared field by field."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..wording.differences import count, told
from .documents import document_for
from .plans import plan_of, visible_versions


@login_not_required
@require_safe
def workplan_compare(request, reference):
    """What changed from one version to another; without a choice, from the one before to the newest."""
    workplan = plan_of(request.user, reference)
    versions = list(visible_versions(request.user).filter(workplan=workplan).order_by("number"))
    by_number = {str(version.number): version for version in versions}
    newest = versions[-1]
    new = _chosen(by_number, request.GET.get("to"), newest)
    before = [version for version in versions if version.number < new.number]
    old = _chosen(by_number, request.GET.get("from"), before[-1] if before else new)
    groups = told(document_for(old, request.user), document_for(new, request.user))
    context = {
        "workplan": workplan, "versions": versions, "old": old, "new": new, "groups": groups, "number": count(groups),
    }  # fmt: skip
    return render(request, "workplans/workplan_compare.html", context)


def _chosen(by_number, number, otherwise):
    """The version that somebody chose; a number that is not there, or not for this reader, is a 404."""
    if not number:
        return otherwise
    if number not in by_number:
        raise Http404
    return by_number[number]
