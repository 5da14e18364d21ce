"""Co-funding that others report as IATI: upload their files, look at what concerns the centre, accept or dismiss it."""

from collections import Counter

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, NotAllowed
from accounts.permissions import Permission, can, reach, require
from centres.models import SupportCentre

from ..actions import co_funding
from ..exports.iati import reading
from ..exports.iati.scope import scope_of
from ..forms.co_funding import AcceptForm, DismissForm, NothingForm, UploadForm
from ..lifecycle import CO_FUNDING_STEPS, CoFundingStatus
from ..models import Activity, ActivityIdentity, CoFunding, Workplan
from ..wording.co_funding import amounts_text, others_text

PER_PAGE = 25
NETWORK = "network"


# The list and the upload ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def co_funding_list(request):
    """What was proposed to the reader's centres; a file of somebody else adds to it."""
    part = reach(request.user, Permission.WORKPLAN_VIEW)
    if not part:
        raise NotAllowed(_("Centres look at what others report. What they accepted stands at the plans."))
    centres = _centres(request.user)
    form = UploadForm(request.POST or None, request.FILES or None, centres=centres) if centres else None
    if request.method == "POST" and form is None:
        raise NotAllowed(_("Centres read such files, each for its own plans."))
    if form is not None and form.is_valid() and _read(request, form):
        return redirect("co_funding")
    status = request.GET.get("status")
    status = status if status in CoFundingStatus.values else CoFundingStatus.PROPOSED
    rows = CoFunding.objects.filter(part.as_q(CoFunding.SCOPE))
    counts = Counter(rows.values_list("status", flat=True))
    shown = rows.filter(status=status).select_related("centre", "activity", "workplan__centre", "workplan__period")
    page = Paginator(shown.newest_first(), PER_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.amounts_text = amounts_text(row)
        row.others = [name for name in row.funders if name != row.reporter]
    context = {
        "page_obj": page,
        "form": form,
        "status": status,
        "states": [(state, state.label, counts[state]) for state in CoFundingStatus],
    }
    code = 422 if form is not None and form.errors else 200
    return render(request, "workplans/co_funding_list.html", context, status=code)


def _centres(user) -> list[tuple[str, str]]:
    """The centres for which somebody reads files; the network where there is none."""
    part = reach(user, Permission.WORKPLAN_EDIT)
    rows = SupportCentre.objects.current().filter(pk__in=part.centres).by_name()
    found = [(row.slug, row.name) for row in rows]
    return [*found, (NETWORK, _("The whole network"))] if part.helpdesk or part.everywhere else found


def _read(request, form) -> bool:
    """Read the files; say what was found, or what is wrong with one at its field."""
    slug = form.cleaned_data["centre"]
    centre = None if slug == NETWORK else SupportCentre.objects.get(slug=slug)
    scope = scope_of(centre, with_ended=form.cleaned_data["with_ended"])
    books = [(file.name, reading.read(file, scope, size=file.size)) for file in form.cleaned_data["chosen"]]
    for name, book in books:
        if book.wrong:
            form.add_error("chosen", f"{name[:80]}: {book.wrong}")
    if form.errors:
        return False
    found = [one for _name, book in books for one in book.found]
    counts = co_funding.propose(centre, found, by=request.user)
    _tell(request, counts, sum((book.others for _name, book in books), Counter()))
    if any(book.is_old for _name, book in books):
        messages.info(request, _("A file follows version 1 of the standard. What it says in codes of today was read."))
    return True


def _tell(request, counts, others) -> None:
    new, changed, same = counts["new"], counts["changed"], counts["same"]
    said = [
        ngettext("%(n)d activity is new here.", "%(n)d activities are new here.", new) % {"n": new},
        ngettext("%(n)d has changed.", "%(n)d have changed.", changed) % {"n": changed} if changed else "",
        ngettext("%(n)d was here already.", "%(n)d were here already.", same) % {"n": same} if same else "",
        others_text(others),
    ]
    messages.success(request, " ".join(sentence for sentence in said if sentence))


# One record -----------------------------------------------------------------------------------------------------------


def _visible(user, reference) -> CoFunding:
    rows = CoFunding.objects.visible_to(user).by_reference(reference)
    return get_object_or_404(rows.select_related("centre", "activity", "workplan__centre", "workplan__period"))


@login_not_required
@require_safe
def co_funding_detail(request, reference):
    """What somebody else reports, and what the centre made of it."""
    row = _visible(request.user, reference)
    context = {
        "row": row,
        "amounts": amounts_text(row),
        "acts": co_funding.open_steps(row, request.user),
        "inside": can(request.user, Permission.WORKPLAN_VIEW, row),
    }
    return render(request, "workplans/co_funding_detail.html", context)


@require_http_methods(["GET", "POST"])
def co_funding_step(request, reference, name):
    """One step: the page that asks, and the act."""
    row = _visible(request.user, reference)
    step = CO_FUNDING_STEPS.get(name)
    if step is None:
        raise Http404
    require(request.user, step.permission, row)
    form = _form(row, name, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            _act(row, name, by=request.user, said=form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Done: “%(step)s”.") % {"step": step.label})
            return redirect("co_funding")
    code = 422 if form.errors else 200
    return render(request, "workplans/co_funding_step.html", {"row": row, "step": step, "form": form}, status=code)


def _act(row, name, *, by, said) -> None:
    if name == "accept":
        co_funding.accept(row, by=by, part=_part(row, said["part"]), text=said["text"])
    elif name == "dismiss":
        co_funding.dismiss(row, by=by, text=said["text"])
    else:
        co_funding.reopen(row, by=by)


def _form(row, name, data):
    if name == "accept":
        choices, likely = _choices(row)
        return AcceptForm(data, choices=choices, initial={"part": likely})
    return DismissForm(data) if name == "dismiss" else NothingForm(data)


def _plans(row):
    rows = Workplan.objects.published().filter(centre=row.centre, closed_at__isnull=True)
    return rows.select_related("centre", "period", "current_version").defer("current_version__snapshot")


def _choices(row):
    """The finalized plans of the centre and their activities, and the one that shares most countries."""
    choices, likely, most = [], "", 0
    for plan in _plans(row).order_by("-period__starts", "pk"):
        whole = (plan.reference, _("The whole plan %(reference)s") % {"reference": plan.reference})
        rows = Activity.objects.filter(version=plan.current_version_id).prefetch_related("parties").in_order()
        parts = []
        for activity in rows:
            parts.append((activity.reference, f"{activity.reference} {activity.title}"))
            shared = len({party.iso2 for party in activity.parties.all()} & set(row.countries))
            if shared > most:
                likely, most = activity.reference, shared
        choices.append((f"{plan.reference} {plan.current_version.title}", [whole, *parts]))
    return choices, likely


def _part(row, reference):
    if reference.startswith("WP-"):
        return get_object_or_404(_plans(row).by_reference(reference))
    found = get_object_or_404(Activity.objects.public().by_reference(reference), version__workplan__in=_plans(row))
    return ActivityIdentity.objects.select_related("workplan__centre", "workplan__period").get(pk=found.identity_id)
