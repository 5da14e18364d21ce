"""Projects: the registry with its map, the page of each, the public form, and the steps."""

import hashlib
from collections import Counter
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, IllegalStep, NotAllowed
from centres.maps import marked_map
from centres.models import Party

from .. import whats_next
from ..actions import project_data, projects
from ..actions.submitter_mails import keep_submission
from ..filters.registry import ProjectFilter
from ..forms.projects import ProjectForm, ReasonForm, SubmitForm
from ..lifecycle import PROJECT_STEPS, ProjectStatus
from ..models import Funding, Project

PER_PAGE = 25
RATE = "project_submit"  # settings.ACCOUNT_RATE_LIMITS
DONE = {
    "publish": gettext_lazy("The project is published. Whoever submitted it has been told."),
    "confirm": gettext_lazy("Thank you. The project counts as up to date for another year."),
    "request_change": gettext_lazy("Whoever submitted it has been asked for a change."),
    "refuse": gettext_lazy("The project is not published. Whoever submitted it has been told why."),
}
FIELD_LABELS = {
    "title": gettext_lazy("Title"), "summary": gettext_lazy("What it does"), "language": gettext_lazy("Language"),
    "territories": gettext_lazy("Territories or places"), "partners": gettext_lazy("Partners"),
    "url": gettext_lazy("Address"), "source": gettext_lazy("Source"), "contact": gettext_lazy("Contact person"),
    "starts_on": gettext_lazy("Begins on"), "ends_on": gettext_lazy("Ends on"),
    "co_parties": gettext_lazy("Other countries"), "targets": gettext_lazy("Targets"),
    "subjects": gettext_lazy("Subjects"), "funding": gettext_lazy("Funding"),
}  # fmt: skip


# The registry ---------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def project_list(request):
    """The registry: filters, the list, and a map with the table of the same numbers beside it."""
    rows = Project.objects.visible_to(request.user)
    found = ProjectFilter(request.GET, queryset=rows, request=request)
    if not Project.objects.moderated_by(request.user).exists():
        found.form.fields.pop("moderated")
    ordered = found.qs.select_related("party").prefetch_related("targets").order_by("-published_at", "-pk")
    page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    counts = by_party(found.qs)
    parties = list(Party.objects.current().by_name())
    context = {
        "page_obj": page,
        "filter_form": found.form,
        "map": marked_map(parties, marked=counts.keys()),
        "countries": [(party, counts[party.pk]) for party in parties if counts[party.pk]],
    }
    return render(request, "knowledge/project_list.html", context)


def by_party(rows: Any) -> Counter[int]:
    """How many of these projects each Party has, alone or together with others."""
    counts = Counter(rows.order_by().values_list("party", flat=True))
    shared = Project.co_parties.through.objects.filter(project__in=rows.order_by().values("pk"))
    counts.update(shared.values_list("party", flat=True))
    return counts


@login_not_required
@require_safe
def project_detail(request, reference):
    project = _visible(request.user, reference)
    moderates = project.may_be_moderated_by(request.user)
    inside = moderates or projects.is_submitter(project, request.user)
    steps = projects.open_steps(project, request.user)
    context = {
        "project": project,
        "inside": inside,
        "moderates": moderates,
        "baton": whats_next.of_project(project, request.user) if inside or project.status == "stale" else None,
        "steps": [step for step in steps if step.name != "change" and not _is_idle(project, step.name)],
        "can_change": any(step.name == "change" for step in steps),
        "funding": list(project.funding.order_by("pk")),
        "waiting": _waiting(project) if inside else None,
        "asks": {"request_change", "refuse"},
    }
    return render(request, "knowledge/project_detail.html", context)


def _is_idle(project: Project, name: str) -> bool:
    """To confirm what was confirmed just now changes nothing."""
    return name == "confirm" and project.status == ProjectStatus.PUBLISHED and project.asked_at is None


def _waiting(project: Project) -> list[tuple[Any, Any]] | None:
    """What a waiting change would say, field by field."""
    if not project.pending:
        return None
    data, changed = project_data.unpacked(project.pending), project_data.differences(project)
    return [(FIELD_LABELS[name], _shown(data[name])) for name in changed if name in FIELD_LABELS]


