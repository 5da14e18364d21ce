"""The coordinator changes how many working days each side has. Due dates that are set already stay as they are."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError
from accounts.models import User
from accounts.permissions import Permission, require

from .. import clocks
from ..models import Clock, ClockLength

SHORTEST, LONGEST = 1, 90


@transaction.atomic
def change_length(clock: Clock, *, working_days: int, reason: str, by: User) -> ClockLength | None:
    """Let a clock run for so many working days from now on; None where it does so already. Audited with the reason."""
    require(by, Permission.CLOCKS_EDIT)
    if not SHORTEST <= working_days <= LONGEST:
        raise DomainError(_("Choose from 1 to 90 working days."))
    if not reason.strip():
        raise DomainError(_("Write why the time changes. It stays in the record."))
    before = clocks.length(clock)
    if before == working_days:
        return None
    made = ClockLength.objects.create(key=clock, working_days=working_days, reason=reason, changed_by=by)
    record("change_clock", made, by=by, before=str(before), after=str(working_days), reason=reason, clock=clock.value)
    return made


@transaction.atomic
def change_lengths(lengths: dict[Clock, int], *, reason: str, by: User) -> list[ClockLength]:
    """Set several clocks at once; returns those that changed."""
    made = [change_length(clock, working_days=days, reason=reason, by=by) for clock, days in lengths.items()]
    return [row for row in made if row]
