"""Leaving a trace."""

from typing import Any

from django.db.models import Model

from ..models import AuditEvent, User


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
    **details: Any,
) -> AuditEvent:
    """Write down one business act on `obj`, inside its transaction. `by` is a user, or None for the clock."""
    return AuditEvent.objects.create(
        actor=by,
        actor_office=by.office_label[:200] if by else "",
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
