"""Opportunities of third parties: calls, grants, trainings and fairs, each until its deadline."""

from datetime import datetime, time, timedelta
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.references import make_reference, number_in
from accounts.texts import Address, Line, Lines
from centres.models import CooperationType, Party, PartyFlag, Region, Subject, SupportCentre, Target

from ..lifecycle import OpportunityStatus
from .programme import Programme


class OpportunityQuerySet(models.QuerySet):
    """Opportunities; every list starts from `visible_to`."""

    def by_reference(self, reference: str) -> Self:
        """The opportunity with this reference, or none."""
        number = number_in(Opportunity.PREFIX, reference)
        return self.none() if number is None else self.filter(pk=number)

    def open(self, now: datetime | None = None) -> Self:
        """Those that are published and whose deadline has not passed: it needs no clock to end."""
        return self.filter(status=OpportunityStatus.PUBLISHED, closes_at__gt=now or timezone.now())

    def moderated_by(self, user: Any) -> Self:
        """Those on which `user` decides: a centre on its own, the coordinator on all."""
        return self.filter(reach(user, Permission.OPPORTUNITY_EDIT).as_q(Opportunity.SCOPE))

    def visible_to(self, user: Any) -> Self:
        """What was published for everybody; the rest for whoever suggested it and for those who decide on it."""
        public = Q(status__in=[OpportunityStatus.PUBLISHED, OpportunityStatus.EXPIRED])
        if not user.is_authenticated:
            return self.filter(public)
        return self.filter(
            public | Q(suggested_by=user.pk) | reach(user, Permission.OPPORTUNITY_EDIT).as_q(Opportunity.SCOPE)
        )

    def for_party(self, party: Party) -> Self:
        """Those for which a Party may apply: it is named, lies in a named region, has a named status, or all may."""
        named = Exists(Opportunity.parties.through.objects.filter(opportunity=OuterRef("pk"), party=party))
        around = Region.objects.filter(
            Q(parties=party) | Q(children__parties=party) | Q(children__children__parties=party)
        )
        within = Exists(Opportunity.regions.through.objects.filter(opportunity=OuterRef("pk"), region__in=around))
        flags = set(PartyFlag.objects.in_force().filter(party=party).values_list("kind", flat=True))
        flagged = Q(flags="")
        for kind in PartyFlag.Kind.values:
            if kind in flags:
                flagged |= Q(flags__contains=f" {kind} ")
        return self.filter(Q(worldwide=True) & flagged | Q(named) | Q(within) & flagged)

    def search(self, text: str) -> Self:
        """Those with these words in title, summary or organizer, or with this reference."""
        condition = Q(pk__in=Opportunity.objects.by_reference(text.strip().upper()).values("pk"))
        for field in ("title", "summary", "organizer"):
            for form in {text, text.capitalize(), text.lower()}:
                condition |= Q(**{f"{field}__icontains": form})
        return self.filter(condition)

    def closing_first(self) -> Self:
        """The soonest deadline first."""
        return self.order_by("closes_at", "pk")


class Opportunity(models.Model):
    """Something that a third party offers until a day: money, a training, a place at a fair.

    The deadline is a day, perhaps with an hour, where its organizer sits; `closes_at` is that moment. One without a
    deadline is shown for a year and then looked at again.
    """

    class Kind(models.TextChoices):
        CALL = "call", _("Call for proposals")
        GRANT = "grant", _("Grant or fellowship")
        TRAINING = "training", _("Training")
        FAIR = "fair", _("Fair or exchange")
        AWARD = "award", _("Award")

    PREFIX = "OPP"
    SCOPE: ClassVar[dict[str, str]] = {"centre": "centre"}
    SHOWN_FOR = timedelta(days=365)

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = Line(_("title"), max_length=200)
    summary = Lines(_("what it offers"))
    language = models.CharField(_("language of the text"), max_length=10, default="en")
    organizer = Line(_("who offers it"), max_length=200)
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="opportunities", verbose_name=_("programme")
    )
    url = Address(_("address"), max_length=500)
    languages = models.JSONField(_("languages of applications"), default=list, blank=True)
    targets = models.ManyToManyField(Target, related_name="opportunities", blank=True)
    subjects = models.ManyToManyField(Subject, related_name="opportunities", blank=True)
    cooperation_types = models.ManyToManyField(CooperationType, related_name="opportunities", blank=True)
    worldwide = models.BooleanField(_("all countries"), default=False)
    parties = models.ManyToManyField(Party, related_name="opportunities", blank=True)
    regions = models.ManyToManyField(Region, related_name="opportunities", blank=True)
    # Statuses a Party must have one of, with a space before and after each: databases differ in what a list contains.
    flags = models.CharField(_("only for"), max_length=60, blank=True, default="")
    amount = models.DecimalField(_("up to"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    starts_on = models.DateField(_("begins on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    place = Line(_("place"), max_length=200, blank=True)
    has_deadline = models.BooleanField(_("has a deadline"), default=True)
    closes_on = models.DateField(_("deadline"))
    closes_time = models.TimeField(_("hour"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    closes_at = models.DateTimeField(editable=False)

    status = models.CharField(max_length=12, choices=OpportunityStatus, default=OpportunityStatus.SUGGESTED)
    reason = Lines(blank=True)
    centre = models.ForeignKey(SupportCentre, models.PROTECT, null=True, blank=True, related_name="opportunities")
    suggested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="opportunities_suggested"
    )
    form_key = models.UUIDField(null=True, blank=True, unique=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        constraints = [
            models.CheckConstraint(name="opportunity_status_known", condition=Q(status__in=OpportunityStatus.values)),
            models.CheckConstraint(
                name="opportunity_ends_after_it_begins",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="opportunity_amount_has_its_currency",
                condition=Q(amount__isnull=True, currency="") | Q(amount__gt=0) & ~Q(currency=""),
            ),
            models.CheckConstraint(
                name="opportunity_shown_has_its_moment",
                condition=~Q(status__in=["published", "expired"]) | Q(published_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "closes_at"], name="opportunity_by_deadline"),
            models.Index(fields=["-updated_at"], name="opportunity_by_change"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("opportunity_detail", args=[self.reference])

    # Changes ---------------------------------------------------------------

    def set_deadline(self) -> None:
        """Work out the moment of the deadline: the end of its day, or its hour, where the organizer sits."""
        zone = ZoneInfo(self.time_zone)
        if self.closes_time:
            self.closes_at = datetime.combine(self.closes_on, self.closes_time, zone)
        else:
            self.closes_at = datetime.combine(self.closes_on + timedelta(days=1), time(0), zone)

    # Questions -------------------------------------------------------------

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)

    @property
    def is_open(self) -> bool:
        """Whether it can still be used."""
        return self.status == OpportunityStatus.PUBLISHED and self.closes_at > timezone.now()

    @property
    def shown_status(self) -> str:
        """Its state as of now: past its deadline it has expired, even before the clock has written that down."""
        over = self.status == OpportunityStatus.PUBLISHED and self.closes_at <= timezone.now()
        return OpportunityStatus.EXPIRED if over else self.status

    @property
    def flag_names(self) -> list[str]:
        """The statuses in the reader's words."""
        return [str(PartyFlag.Kind(code).label) for code in self.flag_list]

    @property
    def flag_list(self) -> list[str]:
        return self.flags.split()
