"""What somebody asked the helpdesk, who has it, and what was said."""

import re
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.permissions import Permission, reach
from accounts.texts import Line, Lines

from .centre import SupportCentre
from .party import Party

PATTERN = re.compile(r"TIC-(\d{6,12})")


class TicketQuerySet(models.QuerySet):
    """Tickets; every list starts from `visible_to`."""

    def by_reference(self, reference: str) -> Self:
        """The ticket with this reference, or none."""
        found = PATTERN.fullmatch(reference)
        return self.filter(pk=int(found[1])) if found else self.none()

    def handled_by(self, user: Any) -> Self:
        """Those that `user` may answer: a coordinator all, a centre's staff those handed to the centre."""
        return self.filter(reach(user, Permission.TICKET_HANDLE).as_q(Ticket.SCOPE))

    def visible_to(self, user: Any) -> Self:
        """One's own, and those that one may answer."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(asker=user) | reach(user, Permission.TICKET_HANDLE).as_q(Ticket.SCOPE))

    def not_solved(self) -> Self:
        """Those on which somebody has to work."""
        return self.exclude(status=Ticket.Status.SOLVED)

    def by_due_day(self) -> Self:
        """What is due first comes first; what waits for its asker has no date and comes last."""
        return self.order_by(models.F("due_on").asc(nulls_last=True), "pk")


class Ticket(models.Model):
    """A question to the helpdesk. The coordinator has it, or the centre to which it was handed."""

    class Kind(models.TextChoices):
        QUESTION = "question", _("A question about the portal or the cooperation")
        UNCOVERED = "uncovered", _("No centre serves our Party")
        CENTRE_QUESTION = "centre_question", _("A question of a centre")
        KNOWLEDGE = "knowledge", _("Where knowledge can be found")
        OTHER = "other", _("Something else")

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("ticket", "Open")
        WAITING = "waiting", _("Answer expected")
        SOLVED = "solved", _("Solved")

    PREFIX = "TIC"
    SCOPE: ClassVar[dict[str, str]] = {"centre": "centre"}

    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="tickets")
    kind = models.CharField(_("what it is about"), max_length=20, choices=Kind, default=Kind.QUESTION)
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="tickets")
    asking_centre = models.ForeignKey(
        SupportCentre, models.PROTECT, null=True, blank=True, related_name="tickets_asked"
    )
    centre = models.ForeignKey(SupportCentre, models.PROTECT, null=True, blank=True, related_name="tickets")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="tickets_assigned"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    subject = Line(_("subject"), max_length=200)
    text = Lines(_("your question"))
    language = models.CharField(max_length=10, default="en")
    form_key = models.UUIDField(null=True, blank=True, unique=True)
    due_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    solved_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        constraints = [
            models.CheckConstraint(name="ticket_status_known", condition=Q(status__in=["open", "waiting", "solved"])),
            models.CheckConstraint(
                name="ticket_open_has_a_due_day", condition=~Q(status="open") | Q(due_on__isnull=False)
            ),
            models.CheckConstraint(
                name="ticket_solved_at_iff_solved",
                condition=Q(status="solved", solved_at__isnull=False) | ~Q(status="solved") & Q(solved_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="ticket_by_due_day")]

    def __str__(self) -> str:
        return f"{self.reference} {self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("ticket_detail", args=[self.reference])

    @property
    def reference(self) -> str:
        return f"{self.PREFIX}-{self.pk:06d}"


class TicketMessage(models.Model):
    """What the helpdesk or the asker said; an internal note is read by those who answer only."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    text = Lines()
    is_from_asker = models.BooleanField(default=False)
    is_internal = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ticket_message_of_the_asker_is_not_internal",
                condition=Q(is_from_asker=False) | Q(is_internal=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.text[:40]}"
