"""The helpdesk's pages: asking, the queue, one ticket."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import DomainError, IllegalStep
from accounts.permissions import Permission, can
from centres.calendars import centre_calendars, has_passed, working_days_left
from centres.clock_lengths import length
from centres.models import Clock, Coverage, Party, SupportCentre, Ticket

from . import actions
from .forms import AskForm, HandForm, QueueForm, TextForm
from .lifecycle import ASKER, HELPDESK

PER_PAGE = 25
LATEST = 10
RELATED = ("asker", "party", "centre", "assigned_to", "asking_centre")


@login_not_required
@require_safe
def helpdesk(request, *, template_name="centres/helpdesk.html", more=None):
    """What the helpdesk does; one's own questions; for those who answer, the queue by due date.

    `more` adds what the rooms above know about the helpdesk.
    """
    context = {"handles": can(request.user, Permission.TICKET_HANDLE), "days": length(Clock.HELPDESK)}
    if request.user.is_authenticated:
        own = Ticket.objects.filter(asker=request.user).select_related(*RELATED).order_by("-created_at", "-pk")
        context["own"] = described(own[:LATEST])
    if context["handles"]:
        context |= _queue(request)
    if can(request.user, Permission.TICKET_HAND_OVER):
        context["uncovered"] = uncovered_parties()
    return render(request, template_name, context | (more(request) if more else {}))


def _queue(request):
    filter_form = QueueForm(request.GET)
    tickets = filter_form.narrow(Ticket.objects.handled_by(request.user)).select_related(*RELATED).by_due_day()
    page = Paginator(tickets, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = described(page.object_list)
    return {"filter_form": filter_form, "page_obj": page}


def described(tickets):
    """The tickets with how many working days whoever has them has left, in two queries."""
    tickets = list(tickets)
    calendars = centre_calendars({ticket.centre_id for ticket in tickets} - {None})
    for ticket in tickets:
        ticket.days_left = working_days_left(calendars[ticket.centre_id], ticket.due_on, timezone.now())
    return tickets


def uncovered_parties():
    """Parties whose way in is the helpdesk, since no centre that operates serves them: `has_centre` if one will."""
    operating = SupportCentre.objects.current().operating().values("pk")
    covered = Coverage.objects.filter(party=OuterRef("pk"), retired_on__isnull=True, centre__retired_on__isnull=True)
    found = Party.objects.current().filter(~Exists(covered.filter(centre__in=operating)))
    return list(found.annotate(has_centre=Exists(covered)).by_name())


def ticket_new(request):
    """Ask something."""
    form = AskForm(request.POST or None, user=request.user)
    if form.is_valid():
        try:
            ticket = actions.ask(by=request.user, **form.said)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your question is with the helpdesk. You get a notice when it is answered."))
            return redirect(ticket)
    return render(request, "centres/ticket_new.html", {"form": form, "days": length(Clock.HELPDESK)})


@require_safe
def ticket_detail(request, reference):
    return _page(request, _visible(request.user, reference), {})


def _visible(user, reference):
    return get_object_or_404(Ticket.objects.by_reference(reference).visible_to(user).select_related(*RELATED))


def _page(request, ticket, bound, status=200):
    """One ticket with what was said and the forms of the steps that are open; `bound` are forms with faults."""
    said = ticket.messages.select_related("author").order_by("created_at", "pk")
    parts = actions.parts_of(ticket, request.user)
    if HELPDESK not in parts:
        said = said.filter(is_internal=False)
    steps = actions.open_steps(ticket, request.user)
    if ticket.assigned_to_id == request.user.pk:
        steps = [step for step in steps if step.name != "take_on"]
    context = {
        "ticket": ticket,
        "said": said,
        "works": HELPDESK in parts,
        "baton": _baton(ticket, parts),
        "forms": list(bound.values()),
        "steps": [{"step": step, "form": bound.get(step.name) or _form(step, ticket)} for step in steps],
    }
    return render(request, "centres/ticket_detail.html", context, status=status)


def _form(step, ticket, data=None):
    """The form of a step; None where nothing is asked."""
    if "text" in step.asks:
        return TextForm(data, prefix=step.name)
    if "reason" in step.asks:
        return HandForm(data, holder=ticket.centre, to_centre="centre" in step.asks, prefix=step.name)
    return None


def _baton(ticket, parts):
    """Who has the ticket, until when, and what comes then."""
    calendar = centre_calendars({ticket.centre_id} - {None})[ticket.centre_id]
    holder = ticket.centre.name if ticket.centre else _("The coordinator’s helpdesk")
    texts = {
        Ticket.Status.OPEN: (_("The helpdesk answers"), holder, HELPDESK, _("You read the answer here and by mail.")),
        Ticket.Status.WAITING: (
            _("Does the answer help?"),
            _("Whoever asked"),
            ASKER,
            _("If it helps, the question is solved; if not, the helpdesk goes on."),
        ),
        Ticket.Status.SOLVED: (_("Solved"), _("Nobody has to act"), "", _("The asker can write again at any time.")),
    }
    heading, who, turn, then = texts[Ticket.Status(ticket.status)]
    late = bool(ticket.due_on) and has_passed(calendar, ticket.due_on, timezone.now())
    return {
        "heading": heading,
        "who": who,
        "until": ticket.due_on,
        "then": then,
        "otherwise": _("A reminder goes to whoever has it, then to the coordinator.") if ticket.due_on else "",
        "kind": "late" if late else "yours" if turn in parts else "",
        "days_left": working_days_left(calendar, ticket.due_on, timezone.now()),
        "days_total": length(Clock.HELPDESK) if ticket.due_on else None,
    }


@require_POST
def ticket_step(request, reference, name):
    """Take one step; what is refused becomes a sentence, and nothing typed is lost."""
    ticket = _visible(request.user, reference)
    step = actions.STEPS.get(name)
    if step is None:
        raise Http404
    form = _form(step, ticket, request.POST)
    if form is not None and not form.is_valid():
        return _page(request, ticket, {name: form})
    try:
        moved = actions.ACTS[name](ticket, by=request.user, **(form.cleaned_data if form else {}))
    except IllegalStep as error:
        messages.warning(request, str(error))
        return redirect(ticket)
    except DomainError as error:
        if form is None:
            messages.warning(request, str(error))
            return redirect(ticket)
        form.add_error(None, str(error))
        return _page(request, ticket, {name: form})
    messages.success(request, _("Done. Those concerned have been told."))
    sees_it = Ticket.objects.visible_to(request.user).filter(pk=moved.pk).exists()
    return redirect(moved if sees_it else "helpdesk")
