"""The coordinator hands a late request to somebody else, with a reason that the centre reads."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.audit import record
from accounts.actions.notices import tell
from accounts.errors import DomainError
from accounts.models import User
from accounts.people import on_rung
from accounts.permissions import Permission, require
from centres.models import SupportCentre

from .. import clocks
from ..lifecycle import RequestStatus
from ..models import CooperationRequest
from . import requests
from .steps import check

SUBJECT = gettext_lazy("%(reference)s of %(party)s was handed over, since it was late")
TEXT = gettext_lazy(
    "The coordinator has handed “%(title)s” of %(party)s to somebody else, since its date had passed: %(reason)s"
)


@transaction.atomic
def hand_over(
    request: CooperationRequest, *, centre: SupportCentre | None, reason: str, by: User
) -> CooperationRequest:
    """Take a late request from the centre that holds it and hand it to another (None: the helpdesk).

    Refused while the centre still has time, and without a reason. The country hears who has it now; the staff of the
    centre that was late, its head included, hear why.
    """
    check(request, "redirect", by=by, permission=Permission.REQUEST_HAND_OVER)
    if not reason.strip():
        raise DomainError(_("Write why the request is handed over. The centre that was late reads it."))
    former = request.centre
    if not is_late(request):
        raise DomainError(_("The centre still has time. Only a late request can be handed over for it."))
    requests.redirect(request, by=by, centre=centre, reason_code="late", reason=reason)
    event = record("hand_over", request, by=by, reason=reason, former=former.slug if former else "")
    if former:
        staff = [*on_rung("centre", 1, centre=former), *on_rung("centre", 2, centre=former)]
        words = {"reference": request.reference, "title": request.title, "party": request.party, "reason": reason}
        path = reverse_lazy("request_detail", args=[request.reference])
        tell(staff, event, kind="request_handed_over", subject=SUBJECT, text=TEXT, path=path, params=words)
    return request


def is_late(request: CooperationRequest) -> bool:
    """Whether the day of a request has passed where its centre sits."""
    calendar = clocks.centre_calendar(request.centre)
    return request.due_on is not None and clocks.has_passed(calendar, request.due_on, timezone.now())


@dataclass(frozen=True)
class Late:
    """A request whose centre is late, by how many working days of that centre (negative)."""

    request: CooperationRequest
    days_left: int | None


def late_requests(user: User) -> list[Late]:
    """Submitted requests whose centre is late, the latest first. For whoever may hand them over."""
    require(user, Permission.REQUEST_HAND_OVER)
    now = timezone.now()
    rows = CooperationRequest.objects.filter(status=RequestStatus.SUBMITTED, due_on__lte=now.date() + timedelta(days=1))
    found = list(rows.select_related("party", "centre").order_by("due_on", "pk"))
    calendars = clocks.centre_calendars({row.centre_id for row in found} - {None})
    late = [row for row in found if row.due_on and clocks.has_passed(calendars[row.centre_id], row.due_on, now)]
    return [Late(row, clocks.working_days_left(calendars[row.centre_id], row.due_on, now)) for row in late]
