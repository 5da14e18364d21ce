"""Links in mails to people without an account: each page shows on GET and acts on POST, once."""

from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError, IllegalStep

from ..actions import projects, submissions
from ..actions.submitter_mails import find, submitted_data, why_dead
from ..forms.projects import ProjectForm
from ..models import SubmitterMail
from .projects import form_data

RATE = "mail_link"  # settings.ACCOUNT_RATE_LIMITS
METHODS = ["GET", "HEAD", "POST"]
TEMPLATE = "knowledge/project_by_mail.html"


@login_not_required
@require_safe
def project_sent(request):
    """What happens after the form was sent without an account; the same for every address."""
    return render(request, "knowledge/project_sent.html")


def _mail(purpose: str, token: str) -> SubmitterMail:
    mail = find(purpose, token)
    if mail is None:
        raise Http404
    return mail


def _dead(request: Any, sentence: str) -> Any:
    return render(request, TEMPLATE, {"dead": sentence}, status=410)


def _too_often(request: Any, mail: SubmitterMail) -> bool:
    return not ratelimit.consume(request, action=RATE, key=mail.digest)


@login_not_required
@never_cache
@require_http_methods(METHODS)
def project_submission(request, token):
    """Confirm what was typed without signing in: only then the office gets it."""
    mail = _mail("project_submission", token)
    if dead := why_dead(mail):
        return _dead(request, dead)
    if request.method != "POST":
        data = submitted_data(mail.submission)
        return render(request, TEMPLATE, {"asks": "submission", "data": data, "title": data["title"]})
    if _too_often(request, mail):
        return _dead(request, _("This was tried too often. Wait an hour, then open the link again."))
    try:
        project = submissions.confirm_submission(mail)
    except IllegalStep as error:
        return _dead(request, str(error))
    return render(request, TEMPLATE, {"done": "submission", "project": project, "title": project.title})


@login_not_required
@never_cache
@require_http_methods(METHODS)
def project_confirm_by_mail(request, token):
    """One click: all of it is still right."""
    mail = _mail("project_confirm_by_mail", token)
    if dead := why_dead(mail):
        return _dead(request, dead)
    project = mail.project
    if request.method != "POST":
        return render(request, TEMPLATE, {"asks": "confirm", "project": project, "title": project.title})
    if _too_often(request, mail):
        return _dead(request, _("This was tried too often. Wait an hour, then open the link again."))
    try:
        projects.confirm(project, mail=mail)
    except DomainError as error:
        return _dead(request, str(error))
    return render(request, TEMPLATE, {"done": "confirm", "project": project, "title": project.title})


@login_not_required
@never_cache
@require_http_methods(METHODS)
def project_change_by_mail(request, token):
    """Change a project as the office asked, without an account."""
    mail = _mail("project_change_by_mail", token)
    if dead := why_dead(mail):
        return _dead(request, dead)
    project = mail.project
    form = ProjectForm(request.POST or None, party=project.party, data_now=form_data(project))
    context = {"asks": "change", "project": project, "title": project.title, "form": form}
    if not form.is_bound or not form.is_valid():
        return render(request, TEMPLATE, context)
    if _too_often(request, mail):
        form.add_error(None, _("This was tried too often. Wait an hour, then send it again."))
        return render(request, TEMPLATE, context, status=429)
    try:
        projects.change(project, data=form.said, mail=mail)
    except DomainError as error:
        form.add_error(None, str(error))
        return render(request, TEMPLATE, context)
    return render(request, TEMPLATE, {"done": "change", "project": project, "title": project.title})
