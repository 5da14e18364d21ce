"""Progress on the indicators of the finalized plan: reported by an officer, approved and locked by the head."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError
from accounts.permissions import Permission, can, require

from ..actions import progress as acts
from ..actions import snapshots
from ..actions.progress import indicators_of
from ..forms.consulting import ProgressForm, ReturnForm
from ..lifecycle import PROGRESS_STEPS
from ..models import IndicatorIdentity, Progress
from .editing_shared import tell
from .plans import plan_of


@require_safe
def progress_page(request, reference):
    """Every indicator of the public plan with each year of it: what was promised, what is reported, who acts."""
    workplan = public_plan(request, reference)
    reported = {
        (row.indicator.reference, row.year): row
        for row in Progress.objects.visible_to(request.user)
        .filter(indicator__workplan=workplan)
        .select_related("indicator")
    }
    document = snapshots.document(workplan.current_version)
    may_report = can(request.user, Permission.WORKPLAN_EDIT, workplan)
    rows = [_row(one, workplan, reported) for one in indicators_of(document)]
    context = {
        "workplan": workplan,
        "rows": rows,
        "may_report": may_report and not workplan.is_closed,
        "may_approve": can(request.user, Permission.WORKPLAN_DECIDE, workplan),
    }
    return render(request, "workplans/progress.html", context)


def public_plan(request, reference):
    workplan = plan_of(request.user, reference)
    require(request.user, Permission.WORKPLAN_VIEW, workplan)
    if workplan.current_version_id is None:
        raise Http404
    return workplan


def _row(indicator, workplan, reported):
    promised = {one["year"]: one["value"] for one in indicator["targets"]}
    this_year = timezone.now().year
    years = [
        {
            "year": year,
            "target": promised.get(year),
            "progress": reported.get((indicator["reference"], year)),
            "open": year <= this_year,
        }
        for year in workplan.period.years
    ]
    return {"reference": indicator["reference"], "title": indicator["title"], "unit": indicator["unit"], "years": years}


def indicator_of(workplan, reference) -> IndicatorIdentity:
    number = reference.removeprefix("IND-")
    if not number.isascii() or not number.isdigit() or len(number) > 12:
        raise Http404
    row = get_object_or_404(IndicatorIdentity, workplan=workplan, pk=int(number))
    row.workplan = workplan
    return row


@require_http_methods(["GET", "POST"])
def progress_edit(request, reference, indicator, year):
    """Report what an indicator reached in a year."""
    workplan = public_plan(request, reference)
    require(request.user, Permission.WORKPLAN_EDIT, workplan)
    row = indicator_of(workplan, indicator)
    there = Progress.objects.filter(indicator=row, year=year).first()
    initial = {name: getattr(there, name) for name in ("revision", "value", "text", "evidence")} if there else {}
    form = ProgressForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            acts.submit(row, year, by=request.user, data=form.said, revision=form.cleaned_data["revision"])
        except (DomainError, ValidationError) as error:
            tell(form, error)
        else:
            messages.success(request, _("Reported. The head of the centre approves it."))
            return redirect("workplan_progress", reference)
    title = next((one["title"] for one in indicators_of(snapshots.document(workplan.current_version))
                  if one["reference"] == row.reference), row.reference)  # fmt: skip
    context = {"workplan": workplan, "indicator": row, "year": year, "form": form, "there": there, "title": title}
    return render(request, "workplans/progress_edit.html", context)


@require_http_methods(["GET", "POST"])
def progress_step(request, reference, indicator, year, name):
    """The head approves, returns or locks what was reported."""
    workplan = public_plan(request, reference)
    step = PROGRESS_STEPS.get(name)
    if step is None or name not in acts.STEPS:
        raise Http404
    require(request.user, step.permission, workplan)
    row = get_object_or_404(Progress, indicator=indicator_of(workplan, indicator), year=year)
    data = request.POST if request.method == "POST" else None
    form = ReturnForm(data) if "text" in step.asks else None
    if data is not None and (form is None or form.is_valid()):
        try:
            acts.STEPS[name](row, by=request.user, **(form.cleaned_data if form else {}))
        except DomainError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("Done."))
        return redirect("workplan_progress", reference)
    return render(
        request, "workplans/progress_step.html", {"workplan": workplan, "progress": row, "step": step, "form": form}
    )
