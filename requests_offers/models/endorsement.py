"""Who of the Parties that ask stands behind a request: the office that files it,
and those that ask together with it.
"""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.texts import Lines

from .request import CooperationRequest


class EndorsementQuerySet(models.QuerySet):
    """Endorsements, asked for and given."""

    def given(self) -> Self:
        """Those that were given."""
        return self.filter(status=Endorsement.Status.GIVEN)

    def waiting(self) -> Self:
        """Those that an office was asked for and has not answered."""
        return self.filter(status=Endorsement.Status.ASKED)

    def waiting_for(self, user) -> Self:
        """Those that `user` may give or decline for an office."""
        return self.waiting().filter(party__in=reach(user, Permission.REQUEST_SUBMIT).parties)


class Endorsement(models.Model):
    """A Party's word on a request: its office says it here, or an official letter says it.

    The Party that files gives it by submitting; a Party that asks together with it is asked, and joins or declines.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("Not confirmed yet")
        GIVEN = "given", _("Confirmed")
        DECLINED = "declined", _("Declined")

    # To whom it belongs for permissions: the office that endorses, not the one that files.
    SCOPE = {"party": "party"}

    request = models.ForeignKey(CooperationRequest, models.CASCADE, related_name="endorsements")
    party = models.ForeignKey("centres.Party", models.PROTECT, related_name="endorsements")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ASKED)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    letter = models.ForeignKey(
        "requests_offers.Attachment", models.SET_NULL, null=True, blank=True, related_name="endorsements"
    )
    reason = Lines(_("reason"), blank=True)

    objects = EndorsementQuerySet.as_manager()

    class Meta:
        verbose_name = _("endorsement")
        constraints = [
            models.UniqueConstraint(fields=["request", "party"], name="endorsement_once_for_each_party"),
            models.CheckConstraint(
                name="endorsement_status_known", condition=Q(status__in=["asked", "given", "declined"])
            ),
            models.CheckConstraint(
                name="endorsement_answered_at_iff_answered",
                condition=Q(status="asked", answered_at__isnull=True)
                | ~Q(status="asked") & Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.request.reference} {self.party_id} {self.status}"

    @property
    def is_given(self) -> bool:
        return self.status == self.Status.GIVEN
