"""Practices: their list, the page of each, writing, and the steps of the review."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, NotAllowed, StaleWrite
from accounts.permissions import Permission, can
from accounts.together import prefetch_together

from .. import history, whats_next
from ..actions import practices as acts
from ..filters.compendium import PracticeFilter
from ..forms.practices import NoteForm, PracticeForm, initial_of
from ..lifecycle import PRACTICE_STEPS
from ..models import Practice
from .words import joined

PER_PAGE = 25
WORDS = ("constraints", "targets", "subjects", "cooperation_types")
RELATED = ("party", "organization", "centre", "author")


@login_not_required
@require_safe
def practice_list(request):
    """Practices, by what they help against, target and form of cooperation."""
    rows = Practice.objects.visible_to(request.user).select_related(*RELATED)
    found = PracticeFilter(request.GET, queryset=rows, request=request)
    writes = can(request.user, Permission.PRACTICE_WRITE)
    if not writes:
        found.form.fields.pop("status")
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    practices = list(page.object_list)
    prefetch_together((practices, WORDS))
    for practice in practices:
        practice.target_numbers = ", ".join(str(target.number) for target in practice.targets.all())
        practice.helps_against = joined(practice.constraints.all())
    context = {"page_obj": page, "practices": practices, "filter_form": found.form, "can_start": writes}
    return render(request, "knowledge/practice_list.html", context)


def practice_page(request, practice: Practice, *, template_name: str, **more: Any):
    """The page of a practice; `more` is what the rooms above know about it."""
    prefetch_together(([practice], WORDS))
    inside = acts.may_write(practice, request.user) or bool(acts.open_steps(practice, request.user))
    context = {
        "practice": practice,
        "baton": whats_next.of_practice(practice, request.user),
        "facts": _facts(practice),
        "acts": buttons(practice, request.user),
        "can_write": acts.may_write(practice, request.user),
        "review_note": practice.review_note if inside else "",
        "sources": practice.sources.listed().order_by("name"),
        "events": history.of(practice, full=inside),
    }
    return render(request, template_name, context | more)


def visible(user: Any, reference: str) -> Practice:
    """The practice with this reference, or 404 where there is none for this person."""
    return get_object_or_404(Practice.objects.visible_to(user).by_reference(reference).select_related(*RELATED))


def _facts(practice: Practice) -> list[tuple]:
    return [
        (_("Helps against"), joined(practice.constraints.all())),
        (_("Targets"), _(", ").join(f"{target.number} {target.name}" for target in practice.targets.all())),
        (_("Subjects"), joined(practice.subjects.all())),
        (_("Forms of cooperation"), joined(practice.cooperation_types.all())),
    ]


def buttons(practice: Practice, user: Any) -> list[dict[str, Any]]:
    """What a page shows for each open step."""
    return [
        {
            "label": step.label,
            "url": reverse("practice_step", args=[practice.reference, step.name]),
            "asks": bool(step.asks),
            "danger": step.danger,
        }
        for step in acts.open_steps(practice, user)
    ]


@require_http_methods(["GET", "POST"])
def practice_new(request):
    """Write a practice by hand."""
    scope = acts.scope_of(request.user)
    if not can(request.user, Permission.PRACTICE_WRITE):
        raise NotAllowed(_("Offices, providers and centres write practices."))
    form = PracticeForm(request.POST or None, initial={"language": "en"})
    if form.is_valid():
        key = form.cleaned_data["form_key"]
        try:
            practice = acts.start(by=request.user, data=form.data_said, form_key=key, **scope)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The draft is kept. Send it for review when it is ready."))
            return redirect(practice)
    return render(request, "knowledge/practice_form.html", {"form": form, "practice": None})


@require_http_methods(["GET", "POST"])
def practice_edit(request, reference):
    """Change a draft."""
    practice = visible(request.user, reference)
    if not acts.may_write(practice, request.user):
        raise NotAllowed(_("Only those who write this practice can change it, and only while it is a draft."))
    form = PracticeForm(request.POST or None, initial=initial_of(practice))
    if form.is_valid():
        try:
            acts.save(practice, by=request.user, data=form.data_said, version=form.cleaned_data["version"])
        except (DomainError, StaleWrite) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(practice)
    return render(request, "knowledge/practice_form.html", {"form": form, "practice": practice})


@require_http_methods(["GET", "POST"])
def practice_step(request, reference, name):
    """One step of a practice: at once, or after the page that asks what should be changed."""
    practice = visible(request.user, reference)
    step = PRACTICE_STEPS.get(name)
    if step is None:
        raise Http404
    if not acts.may_take(practice, step, request.user):
        raise NotAllowed(_("Authors send a practice for review; centres and the coordinator publish or return it."))
    form = NoteForm(request.POST or None) if step.asks else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            acts.STEPS[name](practice, by=request.user, **(form.cleaned_data if form else {}))
        except DomainError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("Done. Those concerned have been told."))
        return redirect(practice)
    return render(request, "knowledge/practice_step.html", {"form": form, "practice": practice, "step": step})
