"""Which steps somebody may take on a record now: the one answer that buttons, the API and its refusals give."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission, can

from ..lifecycle import MatchStatus, Step
from . import engagements, matches, requests, schedule
from .computed import is_closed
from .steps import noun_of, open_steps, table_of

COMPLETING = {"party": Permission.REQUEST_SUBMIT, "centre": Permission.REQUEST_TRIAGE}


def steps_open_to(obj: Any, user: User) -> list[Step]:
    """The steps that `user` may take now, in the table's order, without those that would be refused."""
    found = {step.name for step in open_steps(obj, user)}
    more = {
        "request": _request_steps,
        "match": _match_steps,
        "engagement": _engagement_steps,
        "proposal": _proposal_steps,
    }.get(noun_of(obj))
    names = more(obj, user, found) if more else found
    return [step for name, step in table_of(obj).items() if name in names]


def sides_of(obj: Any, user: User, name: str = "") -> list[str]:
    """The sides for which `user` may still speak: party and provider,
    or party and centre where a request is completed.
    """
    noun = noun_of(obj)
    if noun == "match":
        sides = matches.sides_of(obj, user)
        return [side for side in sides if name != "accept" or not getattr(obj, f"accepted_by_{side}_at")]
    if noun == "engagement":
        return engagements.sides_of(obj, user)
    if noun == "proposal":
        sides = engagements.sides_of(obj, user)
        return [side for side in sides if name != "approve" or not getattr(obj.current, f"approved_by_{side}_at")]
    if noun == "request":
        asked = [side for side in COMPLETING if not getattr(obj, f"completed_by_{side}_at")]
        return [side for side in asked if can(user, COMPLETING[side], obj)]
    return []


def _request_steps(request: Any, user: User, found: set[str]) -> set[str]:
    if request.appealed_at:
        found -= {"appeal"}
    if "declare_unmet" in found and not requests.may_be_declared_unmet(request, timezone.now()):
        found -= {"declare_unmet"}
    complete = table_of(request)["complete"]
    if request.status in complete.sources and sides_of(request, user) and is_closed(request):
        found |= {"complete"}
    return found


def _match_steps(match: Any, user: User, found: set[str]) -> set[str]:
    if match.status == MatchStatus.OFFERED and sides_of(match, user, "accept"):
        found |= {"accept"}
    offered = match.status == MatchStatus.OFFERED or (match.status == MatchStatus.SHORTLISTED and match.offered_at)
    return found | {"decline"} if offered and sides_of(match, user) else found


def _engagement_steps(engagement: Any, user: User, found: set[str]) -> set[str]:
    if not sides_of(engagement, user):
        return found
    names = {name for name, step in table_of(engagement).items() if engagement.status in step.sources}
    if "appraise" in names and not schedule.asked_now(engagement, sides_of(engagement, user)):
        names -= {"appraise"}
    return names


def _proposal_steps(proposal: Any, user: User, found: set[str]) -> set[str]:
    if not sides_of(proposal, user):
        return found
    names = {name for name, step in table_of(proposal).items() if proposal.status in step.sources}
    return names if sides_of(proposal, user, "approve") else names - {"approve"}
