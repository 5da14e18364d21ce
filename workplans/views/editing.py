"""Writing a draft: the plan's words, its activities with results and budget. Each part is saved by itself."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import DomainError, NotAllowed, StaleWrite
from accounts.permissions import Permission, reach, require
from requests_offers.models import Component, Engagement
from requests_offers.views.autosave import is_autosave

from ..actions import completeness, contents, drafting, linking, plans
from ..forms.editing import ActivityForm, IndicatorForm, LineForm, NeedForm, ResultForm, WhichDraftForm
from ..forms.plans import PlanForm
from ..lifecycle import VersionStatus
from ..models import Activity, BudgetLine, Version
from . import autosaving
from .editing_shared import draft_of, frozen, home, render_stale, tell
from .presence import here
from .reading import plan_page

SPARE = 2  # empty indicators under those that are there


# The plan -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def workplan_edit(request, reference):
    """The whole draft on one page: its words, its activities, what is missing, who else is here."""
    version = draft_of(request, reference)
    if version is None:
        return frozen(request, reference)
    initial = {"title": version.title, "summary": version.summary, "revision": version.revision}
    form = PlanForm(request.POST or None, initial=initial)
    if is_autosave(request):
        return autosaving.plan(request, version, form)
    if form.is_valid():
        said = dict(form.cleaned_data)
        revision = said.pop("revision")
        try:
            drafting.save_plan(version, by=request.user, data=said, revision=revision)
        except StaleWrite as error:
            version.refresh_from_db()
            return render_stale(
                request, "workplans/workplan_edit.html", form, error, version.revision, _edit_page(request, version)
            )
        except (DomainError, ValidationError) as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return home(version)
    return render(request, "workplans/workplan_edit.html", _edit_page(request, version) | {"form": form})


def _edit_page(request, version):
    return plan_page(version, full=True) | {
        "version": version,
        "workplan": version.workplan,
        "missing": completeness.gaps(version),
        **here(version, request.user),
        "undoable": drafting.last_change(version, request.user),
        "need_form": NeedForm(version=version, user=request.user),
    }


@require_POST
def undo(request, reference):
    """Take back one's own last edit."""
    version = draft_of(request, reference)
    if version is None:
        return frozen(request, reference)
    try:
        drafting.undo(version, by=request.user)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Your last edit is taken back."))
    return home(version)


@require_http_methods(["GET", "POST"])
def delete_draft(request, reference):
    """Throw a draft away: asked first."""
    version = draft_of(request, reference)
    if version is None:
        return frozen(request, reference)
    require(request.user, Permission.WORKPLAN_DECIDE, version)
    if request.method == "POST":
        try:
            plans.delete_draft(version, by=request.user)
        except DomainError as error:
            messages.warning(request, str(error))
            return home(version)
        messages.success(request, _("The draft is gone. Versions before it stay."))
        return redirect("workplan_list")
    return render(request, "workplans/draft_delete.html", {"version": version})


@require_POST
def from_need(request, reference):
    """A need of a request, an engagement or a joint proposal becomes an activity."""
    version = draft_of(request, reference)
    if version is None:
        return frozen(request, reference)
    form = NeedForm(request.POST, version=version, user=request.user)
    if not form.is_valid():
        messages.warning(request, _("Choose a need, an engagement or a joint proposal from the list."))
        return home(version)
    return made_of(request, version, form.cleaned_data["source"])


def made_of(request, version, reference):
    """Make an activity of what has this reference, and go on with it."""
    source = linking.source_named(reference, request.user)
    if source is None:
        raise Http404
    try:
        made = linking.activity_from(version, source, by=request.user)
    except (DomainError, ValidationError) as error:
        messages.warning(request, " ".join(error.messages) if isinstance(error, ValidationError) else str(error))
        return home(version)
    return redirect("workplan_activity", version.workplan.reference, made.reference)


@require_http_methods(["GET", "POST"])
def become_activity(request, source):
    """From the page of a need, an engagement or a joint proposal: in which plan does it become an activity?"""
    part = reach(request.user, Permission.WORKPLAN_EDIT)
    if not part:
        raise NotAllowed(_("Centres write workplans. Your office comments on them and is told when it is asked."))
    thing = linking.source_named(source, request.user)
    if thing is None:
        raise Http404
    drafts = Version.objects.filter(part.as_q(Version.SCOPE), status=VersionStatus.DRAFT)
    drafts = drafts.select_related("workplan__period", "workplan__centre").order_by("-workplan__period__starts", "pk")
    form = WhichDraftForm(request.POST or None, drafts=drafts)
    if form.is_valid():
        return made_of(request, form.cleaned_data["draft"], source)
    need = thing.match.component if isinstance(thing, Engagement) else thing
    back = thing.request if isinstance(thing, Component) else thing
    context = {"source": thing, "title": need.title, "back": back.get_absolute_url(), "form": form}
    context["drafts"] = bool(drafts)
    return render(request, "workplans/become_activity.html", context)


