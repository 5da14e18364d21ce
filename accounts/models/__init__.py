"""People, memberships, claims, tokens, the audit trail, notices and jobs."""

from .absence import Absence
from .access import ApiToken, IdempotencyKey
from .audit import AuditEvent, AuditSeal
from .calendar import CalendarAddress
from .change import Change, ChangeHead, ChangeState, ChangeTouch
from .claim import Claim
from .heartbeat import Heartbeat
from .import_run import ImportRun
from .invitation import Invitation
from .job import Job
from .mail_link import MailLink
from .membership import Membership
from .notice import Digest, Notice
from .search import SavedSearch
from .user import User
from .webhook import Webhook, WebhookDelivery

__all__ = [
    "Absence",
    "ApiToken",
    "AuditEvent",
    "AuditSeal",
    "CalendarAddress",
    "Change",
    "ChangeHead",
    "ChangeState",
    "ChangeTouch",
    "Claim",
    "Digest",
    "Heartbeat",
    "IdempotencyKey",
    "ImportRun",
    "Invitation",
    "Job",
    "MailLink",
    "Membership",
    "Notice",
    "SavedSearch",
    "User",
    "Webhook",
    "WebhookDelivery",
]
