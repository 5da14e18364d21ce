"""People without an account submit projects: what they typed until they confirm it by mail, and the mails they get."""

import secrets
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models.invitation import digest
from accounts.models.job import Job, JobQuerySet
from accounts.texts import Line

SALT = "knowledge.submitter_mail"
KEPT_FOR = timedelta(days=7)  # what nobody confirms is deleted then


def new_nonce() -> str:
    """What makes one link differ from the next."""
    return secrets.token_hex(16)


def in_a_week():
    """Until when a submission waits for its confirmation."""
    return timezone.now() + KEPT_FOR


class Submission(models.Model):
    """A project that somebody typed without signing in. It becomes one when the link in the mail is used.

    `data` holds codes and texts; it is emptied when the project is made.
    """

    email = models.EmailField()
    name = Line(max_length=150, blank=True)
    language = models.CharField(max_length=10, default="en")
    data = models.JSONField(default=dict)
    form_key = models.UUIDField(unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=in_a_week)
    project = models.OneToOneField(
        "knowledge.Project", models.CASCADE, null=True, blank=True, related_name="submission"
    )

    class Meta:
        verbose_name = "submission"

    def __str__(self) -> str:
        return f"submission {self.pk}"


class SubmitterMailQuerySet(JobQuerySet):
    def by_token(self, purpose: str, token: str) -> Self:
        """The mail whose link has this purpose and ends in this, or none. Only a digest of it is kept."""
        return self.filter(purpose=purpose, digest=digest(token))

    def unused(self) -> Self:
        """Those whose link nobody has used and nobody has retired."""
        return self.filter(used_at__isnull=True, retired_at__isnull=True)


class SubmitterMail(Job):
    """A mail to somebody without an account, and the link in it: it shows on GET and acts on POST, once.

    The token is made anew from the row and the portal's secret key whenever the mail is sent, so that a copy of the
    database opens no link. `purpose` is the name of the address that takes it; without one the mail only tells.
    """

    TASK = "knowledge.send_submitter_mail"
    LEASE = timedelta(seconds=90)
    MAX_ATTEMPTS = 14

    email = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    subject = models.CharField(max_length=300)
    text = models.TextField()
    path = models.CharField(max_length=300, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(default=in_a_week)
    used_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    submission = models.ForeignKey(Submission, models.CASCADE, null=True, blank=True, related_name="mails")
    project = models.ForeignKey("knowledge.Project", models.CASCADE, null=True, blank=True, related_name="mails")
    is_example = models.BooleanField(default=False)

    objects = SubmitterMailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="submitter_mail_is_about_one_thing",
                condition=Q(submission__isnull=False, project__isnull=True)
                | Q(submission__isnull=True, project__isnull=False),
            ),
            models.CheckConstraint(
                name="submitter_link_is_used_or_retired", condition=Q(used_at__isnull=True) | Q(retired_at__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="submitter_mail_by_state")]

    def __str__(self) -> str:
        return f"mail {self.pk}"

    @property
    def token(self) -> str:
        """The secret end of the link."""
        return salted_hmac(SALT, self.nonce, algorithm="sha256").hexdigest()

    @property
    def link(self) -> str:
        """The address of the link, in the language that is active; empty where the mail only tells."""
        return reverse(self.purpose, args=[self.token]) if self.purpose else ""

    def seal(self) -> None:
        """Keep the digest by which it is found; the caller saves."""
        self.digest = digest(self.token)
