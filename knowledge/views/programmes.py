"""Programmes and partners: what each is, how it stands, and how one applies."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Permission, can, require

from ..actions import programmes
from ..filters.registry import ProgrammeFilter
from ..forms.countries import ProgrammeForm
from ..models import Opportunity, Programme


@login_not_required
@require_safe
def programme_list(request, *, template_name="knowledge/programme_list.html", more=None):
    """All of them by kind. `more` adds what the rooms above know of each."""
    found = ProgrammeFilter(request.GET, queryset=Programme.objects.current().by_name(), request=request)
    rows = list(found.qs)
    groups = [(label, [row for row in rows if row.kind == kind]) for kind, label in Programme.Kind.choices]
    context = {"groups": [group for group in groups if group[1]], "filter_form": found.form, "count": len(rows)}
    return render(request, template_name, context | (more(request, rows) if more else {}))


@login_not_required
@require_safe
def programme_detail(request, slug, *, template_name="knowledge/programme_detail.html", more=None):
    """One programme with the opportunities that it offers now."""
    programme = get_object_or_404(Programme.objects.current(), slug=slug)
    context: dict[str, Any] = {
        "programme": programme,
        "opportunities": list(Opportunity.objects.open().filter(programme=programme).closing_first()[:20]),
        "may_edit": can(request.user, Permission.REFERENCE_EDIT),
    }
    return render(request, template_name, context | (more(request, programme) if more else {}))


@require_http_methods(["GET", "POST"])
def programme_edit(request, slug):
    """A coordinator brings up to date what is said of a programme."""
    programme = get_object_or_404(Programme.objects.current(), slug=slug)
    require(request.user, Permission.REFERENCE_EDIT)
    form = ProgrammeForm(request.POST or None, programme=programme)
    if form.is_valid():
        programmes.change_programme(programme, by=request.user, data=form.cleaned_data)
        messages.success(request, _("The programme is changed. Loading the reference tables leaves it alone now."))
        return redirect(programme)
    return render(request, "knowledge/programme_edit.html", {"form": form, "programme": programme})
