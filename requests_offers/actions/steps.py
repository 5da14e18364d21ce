"""Taking one step of a lifecycle: lock the row, check right and state, move, leave a trace."""

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep
from accounts.permissions import can, require

from ..lifecycle import TABLES

NOUNS = {"CooperationRequest": "request", "Offer": "offer", "Match": "match", "Engagement": "engagement"}


def noun_of(obj) -> str:
    """The name of a record's step table."""
    return NOUNS[type(obj).__name__]


def table_of(obj) -> dict:
    """The step table of a record."""
    return TABLES[noun_of(obj)]


def lock(obj) -> None:
    """Read the row again under lock. SQLite has no row locks; its transactions exclude each other as they begin."""
    obj.refresh_from_db(from_queryset=type(obj).objects.select_for_update())


def open_steps(obj, by) -> list:
    """The steps that `by` may take now: what the buttons and the API's 409 answer show."""
    return [step for step in table_of(obj).values() if obj.status in step.sources and may_take(obj, step, by)]


def may_take(obj, step, by) -> bool:
    """Whether `by` has the right to a step; steps of two sides are decided by whoever calls `sides_of`."""
    return step.permission is not None and can(by, step.permission, obj)


@transaction.atomic
def take(
    obj, name, *, by, permission=None, target=None, changes=None, reason_code="", reason="", public=False, **details
):
    """Take step `name` on `obj` and return its audit event.

    `by` is a user, or None for the clock and the operator's commands. `permission` replaces the table's where the right comes
    from elsewhere (an import). `target` is given where the table leaves it to other facts. `changes` are fields that move
    with the state. Raises NotAllowed, IllegalStep, or DomainError where a reason is missing.
    """
    step = table_of(obj)[name]
    lock(obj)
    needed = permission or step.permission
    if by is not None and needed is not None:
        require(by, needed, obj)
    if obj.status not in step.sources:
        raise illegal(obj, step, by)
    if "reason" in step.asks and not reason_code:
        raise DomainError(_("Choose a reason from the list."))
    before, obj.status = obj.status, target or step.target
    for field, value in (changes or {}).items():
        setattr(obj, field, value)
    if hasattr(obj, "version"):
        obj.version = models.F("version") + 1
    obj.save()
    if hasattr(obj, "version"):
        obj.refresh_from_db(fields=["version"])
    return record(
        name,
        obj,
        by=by,
        before=before,
        after=obj.status,
        reason_code=reason_code,
        reason=reason,
        public=public,
        **details,
    )


def illegal(obj, step, by) -> IllegalStep:
    """The refusal of a step that this state does not allow, with the steps that are open."""
    names = [other.name for other in open_steps(obj, by)] if by is not None else []
    sentence = _("“%(step)s” is not possible now: %(reference)s is in the state “%(state)s”.") % {
        "step": step.label,
        "reference": obj.reference,
        "state": obj.get_status_display(),
    }
    return IllegalStep(sentence, names)
