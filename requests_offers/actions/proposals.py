"""A joint proposal: begun from an agreed match, written by both sides, approved by both for each version."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import User

from ..lifecycle import MatchStatus, ProposalStatus
from ..models import JointProposal, Match, ProposalLine, ProposalVersion
from . import telling
from .drafts import refuse_stale
from .engagements import side_that_speaks, sides_of
from .steps import check, lock, take

FIELDS = ("title", "language", "concept", "partners", "results", "starts_on", "ends_on", "currency", "is_shared")
MOST_LINES = 40
S = ProposalStatus


@transaction.atomic
def begin(match: Match, *, by: User | None) -> JointProposal:
    """Begin the joint proposal of an agreed match; begun twice, it is the same."""
    lock(match)
    if by is not None and not sides_of(match.engagement if match.status == MatchStatus.AGREED else match, by):
        raise NotAllowed(_("Only the office of the Party and the provider write a joint proposal."))
    if match.status != MatchStatus.AGREED:
        raise IllegalStep(_("A joint proposal grows from a match to which both sides have said yes."))
    known = JointProposal.objects.filter(match=match).first()
    if known:
        return known
    proposal = JointProposal.objects.create(match=match, created_by=by)
    component, offer = match.component, match.offer
    proposal.current = ProposalVersion.objects.create(
        proposal=proposal,
        title=component.title[:200],
        language=component.request.language,
        partners=[component.request.party.name_in(component.request.language), offer.organization.name],
        starts_on=component.starts_on,
        ends_on=component.ends_on,
        created_by=by,
    )
    proposal.save(update_fields=["current"])
    record("start", proposal, by=by, after=proposal.status)
    return proposal


@transaction.atomic
def save(
    proposal: JointProposal, *, by: User | None, data: dict[str, Any], version: int | None = None
) -> JointProposal:
    """Save the version that is being written. `data`: any of FIELDS, and "lines" [{"title", "amount", "source"}].

    A version that was proposed or approved stays as it is: writing on begins the next one, which both approve anew.
    Raises StaleWrite when somebody else has saved since `version` was read.
    """
    lock(proposal)
    if by is not None and not sides_of(proposal, by):
        raise NotAllowed(_("Only the office of the Party and the provider write a joint proposal."))
    refuse_stale(proposal, version)
    if proposal.status != S.DRAFT:
        _next_version(proposal, by)
    proposal.version += 1
    _write(proposal.current, data)
    proposal.save()
    record("save", proposal, by=by, version=proposal.version, number=_current(proposal).number)
    return proposal


def _current(proposal: JointProposal) -> ProposalVersion:
    assert proposal.current is not None, "a proposal has a version from its first moment on"
    return proposal.current


def _next_version(proposal: JointProposal, by: User | None) -> None:
    """A draft of the next number with the words of the current version; the state follows."""
    old = _current(proposal)
    most = proposal.versions.aggregate(most=Max("number"))["most"]
    words = {name: getattr(old, name) for name in FIELDS}
    new = ProposalVersion.objects.create(proposal=proposal, number=most + 1, created_by=by, **words)
    ProposalLine.objects.bulk_create(
        ProposalLine(version=new, number=line.number, title=line.title, amount=line.amount, source=line.source)
        for line in old.lines.order_by("number")
    )
    before, proposal.current, proposal.status = proposal.status, new, S.DRAFT
    event = record("revise", proposal, by=by, before=before, after=S.DRAFT, number=new.number)
    telling.about_proposal(proposal, event, "revise")


def _write(version: Any, data: dict[str, Any]) -> None:
    for name in FIELDS:
        if name in data:
            setattr(version, name, data[name])
    version.save()
    if "lines" in data:
        _write_lines(version, data["lines"])


def _write_lines(version: ProposalVersion, lines: list[dict[str, Any]]) -> None:
    if len(lines) > MOST_LINES:
        raise DomainError(_("A budget has at most %(most)s lines.") % {"most": MOST_LINES})
    version.lines.all().delete()
    ProposalLine.objects.bulk_create(
        ProposalLine(version=version, number=number, **line) for number, line in enumerate(lines, start=1)
    )


@transaction.atomic
def propose(proposal: JointProposal, *, by: User | None, side: str = "") -> JointProposal:
    """Put the version to both sides. Whoever proposes has approved it with that."""
    lock(proposal)
    side = side_that_speaks(proposal, by, side)
    check(proposal, "propose", by=by)
    current = _current(proposal)
    if not current.title.strip() or not current.concept.strip() or not current.results:
        raise DomainError(_("Write a title, the concept and at least one expected result before you propose it."))
    now = timezone.now()
    current.proposed_at = now
    setattr(current, f"approved_by_{side}_at", now)
    current.save()
    event = take(proposal, "propose", by=by, side=side, number=current.number)
    telling.about_proposal(proposal, event, "propose")
    return proposal


@transaction.atomic
def approve(proposal: JointProposal, *, by: User | None, side: str = "", number: int | None = None) -> JointProposal:
    """One side approves the version; with both it is approved.

    `number` refuses a version that was replaced meanwhile.
    """
    lock(proposal)
    side = side_that_speaks(proposal, by, side)
    check(proposal, "approve", by=by)
    current = _current(proposal)
    if number is not None and number != current.number:
        raise IllegalStep(_("There is a newer version. Read it before you approve it."))
    field = f"approved_by_{side}_at"
    if getattr(current, field):
        return proposal  # a second click changes nothing
    setattr(current, field, timezone.now())
    current.save()
    target = S.APPROVED if current.is_approved else S.PROPOSED
    event = take(proposal, "approve", by=by, target=target, side=side, number=current.number)
    telling.about_proposal(proposal, event, "approved" if current.is_approved else "approve")
    return proposal


@transaction.atomic
def revise(proposal: JointProposal, *, by: User | None, side: str = "") -> JointProposal:
    """Begin the next version; the approvals of this one stay with it."""
    lock(proposal)
    side_that_speaks(proposal, by, side)
    check(proposal, "revise", by=by)
    _next_version(proposal, by)
    proposal.version += 1
    proposal.save()
    return proposal


STEPS = {"propose": propose, "approve": approve, "revise": revise}
