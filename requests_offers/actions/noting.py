"""What a centre writes for itself about a request: never told to the country, never in files or letters."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import User
from accounts.permissions import Permission, can

from ..lifecycle import RequestStatus
from ..models import CooperationRequest, InternalNote
from .steps import lock


def note(request: CooperationRequest, *, text: str, by: User, form_key: UUID | None = None) -> InternalNote:
    """Keep a note for the staff of the centre and the coordinator. The same form sent twice makes one note."""
    try:
        with transaction.atomic():
            return _note(request, text, by, form_key)
    except IntegrityError:
        known = InternalNote.objects.filter(form_key=form_key, author=by).first() if form_key else None
        if known is None:
            raise
        return known


def _note(request: CooperationRequest, text: str, by: User, form_key: UUID | None) -> InternalNote:
    lock(request)
    if not can(by, Permission.REQUEST_NOTE, request):
        raise NotAllowed(_("Only the centre that holds the request and the coordinator keep notes about it."))
    if request.status == RequestStatus.DRAFT:
        raise IllegalStep(_("A draft belongs to the office alone."))
    if not text.strip():
        raise DomainError(_("Write the note."))
    made = InternalNote.objects.create(request=request, centre=request.centre, author=by, text=text, form_key=form_key)
    record("note", request, by=by, note=made.pk)
    return made
