"""Tokens of partner systems, and the keys that make a repeated write harmless."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from knox.models import AbstractAuthToken

from ..texts import Line

SCOPES = ("read", "write")


def default_scopes() -> list[str]:
    """What a token may do unless its maker says otherwise."""
    return ["read"]


class ApiToken(AbstractAuthToken):
    """A token has its owner's rights cut down to its scopes. Only a digest is kept."""

    name = Line(max_length=100, blank=True)
    scopes = models.JSONField(default=default_scopes)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], condition=~Q(name=""), name="api_token_name_used_once_by_a_person"
            )
        ]

    def __str__(self):
        return f"{self.name or self.token_key} ({self.user})"

    @property
    def is_expired(self):
        return self.expiry is not None and self.expiry <= timezone.now()


class IdempotencyKey(models.Model):
    """The answer to a write that carried an Idempotency-Key, kept for 24 hours."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    location = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_used_once_by_a_user")]

    def __str__(self):
        return self.key