def _shown(value: Any) -> Any:
    """A value of a form in one line."""
    if isinstance(value, list):
        return "; ".join(str(Funding(**one)) if isinstance(one, dict) else str(one) for one in value) or "–"
    return value or "–"


def _visible(user: Any, reference: str) -> Project:
    rows = Project.objects.visible_to(user).by_reference(reference).select_related("party", "submitter")
    return get_object_or_404(rows.prefetch_related("co_parties", "targets", "subjects"))


# Submitting -----------------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def project_submit(request):
    """The public form: with an account the office has it at once, without one after a click in a mail."""
    asked = request.GET.get("party", "")[:2]
    initial = {"party": Party.objects.filter(iso2=asked).first() if asked.isalnum() else None}
    form = SubmitForm(request.POST or None, user=request.user, initial=initial)
    if form.is_bound and form.is_valid():
        if answer := _submitted(request, form):
            return answer
        form.add_error(None, _("Too many projects were sent from here. Wait an hour, then send this one again."))
        return render(request, "knowledge/project_submit.html", {"form": form}, status=429)
    return render(request, "knowledge/project_submit.html", {"form": form})


def _submitted(request: Any, form: SubmitForm) -> Any:
    """The answer to a form that is in order; None where too many came."""
    key, email = form.cleaned_data["form_key"], form.cleaned_data.get("email", "")
    who = email.lower() or f"user-{request.user.pk}"
    if not ratelimit.consume(request, action=RATE, key=hashlib.sha256(who.encode()).hexdigest()):
        return None
    if request.user.is_authenticated:
        project = projects.submit_project(by=request.user, data=form.said, form_key=key)
        messages.success(request, _("Thank you. The office of the country has the project now and you are told."))
        return redirect(project)
    name = form.cleaned_data.get("name", "")
    keep_submission(email, name=name, language=get_language() or "en", data=form.said, form_key=key)
    return redirect("project_sent")


@require_http_methods(["GET", "POST"])
def project_edit(request, reference):
    """Whoever submitted a project changes it, or its office does; the office decides on the change."""
    project = _visible(request.user, reference)
    if not projects.may_take(project, PROJECT_STEPS["change"], request.user):
        raise NotAllowed(_("Whoever submitted this project can change it, and the office of the country."))
    data = form_data(project)
    form = ProjectForm(request.POST or None, party=project.party, data_now=data)
    if form.is_valid():
        try:
            projects.change(project, by=request.user, data=form.said)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The change is with the office. What is public stays as it is until then."))
            return redirect(project)
    return render(request, "knowledge/project_edit.html", {"form": form, "project": project})


def form_data(project: Project) -> dict[str, Any]:
    """What the form of a project shows first: the change that waits, else what it says."""
    data = project_data.proposed(project)
    rows = {name: [one.pk for one in data[name]] for name in ("co_parties", "targets", "subjects")}
    return data | rows | {"party": project.party}


# Steps ----------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def project_step(request, reference, name):
    """One step: a page that asks for the reason where one is needed, else a button that posts."""
    project = _visible(request.user, reference)
    step = PROJECT_STEPS.get(name)
    if step is None or name not in DONE:
        raise Http404
    if not projects.may_take(project, step, request.user):
        raise NotAllowed(_("The office of the country decides on this project; whoever submitted it can change it."))
    asks = "reason" in step.asks
    form = ReasonForm(name, request.POST or None) if asks else None
    if request.method == "GET" and not asks:
        return redirect(project)
    if request.method == "POST" and (form is None or form.is_valid()):
        answer = _taken(request, project, name, form)
        if answer is not None:
            return answer
    context = {"project": project, "step": step, "form": form}
    return render(request, "knowledge/project_step.html", context)


def _taken(request: Any, project: Project, name: str, form: Any) -> Any:
    try:
        projects.STEPS[name](project, by=request.user, **(form.cleaned_data if form else {}))
    except IllegalStep as error:
        messages.warning(request, str(error))
    except DomainError as error:
        if form is None:
            messages.warning(request, str(error))
        else:
            form.add_error(None, str(error))
            return None
    else:
        messages.success(request, DONE[name])
    return redirect(project)
