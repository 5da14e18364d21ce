"""The claim of an office or an organization by somebody who signed up, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..permissions import Permission, Role, lendable_roles, reach
from ..texts import Line, Lines
from .membership import OfficeKind


class ClaimQuerySet(models.QuerySet):
    def waiting(self):
        """Claims that nobody has decided yet."""
        return self.filter(status=Claim.Status.CLAIMED)

    def decidable_by(self, user):
        """Claims that `user` may decide: the office its own, a head those around the centre, a coordinator all."""
        offices = reach(user, Permission.CLAIM_OFFICE_DECIDE).as_q({"party": "party"})
        organizations = reach(user, Permission.CLAIM_ORGANIZATION_DECIDE).as_q_of_seats("seat")
        # An office verifies only the roles that it may give: nobody becomes its focal point by its own deputy's word.
        offices &= Q(role__in=lendable_roles(user))
        either = Q(party__isnull=False) & offices | Q(party__isnull=True) & organizations
        return self.filter(either).exclude(user=user).distinct()


class Claim(models.Model):
    """Somebody says that they act for a Party's office or an organization; whoever may verify it decides."""

    class Status(models.TextChoices):
        CLAIMED = "claimed", _("Claimed")
        VERIFIED = "verified", _("Verified")
        REFUSED = "refused", _("Refused")

    OFFICE_ROLES = (Role.FOCAL_POINT, Role.DEPUTY, Role.DRAFTER)
    ORGANIZATION_ROLES = (Role.PROVIDER, Role.DONOR)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="claims")
    role = models.CharField(max_length=20, choices=Role)
    party = models.ForeignKey("centres.Party", models.PROTECT, null=True, blank=True, related_name="claims")
    office_kind = models.CharField(max_length=10, choices=OfficeKind, blank=True)
    organization = models.ForeignKey(
        "centres.Organization", models.PROTECT, null=True, blank=True, related_name="claims"
    )
    organization_name = Line(max_length=200, blank=True)
    organization_kind = models.CharField(max_length=30, blank=True)
    seat = models.ForeignKey("centres.Party", models.PROTECT, null=True, blank=True, related_name="seat_claims")
    evidence = Lines()
    status = models.CharField(max_length=10, choices=Status, default=Status.CLAIMED)
    created_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = Lines(blank=True)
    is_example = models.BooleanField(default=False)

    days_left: int | None = None  # working days, set by the page that lists claims

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="claim_names_an_office_or_an_organization",
                condition=Q(party__isnull=False, organization__isnull=True, organization_name="")
                | Q(party__isnull=True, organization__isnull=False)
                | Q(party__isnull=True, organization__isnull=True) & ~Q(organization_name=""),
            ),
            models.CheckConstraint(
                name="claim_decided_at_iff_decided",
                condition=Q(status="claimed", decided_at__isnull=True)
                | ~Q(status="claimed") & Q(decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "party", "office_kind"],
                condition=Q(status="claimed", party__isnull=False),
                name="claim_of_an_office_waits_only_once",
            ),
            models.UniqueConstraint(
                fields=["user", "organization"],
                condition=Q(status="claimed", organization__isnull=False),
                name="claim_of_an_organization_waits_only_once",
            ),
            models.UniqueConstraint(
                fields=["user", "organization_name"],
                condition=Q(status="claimed", party__isnull=True, organization__isnull=True),
                name="claim_of_a_new_organization_waits_only_once",
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.claimed}"

    @property
    def claimed(self):
        """What is claimed: a Party, an organization of the network, or the name of one that is new to it."""
        return self.party or self.organization or self.organization_name

    @property
    def is_waiting(self):
        return self.status == Claim.Status.CLAIMED
