"""Open calls: anybody who sees a need may offer until a day; the centre sees what was offered when the call has
closed.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError
from accounts.models import User
from accounts.permissions import Permission, require

from .. import announce, clocks
from ..lifecycle import ApproachStatus, CallStatus
from ..models import Component, OpenCall
from ..models.request import Visibility
from ..reasons import reason_words
from . import tidings
from .approaches import bring_or_lapse, check_day, check_open
from .steps import check, lock, take


@transaction.atomic
def open_call(component: Component, *, by: User | None, until: date, text: str = "") -> OpenCall:
    """Open a need for offers until a day. One call at a time for a need: opened twice, it is opened once."""
    lock(component.request)
    if by is not None:
        require(by, Permission.MATCH_OFFER, component)
    check_open(component)
    if component.request.visibility == Visibility.RESTRICTED:
        raise DomainError(
            _("This request is restricted: nobody outside may read it, so it cannot be called for openly.")
        )
    earlier = component.calls.filter(status=CallStatus.OPEN).first()
    if earlier:
        return earlier
    check_day(until, timezone.now())
    call = OpenCall.objects.create(component=component, due_on=until, text=text, opened_by=by)
    event = record("open_call", call, by=by, after=call.status, public=True)
    tidings.about_call(
        call, event, "open", [*announce.drafters(component.request), *announce.centre(component.request)]
    )
    return call


@transaction.atomic
def close(call: OpenCall, *, by: User | None = None) -> OpenCall:
    """The clock: the day is over.

    The centre sees all answers now; those whose offer is published stand on its board.
    """
    lock(call.component.request)
    check(call, "close", by=by)
    if not may_close(call):
        raise DomainError(_("There is still time to answer."))
    event = take(call, "close", by=by, changes={"ended_at": timezone.now()}, public=True)
    answers = call.approaches.filter(status=ApproachStatus.ANSWERED).order_by("offer_id", "pk")
    found = list(answers.select_related("component__request", "call", "offer", "organization"))
    for approach in found:
        bring_or_lapse(approach)
    tidings.about_call(call, event, "close", announce.centre(call.component.request), count=len(found))
    return call


def may_close(call: OpenCall) -> bool:
    """Whether the last day of a call is over where the Party is."""
    return clocks.has_passed(call.component.request.party, call.due_on, timezone.now())


@transaction.atomic
def withdraw(call: OpenCall, *, by: User | None, reason_code: str, reason: str = "") -> OpenCall:
    """The officer withdraws a call before its day; the office and those who answered are told,
    and their answers end.
    """
    lock(call.component.request)
    changes = {"ended_at": timezone.now(), "reason_code": reason_code, "reason": reason}
    event = take(call, "withdraw", by=by, changes=changes, reason_code=reason_code, reason=reason, public=True)
    people = list(announce.drafters(call.component.request))
    for approach in call.approaches.filter(status=ApproachStatus.ANSWERED).select_related("organization"):
        people += tidings.providers(approach.organization)
        take(approach, "lapse", by=None)
    tidings.about_call(call, event, "withdraw", people, reason=reason_words(reason_code))
    return call


STEPS = {"withdraw": withdraw}
