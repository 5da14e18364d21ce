"""How much of a request somebody sees: everything, what the other side of a match needs, or the public part."""

from typing import Literal

from accounts.permissions import Permission, can, reach

from .lifecycle import MatchStatus, RequestStatus
from .models import Component, CooperationRequest, Match

Audience = Literal["full", "side", "public"]


def audience(request: CooperationRequest, user) -> Audience:
    """The audience that `user` belongs to. The caller has fetched the request through `visible_to`.

    "full": the office, those that have joined it, the centre that holds it, the coordinator. "side": a provider to whom
    a match was offered, and an office that was asked to join and has not confirmed.
    "public": everybody else, the network and former holders included; never contact persons, questions and answers.
    """
    right = Permission.REQUEST_DRAFT if request.status == RequestStatus.DRAFT else Permission.REQUEST_VIEW
    if can(user, right, request):
        return "full"
    if asked := request.endorsements.filter(party__in=reach(user, right).parties).exclude(status="declined").first():
        return "full" if asked.is_given else "side"
    part = reach(user, Permission.MATCH_ANSWER_PROVIDER)
    if part.organizations and Component.objects.offered_to(part).filter(request=request).exists():
        return "side"
    return "public"


def sees_contact(request: CooperationRequest, user, seen_as: Audience) -> bool:
    """Whether `user` sees the contact person: who sees everything, and providers whose match is agreed."""
    if seen_as != "side":
        return seen_as == "full"
    part = reach(user, Permission.MATCH_ANSWER_PROVIDER)
    agreed = Match.objects.filter(component__request=request, status=MatchStatus.AGREED)
    return agreed.filter(offer__organization__in=part.organizations).exists()
