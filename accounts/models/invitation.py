"""An invitation by mail to hold a role: one person, one place, one use."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from ..permissions import Permission, Role, reach
from ..texts import Line, Lines
from .job import Job, JobQuerySet
from .membership import OfficeKind, scope_fits_role

VALID_FOR = timedelta(days=14)
SALT = "accounts.invitation"


def new_nonce() -> str:
    return secrets.token_hex(16)


def in_fourteen_days():
    return timezone.now() + VALID_FOR


class InvitationQuerySet(JobQuerySet):
    def pending(self, now=None):
        """Those that can still be accepted."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now or timezone.now())

    def by_token(self, token: str):
        """The invitation whose link ends in this, or none. Only a digest of it is kept."""
        return self.filter(token_hash=digest(token))

    def manageable_by(self, user):
        """Those that `user` may make and withdraw: the office its own, a head the centre's and its Parties' seats."""
        part = reach(user, Permission.MEMBERSHIP_MANAGE)
        seated = part.as_q_of_seats("organization__party")
        return self.filter(part.as_q(Invitation.SCOPE) | seated).distinct()


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Invitation(Job):
    """Somebody is asked to take a role. The row is the invitation and the job that sends its mail.

    The link's token is made anew from the row and the portal's secret key whenever the mail is sent, so that a copy of
    the database opens no invitation.
    """

    TASK = "accounts.send_invitation"
    LEASE = timedelta(seconds=90)
    MAX_ATTEMPTS = 14
    SCOPE = {"party": "party", "centre": "centre", "organization": "organization"}

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role)
    party = models.ForeignKey("centres.Party", models.PROTECT, null=True, blank=True, related_name="invitations")
    centre = models.ForeignKey(
        "centres.SupportCentre", models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    organization = models.ForeignKey(
        "centres.Organization", models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    office_kind = models.CharField(max_length=10, choices=OfficeKind, blank=True)
    language = models.CharField(max_length=10, default="en")
    note = Lines(blank=True)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=in_fourteen_days)
    mailed_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounce_note = Line(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    membership = models.ForeignKey(
        "accounts.Membership", models.SET_NULL, null=True, blank=True, related_name="invitations"
    )
    is_example = models.BooleanField(default=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="invitation_scope_fits_its_role", condition=scope_fits_role()),
            models.CheckConstraint(
                name="invitation_is_accepted_or_withdrawn",
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="invitation_by_state")]

    def __str__(self):
        return f"{self.email}: {self.get_role_display()}"

    @property
    def token(self) -> str:
        """The secret end of its link."""
        return salted_hmac(SALT, self.nonce, algorithm="sha256").hexdigest()

    @property
    def scope(self):
        """The Party, centre or organization it is for; None for the network."""
        return self.party or self.centre or self.organization

    @property
    def is_pending(self) -> bool:
        """Whether it can still be accepted."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > timezone.now()

    def seal(self) -> None:
        """Keep the digest by which its link is found; the caller saves."""
        self.token_hash = digest(self.token)
