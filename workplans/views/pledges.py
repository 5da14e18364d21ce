"""Pledges: the donor's and the centre's list, the page of each, its steps, its talk and its papers."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.permissions import Permission, can, reach, require
from centres.calendars import centre_calendars
from centres.models import Organization, language_of

from .. import whats_next_pledges
from ..actions import pledge_money, pledges
from ..actions.gaps import line_of
from ..forms.pledges import InterestForm, MessageForm, step_form
from ..lifecycle import FIRM, LIVE_PLEDGE, PLEDGE_STEPS, PROMISED
from ..models import Pledge, PledgeDocument
from ..pledge_objects import PARTS, find_object, gap_row, title_of, titles_of

PER_PAGE = 25
ACTS: dict[str, Callable[..., Any]] = {
    "discuss": pledges.discuss,
    "pledge": pledge_money.pledge_amount,
    "commit": pledge_money.commit,
    "confirm_commitment": pledge_money.confirm_commitment,
    "record_receipt": pledge_money.record_receipt,
    "refuse": pledge_money.refuse,
    "withdraw": pledge_money.withdraw,
}
MEANING = {
    "pledge": gettext_lazy("A pledge counts in the indicative gap and is public, without your name if you wish."),
    "commit": gettext_lazy("The head of the centre confirms the commitment. From then on the money counts as firm."),
    "confirm_commitment": gettext_lazy("You confirm that the commitment is signed. It counts as firm from now on."),
    "record_receipt": gettext_lazy("Only what has arrived is shown as received."),
}


# Lists ----------------------------------------------------------------------------------------------------------------


@require_safe
def pledge_list(request):
    """What a donor has under way, and what has come in at a centre: the soonest due first."""
    require(request.user, Permission.PLEDGE_VIEW)
    rows = Pledge.objects.filter(reach(request.user, Permission.PLEDGE_VIEW).as_q(Pledge.SCOPE))
    shown = request.GET.get("shown", "live")
    found = rows.live() if shown != "all" else rows
    ordered = found.select_related(*PARTS).order_by("due_on", "-stepped_at", "-pk")
    page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    now, calendars = timezone.now(), centre_calendars({row.centre_id for row in page} - {None})
    titles = titles_of(page)
    for row in page:
        row.baton = whats_next_pledges.of_pledge(row, request.user, now, calendars[row.centre_id])
        row.title = titles[row.pk]
    context = {
        "page_obj": page,
        "shown": shown,
        "is_donor": can(request.user, Permission.PLEDGE_MAKE),
        "sums": portfolio(rows),
    }
    return render(request, "workplans/pledge_list.html", context)


def portfolio(rows) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    """What is promised, firm and received among these pledges, by currency: never added across currencies."""
    sums: dict[str, list[Decimal]] = {}
    counted = rows.filter(status__in=sorted(PROMISED | FIRM)).prefetch_related("receipts")
    for row in counted:
        here = sums.setdefault(row.currency, [Decimal(0), Decimal(0), Decimal(0)])
        here[0 if row.status in PROMISED else 1] += row.amount
        here[2] += sum((receipt.amount for receipt in row.receipts.all()), Decimal(0))
    return [(currency, promised, firm, arrived) for currency, (promised, firm, arrived) in sorted(sums.items())]


# One pledge -----------------------------------------------------------------------------------------------------------


@require_safe
def pledge_detail(request, reference):
    pledge = _visible(request.user, reference)
    inside = can(request.user, Permission.PLEDGE_VIEW, pledge)
    context = {
        "pledge": pledge,
        "title": title_of(pledge),
        "inside": inside,
        "baton": whats_next_pledges.of_pledge(pledge, request.user, timezone.now()),
        "acts": buttons(pledge, request.user),
        "gap": gap_row(pledge),
        "receipts": list(pledge.receipts.order_by("received_on", "pk")),
        "talk": list(pledge.messages.order_by("at", "pk")) if inside else [],
        "documents": list(pledge.documents.order_by("at", "pk")) if inside else [],
        "message_form": _message_form(request) if _may_talk(request.user, pledge) else None,
        "open_amount": pledge_money.open_amount(pledge) if pledge.amount else None,
        "may_allow": _may_talk(request.user, pledge) and pledge.status in PROMISED and _is_above(pledge),
    }
    return render(request, "workplans/pledge_detail.html", context)


def _visible(user, reference) -> Pledge:
    return get_object_or_404(Pledge.objects.visible_to(user).by_reference(reference).select_related(*PARTS))


def _may_talk(user, pledge) -> bool:
    return pledge.status in LIVE_PLEDGE and can(user, Permission.PLEDGE_TALK, pledge)


def _is_above(pledge) -> bool:
    return bool(pledge_money.left_below(pledge, "firm_gap"))


def _message_form(request, data=None):
    return MessageForm(data, initial={"language": language_of(get_language()), "form_key": uuid.uuid4()})


def buttons(pledge, user) -> list[dict]:
    """What the page shows for each open step: a link to the page that asks."""
    return [
        {
            "name": step.name,
            "label": step.label,
            "url": f"{pledge.get_absolute_url()}{step.name}/",
            "asks": True,
            "danger": step.danger,
        }
        for step in pledges.open_steps(pledge, user)
        if step.name != "discuss"
    ]


@require_http_methods(["GET", "POST"])
def pledge_step(request, reference, name):
    """One step of a pledge: the page that asks, and the act."""
    pledge = _visible(request.user, reference)
    step = PLEDGE_STEPS.get(name)
    if step is None or name not in ACTS:
        raise Http404
    require(request.user, step.permission, pledge)
    if request.method == "GET" and pledge.status not in step.sources:
        messages.warning(request, _("“%(step)s” is not possible now.") % {"step": step.label})
        return redirect(pledge)
    form = _form_of(request, pledge, name)
    if form.is_valid() and _taken(request, pledge, step, form):
        return redirect(pledge)
    context = {"pledge": pledge, "title": title_of(pledge), "step": step, "form": form, "gap": gap_row(pledge)}
    return render(request, "workplans/pledge_step.html", context | {"meaning": MEANING.get(name, "")})


def _form_of(request, pledge, name):
    initial = {"language": language_of(get_language()), "form_key": uuid.uuid4(), "is_anonymous": pledge.is_anonymous}
    line = line_of(pledge.line)
    if line is not None:
        initial["currency"] = line.currency
    if name == "record_receipt":
        initial["amount"] = pledge_money.open_amount(pledge)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    return step_form(pledge, name, *data, initial=initial)


def _taken(request, pledge, step, form) -> bool:
    """Take the step; what is refused becomes a sentence of the form. A second click finds it done and says so."""
    try:
        ACTS[step.name](pledge, by=request.user, **form.said)
    except IllegalStep as error:
        if not step.target or pledge.status != step.target:
            messages.warning(request, str(error))
            return True
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Done. The page says what comes next."))
    return True


@require_POST
def pledge_say(request, reference):
    """A message to the other side."""
    pledge = _visible(request.user, reference)
    require(request.user, Permission.PLEDGE_TALK, pledge)
    form = _message_form(request, request.POST)
    if form.is_valid():
        try:
            pledges.say(pledge, by=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your message is sent."))
            return redirect(pledge)
    context = {"pledge": pledge, "title": title_of(pledge), "form": form, "step": PLEDGE_STEPS["discuss"]}
    return render(request, "workplans/pledge_step.html", context, status=422)


@require_POST
def pledge_above_gap(request, reference):
    """One side agrees that more is given than is asked."""
    pledge = _visible(request.user, reference)
    require(request.user, Permission.PLEDGE_TALK, pledge)
    try:
        pledge_money.allow_above_gap(pledge, by=request.user)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Noted. The other side has to agree as well."))
    return redirect(pledge)


@require_safe
@never_cache
def pledge_document(request, reference, pk):
    """The paper of a commitment, as a file to keep."""
    pledge = _visible(request.user, reference)
    if not can(request.user, Permission.PLEDGE_VIEW, pledge):
        raise Http404
    document = get_object_or_404(PledgeDocument, pledge=pledge, pk=pk)
    try:
        content = document.open()
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(content, as_attachment=True, filename=document.name, content_type=document.content_type)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


# Beginning ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def pledge_new(request):
    """A donor's first word about a budget line, an activity, a workplan or an unmet request (?for=its reference)."""
    reference = request.GET.get("for", "")
    thing = find_object(request.user, reference)
    if thing is None:
        raise Http404
    ours = Organization.objects.filter(pk__in=reach(request.user, Permission.PLEDGE_MAKE).organizations).by_name()
    if not ours:
        raise NotAllowed(_("Donors pledge. Claim or register your organization as a donor first, in your account."))
    initial = {"language": language_of(get_language()), "form_key": uuid.uuid4()}
    form = InterestForm(request.POST or None, initial=initial, donors=list(ours))
    if form.is_valid():
        said = dict(form.cleaned_data)
        donor = said.pop("donor", None) or ours[0]
        try:
            return redirect(pledges.express_interest(thing, donor, by=request.user, **said))
        except DomainError as error:
            form.add_error(None, str(error))
    kind = pledges.KIND_OF[type(thing)]
    probe = Pledge(donor=ours[0], **{kind: thing})
    context = {"form": form, "thing": thing, "kind": kind, "title": title_of(probe), "gap": gap_row(probe)}
    return render(request, "workplans/pledge_new.html", context | {"reference": reference})
