"""How long things take: the public page, the lengths that the coordinator sets, and what is late."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import DomainError
from accounts.permissions import Permission, require

from .. import clocks
from ..actions import clock_lengths, late
from ..durations import CLOCK_OF, ENOUGH, Measure, durations
from ..forms.clocks import ClocksForm, LateForm
from ..models import Clock, ClockLength, CooperationRequest

CHANGES_SHOWN = 50
LONGEST_BAR = 30  # working days at which a bar is full


@login_not_required
@require_safe
def clock(request):
    """The public page: medians of the past twelve months, per centre and in the whole network."""
    found, lengths = durations(timezone.now()), clocks.lengths()
    context = {
        "found": found,
        "enough": ENOUGH,
        "measures": [(measure, lengths[CLOCK_OF[measure]]) for measure in Measure],
        "network": _cells(found.network, lengths),
        "rows": [(centre, _cells(figures, lengths)) for centre, figures in found.centres],
    }
    return render(request, "requests_offers/clock.html", context)


def _cells(figures, lengths):
    """What the table shows for each measure: the figure, its bar, and the mark of what was promised."""
    return [
        {
            "measure": measure,
            "figure": figure,
            "bar": None if figure.median is None else _width(figure.median),
            "promised": lengths[CLOCK_OF[measure]],
            "promised_at": _width(lengths[CLOCK_OF[measure]]),
        }
        for measure, figure in figures.items()
    ]


def _width(days) -> str:
    """A number of days as hundredths of a bar, written as SVG reads it in every language."""
    return f"{min(days / LONGEST_BAR, 1) * 100:.1f}"


@require_http_methods(["GET", "HEAD", "POST"])
def clock_lengths_page(request):
    """How many working days each side has: the form, and who changed what, when and why."""
    require(request.user, Permission.CLOCKS_EDIT)
    now = clocks.lengths()
    initial = {clock.value: days for clock, days in now.items()}
    form = ClocksForm(request.POST) if request.method == "POST" else ClocksForm(initial=initial)
    if form.is_bound and form.is_valid() and _changed(request, form):
        return redirect("clock_lengths")
    changes = ClockLength.objects.select_related("changed_by").order_by("-changed_at", "-pk")[:CHANGES_SHOWN]
    defaults = [(Clock(clock).label, days) for clock, days in clocks.DEFAULTS.items()]
    context = {"form": form, "changes": changes, "defaults": defaults}
    return render(request, "requests_offers/clock_lengths.html", context)


def _changed(request, form) -> bool:
    try:
        made = clock_lengths.change_lengths(form.lengths, reason=form.cleaned_data["reason"], by=request.user)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    if made:
        messages.success(request, _("Changed. The new times hold for every date that is set from now on."))
    else:
        messages.info(request, _("Nothing changed: these are the times already."))
    return True


@require_safe
def late_list(request):
    """Requests whose centre is late, the latest first."""
    return render(request, "requests_offers/late_list.html", {"late": late.late_requests(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def late_hand_over(request, reference):
    """Hand a late request to another centre or to the helpdesk, with a reason."""
    require(request.user, Permission.REQUEST_HAND_OVER)
    rows = CooperationRequest.objects.by_reference(reference).visible_to(request.user)
    record = get_object_or_404(rows.select_related("party", "centre"))
    form = LateForm(request.POST or None, holder=record.centre)
    if form.is_valid() and _handed(request, record, form):
        return redirect("late_list")
    return render(request, "requests_offers/late_hand_over.html", {"record": record, "form": form})


def _handed(request, record, form) -> bool:
    said = {"centre": form.centre_chosen, "reason": form.cleaned_data["reason"]}
    try:
        late.hand_over(record, **said, by=request.user)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Handed over. The country and both centres have been told."))
    return True
