"""What an organization or one of its experts declares: with whom it must not be brought together."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.texts import Lines


class ConflictQuerySet(models.QuerySet):
    def in_force(self) -> Self:
        """Those that have been declared and not been taken back."""
        return self.filter(ended_at__isnull=True)

    def visible_to(self, user) -> Self:
        """Never public: the own organization, those who offer matches, and the coordinator."""
        condition = reach(user, Permission.ORGANIZATION_EDIT).as_q({"organization": "organization"})
        if reach(user, Permission.MATCH_VIEW):
            condition |= Q(pk__isnull=False)
        return self.filter(condition)


class ConflictDeclaration(models.Model):
    """A conflict of interest with a Party, a request or another organization: a hard filter of the matcher."""

    SCOPE = {"organization": "organization"}

    organization = models.ForeignKey("centres.Organization", models.PROTECT, related_name="conflicts_declared")
    expert = models.ForeignKey(
        "centres.Expert", models.CASCADE, null=True, blank=True, related_name="conflicts_declared"
    )
    with_party = models.ForeignKey("centres.Party", models.PROTECT, null=True, blank=True, related_name="+")
    with_request = models.ForeignKey(
        "requests_offers.CooperationRequest", models.CASCADE, null=True, blank=True, related_name="conflicts_declared"
    )
    with_organization = models.ForeignKey(
        "centres.Organization", models.PROTECT, null=True, blank=True, related_name="conflicts_named"
    )
    reason = Lines(_("why"), blank=True)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    declared_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("declared conflict")
        constraints = [
            models.CheckConstraint(
                name="conflict_with_exactly_one",
                condition=Q(with_party__isnull=False, with_request__isnull=True, with_organization__isnull=True)
                | Q(with_party__isnull=True, with_request__isnull=False, with_organization__isnull=True)
                | Q(with_party__isnull=True, with_request__isnull=True, with_organization__isnull=False),
            ),
            *(
                models.UniqueConstraint(
                    fields=["organization", name],
                    condition=Q(ended_at__isnull=True, expert__isnull=True, **{f"{name}__isnull": False}),
                    name=f"conflict_of_organization_{name}_once",
                )
                for name in ("with_party", "with_request", "with_organization")
            ),
            *(
                models.UniqueConstraint(
                    fields=["expert", name],
                    condition=Q(ended_at__isnull=True, expert__isnull=False, **{f"{name}__isnull": False}),
                    name=f"conflict_of_expert_{name}_once",
                )
                for name in ("with_party", "with_request", "with_organization")
            ),
        ]

    def __str__(self):
        return f"{self.organization} ≠ {self.named}"

    @property
    def named(self):
        """The Party, request or organization with which there is a conflict."""
        return self.with_party or self.with_request or self.with_organization