# Activities -----------------------------------------------------------------------------------------------------------


def _at(name, reference, *rows) -> str:
    return reverse(name, args=[reference, *(row.reference for row in rows)])


def activity_in(version, reference) -> Activity:
    row = get_object_or_404(Activity.objects.by_reference(reference), version=version)
    row.version = version
    return row


@require_http_methods(["GET", "POST"])
def activity_new(request, reference):
    version = draft_of(request, reference)
    if version is None:
        return frozen(request, reference)
    initial = {"form_key": uuid.uuid4()}
    form = ActivityForm(request.POST or None, initial=initial, version=version, user=request.user)
    if is_autosave(request):
        return autosaving.activity(request, version, None, form)
    if form.is_valid():
        key = form.cleaned_data["form_key"]
        try:
            made = drafting.add_activity(version, by=request.user, data=form.said, form_key=key)
        except drafting.EditedByOther as error:  # it was saved from here before, and somebody has edited it since
            row = activity_in(version, Activity.objects.get(version=version, identity__form_key=key).reference)
            context = _activity_page(request, version, row) | {"action": _at("workplan_activity", reference, row)}
            return render_stale(request, "workplans/activity_edit.html", form, error, row.revision, context)
        except (DomainError, ValidationError) as error:
            tell(form, error)
        else:
            messages.success(request, _("The activity is saved. Add its results and its budget."))
            return redirect("workplan_activity", reference, made.reference)
    return render(request, "workplans/activity_edit.html", {"form": form, "version": version, "activity": None})


@require_http_methods(["GET", "POST"])
def activity_edit(request, reference, activity):
    version = draft_of(request, reference)
    if version is None:
        return frozen(request, reference)
    row = activity_in(version, activity)
    initial = contents.of_activity(row) | {"revision": row.revision}
    form = ActivityForm(request.POST or None, initial=initial, version=version, user=request.user)
    if is_autosave(request):
        return autosaving.activity(request, version, row, form)
    context = _activity_page(request, version, row)
    if form.is_valid():
        try:
            drafting.save_activity(row, by=request.user, data=form.said, revision=form.cleaned_data["revision"])
        except StaleWrite as error:
            now = Activity.objects.filter(pk=row.pk).values_list("revision", flat=True).first()
            return render_stale(request, "workplans/activity_edit.html", form, error, now, context)
        except (DomainError, ValidationError) as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return home(version, row.reference)
    return render(request, "workplans/activity_edit.html", context | {"form": form})


def _activity_page(request, version, row):
    document = contents.of_activity(row)
    return {
        "version": version,
        "activity": row,
        "results": document["results"],
        "lines": list(row.budget_lines.select_related("funder").order_by("year", "identity")),
        **here(version, request.user, row),
        "next_result": max((result["number"] for result in document["results"]), default=0) + 1,
    }


@require_POST
def activity_move(request, reference, activity):
    """One place up or down."""
    version = draft_of(request, reference)
    if version is None:
        return frozen(request, reference)
    row = activity_in(version, activity)
    order = [one.reference for one in version.activities.in_order()]
    place = order.index(row.reference)
    other = place + (1 if request.POST.get("to") == "down" else -1)
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        drafting.order_activities(version, by=request.user, references=order)
    return home(version, row.reference)


@require_POST
def activity_remove(request, reference, activity):
    version = draft_of(request, reference)
    if version is None:
        return frozen(request, reference)
    row = activity_in(version, activity)
    try:
        drafting.remove_activity(row, by=request.user)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The activity is out of the draft. “Undo” brings it back with its budget."))
    return home(version)


