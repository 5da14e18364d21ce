"""People, memberships, claims, tokens, the audit trail, notices and jobs."""

from .absence import Absence
from .access import ApiToken, IdempotencyKey
from .audit import AuditEvent, AuditSeal
from .claim import Claim
from .heartbeat import Heartbeat
from .invitation import Invitation
from .job import Job
from .mail_link import MailLink
from .membership import Membership
from .notice import Digest, Notice
from .search import SavedSearch
from .user import User

__all__ = [
    "Absence",
    "ApiToken",
    "AuditEvent",
    "AuditSeal",
    "Claim",
    "Digest",
    "Heartbeat",
    "IdempotencyKey",
    "Invitation",
    "Job",
    "MailLink",
    "Membership",
    "Notice",
    "SavedSearch",
    "User",
]
