"""A country's national priorities: everybody reads them, the office and the coordinator keep them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError
from accounts.permissions import Permission, can, require
from centres.actions import priorities
from centres.forms_priorities import PriorityForm
from centres.models import NationalPriority, Party


@login_not_required
@require_safe
def priority_list(request, iso2):
    """All priorities of a Party, those that have ended last."""
    party = get_object_or_404(Party.objects.current(), iso2=iso2)
    rows = list(party.priorities.prefetch_related("targets").in_order())
    context = {
        "party": party,
        "in_force": [row for row in rows if not row.has_ended],
        "ended": [row for row in rows if row.has_ended],
        "may_edit": can(request.user, Permission.PRIORITY_EDIT, party),
    }
    return render(request, "centres/priority_list.html", context)


@require_http_methods(["GET", "POST"])
def priority_new(request, iso2):
    """Add a national target or an action."""
    party = get_object_or_404(Party.objects.current(), iso2=iso2)
    require(request.user, Permission.PRIORITY_EDIT, party)
    form = PriorityForm(request.POST or None)
    if form.is_valid() and _done(form, priorities.add_priority, party, by=request.user, data=form.cleaned_data):
        messages.success(request, _("The priority is listed. Requests and workplans can name it."))
        return redirect("priority_list", party.iso2)
    return render(request, "centres/priority_form.html", {"form": form, "party": party})


@require_http_methods(["GET", "POST"])
def priority_edit(request, iso2, pk):
    """Mend a priority."""
    priority = _priority(request.user, iso2, pk)
    form = PriorityForm(request.POST or None, priority=priority)
    if form.is_valid() and _done(form, priorities.change_priority, priority, by=request.user, data=form.cleaned_data):
        messages.success(request, _("The priority is changed."))
        return redirect("priority_list", iso2)
    return render(request, "centres/priority_form.html", {"form": form, "party": priority.party, "priority": priority})


@require_http_methods(["GET", "POST"])
def priority_end(request, iso2, pk):
    """Ask once, then end a priority."""
    priority = _priority(request.user, iso2, pk)
    if request.method == "POST":
        priorities.end_priority(priority, by=request.user)
        messages.success(request, _("The priority is ended. Requests that name it keep it."))
        return redirect("priority_list", iso2)
    return render(request, "centres/priority_end.html", {"party": priority.party, "priority": priority})


def _priority(user, iso2, pk) -> NationalPriority:
    rows = NationalPriority.objects.current().filter(party__iso2=iso2).select_related("party")
    priority = get_object_or_404(rows.prefetch_related("targets"), pk=pk)
    require(user, Permission.PRIORITY_EDIT, priority)
    return priority


def _done(form, action, obj, **given) -> bool:
    try:
        action(obj, **given)
    except DomainError as error:
        form.add_error("code", str(error))
        return False
    return True
