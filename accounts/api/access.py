"""What a view of the API must say about itself: who may read it, and whether it writes."""

from enum import Enum

from rest_framework.permissions import SAFE_METHODS

READ, WRITE = "read", "write"


class Access(Enum):
    """A view without one of these is closed to everybody."""

    PUBLIC = "public"  # everybody reads what is public; writing needs a session or a token that may write
    SIGNED_IN = "signed_in"  # reading needs a session or a token, too


def needed_scope(view, method: str) -> str:
    """The scope a token must have for this call."""
    harmless = method in SAFE_METHODS or getattr(view, "changes_nothing", False)
    return READ if harmless else WRITE


def has_scope(request, scope: str) -> bool:
    """Whether the caller's token has a scope; a person's session has them all."""
    scopes = getattr(request.auth, "scopes", None)
    return scopes is None or scope in scopes
