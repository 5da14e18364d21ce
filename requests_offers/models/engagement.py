"""The work that follows an agreed match, and how both sides appraise it."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach

from ..lifecycle import EngagementStatus
from ..references import make_reference, number_in


class EngagementQuerySet(models.QuerySet):
    def by_reference(self, reference: str):
        """The engagement with this reference, or none."""
        number = number_in("ENG", reference)
        return self.none() if number is None else self.filter(pk=number)

    def visible_to(self, user):
        """Both sides, the centre and the coordinator; everybody where both sides agreed to publish."""
        own = reach(user, Permission.REQUEST_VIEW).as_q(
            {"party": "match__component__request__party", "centre": "match__component__request__centre"}
        ) | reach(user, Permission.ENGAGEMENT_PROVIDER).as_q({"organization": "match__offer__organization"})
        return self.filter(own | Q(match__publish_by_party=True, match__publish_by_provider=True))


class Engagement(models.Model):
    """The cooperation itself. It ends only by its own steps."""

    PREFIX = "ENG"
    SCOPE = {
        "party": "match__component__request__party",
        "centre": "match__component__request__centre",
        "organization": "match__offer__organization",
    }

    match = models.OneToOneField("requests_offers.Match", models.PROTECT, related_name="engagement")
    status = models.CharField(max_length=12, choices=EngagementStatus, default=EngagementStatus.ACTIVE)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="engagement_status_known", condition=Q(status__in=EngagementStatus.values)),
            models.CheckConstraint(
                name="engagement_ended_at_iff_not_active",
                condition=Q(status="active", ended_at__isnull=True) | ~Q(status="active") & Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("request_detail", args=[self.match.component.request.reference])

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)


class Appraisal(models.Model):
    """What one side says at the end, after 6 and after 12 months."""

    class Moment(models.TextChoices):
        END = "end", _("At the end")
        SIX_MONTHS = "six_months", _("After 6 months")
        TWELVE_MONTHS = "twelve_months", _("After 12 months")

    class Side(models.TextChoices):
        PARTY = "party", _("Party")
        PROVIDER = "provider", _("Provider")

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="appraisals")
    side = models.CharField(max_length=8, choices=Side)
    moment = models.CharField(max_length=14, choices=Moment)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["engagement", "side", "moment"], name="appraisal_once_by_each_side"),
        ]

    def __str__(self):
        return f"{self.engagement} {self.side} {self.moment}"
