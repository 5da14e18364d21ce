"""A link in a mail that lets one person act once without signing in: it shows on GET and acts on POST."""

import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .invitation import digest

SALT = "accounts.mail_link"


def new_nonce() -> str:
    return secrets.token_hex(16)


class MailLinkQuerySet(models.QuerySet):
    """Links in mails; whoever holds a token finds its row, and nobody else does."""

    def by_token(self, purpose: str, token: str) -> Self:
        """The link for this purpose whose address ends in this, or none. Only a digest of it is kept."""
        return self.filter(purpose=purpose, digest=digest(token))

    def unused(self) -> Self:
        """Those that nobody has used and nobody has retired."""
        return self.filter(used_at__isnull=True, retired_at__isnull=True)


class MailLink(models.Model):
    """One person may do one thing about one record, once, until a moment, for as long as they hold their role.

    The token is made anew from the row and the portal's secret key whenever the mail is sent, so that a copy of the
    database opens no link. `purpose` is the name of the address that takes it; `subject` the reference of the record.
    """

    purpose = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_links")
    membership = models.ForeignKey("accounts.Membership", models.CASCADE, related_name="mail_links")
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = MailLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mail_link_is_used_or_retired", condition=Q(used_at__isnull=True) | Q(retired_at__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["purpose", "subject"], name="mail_link_by_subject")]

    def __str__(self):
        return f"{self.purpose} {self.subject}: {self.user}"

    @property
    def token(self) -> str:
        """The secret end of its address."""
        return salted_hmac(SALT, self.nonce, algorithm="sha256").hexdigest()

    @property
    def path(self) -> str:
        """Its address, in the language that is active."""
        return reverse(self.purpose, args=[self.token])

    def seal(self) -> None:
        """Keep the digest by which it is found; the caller saves."""
        self.digest = digest(self.token)
