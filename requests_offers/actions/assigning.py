"""Who of a centre works on a request: chosen, changed, given back; freed when the role ends or the request is handed
on.
"""

from django.db import transaction
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.audit import record
from accounts.actions.notices import tell
from accounts.errors import DomainError, IllegalStep
from accounts.models import AuditEvent, User
from accounts.people import holders, on_rung
from accounts.permissions import Permission, require

from ..lifecycle import ENDED_REQUEST, RequestStatus
from ..models import Assignment, CooperationRequest
from .steps import lock

GIVEN = (
    gettext_lazy("%(party)s: %(reference)s is yours to work on"),
    gettext_lazy("“%(title)s” of %(party)s was given to you. Its page says what happens next and until when."),
)
TAKEN = (
    gettext_lazy("%(reference)s is no longer yours to work on"),
    gettext_lazy("“%(title)s” of %(party)s was given to somebody else, or back to the centre."),
)
FREED = (
    gettext_lazy("%(reference)s of %(party)s has nobody any more: %(person)s has left"),
    gettext_lazy(
        "%(person)s worked on “%(title)s” of %(party)s, and the role has ended. Please choose who goes on with it."
    ),
)


def assignable(request: CooperationRequest) -> list[User]:
    """Those who may work on a request: the staff of the centre that holds it, or of the helpdesk."""
    if request.centre_id:
        return list(holders(Permission.REQUEST_TRIAGE, centre=request.centre))
    return list(holders(Permission.REQUEST_TRIAGE, everywhere=True))


def assignee_of(request: CooperationRequest) -> User | None:
    """Who works on a request and may do so still."""
    row = Assignment.objects.in_force().filter(request=request).select_related("officer").first()
    return row.officer if row else None


@transaction.atomic
def assign(request: CooperationRequest, *, officer: User, by: User) -> Assignment:
    """Give an open request to one of the centre's staff; both who gets it and who had it are told.

    Raises NotAllowed for others than the staff of the centre that holds it, IllegalStep where nothing is to be done.
    """
    _check(request, by)
    if officer not in assignable(request):
        raise DomainError(_("Choose somebody who works for the centre that holds the request today."))
    former = _open(request)
    if former and former.officer_id == officer.pk:
        return former
    if former:
        _end(former, Assignment.Why.CHANGED)
    made = Assignment.objects.create(request=request, officer=officer, centre=request.centre, assigned_by=by)
    event = record("assign", request, by=by, officer=officer.pk, former=former.officer_id if former else None)
    _tell([officer], request, event, GIVEN)
    if former:
        _tell([former.officer], request, event, TAKEN)
    return made


@transaction.atomic
def unassign(request: CooperationRequest, *, by: User) -> None:
    """Give a request back to the centre: nobody in particular works on it. Nothing happens where nobody did."""
    _check(request, by)
    former = _open(request)
    if former is None:
        return
    _end(former, Assignment.Why.GIVEN_BACK)
    event = record("unassign", request, by=by, former=former.officer_id)
    _tell([former.officer], request, event, TAKEN)


def release(request: CooperationRequest) -> None:
    """The request was handed on: whoever worked on it does so no longer. Part of that step, which tells and records."""
    if former := _open(request):
        _end(former, Assignment.Why.HANDED_ON)


@transaction.atomic
def free(assignment: Assignment) -> bool:
    """The clock: the role of whoever worked on a request is over. Says whether there was anything to free."""
    request = CooperationRequest.objects.get(pk=assignment.request_id)
    lock(request)
    row = Assignment.objects.orphaned().filter(pk=assignment.pk).select_related("officer").first()
    if row is None:
        return False
    _end(row, Assignment.Why.ROLE_ENDED)
    event = record("free", request, by=None, former=row.officer_id)
    if request.status not in ENDED_REQUEST:
        side = "centre" if request.centre_id else "helpdesk"
        _tell(on_rung(side, 2, centre=request.centre), request, event, FREED, person=str(row.officer))
    return True


def _check(request: CooperationRequest, by: User) -> None:
    lock(request)
    require(by, Permission.REQUEST_TRIAGE, request)
    if request.status == RequestStatus.DRAFT or request.status in ENDED_REQUEST:
        raise IllegalStep(_("Nothing is to be done with this request, so nobody needs to work on it."))


def _open(request: CooperationRequest) -> Assignment | None:
    rows = Assignment.objects.open().select_for_update(of=("self",)).filter(request=request)
    return rows.select_related("officer").first()


def _end(row: Assignment, why: str) -> None:
    row.until, row.why = timezone.now(), why
    row.save(update_fields=["until", "why"])


def _tell(people: list[User], request: CooperationRequest, event: AuditEvent, words: tuple, **more: str) -> None:
    subject, text = words
    said = {"reference": request.reference, "title": request.title, "party": request.party} | more
    path = reverse_lazy("request_detail", args=[request.reference])
    tell(people, event, kind=f"request_{event.action}", subject=subject, text=text, path=path, params=said)
