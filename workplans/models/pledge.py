"""Pledges of donors: what they promise, commit and pay, and the talk about it.

Money counts from the word that was confirmed.
"""

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.texts import Line, Lines
from centres.models import LANGUAGE_CHOICES
from requests_offers.references import make_reference, number_in

from ..lifecycle import BETWEEN_TWO, FIRM, LIVE_PLEDGE, PROMISED, PledgeStatus
from .budget import DOLLAR, in_dollars

OBJECTS = ("line", "activity", "workplan", "request")


class PledgeQuerySet(models.QuerySet):
    """Pledges; every list starts from `visible_to`."""

    def by_reference(self, reference: str) -> Self:
        """The pledge with this reference, or none."""
        number = number_in("PLE", reference)
        return self.none() if number is None else self.filter(pk=number)

    def visible_to(self, user) -> Self:
        """Donor and centre see theirs from the first interest on; everybody a named pledge once it is one.

        What is only between the two, what a donor wants anonymous, and what came to nothing stays with both.
        """
        own = reach(user, Permission.PLEDGE_VIEW).as_q(Pledge.SCOPE)
        public = Q(status__in=sorted(PROMISED | FIRM), is_anonymous=False) & self._of_public_objects(user)
        return self.filter(own | public)

    def _of_public_objects(self, user) -> Q:
        requests = Pledge._meta.get_field("request").related_model.objects.visible_to(user)
        return Q(request__isnull=True) | Q(request__in=requests)

    def about_plan(self, workplan) -> Self:
        """Those on a workplan, its activities and their budget lines."""
        return self.filter(
            Q(workplan=workplan) | Q(activity__workplan=workplan) | Q(line__workplan=workplan),
        )

    def counted(self) -> Self:
        """Those that enter a gap: pledged, committed, received."""
        return self.filter(status__in=sorted(PROMISED | FIRM))

    def live(self) -> Self:
        """Those that may still become money, or are money."""
        return self.filter(status__in=sorted(LIVE_PLEDGE))

    def newest_first(self) -> Self:
        return self.order_by("-stepped_at", "-pk")


