"""Questions about knowledge: asked of the helpdesk, and those that were answered for everybody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import DomainError, IllegalStep
from accounts.permissions import Permission, can, require
from centres.helpdesk.actions import ask
from centres.models import Ticket
from centres.models.names import language_of

from ..actions import questions as acts
from ..filters.compendium import QuestionFilter
from ..forms.sources import AskForm, PublishAnswerForm
from ..models import AnsweredQuestion

PER_PAGE = 25


@login_not_required
@require_safe
def question_list(request):
    """Everything that was answered for everybody."""
    rows = AnsweredQuestion.objects.published().prefetch_related("targets").order_by("-published_at", "-pk")
    found = QuestionFilter(request.GET, queryset=rows, request=request)
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "knowledge/question_list.html", {"page_obj": page, "filter_form": found.form})


@login_not_required
@require_safe
def question_detail(request, pk):
    found = get_object_or_404(AnsweredQuestion.objects.published().select_related("ticket"), pk=pk)
    context = {
        "found": found,
        "targets": found.targets.in_order(),
        "subjects": found.subjects.by_name(),
        "sources": found.sources.listed().order_by("name"),
        "may_withdraw": can(request.user, Permission.TICKET_HANDLE, found.ticket),
    }
    return render(request, "knowledge/question_detail.html", context)


@require_http_methods(["GET", "POST"])
def question_new(request):
    """Ask where knowledge can be found."""
    form = AskForm(request.POST or None)
    if form.is_valid():
        try:
            ticket = ask(by=request.user, kind=Ticket.Kind.KNOWLEDGE, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your question is with the helpdesk. You get a notice when it is answered."))
            return redirect(ticket)
    return render(request, "knowledge/question_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
def question_publish(request, reference):
    """Whoever answered a ticket writes question and answer for everybody."""
    tickets = Ticket.objects.by_reference(reference).visible_to(request.user)
    ticket = get_object_or_404(tickets.select_related("asker"))
    require(request.user, Permission.TICKET_HANDLE, ticket)
    replies = ticket.messages.filter(is_from_asker=False, is_internal=False).order_by("pk")
    first = {
        "question": ticket.text,
        "answer": "\n\n".join(replies.values_list("text", flat=True)),
        "language": language_of(ticket.language),
    }
    form = PublishAnswerForm(request.POST or None, initial=first)
    if form.is_valid():
        try:
            made = acts.publish_answer(ticket, by=request.user, **form.cleaned_data)
        except IllegalStep as error:
            messages.warning(request, str(error))
            return redirect(ticket)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Published. Everybody finds it among the answered questions."))
            return redirect(made)
    return render(request, "knowledge/question_publish.html", {"form": form, "ticket": ticket})


@require_POST
def question_withdraw(request, pk):
    """Take a published question away."""
    found = get_object_or_404(AnsweredQuestion.objects.published().select_related("ticket"), pk=pk)
    if not Ticket.objects.visible_to(request.user).filter(pk=found.ticket_id).exists():
        raise Http404
    acts.withdraw_answer(found, by=request.user)
    messages.success(request, _("It is not public any more."))
    return redirect("question_list")
