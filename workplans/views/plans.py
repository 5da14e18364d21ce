"""Workplans to read: the list, the plan that is public, and each of its versions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.permissions import Permission, can, reach, require
from centres.models import SupportCentre

from .. import whats_next
from ..actions import closing, consultation, finalizing, plans
from ..actions.comments import ledger_counts
from ..actions.steps import open_steps
from ..exports.iati import feed as iati
from ..filters import WorkplanFilter
from ..forms.plans import NewPlanForm, VersionStepForm
from ..lifecycle import VERSION_STEPS, VersionStatus
from ..models import Comment, Gap, Invitation, Period, Version, Workplan
from .reading import plan_page

PER_PAGE = 25
ACTS = {
    "open_consultation": consultation.open_consultation,
    "extend": consultation.extend,
    "close_consultation": consultation.close_consultation,
    "revise": consultation.revise,
    "finalize": finalizing.finalize,
    "amend": finalizing.amend,
    "close_plan": closing.close_plan,
}


# The list -------------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def workplan_list(request):
    rows = Workplan.objects.visible_to(request.user).select_related("centre", "period", "current_version")
    found = WorkplanFilter(request.GET, queryset=rows, request=request)
    if not request.user.is_authenticated:
        found.form.fields.pop("status")
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    described(page.object_list, request.user)
    context = {"page_obj": page, "filter_form": found.form, "can_start": can(request.user, Permission.WORKPLAN_EDIT)}
    return render(request, "workplans/workplan_list.html", context)


def described(rows, user) -> None:
    """Give each of these plans the newest version that its reader may see and its gap in dollars, in two queries."""
    newest = {
        row.workplan_id: row for row in Version.objects.visible_to(user).newest_of_each().filter(workplan__in=rows)
    }
    gaps = Gap.objects.filter(workplan__in=rows, activity__isnull=True, line__isnull=True)
    money: dict[int, list[Gap]] = {}
    for gap in gaps.order_by("-currency"):
        money.setdefault(gap.workplan_id, []).append(gap)
    for row in rows:
        row.shown = newest[row.pk]
        row.money = money.get(row.pk, [])


# One plan -------------------------------------------------------------------------------------------------------------


def visible_versions(user):
    return Version.objects.visible_to(user).select_related("workplan__centre", "workplan__period")


def plan_of(user, reference) -> Workplan:
    """The plan with this reference, if the reader may see a version of it."""
    rows = Workplan.objects.visible_to(user).by_reference(reference)
    return get_object_or_404(rows.select_related("centre", "period", "current_version"))


def version_of(user, reference, number) -> Version:
    workplan = plan_of(user, reference)
    version = get_object_or_404(visible_versions(user), workplan=workplan, number=number)
    version.workplan = workplan
    return version


@login_not_required
@require_safe
def workplan_detail(request, reference):
    """The version that is public; where there is none, the newest that the reader may see."""
    workplan = plan_of(request.user, reference)
    version = (
        workplan.current_version or visible_versions(request.user).filter(workplan=workplan).order_by("number").last()
    )
    version.workplan = workplan
    return _page(request, version)


@login_not_required
@require_safe
def workplan_version(request, reference, number):
    return _page(request, version_of(request.user, reference, number))


def _page(request, version):
    user = request.user
    inside = can(user, Permission.WORKPLAN_VIEW, version)
    invited = list(
        Invitation.objects.visible_to(user).filter(version=version).select_related("party").order_by("party__iso2")
    )
    context = plan_page(version, full=inside) | {
        "version": version,
        "inside": inside,
        "baton": whats_next.of_version(version, user, timezone.now()),
        "acts": buttons(version, user),
        "has_iati": version.workplan.current_version_id == version.pk and iati.holds(version.workplan),
        "can_write": version.status == VersionStatus.DRAFT and can(user, Permission.WORKPLAN_EDIT, version),
        "can_report": version.status == VersionStatus.FINALIZED and can(user, Permission.WORKPLAN_EDIT, version),
        "may_pledge": can(user, Permission.PLEDGE_MAKE) and version.workplan.current_version_id == version.pk,
        "counts": ledger_counts(version),
        "comments": list(
            Comment.objects.of_ledger(version).visible_to(user).select_related("party", "activity").in_order()
        ),
        "invited": invited if inside else [],
        "ours": [] if inside else invited,
        "versions": list(visible_versions(user).filter(workplan=version.workplan).order_by("-number")),
    }
    return render(request, "workplans/workplan_detail.html", context)


def buttons(version, user) -> list[dict]:
    """What the page shows for each open step: a link to the page that asks."""
    base = version.get_absolute_url()
    return [
        {"name": step.name, "label": step.label, "url": f"{base}{step.name}/", "asks": True, "danger": step.danger}
        for step in open_steps(version, user)
    ]


@require_http_methods(["GET", "POST"])
def version_step(request, reference, number, name):
    """One step of a version: the page that asks, and the act."""
    version = version_of(request.user, reference, number)
    step = VERSION_STEPS.get(name)
    if step is None or name not in ACTS:
        raise Http404
    require(request.user, step.permission, version)
    if request.method == "GET" and version.status not in step.sources:
        messages.warning(request, _("“%(step)s” is not possible now.") % {"step": step.label})
        return redirect(version)
    initial = {"until": consultation.suggested_day(version, timezone.now())} if "until" in step.asks else {}
    form = VersionStepForm(step, request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            return _done(request, version, step, ACTS[name](version, by=request.user, **form.cleaned_data))
        except IllegalStep as error:
            messages.warning(request, str(error))
            return redirect(version)
        except DomainError as error:
            form.add_error(None, str(error))
    context = {"version": version, "step": step, "form": form, "silent": _silent(version, name, request.user)}
    return render(request, "workplans/version_step.html", context)


def _silent(version, name, user):
    """Who stayed silent, before a plan is finalized: shown to centre and coordinator."""
    if name != "finalize":
        return []
    rows = Invitation.objects.visible_to(user).filter(version=version).silent()
    return list(rows.select_related("party").order_by("party__iso2"))


def _done(request, version, step, made):
    messages.success(request, _("Done: “%(step)s”. The page says what comes next.") % {"step": step.label})
    if isinstance(made, Version):
        return redirect("workplan_edit", version.workplan.reference) if made.pk != version.pk else redirect(made)
    return redirect(version.workplan)


# Beginning ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def workplan_new(request):
    """Begin the plan of one's centre (or of the network) for a period, empty or as a copy of the last."""
    part = reach(request.user, Permission.WORKPLAN_EDIT)
    centres = list(SupportCentre.objects.current().filter(pk__in=part.centres).by_name())
    if not centres and not part.helpdesk:
        raise NotAllowed(_("Centres write workplans. Your office comments on them and is told when it is asked."))
    sources = (
        Version.objects.visible_to(request.user).newest_of_each().select_related("workplan__period", "workplan__centre")
    )
    form = NewPlanForm(
        request.POST or None, centres=centres, network=part.helpdesk, sources=sources, periods=Period.objects.in_order()
    )
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = plans.start_workplan(
                form.centre, said["period"], by=request.user, language=said["language"], title=said["title"],
                copy_from=said["copy_from"],
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("workplan_edit", made.reference)
    return render(request, "workplans/workplan_new.html", {"form": form})
