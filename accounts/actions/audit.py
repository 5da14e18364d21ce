"""Leaving a trace."""

from ..models import AuditEvent


def record(action, obj, *, by, before="", after="", reason_code="", reason="", public=False, **details) -> AuditEvent:
    """Write down one business act on `obj`. `by` is a user, or None for the clock. Call it inside the act's transaction."""
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
