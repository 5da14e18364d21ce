"""Budget lines: what an activity costs in a year, in which currency, and who pays it."""

from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.texts import Line, Lines
from requests_offers.references import make_reference

from .activity import Activity, PlannedQuerySet

CENT = Decimal("0.01")
DOLLAR = "USD"


class Category(models.TextChoices):
    STAFF = "staff", _("Staff")
    CONSULTANTS = "consultants", _("Consultants and services")
    MEETINGS = "meetings", _("Meetings and training")
    TRAVEL = "travel", _("Travel")
    EQUIPMENT = "equipment", _("Equipment and technology")
    GRANTS = "grants", _("Grants and contracts to partners")
    PUBLICATIONS = "publications", _("Publications and communication")
    OTHER = "other", _("Other direct costs")
    SUPPORT = "support", _("Programme support costs")


class Funding(models.TextChoices):
    CORE = "core", _("Core budget of the host")
    SECURED = "secured", _("Secured")
    SOUGHT = "sought", _("Sought")


class LineIdentity(models.Model):
    """What stays the same of a budget line from version to version: its number. Pledges stand on it."""

    PREFIX = "BL"
    SCOPE: ClassVar[dict[str, str]] = {"centre": "workplan__centre"}

    workplan = models.ForeignKey("workplans.Workplan", models.PROTECT, related_name="line_identities")
    form_key = models.UUIDField(null=True, blank=True, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return line_reference(self.pk)


def line_reference(number: int) -> str:
    """The reference of the budget line with this number."""
    return make_reference("BL", number)


class BudgetLineQuerySet(PlannedQuerySet):
    """Budget lines, reached like their versions."""

    VERSION = "activity__version"

    def by_reference(self, reference: str) -> Self:
        """The rows with a reference such as BL-000456, one in each version that holds it."""
        number = line_number(reference)
        return self.none() if number is None else self.filter(identity=number)

    def in_order(self) -> Self:
        """By activity, year and category, as the plan lists them."""
        return self.order_by("activity__position", "activity__identity", "year", "identity")


def line_number(reference: str) -> int | None:
    """The number in a reference such as BL-000456; None where it is not one."""
    digits = reference.removeprefix("BL-")
    if digits == reference or not digits.isascii() or not digits.isdigit() or not 6 <= len(digits) <= 12:
        return None
    number = int(digits)
    return number if line_reference(number) == reference else None


class BudgetLine(models.Model):
    """Money for an activity. Dollars are worked out from a rate that carries its day and its source, or not at all."""

    SCOPE: ClassVar[dict[str, str]] = {"centre": "activity__version__workplan__centre"}

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="budget_lines")
    identity = models.ForeignKey(LineIdentity, models.PROTECT, related_name="rows")
    year = models.PositiveSmallIntegerField(_("year"))
    category = models.CharField(_("category"), max_length=12, choices=Category)
    description = Line(_("what for"), max_length=300, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default=DOLLAR,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Write the three letters of the currency, such as USD."))],
    )
    rate_to_usd = models.DecimalField(_("dollars for one unit"), max_digits=18, decimal_places=8, null=True, blank=True)
    rate_on = models.DateField(_("day of the rate"), null=True, blank=True)
    rate_source = Line(_("source of the rate"), max_length=200, blank=True)
    funding = models.CharField(_("funding source"), max_length=7, choices=Funding, default=Funding.SOUGHT)
    funder = models.ForeignKey(
        "centres.Organization", models.PROTECT, null=True, blank=True, related_name="funded_lines",
        verbose_name=_("funder"),
    )  # fmt: skip
    staff_months = models.DecimalField(_("staff time in months"), max_digits=7, decimal_places=2, null=True, blank=True)
    notes = Lines(_("notes"), blank=True)
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        constraints = [
            models.UniqueConstraint(fields=["activity", "identity"], name="budget_line_once_in_an_activity"),
            models.CheckConstraint(name="budget_line_is_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(name="budget_line_category_known", condition=Q(category__in=Category.values)),
            models.CheckConstraint(name="budget_line_funding_known", condition=Q(funding__in=Funding.values)),
            models.CheckConstraint(
                name="budget_line_rate_has_day_and_source",
                condition=Q(rate_to_usd__isnull=True, rate_on__isnull=True, rate_source="")
                | Q(rate_to_usd__isnull=False, rate_on__isnull=False, rate_to_usd__gt=0) & ~Q(rate_source=""),
            ),
            models.CheckConstraint(
                name="budget_line_in_dollars_has_no_rate",
                condition=~Q(currency="USD") | Q(rate_to_usd__isnull=True),
            ),
            models.CheckConstraint(
                name="budget_line_staff_time_is_not_negative",
                condition=Q(staff_months__isnull=True) | Q(staff_months__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.amount} {self.currency}"

    def get_absolute_url(self) -> str:
        return self.activity.get_absolute_url()

    @property
    def reference(self) -> str:
        return line_reference(self.identity_id)

    @property
    def amount_usd(self) -> Decimal | None:
        """The amount in dollars to the cent, by the line's own dated rate; None without one."""
        return in_dollars(self.amount, self.currency, self.rate_to_usd)


def in_dollars(amount: Decimal, currency: str, rate: Decimal | None) -> Decimal | None:
    """An amount in dollars to the cent, half a cent up; None where there is no rate."""
    if currency == DOLLAR:
        return amount
    return None if rate is None else (amount * rate).quantize(CENT, ROUND_HALF_UP)
