"""The conversation about a match, on the record: what both sides and the centre write to each other, with files."""

from typing import Any, Self

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.texts import Lines

from .match import Match


class Message(models.Model):
    """One message. Nobody changes or deletes it: it is the record of what was said."""

    class Side(models.TextChoices):
        PARTY = "party", _("Party")
        PROVIDER = "provider", _("Provider")
        CENTRE = "centre", _("Centre")

    match = models.ForeignKey(Match, models.PROTECT, related_name="messages")
    side = models.CharField(max_length=8, choices=Side)
    text = Lines()
    language = models.CharField(max_length=35)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    form_key = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="message_side_known", condition=Q(side__in=["party", "provider", "centre"])),
        ]
        indexes = [models.Index(fields=["match", "at"], name="message_in_order")]

    def __str__(self):
        return f"{self.match} {self.at:%Y-%m-%d %H:%M}"


class MessageFileQuerySet(models.QuerySet):
    """Files of messages: whoever is inside a match reads its messages and their files."""

    def inside(self, user) -> Self:
        """Those of the matches whose conversation `user` reads."""
        return self.filter(message__match__in=Match.objects.inside(user))


class MessageFile(models.Model):
    """A file that came with a message. It is never public, and what it holds lies under a random name."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    stored_as = models.CharField(max_length=80, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    objects = MessageFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "sha256"], name="message_file_once_in_its_message"),
            models.CheckConstraint(
                name="message_file_has_one_byte_to_ten_megabytes",
                condition=Q(size__gte=1, size__lte=10 * 1024 * 1024),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("message_file", args=[self.message.match.reference, self.pk])

    def open(self) -> Any:
        """The stored bytes; FileNotFoundError where the file is gone."""
        return default_storage.open(self.stored_as, "rb")
