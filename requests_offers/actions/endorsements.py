"""Which Parties stand behind a request: asked for, given by the office or by an official letter, or declined."""

from typing import Any

from django.db import transaction
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.audit import record
from accounts.actions.notices import tell
from accounts.errors import DomainError, IllegalStep
from accounts.models import AuditEvent, User
from accounts.people import holders
from accounts.permissions import Permission, can, require
from centres.models import Party

from .. import announce
from ..lifecycle import ENDED_REQUEST, RequestStatus
from ..models import CooperationRequest, Endorsement
from .scoring import queue_runs
from .steps import lock

NOTICES = {
    "ask_to_join": (
        gettext_lazy("%(party)s asks your office to join request %(reference)s"),
        gettext_lazy(
            "%(party)s names your country in “%(title)s” as one that asks together with it. Please read the request "
            "and "
            "confirm that your office joins, or decline. Until then it says that you have not confirmed."
        ),
    ),
    "join": (
        gettext_lazy("%(party)s joins %(reference)s"),
        gettext_lazy("The office of %(party)s confirms that it asks together with you: “%(title)s”."),
    ),
    "decline_to_join": (
        gettext_lazy("%(party)s does not join %(reference)s"),
        gettext_lazy("%(party)s does not ask together with you: “%(title)s”.\n\n%(text)s"),
    ),
}


# Asking ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_to_join(request: CooperationRequest, *, by: User | None) -> list[Endorsement]:
    """Ask the offices of the Parties that are named as asking together; each is asked once. They see the draft then."""
    lock(request)
    if by is not None:
        require(by, Permission.REQUEST_DRAFT, request)
    refuse_if_ended(request)
    return [_ask(request, party, by) for party in not_asked(request)]


def not_asked(request: CooperationRequest) -> list[Party]:
    """The co-requesting Parties whose offices nobody has asked yet."""
    return list(request.co_parties.exclude(endorsements__request=request).order_by("pk"))


def _ask(request: CooperationRequest, party: Party, by: User | None) -> Endorsement:
    asked = Endorsement.objects.create(request=request, party=party, asked_at=timezone.now())
    event = record("ask_to_join", request, by=by, party=party.iso2)
    _tell(request, request.party, event, "ask_to_join", holders(Permission.REQUEST_SUBMIT, party=party))
    return asked


def _tell(
    request: CooperationRequest, speaker: Party, event: AuditEvent, name: str, people: Any, text: str = ""
) -> None:
    subject, sentence = NOTICES[name]
    words = {"party": speaker, "reference": request.reference, "title": request.title, "text": text}
    path = reverse_lazy("request_endorsement", args=[request.reference])
    tell(people, event, kind=f"request_{name}", subject=subject, text=sentence, path=path, params=words)


def endorse_on_submission(request: CooperationRequest, *, by: User | None) -> None:
    """Part of submitting: the office that submits stands behind the request; the others are asked to join.

    A file that was imported does not speak for an office: its word is asked for, and may come as an official letter.
    """
    own, _made = Endorsement.objects.get_or_create(request=request, party=request.party)
    if by is not None and can(by, Permission.REQUEST_SUBMIT, request) and not own.is_given:
        write_answer(own, Endorsement.Status.GIVEN, by)
    for party in not_asked(request):
        _ask(request, party, by)


# Answering ------------------------------------------------------------------------------------------------------------


def write_answer(endorsement: Endorsement, status: str, by: User | None, **more: Any) -> None:
    """Write down what an office said; the caller holds the lock."""
    endorsement.status, endorsement.answered_at, endorsement.answered_by = status, timezone.now(), by
    for name, value in more.items():
        setattr(endorsement, name, value)
    endorsement.save()


def refuse_if_ended(request: CooperationRequest) -> None:
    """Nobody joins what is over."""
    if request.status in ENDED_REQUEST:
        raise IllegalStep(_("This request has ended; nobody can join it any more."))


def _open(endorsement: Endorsement) -> CooperationRequest:
    """Lock the request, then the row; refuse what has ended."""
    lock(endorsement.request)
    endorsement.refresh_from_db()
    refuse_if_ended(endorsement.request)
    return endorsement.request


@transaction.atomic
def endorse(endorsement: Endorsement, *, by: User) -> Endorsement:
    """The office says that it stands behind the request. A second click changes nothing."""
    request = _open(endorsement)
    require(by, Permission.REQUEST_SUBMIT, endorsement)
    if endorsement.is_given:
        return endorsement
    write_answer(endorsement, Endorsement.Status.GIVEN, by, reason="")
    request.co_parties.add(*_others(endorsement))
    event = record("join", request, by=by, party=endorsement.party.iso2)
    tell_both_sides(endorsement, event, "join")
    return endorsement


def _others(endorsement: Endorsement) -> list[Party]:
    """The Party of an endorsement, where it is not the one that files."""
    return [] if endorsement.party_id == endorsement.request.party_id else [endorsement.party]


def tell_both_sides(endorsement: Endorsement, event: AuditEvent, name: str, text: str = "") -> None:
    """Tell the office that files, and the centre once it has the request."""
    request = endorsement.request
    submitted = request.status != RequestStatus.DRAFT
    people = [*announce.office(request), *(announce.centre(request) if submitted else [])]
    _tell(request, endorsement.party, event, name, people, text)


@transaction.atomic
def decline(endorsement: Endorsement, *, by: User, reason: str = "") -> Endorsement:
    """A co-requesting office does not join, or leaves: the request is no longer asked in its name."""
    request = _open(endorsement)
    require(by, Permission.REQUEST_SUBMIT, endorsement)
    if endorsement.party_id == request.party_id:
        raise DomainError(_("The office that files the request cannot leave it. Withdraw the request instead."))
    if endorsement.status == Endorsement.Status.DECLINED:
        return endorsement
    write_answer(endorsement, Endorsement.Status.DECLINED, by, reason=reason, letter=None)
    request.co_parties.remove(endorsement.party)
    event = record("decline_to_join", request, by=by, reason=reason, party=endorsement.party.iso2)
    tell_both_sides(endorsement, event, "decline_to_join", reason)
    if request.is_matched_by_worker:
        queue_runs(request.components.all(), cause="party left")
    return endorsement
