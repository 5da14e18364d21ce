"""What a person is told: a row in the portal, and a mail when they want one."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .job import Job, JobQuerySet

# Mail servers are away for hours, not for seconds: with its growing pauses this is about nine hours.
MAIL_ATTEMPTS = 14


class NoticeQuerySet(JobQuerySet):
    def unread(self):
        """Those that the person has not marked as read."""
        return self.filter(read_at__isnull=True)

    def newest_first(self):
        return self.order_by("-queued_at", "-pk")

    def for_digest(self, until):
        """Those that wait for a mail of several, unread and told before `until`."""
        return self.unread().filter(is_collected=True, mailed_at__isnull=True, queued_at__lt=until)

    def mark_read(self):
        """Note that the person has read them; the first reading counts."""
        return self.unread().update(read_at=timezone.now())


class Notice(Job):
    """One event told to one person. The row is the notice in the portal and the job that sends its mail."""

    TASK = "accounts.send_notice"
    LEASE = timedelta(seconds=90)
    MAX_ATTEMPTS = MAIL_ATTEMPTS

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    event = models.ForeignKey("accounts.AuditEvent", models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    path = models.CharField(max_length=300)
    mail_link = models.OneToOneField("accounts.MailLink", models.SET_NULL, null=True, blank=True, related_name="notice")
    read_at = models.DateTimeField(null=True, blank=True)
    is_collected = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "event"], name="notice_told_once_per_event"),
        ]
        indexes = [
            models.Index(fields=["recipient", "read_at"], name="notice_unread_first"),
            models.Index(fields=["state", "due_at"], name="notice_by_state"),
            models.Index(
                fields=["recipient", "queued_at"],
                condition=Q(is_collected=True, mailed_at__isnull=True),
                name="notice_waits_for_digest",
            ),
        ]

    def __str__(self):
        return f"{self.recipient}, {self.kind}"


class Digest(Job):
    """One mail with the notices of a person's day or week. `until` is the end of that time: one mail for each."""

    TASK = "accounts.send_digest"
    QUEUE = "bulk"
    LEASE = timedelta(seconds=90)
    MAX_ATTEMPTS = MAIL_ATTEMPTS

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests")
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "until"], name="digest_made_once_for_its_time")]
        indexes = [models.Index(fields=["state", "due_at"], name="digest_by_state")]

    def __str__(self):
        return f"{self.recipient}, {self.until:%Y-%m-%d}"
