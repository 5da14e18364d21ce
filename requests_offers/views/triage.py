"""A centre's own desk: its queue, who works on a request, notes and scores."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Prefetch
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import DomainError, StaleWrite
from accounts.people import holders
from accounts.permissions import Permission, reach, require
from centres.models import SupportCentre, language_of

from .. import whats_next
from ..actions import assessing, assigning, noting
from ..clocks import centre_calendars
from ..criteria import Kind
from ..filters import QueueFilter
from ..forms.triage import AssessmentForm, AssignForm, NoteForm
from ..models import Assignment, CooperationRequest, CriteriaVersion
from .requests import visible_request

PER_PAGE = 25


# The queue ------------------------------------------------------------------------------------------------------------


@require_safe
def request_queue(request):
    """Everything that the person's centres hold, or the helpdesk; what is due first comes first."""
    require(request.user, Permission.REQUEST_TRIAGE)
    part = reach(request.user, Permission.REQUEST_NOTE)
    rows = CooperationRequest.objects.submitted().filter(part.as_q(CooperationRequest.SCOPE))
    if part.everywhere and not request.GET.get("centre"):
        rows = rows.filter(centre__isnull=True)
    found = QueueFilter(request.GET, queryset=_listed(rows), request=request, people=_staff(request.user, part))
    if not part.everywhere and len(part.centres) < 2:
        found.form.fields.pop("centre")
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    _describe(page.object_list, request.user)
    context = {"page_obj": page, "filter_form": found.form, "is_helpdesk": part.everywhere}
    return render(request, "requests_offers/request_queue.html", context)


def _listed(rows):
    """Rows with what the table says about each, the one due first at the top."""
    held = Assignment.objects.in_force().select_related("officer")
    rows = rows.select_related("party", "centre").prefetch_related(Prefetch("assignments", held, to_attr="held_by"))
    return rows.annotate(score_count=Count("assessments")).order_by(F("due_on").asc(nulls_last=True), "pk")


def _staff(user, part):
    """Those who may work on what is listed: the person's colleagues."""
    if part.everywhere:
        return list(holders(Permission.REQUEST_TRIAGE, everywhere=True))
    centres = SupportCentre.objects.filter(pk__in=part.centres)
    found = {person.pk: person for one in centres for person in holders(Permission.REQUEST_TRIAGE, centre=one)}
    return sorted(found.values(), key=str)


def _describe(rows, user) -> None:
    now, calendars = timezone.now(), centre_calendars({row.centre_id for row in rows} - {None})
    takes = reach(user, Permission.REQUEST_TRIAGE)
    for row in rows:
        row.baton = whats_next.of_request(row, user, now, calendars[row.centre_id])
        row.officer = row.held_by[0].officer if row.held_by else None
        row.may_take = row.officer is None and row.is_open and takes.covers(row)


# Who works on it ------------------------------------------------------------------------------------------------------


@require_POST
def request_assign(request, reference):
    """Choose who works on a request; `me` takes it on."""
    record = visible_request(request.user, reference)
    require(request.user, Permission.REQUEST_TRIAGE, record)
    people = assigning.assignable(record)
    form = AssignForm({"officer": str(request.user.pk)} if "me" in request.POST else request.POST, people=people)
    if not form.is_valid():
        messages.warning(request, _("Choose somebody who works for the centre that holds the request today."))
        return redirect(_back(request, record))
    try:
        if form.chosen:
            assigning.assign(record, officer=form.chosen, by=request.user)
            messages.success(request, _("%(person)s works on it now.") % {"person": form.chosen})
        else:
            assigning.unassign(record, by=request.user)
            messages.success(request, _("Nobody in particular works on it now: it is with the whole centre."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(_back(request, record))


def _back(request, record):
    return "request_queue" if "queue" in request.POST else record


@require_http_methods(["GET", "POST"])
def request_note(request, reference):
    """Keep a note; the form stands on the request's page, and here again if something is to be corrected."""
    record = visible_request(request.user, reference)
    require(request.user, Permission.REQUEST_NOTE, record)
    form = NoteForm(request.POST or None)
    if form.is_valid():
        try:
            noting.note(record, **form.cleaned_data, by=request.user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Noted. Your centre and the coordinator read it, nobody else."))
            return redirect(record)
    return render(request, "requests_offers/request_note.html", {"record": record, "form": form})


# Scores ---------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def request_assessment(request, reference):
    """The own scores; once they are given, those of the others beside them."""
    record = visible_request(request.user, reference)
    require(request.user, Permission.REQUEST_NOTE, record)
    may_score = assessing.may_score(record, request.user)
    version = assessing.version_for(record)
    criteria = CriteriaVersion.of(version)
    form = _score_form(request, record, version, criteria) if may_score else None
    if request.method == "POST" and form is None:
        messages.warning(request, _("The centre has decided about this request. Scores stay as they are."))
        return redirect(record)
    if form is not None and form.is_bound and form.is_valid() and _scored(request, record, form):
        return redirect("request_assessment", record.reference)
    context = {"record": record, "form": form, "version": version, "sees_others": False}
    if assessing.sees_others(record, request.user):
        context |= {"sees_others": True} | _compared(record, version, criteria)
    return render(request, "requests_offers/request_assessment.html", context)


def _score_form(request, record, version, criteria) -> AssessmentForm:
    own = record.assessments.filter(officer=request.user, criteria_version=version).prefetch_related("scores").first()
    facts = {"criteria": criteria, "language": language_of(), "known": own, "initial": {"version": version}}
    return AssessmentForm(request.POST if request.method == "POST" else None, **facts)


def _scored(request, record, form) -> bool:
    said = {"note": form.cleaned_data["note"], "version": form.cleaned_data["version"]}
    try:
        assessing.assess(record, scores=form.scores, **said, by=request.user)
    except StaleWrite as error:
        form.add_error(None, str(error))
        return False
    except DomainError as error:
        messages.warning(request, str(error))
        return True
    messages.success(request, _("Your scores are kept. You can change them until the centre has decided."))
    return True


def _compared(record, version, criteria) -> dict:
    """All scores side by side, criterion by criterion, with how far they lie apart."""
    rows = record.assessments.filter(criteria_version=version).select_related("officer").prefetch_related("scores")
    people = list(rows.order_by("pk"))
    for row in people:
        row.given = {score.criterion: score for score in row.scores.all()}
    return {
        "people": people,
        "groups": [(kind.label, _lines(people, [one for one in criteria if one.kind == kind])) for kind in Kind],
        "totals": _totals(people, criteria),
    }


def _lines(people, criteria) -> list[dict]:
    language, found = language_of(), []
    for one in criteria:
        cells = [_cell(person, one) for person in people]
        values = [cell["value"] for cell in cells if cell["value"] is not None]
        spread = max(values) - min(values) if values else 0
        apart = spread >= max(one.best - 1, 1)
        found.append({"name": one.named(language), "cells": cells, "spread": spread, "apart": apart})
    return found


def _cell(person, criterion) -> dict:
    score = person.given.get(criterion.code)
    facts = {"who": person.officer, "value": None, "word": "", "note": ""}
    return facts | {"value": score.value, "word": criterion.scale[score.value], "note": score.note} if score else facts


def _totals(people, criteria) -> list[tuple]:
    """Each officer with the points for priority, and out of how many."""
    pressing = [one for one in criteria if one.kind == Kind.PRIORITY]
    possible = sum(one.best for one in pressing)
    return [
        (person, sum(person.given[one.code].value for one in pressing if one.code in person.given), possible)
        for person in people
    ]
