"""Open calls: the public list, the page of each, and how an officer opens and withdraws one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError
from accounts.permissions import Permission, can, require

from .. import clocks
from ..actions import calls as acts
from ..forms.approaches import CallForm
from ..lifecycle import CallStatus
from ..models import Approach, OpenCall
from .requests import visible_request
from .steps import buttons, step_page

PER_PAGE = 25
PARTS = ("component__request__party", "component__request__centre")


@login_not_required
@require_safe
def call_list(request):
    """The needs that are open for offers now, those that end first at the top."""
    rows = OpenCall.objects.open().visible_to(request.user).select_related(*PARTS)
    page = Paginator(rows.order_by("due_on", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "requests_offers/call_list.html", {"page_obj": page})


def _visible(user, reference) -> OpenCall:
    return get_object_or_404(OpenCall.objects.visible_to(user).by_reference(reference).select_related(*PARTS))


@login_not_required
@require_safe
def call_detail(request, reference):
    """One call: the need, until when, and how to offer.

    The centre sees how many have answered, and who once it has closed.
    """
    call = _visible(request.user, reference)
    record, now = call.component.request, timezone.now()
    staff = can(request.user, Permission.MATCH_VIEW, record)
    answers = (
        Approach.objects.visible_to(request.user).filter(call=call).select_related("organization", "offer", "call")
    )
    context = {
        "call": call,
        "record": record,
        "component": call.component,
        "is_open": OpenCall.objects.open().filter(pk=call.pk).exists() and not acts.may_close(call),
        "days_left": clocks.working_days_left(record.party, call.due_on, now),
        "staff": staff,
        "count": call.approaches.filter(status="answered").count() if staff else 0,
        "answers": list(answers.order_by("answered_at", "pk")),
        "can_offer": can(request.user, Permission.OFFER_EDIT),
        "acts": buttons(call, request.user),
        "is_sealed": call.status == CallStatus.OPEN,
    }
    return render(request, "requests_offers/call_detail.html", context)


@require_http_methods(["GET", "POST"])
def call_new(request, reference, number):
    """Open a need for offers until a day."""
    record = visible_request(request.user, reference)
    require(request.user, Permission.MATCH_OFFER, record)
    component = get_object_or_404(record.components, number=number)
    initial = {"until": clocks.office_due(record.party, timezone.now(), 20)}
    form = CallForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            call = acts.open_call(component, by=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The call is open. When its day is over you see all answers at once."))
            return redirect(call)
    back = reverse("match_board", args=[record.reference])
    context = {"record": record, "component": component, "form": form, "back": back}
    return render(request, "requests_offers/call_new.html", context)


@require_http_methods(["GET", "POST"])
def call_step(request, reference, name):
    """Withdraw a call."""
    call = _visible(request.user, reference)
    words = {"need": call.component.title, "party": call.component.request.party.name}
    what = _("%(need)s, %(party)s") % words
    return step_page(request, call, name, acts.STEPS, back=call.get_absolute_url(), what=what)
