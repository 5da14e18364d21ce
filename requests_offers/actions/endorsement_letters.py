"""A scanned official letter speaks for a Party: the office or an officer of the centre writes it down."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, NotAllowed
from accounts.models import User
from accounts.permissions import Permission, can
from centres.models import Party

from ..lifecycle import ENDED_REQUEST, RequestStatus
from ..models import Attachment, CooperationRequest, Endorsement
from .attachments import attach_letter
from .endorsements import refuse_if_ended, tell_both_sides, write_answer
from .steps import lock


def may_record_letter(request: CooperationRequest, user: User) -> bool:
    """Whether `user` may write down that an official letter speaks for a Party: officer of the centre,
    or the office.
    """
    submitted = request.status != RequestStatus.DRAFT
    office = can(user, Permission.REQUEST_SUBMIT, request)
    return request.status not in ENDED_REQUEST and (
        office or (submitted and can(user, Permission.REQUEST_TRIAGE, request))
    )


def endorse_by_letter(
    request: CooperationRequest, party: Party, *, by: User, letter: Attachment | None = None, file: Any = None
) -> Endorsement:
    """Write down that a scanned official letter endorses the request for a Party: one attached already,
    or a new file.
    """
    if not may_record_letter(request, by):
        raise NotAllowed(_("The office or an officer of the centre records an official letter."))
    if letter is None and file is None:
        raise DomainError(_("Choose the letter, or attach it."))
    found = letter or attach_letter(request, by=by, file=file, name=file.name)
    return _given_by_letter(request, party, found, by)


@transaction.atomic
def _given_by_letter(request: CooperationRequest, party: Party, letter: Attachment, by: User) -> Endorsement:
    lock(request)
    refuse_if_ended(request)
    if letter.request_id != request.pk or letter.kind != Attachment.Kind.ENDORSEMENT_LETTER:
        raise DomainError(_("Choose a file of this request that is an official letter."))
    named = {request.party_id, *request.co_parties.values_list("pk", flat=True)}
    if party.pk not in named:
        raise DomainError(_("This Party is not named in the request."))
    endorsement, _made = Endorsement.objects.get_or_create(request=request, party=party)
    if endorsement.is_given and endorsement.letter_id:
        return endorsement
    write_answer(endorsement, Endorsement.Status.GIVEN, by, letter=letter, reason="")
    event = record("endorse_by_letter", request, by=by, party=party.iso2, attachment=letter.pk)
    tell_both_sides(endorsement, event, "join")
    return endorsement
