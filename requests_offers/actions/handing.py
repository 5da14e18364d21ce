"""A drafter hands a draft to the office, which alone can submit it."""

from django.db import transaction
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.audit import record
from accounts.actions.notices import tell
from accounts.errors import IllegalStep
from accounts.models import User
from accounts.permissions import Permission, require

from .. import announce
from ..lifecycle import RequestStatus
from ..models import CooperationRequest
from .steps import lock

SUBJECT = gettext_lazy("%(reference)s is ready: please read it and submit it")
TEXT = gettext_lazy("“%(title)s” of %(party)s has been drafted. Only the office can submit it: please read it first.")


@transaction.atomic
def hand_to_office(request: CooperationRequest, *, by: User) -> CooperationRequest:
    """Tell the people of the office that a draft waits for them."""
    lock(request)
    require(by, Permission.REQUEST_DRAFT, request)
    if request.status != RequestStatus.DRAFT:
        raise IllegalStep(_("This request has been submitted already."))
    event = record("hand_to_office", request, by=by)
    words = {"reference": request.reference, "title": request.title, "party": request.party}
    path = reverse_lazy("request_detail", args=[request.reference])
    tell(announce.office(request), event, kind="request_handed", subject=SUBJECT, text=TEXT, path=path, params=words)
    return request
