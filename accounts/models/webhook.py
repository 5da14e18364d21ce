"""Webhooks: where other systems want to be told of changes, and each telling as a job of its own."""

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext_lazy as _

from ..texts import Line
from ..webhooks import signing
from .job import Job, JobQuerySet

OVERLAP = timedelta(hours=24)
# Ten tries within three days; the first comes at once.
PAUSES = [timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 75600)]
KEPT_FOR = timedelta(days=30)


def new_salt() -> str:
    """What makes one secret differ from the next."""
    return get_random_string(32)


class WebhookQuerySet(models.QuerySet):
    def active(self) -> Self:
        """Those that are called."""
        return self.filter(state=Webhook.State.ACTIVE)

    def managed_by(self, user: Any, organizations: Any = ()) -> Self:
        """One's own, and those of the organizations whose service accounts one looks after."""
        return self.filter(Q(owner=user) | Q(organization__in=organizations))


class Webhook(models.Model):
    """One address that is told of changes, as far as its owner may see them.

    The secret itself is not kept: it is made of `salt` and the key of this portal, so a copy of the database cannot
    sign. After a rotation the former one signs as well, until `former_until`.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks")
    organization = models.ForeignKey(
        "centres.Organization", models.CASCADE, null=True, blank=True, related_name="webhooks"
    )
    name = Line(_("name"), max_length=100)
    url = models.CharField(_("address"), max_length=500)
    types = models.JSONField(default=list, blank=True)  # kinds of records; empty: all
    changes = models.JSONField(default=list, blank=True)  # "changed", "gone"; empty: both
    parties = models.JSONField(default=list, blank=True)  # codes of Parties; empty: all
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    paused_because = models.CharField(max_length=20, blank=True)
    cursor = models.BigIntegerField(default=0)
    salt = models.CharField(max_length=40, default=new_salt)
    former_salt = models.CharField(max_length=40, blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    is_example = models.BooleanField(default=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="webhook_state_known", condition=Q(state__in=["active", "paused"])),
            models.CheckConstraint(
                name="webhook_former_secret_has_an_end",
                condition=Q(former_salt="", former_until__isnull=True)
                | ~Q(former_salt="") & Q(former_until__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def secret(self) -> str:
        """The secret in force, as its holder keeps it."""
        return signing.secret_text(self._key(self.salt))

    def keys(self, now=None) -> list[bytes]:
        """The keys that sign now, the newest first."""
        until = self.former_until
        both = until is not None and until > (now or timezone.now())
        return [self._key(self.salt), *([self._key(self.former_salt)] if both else [])]

    def _key(self, salt: str) -> bytes:
        return salted_hmac("accounts.Webhook", f"{self.pk}.{salt}", algorithm="sha256").digest()

    def wants(self, kind: str, change: str, party: str) -> bool:
        """Whether a change passes the filters."""
        asked = ((self.types, kind), (self.changes, change), (self.parties, party))
        return all(not wanted or value in wanted for wanted, value in asked)

    @property
    def is_active(self) -> bool:
        return self.state == Webhook.State.ACTIVE


class WebhookDelivery(Job):
    """One telling. Its `event_id` stays the same at every try, so that a receiver can tell a second one."""

    TASK = "accounts.deliver_webhook"
    QUEUE = "bulk"  # a receiver that is slow must not keep people waiting
    LEASE = timedelta(seconds=90)
    MAX_ATTEMPTS = len(PAUSES) + 1

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    event_id = models.CharField(max_length=60, unique=True)
    event_type = models.CharField(max_length=60)
    seq = models.BigIntegerField(null=True, blank=True)
    payload = models.JSONField()
    tries = models.JSONField(default=list, blank=True)  # moment, status, fault of each try
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "seq"], condition=Q(seq__isnull=False), name="webhook_told_once_of_a_change"
            )
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="delivery_by_state"),
            models.Index(fields=["webhook", "-queued_at"], name="delivery_by_webhook"),
        ]

    def __str__(self):
        return f"{self.event_type} {self.event_id}"

    def pause(self) -> timedelta:
        return PAUSES[min(self.attempt, len(PAUSES)) - 1]
