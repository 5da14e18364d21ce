"""Saying that one is away: notices then also go to whoever stands in."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..errors import DomainError, NotAllowed
from ..models import Absence, Membership, User
from .audit import record


def may_note_absence(membership: Membership, by: User) -> bool:
    """Whether `by` may say that the holder of a role is away: the holder, and whoever looks after the role."""
    return membership.user_id == by.pk or Membership.objects.manageable_by(by).filter(pk=membership.pk).exists()


@transaction.atomic
def note_absence(membership: Membership, *, starts_on: date, ends_on: date, note: str = "", by: User) -> Absence:
    """Note that the holder of a role is away from one day to another."""
    _require(membership, by)
    if ends_on < starts_on:
        raise DomainError(_("The last day of an absence cannot lie before its first."))
    if ends_on < timezone.now().date():
        raise DomainError(_("This absence is over already. Choose a later day."))
    absence = Absence.objects.create(membership=membership, starts_on=starts_on, ends_on=ends_on, note=note)
    days: dict[str, Any] = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
    record("absence_noted", membership, by=by, absence=absence.pk, **days)
    return absence


@transaction.atomic
def cancel_absence(absence: Absence, *, by: User) -> None:
    """Take an absence back: the person is there."""
    _require(absence.membership, by)
    days: dict[str, Any] = {"starts_on": absence.starts_on.isoformat(), "ends_on": absence.ends_on.isoformat()}
    record("absence_cancelled", absence.membership, by=by, absence=absence.pk, **days)
    absence.delete()


def _require(membership: Membership, by: User) -> None:
    if not may_note_absence(membership, by):
        raise NotAllowed(_("Only the person and those who look after the office can say that somebody is away."))
