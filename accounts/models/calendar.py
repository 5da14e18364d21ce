"""The address under which somebody's own deadlines can be read as a calendar, without signing in."""

from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .invitation import digest
from .mail_link import new_nonce

SALT = "accounts.calendar"


class CalendarAddressQuerySet(models.QuerySet):
    """Addresses of calendars."""

    def by_secret(self, secret: str) -> Self:
        """The address that ends in this secret, if its person may still sign in. Only a digest of it is kept."""
        return self.filter(digest=digest(secret), user__is_active=True)


class CalendarAddress(models.Model):
    """One for a person. The secret is made anew from the row and the portal's key, so that a copy of the database opens
    no calendar. What it shows follows from the roles that the person holds when it is read.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_address")
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now)

    objects = CalendarAddressQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user}: {self.made_at:%Y-%m-%d}"

    def change_secret(self) -> None:
        """Another secret; the one before opens nothing any more. The caller saves."""
        self.nonce, self.made_at = new_nonce(), timezone.now()
        self.digest = digest(self.secret)

    @property
    def secret(self) -> str:
        """The secret end of its address."""
        return salted_hmac(SALT, self.nonce, algorithm="sha256").hexdigest()

    @property
    def path(self) -> str:
        """Its address."""
        return reverse("calendar_file", args=[self.secret])
