"""Notices about engagements and joint proposals: who is told, and in which words."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actions.notices import tell
from accounts.models import AuditEvent, User
from accounts.people import holders
from accounts.permissions import Permission

from .. import announce
from ..models import AppraisalDue, Engagement, JointProposal, Match

ENGAGEMENT: dict[str, tuple[Any, Any]] = {
    "milestone_done": (
        _("%(reference)s: “%(what)s” is done"),
        _("The milestone “%(what)s” of the work on “%(component)s” with %(organization)s is done."),
    ),
    "milestone_due": (
        _("%(reference)s: “%(what)s” is due on %(until)s"),
        _("The milestone “%(what)s” of the work on “%(component)s” with %(organization)s is due on %(until)s."),
    ),
    "result_added": (
        _("%(reference)s: a new result"),
        _("A result of the work on “%(component)s” with %(organization)s was added: “%(what)s”."),
    ),
    "story_changed": (
        _("%(reference)s: please read the text about what the work achieved"),
        _(
            "The text about what the work on “%(component)s” with %(organization)s achieved has changed. It is "
            "published "
            "when both sides have released it."
        ),
    ),
    "story_released": (
        _("%(reference)s: one side released the text about what the work achieved"),
        _(
            "One side released the text about the work on “%(component)s” with %(organization)s. It is published when "
            "both "
            "sides have released it."
        ),
    ),
    "appraisal_asked": (
        _("%(reference)s: please say until %(until)s what came of it"),
        _(
            "Four short questions about the work on “%(component)s” with %(organization)s: did it help, what changed, "
            "would you do it again, and a rating. Please answer until %(until)s. Both sides see both answers when both "
            "have "
            "answered, or after this day."
        ),
    ),
    "appraisal_reminded": (
        _("Reminder, %(reference)s: please say until %(until)s what came of it"),
        _(
            "Your answer about the work on “%(component)s” with %(organization)s is still missing. After %(until)s the "
            "answers that were given are shown to both sides."
        ),
    ),
}
PROPOSAL: dict[str, tuple[Any, Any]] = {
    "propose": (
        _("%(reference)s: please read and approve version %(number)s"),
        _("Version %(number)s of the joint proposal “%(title)s” is ready. It needs the approval of both sides."),
    ),
    "approve": (
        _("%(reference)s: one side approved version %(number)s"),
        _("One side approved version %(number)s of the joint proposal “%(title)s”. It needs the approval of both."),
    ),
    "approved": (
        _("%(reference)s: both sides approved version %(number)s"),
        _(
            "Both sides approved version %(number)s of the joint proposal “%(title)s”. It can become an activity of a "
            "workplan, "
            "or be what a pledge is for."
        ),
    ),
    "revise": (
        _("%(reference)s: a new version is being written"),
        _(
            "A new version of the joint proposal “%(title)s” is being written. It will need the approval of both sides "
            "again."
        ),
    ),
}


def both_sides(match: Match) -> list[User]:
    """The people who speak for the Party and for the provider of a match."""
    party = holders(Permission.ENGAGEMENT_PARTY, party=match.component.request.party)
    return [*party, *holders(Permission.ENGAGEMENT_PROVIDER, organization=match.offer.organization)]


def one_side(match: Match, side: str) -> list[User]:
    """The people who speak for one side."""
    if side == "party":
        return list(holders(Permission.ENGAGEMENT_PARTY, party=match.component.request.party))
    return list(holders(Permission.ENGAGEMENT_PROVIDER, organization=match.offer.organization))


def about_engagement(
    engagement: Engagement, event: AuditEvent, name: str, *, people: Iterable[User] | None = None, **words: Any
) -> None:
    """Tell both sides, or `people`, what happened in an engagement."""
    match = engagement.match
    subject, text = ENGAGEMENT[name]
    params = {
        "reference": engagement.reference,
        "organization": match.offer.organization.name,
        "component": match.component.title,
        "what": "",
        "until": "",
    }
    told = both_sides(match) if people is None else people
    path = reverse_lazy("engagement_detail", args=[engagement.reference])
    tell(told, event, kind=f"engagement_{name}", subject=subject, text=text, path=path, params=params | words)


def about_appraisal(due: AppraisalDue, event: AuditEvent, name: str) -> None:
    """Tell one side that it is asked what came of the work."""
    people = one_side(due.engagement.match, due.side)
    about_engagement(due.engagement, event, name, people=people, until=announce.day(due.due_on))


def about_proposal(proposal: JointProposal, event: AuditEvent, name: str) -> None:
    """Tell both sides about a step of a joint proposal; the centre too, when it is approved."""
    subject, text = PROPOSAL[name]
    people = both_sides(proposal.match)
    if name == "approved":
        people += announce.centre(proposal.match.component.request)
    current = proposal.current
    words = {
        "reference": proposal.reference,
        "number": current.number if current else "",
        "title": current.title if current else "",
    }
    path = reverse_lazy("proposal_detail", args=[proposal.reference])
    tell(people, event, kind=f"proposal_{name}", subject=subject, text=text, path=path, params=words)