class Pledge(models.Model):
    """What a donor means to give for one thing: a budget line, an activity, a whole workplan, or an unmet request.

    `centre` answers it (the coordinator's helpdesk where there is none). `amount` is in `currency`; dollars follow from
    a rate with its day and source, or not at all.
    """

    PREFIX = "PLE"
    SCOPE: ClassVar[dict[str, str]] = {"organization": "donor", "centre": "centre"}

    donor = models.ForeignKey("centres.Organization", models.PROTECT, related_name="pledges")
    line = models.ForeignKey("workplans.LineIdentity", models.PROTECT, null=True, blank=True, related_name="pledges")
    activity = models.ForeignKey(
        "workplans.ActivityIdentity", models.PROTECT, null=True, blank=True, related_name="pledges"
    )
    workplan = models.ForeignKey("workplans.Workplan", models.PROTECT, null=True, blank=True, related_name="pledges")
    request = models.ForeignKey(
        "requests_offers.CooperationRequest", models.PROTECT, null=True, blank=True, related_name="pledges"
    )
    centre = models.ForeignKey("centres.SupportCentre", models.PROTECT, null=True, blank=True, related_name="pledges")
    status = models.CharField(max_length=20, choices=PledgeStatus, default=PledgeStatus.INTEREST)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default=DOLLAR,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Write the three letters of the currency, such as USD."))],
    )
    rate_to_usd = models.DecimalField(_("dollars for one unit"), max_digits=18, decimal_places=8, null=True, blank=True)
    rate_on = models.DateField(_("day of the rate"), null=True, blank=True)
    rate_source = Line(_("source of the rate"), max_length=200, blank=True)
    is_anonymous = models.BooleanField(_("anonymous"), default=False)
    conditions = Lines(_("conditions"), blank=True)
    above_gap_by_donor = models.BooleanField(default=False)
    above_gap_by_centre = models.BooleanField(default=False)
    reason_code = models.CharField(max_length=20, blank=True)
    reason = Lines(blank=True)
    due_on = models.DateField(_("answer until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    form_key = models.UUIDField(null=True, blank=True, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    stepped_at = models.DateTimeField(default=timezone.now)
    warned_at = models.DateTimeField(null=True, blank=True)
    pledged_at = models.DateTimeField(null=True, blank=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        constraints = [
            models.CheckConstraint(name="pledge_status_known", condition=Q(status__in=PledgeStatus.values)),
            models.CheckConstraint(
                name="pledge_is_for_one_thing",
                condition=Q(line__isnull=False, activity__isnull=True, workplan__isnull=True, request__isnull=True)
                | Q(line__isnull=True, activity__isnull=False, workplan__isnull=True, request__isnull=True)
                | Q(line__isnull=True, activity__isnull=True, workplan__isnull=False, request__isnull=True)
                | Q(line__isnull=True, activity__isnull=True, workplan__isnull=True, request__isnull=False),
            ),
            models.CheckConstraint(name="pledge_is_of_money", condition=Q(amount__isnull=True) | Q(amount__gt=0)),
            models.CheckConstraint(
                name="pledge_counted_has_amount_and_moment",
                condition=~Q(status__in=sorted(PROMISED | FIRM)) | Q(amount__isnull=False, pledged_at__isnull=False),
            ),
            models.CheckConstraint(
                name="pledge_firm_has_its_moment",
                condition=~Q(status__in=sorted(FIRM)) | Q(committed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="pledge_rate_has_day_and_source",
                condition=Q(rate_to_usd__isnull=True, rate_on__isnull=True, rate_source="")
                | Q(rate_to_usd__isnull=False, rate_on__isnull=False, rate_to_usd__gt=0) & ~Q(rate_source=""),
            ),
            models.CheckConstraint(
                name="pledge_in_dollars_has_no_rate", condition=~Q(currency="USD") | Q(rate_to_usd__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["donor", "line"],
                condition=Q(status__in=sorted(BETWEEN_TWO)),
                name="pledge_one_talk_of_a_donor_about_a_line",
            ),
            models.UniqueConstraint(
                fields=["donor", "activity"],
                condition=Q(status__in=sorted(BETWEEN_TWO)),
                name="pledge_one_talk_of_a_donor_about_an_activity",
            ),
            models.UniqueConstraint(
                fields=["donor", "workplan"],
                condition=Q(status__in=sorted(BETWEEN_TWO)),
                name="pledge_one_talk_of_a_donor_about_a_workplan",
            ),
            models.UniqueConstraint(
                fields=["donor", "request"],
                condition=Q(status__in=sorted(BETWEEN_TWO)),
                name="pledge_one_talk_of_a_donor_about_a_request",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "due_on"], name="pledge_by_due_day"),
            models.Index(fields=["status", "stepped_at"], name="pledge_by_last_step"),
            models.Index(fields=["-updated_at"], name="pledge_by_change"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("pledge_detail", args=[self.reference])

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)

    @property
    def kind(self) -> str:
        """What it is for: line, activity, workplan or request."""
        return next(name for name in OBJECTS if getattr(self, f"{name}_id") is not None)

    @property
    def object(self) -> Any:
        """The budget line, activity, workplan or request itself."""
        return getattr(self, self.kind)

    @property
    def plan(self) -> Any:
        """The workplan that it is part of; None for a request."""
        if self.workplan_id:
            return self.workplan
        part = self.line or self.activity
        return part.workplan if part else None

    @property
    def amount_usd(self) -> Decimal | None:
        """The amount in dollars by its own dated rate; None without amount or rate."""
        return None if self.amount is None else in_dollars(self.amount, self.currency, self.rate_to_usd)


class Receipt(models.Model):
    """Money that arrived, in the currency of its pledge."""

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="receipts")
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    received_on = models.DateField(_("received on"))
    note = Line(_("note"), max_length=300, blank=True)
    form_key = models.UUIDField(null=True, blank=True, unique=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(name="receipt_is_of_money", condition=Q(amount__gt=0))]

    def __str__(self) -> str:
        return f"{self.pledge_id}: {self.amount}"


class PledgeDocument(models.Model):
    """The paper that shows a commitment. Donor and centre see it; its bytes lie under a random name."""

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="documents")
    name = models.CharField(max_length=200)
    stored_as = models.CharField(max_length=80, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pledge", "sha256"], name="pledge_document_once_in_its_pledge"),
        ]

    def __str__(self) -> str:
        return self.name

    def open(self) -> Any:
        """The stored bytes; FileNotFoundError where the file is gone."""
        return default_storage.open(self.stored_as, "rb")


class PledgeMessage(models.Model):
    """One message of donor or centre about a pledge, on the record of both."""

    class Side(models.TextChoices):
        DONOR = "donor", _("Donor")
        CENTRE = "centre", _("Centre")

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="messages")
    side = models.CharField(max_length=6, choices=Side)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    author_office = models.CharField(max_length=200, blank=True)
    text = Lines(_("message"))
    language = models.CharField(max_length=5, choices=LANGUAGE_CHOICES, default="en")
    form_key = models.UUIDField(null=True, blank=True, unique=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="pledge_message_side_known", condition=Q(side__in=["donor", "centre"]))
        ]

    def __str__(self) -> str:
        return f"{self.pledge_id}: {self.text[:40]}"


class Gap(models.Model):
    """How the money of a budget line, an activity or a workplan stands, in one currency. Made by actions/funding.py.

    `asked` is what is sought; `committed` is confirmed and not yet received; `pledged` is promised and not confirmed.
    A line
    has a row in its currency and, where it has a rate, one in dollars. A gap of a whole is the sum of the gaps of its
    parts less what is firm for the whole itself, never below nothing.
    """

    workplan = models.ForeignKey("workplans.Workplan", models.CASCADE, related_name="gaps")
    activity = models.ForeignKey(
        "workplans.ActivityIdentity", models.CASCADE, null=True, blank=True, related_name="gaps"
    )
    line = models.ForeignKey("workplans.LineIdentity", models.CASCADE, null=True, blank=True, related_name="gaps")
    currency = models.CharField(max_length=3)
    asked = models.DecimalField(max_digits=16, decimal_places=2)
    received = models.DecimalField(max_digits=16, decimal_places=2)
    committed = models.DecimalField(max_digits=16, decimal_places=2)
    pledged = models.DecimalField(max_digits=16, decimal_places=2)
    firm_gap = models.DecimalField(max_digits=16, decimal_places=2)
    indicative_gap = models.DecimalField(max_digits=16, decimal_places=2)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "currency"], condition=Q(line__isnull=False), name="gap_once_for_a_line"
            ),
            models.UniqueConstraint(
                fields=["activity", "currency"],
                condition=Q(activity__isnull=False, line__isnull=True),
                name="gap_once_for_an_activity",
            ),
            models.UniqueConstraint(
                fields=["workplan", "currency"],
                condition=Q(activity__isnull=True, line__isnull=True),
                name="gap_once_for_a_workplan",
            ),
            models.CheckConstraint(
                name="gap_is_never_negative",
                condition=Q(asked__gte=0, received__gte=0, committed__gte=0, pledged__gte=0)
                & Q(firm_gap__gte=0, indicative_gap__gte=0),
            ),
        ]
        indexes = [models.Index(fields=["currency", "-firm_gap"], name="gap_by_size")]

    def __str__(self) -> str:
        return f"{self.workplan_id}/{self.activity_id}/{self.line_id} {self.currency} {self.firm_gap}"
