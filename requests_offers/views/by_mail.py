"""Answering from a mail, without signing in: the page shows on GET and acts on POST, once."""

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import mail_links
from accounts.errors import DomainError, IllegalStep
from accounts.models import MailLink

from .. import whats_next
from ..actions.answering import answer_by_mail, request_of, why_not
from ..actions.clarifications import PURPOSE
from ..forms.triage import MailAnswerForm

TEMPLATE = "requests_offers/clarification_by_mail.html"
RATE = "mail_link"  # settings.ACCOUNT_RATE_LIMITS


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def clarification_by_mail(request, token):
    """The question and a field for the answer; a sentence where the link no longer works."""
    link = mail_links.find(PURPOSE, token)
    if link is None:
        raise Http404
    record = request_of(link)
    if dead := why_not(link, record):
        return _answered(request, None, dead=dead, status=410)
    form = MailAnswerForm(request.POST or None)
    if not form.is_bound or not form.is_valid():
        return _answered(request, link, record=record, form=form)
    if not ratelimit.consume(request, action=RATE, key=link.digest):
        form.add_error(None, _("This was tried too often. Wait an hour, or sign in and answer there."))
        return _answered(request, link, record=record, form=form, status=429)
    return _sent(request, link, record, form)


def _sent(request, link: MailLink, record, form):
    try:
        done = answer_by_mail(link, text=form.cleaned_data["text"])
    except IllegalStep as error:
        return _answered(request, None, dead=str(error), form=form, status=410)
    except DomainError as error:
        form.add_error(None, str(error))
        return _answered(request, link, record=record, form=form)
    return _answered(request, link, record=done, done=True)


def _answered(request, link, *, status=200, **context):
    """A page that names nobody but the Party: whoever holds the mail may be somebody else."""
    if link and context.get("record"):
        context["baton"] = whats_next.of_request(context["record"], link.user, timezone.now())
    return render(request, TEMPLATE, context, status=status)
