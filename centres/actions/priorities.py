"""A Party's national priorities: added, changed and ended by its office or the coordinator."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep
from accounts.permissions import Permission, require
from centres.models import NationalPriority, Party

FIELDS = ("kind", "code", "title", "language", "url", "source", "from_year", "until_year")


@transaction.atomic
def add_priority(party: Party, *, by: Any, data: dict[str, Any]) -> NationalPriority:
    """Write down a national target or an action of the strategy. The same said twice is one; a code stands for one.

    `data` holds FIELDS and "targets". Raises DomainError where the code stands for another priority already.
    """
    priority = NationalPriority(party=party, is_example=party.is_example, **{name: data[name] for name in FIELDS})
    require(by, Permission.PRIORITY_EDIT, priority)
    if same := _same(priority):
        return same
    _save(priority)
    priority.targets.set(data["targets"])
    record("add_priority", priority, by=by, after=priority.code, party=party.iso2)
    return priority


def _same(priority: NationalPriority) -> NationalPriority | None:
    """The row that says this already: a form that was sent twice."""
    found = NationalPriority.objects.current().filter(party=priority.party, code=priority.code).first()
    return found if found and all(getattr(found, name) == getattr(priority, name) for name in FIELDS) else None


def _save(priority: NationalPriority) -> None:
    try:
        with transaction.atomic():
            priority.save()
    except IntegrityError:
        raise DomainError(
            _(
                "The code %(code)s stands for another priority of this Party. Choose another code, or end that one "
                "first."
            )
            % {"code": priority.code}
        ) from None


@transaction.atomic
def change_priority(priority: NationalPriority, *, by: Any, data: dict[str, Any]) -> NationalPriority:
    """Mend a priority. Requests that name it show the new words."""
    _lock(priority, by)
    before = priority.code
    for name in FIELDS:
        setattr(priority, name, data[name])
    priority.from_reference = False  # a later load leaves what people wrote alone
    _save(priority)
    priority.targets.set(data["targets"])
    record("change_priority", priority, by=by, before=before, after=priority.code, party=priority.party.iso2)
    return priority


def _lock(priority: NationalPriority, by: Any) -> None:
    priority.refresh_from_db(from_queryset=NationalPriority.objects.select_for_update())
    require(by, Permission.PRIORITY_EDIT, priority)
    if priority.retired_on:
        raise IllegalStep(_("This priority has been ended. Add it again if it holds again."))


@transaction.atomic
def end_priority(priority: NationalPriority, *, by: Any) -> NationalPriority:
    """End a priority: requests that name it keep it, new ones cannot choose it."""
    _lock(priority, by)
    priority.retired_on = timezone.now().date()
    priority.from_reference = False
    priority.save(update_fields=["retired_on", "from_reference"])
    record("end_priority", priority, by=by, before=priority.code, party=priority.party.iso2)
    return priority
