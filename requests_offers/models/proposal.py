"""A joint proposal: what both sides of an agreed match want to do together, in versions that both approve."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.texts import Line, Lines

from ..lifecycle import ProposalStatus
from ..references import make_reference, number_in
from .request import Language


class ProposalQuerySet(models.QuerySet):
    """Joint proposals; every page starts from `visible_to`."""

    def by_reference(self, reference: str) -> Self:
        """The proposal with this reference, or none."""
        number = number_in("PRO", reference)
        return self.none() if number is None else self.filter(pk=number)

    def visible_to(self, user) -> Self:
        """Both sides, the centre and the coordinator; once approved, the network where both sides share it."""
        staff = reach(user, Permission.MATCH_VIEW).as_q({"centre": JointProposal.SCOPE["centre"]})
        office = reach(user, Permission.REQUEST_VIEW).as_q({"party": JointProposal.SCOPE["party"]})
        provider = reach(user, Permission.ENGAGEMENT_PROVIDER).as_q(
            {"organization": JointProposal.SCOPE["organization"]}
        )
        condition = staff | office | provider
        if reach(user, Permission.NETWORK_VIEW):
            condition |= Q(status=ProposalStatus.APPROVED, current__is_shared=True)
        return self.filter(condition)

    def ready(self) -> Self:
        """Approved by both: ready to become an activity of a workplan, or what a pledge is for."""
        return self.filter(status=ProposalStatus.APPROVED)


class JointProposal(models.Model):
    """The proposal itself; `current` is the version that is written, under approval, or approved."""

    PREFIX = "PRO"
    SCOPE = {
        "party": "match__component__request__party",
        "centre": "match__component__request__centre",
        "organization": "match__offer__organization",
    }

    match = models.OneToOneField("requests_offers.Match", models.PROTECT, related_name="proposal")
    status = models.CharField(max_length=10, choices=ProposalStatus, default=ProposalStatus.DRAFT)
    current = models.ForeignKey(
        "requests_offers.ProposalVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("joint proposal")
        constraints = [
            models.CheckConstraint(name="proposal_status_known", condition=Q(status__in=ProposalStatus.values)),
        ]
        indexes = [models.Index(fields=["status", "-updated_at"], name="proposal_by_status")]

    def __str__(self):
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("proposal_detail", args=[self.reference])

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)

    @property
    def is_example(self) -> bool:
        return self.match.is_example

    @property
    def title(self) -> str:
        """The title of its newest version."""
        return self.current.title if self.current else ""

    @property
    def language(self) -> str:
        """The language of its newest version."""
        return self.current.language if self.current else ""


class ProposalVersion(models.Model):
    """The words of a proposal at one time. Once proposed it is never changed: a change makes the next version."""

    proposal = models.ForeignKey(JointProposal, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    title = Line(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=35, default=Language.EN)
    concept = Lines(_("concept"), blank=True)
    partners = models.JSONField(_("partners"), default=list, blank=True)
    results = models.JSONField(_("expected results"), default=list, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    is_shared = models.BooleanField(_("shown to the network"), default=False)
    proposed_at = models.DateTimeField(null=True, blank=True)
    approved_by_party_at = models.DateTimeField(null=True, blank=True)
    approved_by_provider_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("version of a joint proposal")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="proposal_version_number_once"),
            models.CheckConstraint(
                name="proposal_version_approved_once_proposed",
                condition=Q(proposed_at__isnull=False)
                | Q(approved_by_party_at__isnull=True, approved_by_provider_at__isnull=True),
            ),
            models.CheckConstraint(
                name="proposal_version_ends_after_it_starts",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
        ]

    def __str__(self):
        return f"{self.proposal} {self.number}"

    @property
    def is_approved(self) -> bool:
        """Whether both sides approved it."""
        return bool(self.approved_by_party_at and self.approved_by_provider_at)


class ProposalLine(models.Model):
    """A line of the budget: what for, how much, and who is to carry it."""

    class Source(models.TextChoices):
        PARTY = "party", _("The Party")
        PROVIDER = "provider", _("The provider")
        SOUGHT = "sought", _("Sought from donors")

    version = models.ForeignKey(ProposalVersion, models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField()
    title = Line(_("what for"), max_length=200)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    source = models.CharField(_("carried by"), max_length=8, choices=Source, default=Source.SOUGHT)

    class Meta:
        verbose_name = _("budget line")
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="proposal_line_number_once"),
            models.CheckConstraint(name="proposal_line_amount_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="proposal_line_source_known", condition=Q(source__in=["party", "provider", "sought"])
            ),
        ]

    def __str__(self):
        return self.title
