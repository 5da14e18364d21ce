"""Asking the offices about a plan: it is frozen as they are asked, and stays so whatever they say."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError
from accounts.models import User
from accounts.permissions import Permission, require
from centres.calendars import CoordinationCalendar, centre_calendar, has_passed
from centres.clock_lengths import length
from centres.models import Clock, Party
from centres.working_week import Calendar, due_on

from .. import announce
from ..lifecycle import Amendment, VersionStatus
from ..models import Comment, Invitation, Verdict, Version
from . import amendments, snapshots
from .completeness import refuse_incomplete
from .copying import copy_rows
from .steps import check, lock, take

LONGEST = timedelta(days=180)
SECOND_ROUND = 10  # working days at least, where the offices have read the plan before


def parties_of(version: Version) -> list[Party]:
    """The Parties concerned: those the centre serves and those the activities name. The network's plan: those named,
    or all. Of an example only practice Parties: no real office is ever asked about an invented plan."""
    workplan = version.workplan
    named = Party.objects.current().filter(activities__version=version)
    if workplan.centre_id:
        served = Party.objects.filter(coverages__centre=workplan.centre_id, coverages__retired_on__isnull=True)
        found = named.distinct() | served.distinct()
    else:
        found = named.distinct() if named.exists() else Party.objects.current().real()
    if workplan.is_example:
        found = found.filter(is_example=True)
    return sorted(set(found), key=lambda party: party.iso2)


def first_day_allowed(version: Version, now: datetime) -> date:
    """The earliest day on which a consultation that opens now may end: each office has its working days."""
    asked_before = Version.objects.filter(
        workplan=version.workplan_id, round=version.round, consulted_at__isnull=False
    ).exists()
    days = min(SECOND_ROUND, length(Clock.CONSULTATION)) if asked_before else length(Clock.CONSULTATION)
    return _latest_day(version, days, now)


def suggested_day(version: Version, now: datetime) -> date:
    """The day that the form suggests: the length of the clock where the office with the latest day sits."""
    return _latest_day(version, length(Clock.CONSULTATION), now)


def _latest_day(version: Version, days: int, now: datetime) -> date:
    """The day on which the last of the offices has had so many working days."""
    offices: list[Calendar] = [*parties_of(version)] or [centre_calendar(version.workplan.centre)]
    return max(due_on(office, days, now) for office in offices)


@transaction.atomic
def open_consultation(version: Version, *, by: User | None, until: date | None = None) -> Version:
    """Freeze a draft and ask the offices of the Parties concerned; or ask again about what was asked before."""
    check(version, "open_consultation", by=by)
    now, document = timezone.now(), None
    if version.status == VersionStatus.DRAFT:
        document = snapshots.build(version)
        refuse_incomplete(version, document)
        _set_class(version, document)
    until = until or suggested_day(version, now)
    _check_day(until, first_day_allowed(version, now), now)
    changes = snapshots.frozen_fields(version, document) | {
        "due_on": until,
        "consulted_at": now,
        "consultation_closed_at": None,
    }
    event = take(version, "open_consultation", by=by, changes=changes, until=until.isoformat())
    for party in parties_of(version):
        invitation, _made = Invitation.objects.get_or_create(version=version, party=party)
        invitation.answered_at, invitation.answered_by, invitation.verdict = None, None, ""
        invitation.invited_at, invitation.due_on = now, until
        invitation.save()
    version.presences.all().delete()
    announce.about(version, event, "open_consultation")
    return version


def _set_class(version: Version, document: dict[str, Any]) -> None:
    """An amendment carries the class that it has: the one that was said, or a heavier one where more was changed."""
    measured = amendments.measure(version, document)
    if measured is None:
        return
    said = version.amendment or Amendment.CORRECTION
    version.amendment = amendments.heavier(said, measured.amendment)
    version.save(update_fields=["amendment"])


def _check_day(until: date, earliest: date, now: datetime) -> None:
    if until < earliest:
        sentence = _("Choose %(day)s or a later day: each office gets its working days.")
        raise DomainError(sentence % {"day": announce.day(earliest)})
    if until > now.date() + LONGEST:
        raise DomainError(_("Choose a day within the next 180 days."))


@transaction.atomic
def extend(version: Version, *, by: User | None, until: date) -> Version:
    """Give the offices more time, once."""
    check(version, "extend", by=by)
    if version.extended_at is not None:
        raise DomainError(_("This consultation was extended once already. It cannot be extended again."))
    if version.due_on is None or until <= version.due_on:
        raise DomainError(_("Choose a day after the one that the offices were told."))
    _check_day(until, version.due_on, timezone.now())
    event = take(
        version, "extend", by=by, changes={"due_on": until, "extended_at": timezone.now()}, until=until.isoformat()
    )
    version.invitations.unanswered().update(due_on=until)
    announce.about(version, event, "extend")
    return version


def is_over(version: Version, now: datetime) -> bool:
    """Whether the last day has passed where every office that was asked sits."""
    if version.due_on is None:
        return False
    day = version.due_on
    asked: list[Calendar] = [invitation.party for invitation in version.invitations.select_related("party")]
    return all(has_passed(calendar, day, now) for calendar in asked or [CoordinationCalendar()])


def all_have_answered(version: Version) -> bool:
    """Whether nobody is waited for."""
    return not version.invitations.unanswered().exists()


@transaction.atomic
def close_consultation(version: Version, *, by: User | None = None) -> Version:
    """End the consultation at its date, or as soon as all offices have said that they have nothing to add."""
    check(version, "close_consultation", by=by)
    now = timezone.now()
    if not is_over(version, now) and not all_have_answered(version):
        waiting = version.invitations.unanswered().count()
        sentence = _("There is still time until %(day)s, and %(count)s offices have not said that they are done.")
        raise DomainError(sentence % {"day": announce.day(version.due_on), "count": waiting})
    event = take(version, "close_consultation", by=by, changes={"due_on": None, "consultation_closed_at": now})
    version.invitations.update(due_on=None)
    announce.about(version, event, "close_consultation")
    return version


@transaction.atomic
def answer(version: Version, party: Party, *, by: User | None, verdict: str) -> Invitation:
    """An office says its word on the whole plan: with it, nobody waits for more from this office."""
    lock(version)
    invitation = invitation_of(version, party, by=by)
    if verdict not in Verdict.values:
        raise DomainError(_("Choose an answer from the list."))
    spoken = Comment.objects.of_ledger(version).filter(party=party)
    if verdict == Verdict.OBJECTION and not spoken.exists():
        raise DomainError(_("Say first, in a comment, what you object to: the centre must answer it."))
    if verdict == Verdict.NO_COMMENT and spoken.exists():
        raise DomainError(_("You have commented. Choose whether you support the plan with your comments, or object."))
    invitation.answered_at, invitation.answered_by = timezone.now(), by
    invitation.verdict, invitation.due_on = verdict, None
    invitation.save()
    event = record("answer_consultation", version, by=by, after=verdict, party=party.iso2)
    announce.about(version, event, "answered", party=announce.name_of(party))
    return invitation


def invitation_of(version: Version, party: Party, *, by: User | None) -> Invitation:
    """The invitation under which an office speaks now; refused where it was not asked, or is no longer."""
    invitation = version.invitations.select_for_update().filter(party=party).first()
    if invitation is None:
        raise DomainError(_("This office was not asked about this plan."))
    if by is not None:
        require(by, Permission.WORKPLAN_COMMENT, invitation)
    if version.status != VersionStatus.CONSULTATION:
        raise DomainError(_("The consultation is not open now. Nothing can be added to it."))
    return invitation


@transaction.atomic
def revise(version: Version, *, by: User | None) -> Version:
    """Begin a new draft after the comments. It holds what the old version held, and answers the same comments."""
    check(version, "revise", by=by)
    event = take(version, "revise", by=by, changes={"superseded_at": timezone.now()})
    draft = next_draft(version, by=by, round=version.round, base=version.base)
    announce.about(version, event, "revise")
    return draft


def next_draft(version: Version, *, by: User | None, round: int, base: Version | None) -> Version:
    """A new draft with everything that a version holds, under the same numbers."""
    number = max(Version.objects.filter(workplan=version.workplan_id).values_list("number", flat=True)) + 1
    draft = Version.objects.create(
        workplan=version.workplan,
        number=number,
        round=round,
        base=base,
        title=version.title,
        summary=version.summary,
        amendment=version.amendment if round == version.round else "",
        created_by=by,
    )
    copy_rows(version, draft)
    return draft
