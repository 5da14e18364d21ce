"""A person who signs in with an e-mail address."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from ..texts import Line


class NoticeFrequency(models.TextChoices):
    """How often somebody wants mail; notices in the portal come at once in any case."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")
    NONE = "none", _("No mail")


class UserManager(BaseUserManager):
    """Makes people; addresses are compared without regard to case."""

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. What they may do comes from their memberships (accounts.permissions), never from this row."""

    email = models.EmailField(_("e-mail address"))
    name = Line(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    notice_frequency = models.CharField(max_length=10, choices=NoticeFrequency, default=NoticeFrequency.AT_ONCE)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # A partner system of an organization: it has tokens and webhooks, and nobody signs in as it.
    is_service = models.BooleanField(default=False)
    is_example = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_used_once")]

    def __str__(self):
        return self.name or self.email

    @cached_property
    def current_memberships(self):
        """The memberships in force today, with their scopes; one query per request.

        Asked on every page: so the query leaves the few whose first or last day is about now to `is_in_force`.
        """
        rows = self.memberships.near().select_related("party", "centre", "organization__party").order_by("pk")
        now = timezone.now()
        return [row for row in rows if row.is_in_force(now)]

    @cached_property
    def unread_notice_count(self):
        """How many notices wait to be read; asked once per request."""
        return self.notices.unread().count()

    @property
    def zone(self):
        """The person's time zone; UTC where this machine does not know theirs."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    @property
    def office_label(self):
        """The office a person acts for, as the masthead shows it; empty without any."""
        return str(self.current_memberships[0]) if self.current_memberships else ""
