"""Leaving a trace."""

from typing import Any

from django.db.models import Model

from ..feed import touch
from ..models import AuditEvent, User
from ..permissions import acting_for


def record(
    action: str,
    obj: Model,
    *,
    by: User | None,
    before: str = "",
    after: str = "",
    reason_code: str = "",
    reason: str = "",
    public: bool = False,
    permission: Any = None,  # a Permission; not said here, for whoever passes words by name
    **details: Any,
) -> AuditEvent:
    """Write down one business act on `obj`, inside its transaction. `by` is a user, or None for the clock.

    Where the record is one that partner systems follow, the publisher of changes will look at it.

    `permission` is the right by which it was done: of several offices of a person it names the one that acted.
    """
    touch(obj._meta.label_lower, obj.pk)
    office = acting_for(by, obj, permission, str(details.get("side", ""))) if by else None
    return AuditEvent.objects.create(
        actor=by,
        actor_office=str(office)[:200] if office else "",
        action=action,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        before=before,
        after=after,
        reason_code=reason_code,
        reason=reason,
        details=details,
        is_public=public,
    )