# Results --------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def result_edit(request, reference, activity, number):
    """An output or outcome with its indicators; a number that is not there yet makes a new one."""
    version = draft_of(request, reference)
    if version is None:
        return frozen(request, reference)
    row = activity_in(version, activity)
    results = contents.of_activity(row)["results"]
    known = next((one for one in results if one["number"] == number), None)
    data = request.POST or None
    form = ResultForm(data, initial=(known or {"kind": "output"}) | {"revision": row.revision})
    forms = _indicator_forms(version, data, known)
    changed = [one for one in results if one["number"] != number]
    if is_autosave(request):
        return autosaving.result(
            request, version, row, number, [form, *forms], lambda: _with_result(changed, form, forms, number)
        )
    context = {"version": version, "activity": row, "form": form, "forms": forms, "known": known, "number": number}
    context |= here(version, request.user, row)
    if data is not None and form.is_valid() and all(one.is_valid() for one in forms):
        removing = "remove" in request.POST
        said = {"results": changed if removing else _with_result(changed, form, forms, number)}
        try:
            drafting.save_activity(row, by=request.user, data=said, revision=form.cleaned_data["revision"])
        except StaleWrite as error:
            now = Activity.objects.filter(pk=row.pk).values_list("revision", flat=True).first()
            return render_stale(request, "workplans/result_edit.html", form, error, now, context)
        except (DomainError, ValidationError) as error:
            tell(form, error)
        else:
            messages.success(request, _("The result is out of the draft.") if removing else _("Saved."))
            return redirect("workplan_activity", reference, row.reference)
    return render(request, "workplans/result_edit.html", context)


def _indicator_forms(version, data, known):
    there = known["indicators"] if known else []
    years = version.workplan.period.years
    return [
        IndicatorForm(
            data,
            prefix=f"i{place}",
            years=years,
            initial=IndicatorForm.initial_of(there[place]) if place < len(there) else None,
        )
        for place in range(len(there) + SPARE)
    ]


def _with_result(others, form, forms, number) -> list[dict]:
    """The results of the activity with this one as its forms say it."""
    said = {name: form.cleaned_data[name] for name in ("kind", "title", "description")}
    said |= {"number": number, "indicators": [one.said for one in forms if one.said]}
    return sorted([*others, said], key=lambda one: one["number"])


# Budget lines ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def line_new(request, reference, activity):
    version = draft_of(request, reference)
    if version is None:
        return frozen(request, reference)
    row = activity_in(version, activity)
    initial = {"form_key": uuid.uuid4(), "currency": "USD", "funding": "sought"}
    form = LineForm(request.POST or None, initial=initial, version=version)
    context = {"version": version, "activity": row, "line": None}
    if is_autosave(request):
        return autosaving.line(request, version, row, None, form)
    if form.is_valid():
        key = form.cleaned_data["form_key"]
        try:
            drafting.add_line(row, by=request.user, data=form.said, form_key=key)
        except drafting.EditedByOther as error:  # as with an activity
            there = BudgetLine.objects.get(activity=row, identity__form_key=key)
            context |= {"line": there, "action": _at("workplan_line", reference, row, there)}
            return render_stale(request, "workplans/line_edit.html", form, error, there.revision, context)
        except (DomainError, ValidationError) as error:
            tell(form, error)
        else:
            messages.success(request, _("The budget line is saved."))
            return redirect("workplan_activity", reference, row.reference)
    return render(request, "workplans/line_edit.html", context | {"form": form})


def line_in(row, reference) -> BudgetLine:
    return get_object_or_404(BudgetLine.objects.by_reference(reference).select_related("funder"), activity=row)


@require_http_methods(["GET", "POST"])
def line_edit(request, reference, activity, line):
    version = draft_of(request, reference)
    if version is None:
        return frozen(request, reference)
    row = activity_in(version, activity)
    there = line_in(row, line)
    form = LineForm(request.POST or None, initial=LineForm.initial_of(there), version=version)
    if is_autosave(request):
        return autosaving.line(request, version, row, there, form)
    context = {"version": version, "activity": row, "line": there} | here(version, request.user, row)
    if form.is_valid():
        try:
            drafting.save_line(there, by=request.user, data=form.said, revision=form.cleaned_data["revision"])
        except StaleWrite as error:
            now = BudgetLine.objects.filter(pk=there.pk).values_list("revision", flat=True).first()
            return render_stale(request, "workplans/line_edit.html", form, error, now, context)
        except (DomainError, ValidationError) as error:
            tell(form, error)
        else:
            messages.success(request, _("The budget line is saved."))
            return redirect("workplan_activity", reference, row.reference)
    return render(request, "workplans/line_edit.html", context | {"form": form})


@require_POST
def line_remove(request, reference, activity, line):
    version = draft_of(request, reference)
    if version is None:
        return frozen(request, reference)
    row = activity_in(version, activity)
    try:
        drafting.remove_line(line_in(row, line), by=request.user)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The budget line is out of the draft. “Undo” brings it back."))
    return redirect("workplan_activity", reference, row.reference)
