"""How providers come to a need by themselves or because they were asked: invitations, open calls,
unsolicited offers.
"""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission, reach
from accounts.texts import Lines

from ..lifecycle import ApproachStatus, CallStatus
from ..references import make_reference, number_in
from .match import Match
from .request import Component


class OpenCallQuerySet(models.QuerySet):
    """Open calls; whoever sees the request sees the calls for its needs."""

    def by_reference(self, reference: str) -> Self:
        """The call with this reference, or none."""
        number = number_in("CAL", reference)
        return self.none() if number is None else self.filter(pk=number)

    def visible_to(self, user) -> Self:
        """Calls for needs of the requests that `user` may see."""
        return self.filter(component__in=Component.objects.visible_to(user))

    def open(self) -> Self:
        """Those that still take answers: the need itself is still searched for."""
        return self.filter(status=CallStatus.OPEN, component__in=Component.objects.scored())


class OpenCall(models.Model):
    """Anybody who sees the need may offer until a day; the centre sees what was offered when the call has closed."""

    PREFIX = "CAL"
    SCOPE = {"party": "component__request__party", "centre": "component__request__centre"}

    component = models.ForeignKey(Component, models.CASCADE, related_name="calls")
    status = models.CharField(max_length=10, choices=CallStatus, default=CallStatus.OPEN)
    text = Lines(blank=True)
    due_on = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = Lines(blank=True)

    objects = OpenCallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["component"], condition=Q(status="open"), name="call_open_once_for_a_component"
            ),
            models.CheckConstraint(name="call_status_known", condition=Q(status__in=CallStatus.values)),
            models.CheckConstraint(
                name="call_ended_at_iff_not_open",
                condition=Q(status="open", ended_at__isnull=True) | ~Q(status="open") & Q(ended_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="call_by_due_day")]

    def __str__(self):
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("call_detail", args=[self.reference])

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)

    @property
    def is_example(self) -> bool:
        return self.component.request.is_example


class ApproachQuerySet(models.QuerySet):
    """Approaches; every list starts from `visible_to`."""

    def by_reference(self, reference: str) -> Self:
        """The approach with this reference, or none."""
        number = number_in("APP", reference)
        return self.none() if number is None else self.filter(pk=number)

    def live(self) -> Self:
        """Those of which something is still to come."""
        return self.filter(status__in=[ApproachStatus.INVITED, ApproachStatus.ANSWERED])

    def visible_to(self, user) -> Self:
        """The provider's own; for the centre all, but answers to a call only when it has closed."""
        own = reach(user, Permission.MATCH_ANSWER_PROVIDER).as_q({"organization": "organization"})
        staff = reach(user, Permission.MATCH_VIEW).as_q({"centre": "component__request__centre"})
        sealed = Q(call__status=CallStatus.OPEN)
        return self.filter(own | staff & ~sealed)


class Approach(models.Model):
    """A provider on its way to a need: invited, answering a call, or unasked. It ends as a match, or not.

    `offer` is empty while an invitation waits for its answer; `match` is there once the centre has it on its board.
    """

    PREFIX = "APP"
    SCOPE = {
        "party": "component__request__party",
        "centre": "component__request__centre",
        "organization": "organization",
    }
    ORIGINS = (Match.Origin.INVITATION, Match.Origin.OPEN_CALL, Match.Origin.UNSOLICITED)

    component = models.ForeignKey(Component, models.CASCADE, related_name="approaches")
    organization = models.ForeignKey("centres.Organization", models.PROTECT, related_name="approaches")
    origin = models.CharField(max_length=12, choices=[(origin.value, origin.label) for origin in ORIGINS])
    status = models.CharField(max_length=10, choices=ApproachStatus, default=ApproachStatus.INVITED)
    call = models.ForeignKey(OpenCall, models.CASCADE, null=True, blank=True, related_name="approaches")
    offer = models.ForeignKey(
        "requests_offers.Offer", models.SET_NULL, null=True, blank=True, related_name="approaches"
    )
    match = models.OneToOneField(Match, models.SET_NULL, null=True, blank=True, related_name="approach")
    message = Lines(blank=True)
    note = Lines(blank=True)
    due_on = models.DateField(null=True, blank=True)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = Lines(blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ApproachQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["component", "organization"],
                condition=Q(status="invited"),
                name="approach_invited_once_to_a_component",
            ),
            models.UniqueConstraint(
                fields=["component", "offer"],
                condition=Q(status="answered"),
                name="approach_answered_once_with_an_offer",
            ),
            models.CheckConstraint(name="approach_status_known", condition=Q(status__in=ApproachStatus.values)),
            models.CheckConstraint(
                name="approach_invited_until_a_day", condition=~Q(status="invited") | Q(due_on__isnull=False)
            ),
            models.CheckConstraint(
                name="approach_has_a_call_iff_it_answers_one",
                condition=Q(origin="open_call", call__isnull=False) | ~Q(origin="open_call") & Q(call__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="approach_by_due_day")]

    def __str__(self):
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("approach_detail", args=[self.reference])

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)

    @property
    def is_example(self) -> bool:
        return self.component.request.is_example
