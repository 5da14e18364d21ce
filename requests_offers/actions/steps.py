"""Taking one step of a lifecycle: lock the row, check right and state, move, leave a trace."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.actions.audit import record
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, User
from accounts.permissions import Permission, can, require

from ..lifecycle import TABLES, Step
from ..models import CooperationRequest
from ..reasons import BY_STEP

NOUNS = {
    "CooperationRequest": "request",
    "Offer": "offer",
    "Match": "match",
    "Engagement": "engagement",
    "JointProposal": "proposal",
    "Approach": "approach",
    "OpenCall": "call",
}


def noun_of(obj: Any) -> str:
    """The name of a record's step table."""
    return NOUNS[type(obj).__name__]


def table_of(obj: Any) -> dict[str, Step]:
    """The step table of a record."""
    return TABLES[noun_of(obj)]


def lock(obj: Any) -> None:
    """Read the row again under lock. SQLite has no row locks; its transactions exclude each other as they begin."""
    obj.refresh_from_db(from_queryset=type(obj).objects.select_for_update())


def lock_requests_of(matches: Any) -> None:
    """Lock the requests of these matches in one order. Before their offers: parents first, as everywhere."""
    requests = CooperationRequest.objects.filter(pk__in=matches.values("component__request")).order_by("pk")
    list(requests.select_for_update().values_list("pk"))


def open_steps(obj: Any, by: User) -> list[Step]:
    """The steps that `by` may take now: what the buttons and the API's 409 answer show."""
    return [step for step in table_of(obj).values() if obj.status in step.sources and may_take(obj, step, by)]


def may_take(obj: Any, step: Step, by: User) -> bool:
    """Whether `by` has the right to a step; steps of two sides are decided by whoever calls `sides_of`."""
    return step.permission is not None and can(by, step.permission, obj)


def check(obj: Any, name: str, *, by: User | None, permission: Permission | None = None) -> Step:
    """Lock a record; refuse whoever has no right to step `name`, then a state from which it does not lead on.

    Actions with conditions of their own call it before they look at them. `permission` replaces the table's where the
    right comes from elsewhere (an import). Returns the step.
    """
    step = table_of(obj)[name]
    lock(obj)
    if by is not None and step.permission is None and step.clock:
        raise NotAllowed(_("The portal itself does this when its day has come."))
    needed = permission or step.permission
    if by is not None and needed:
        require(by, needed, obj)
    if obj.status not in step.sources:
        raise illegal(obj, step, by)
    return step


@transaction.atomic
def take(
    obj: Any,
    name: str,
    *,
    by: User | None,
    permission: Permission | None = None,
    target: str | None = None,
    changes: dict[str, Any] | None = None,
    reason_code: str = "",
    reason: str = "",
    public: bool = False,
    **details: Any,
) -> AuditEvent:
    """Take step `name` on `obj` and return its audit event.

    `by` is a user, or None for the clock and the operator's commands. `permission` as in `check`. `target` is given
    where the table leaves it to other facts. `changes` are fields that move with the state. Raises NotAllowed,
    IllegalStep, or DomainError where a reason is missing.
    """
    step = check(obj, name, by=by, permission=permission)
    if "reason" in step.asks and reason_code not in _reasons(obj, name, details.get("side")):
        raise DomainError(_("Choose a reason from the list."))
    if reason_code == "other" and not reason.strip():
        raise DomainError(_("Say in one sentence what the other reason is: whoever is concerned reads it."))
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
        permission=permission or step.permission,
        **details,
    )


def _reasons(obj: Any, name: str, side: str | None) -> dict[str, Any]:
    """The codes that may be given with a step, by side where the sides have different ones."""
    noun = noun_of(obj)
    return BY_STEP.get((noun, name)) or BY_STEP[noun, name, str(side)]


def illegal(obj: Any, step: Step, by: User | None) -> IllegalStep:
    """The refusal of a step that this state does not allow, with the steps that are open."""
    names = [other.name for other in open_steps(obj, by)] if by is not None else []
    sentence = _("“%(step)s” is not possible now: %(reference)s is in the state “%(state)s”.") % {
        "step": step.label,
        "reference": obj.reference,
        "state": obj.get_status_display(),
    }
    return IllegalStep(sentence, names)
