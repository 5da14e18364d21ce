"""The work that follows an agreed match, and how both sides appraise it."""

from collections import Counter
from collections.abc import Collection
from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.texts import Lines

from ..lifecycle import EngagementStatus
from ..references import make_reference, number_in
from .request import Language


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

    def released(self):
        """Work of which everybody may read what it achieved: both sides publish the match and released the text."""
        both = Q(match__publish_by_party=True, match__publish_by_provider=True)
        told = Q(story_released_by_party_at__isnull=False, story_released_by_provider_at__isnull=False)
        return self.filter(both & told).exclude(story="")


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
    reason = Lines(blank=True)
    is_transfer = models.BooleanField(_("transfer of a technology"), default=False)
    plan = Lines(_("plan"), blank=True)
    lessons = Lines(_("lessons"), blank=True)
    may_become_practice = models.BooleanField(_("may become a practice"), default=False)
    practice = models.OneToOneField(
        "knowledge.Practice", models.SET_NULL, null=True, blank=True, related_name="engagement"
    )
    story = Lines(_("what the work achieved"), blank=True)
    story_language = models.CharField(max_length=35, default=Language.EN)
    story_released_by_party_at = models.DateTimeField(null=True, blank=True)
    story_released_by_provider_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="engagement_status_known", condition=Q(status__in=EngagementStatus.values)),
            models.CheckConstraint(
                name="engagement_ended_at_iff_not_active",
                condition=Q(status="active", ended_at__isnull=True) | ~Q(status="active") & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="engagement_released_text_is_there",
                condition=~Q(story="")
                | Q(story_released_by_party_at__isnull=True, story_released_by_provider_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["status", "-ended_at"], name="engagement_by_end")]

    def __str__(self):
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("engagement_detail", args=[self.reference])

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)

    @property
    def is_example(self) -> bool:
        return self.match.is_example

    @property
    def is_released(self) -> bool:
        """Whether both sides released the text of what the work achieved."""
        return bool(self.story and self.story_released_by_party_at and self.story_released_by_provider_at)

    def appraisals_seen_by(self, sides: Collection[str], today: date) -> list["Appraisal"]:
        """What somebody who speaks for `sides` reads: the own answers, and both when both are there or the day has
        passed.

        Reads prefetched `appraisals` and `appraisals_due` without a query.
        """
        given = sorted(self.appraisals.all(), key=lambda row: (Appraisal.Moment.values.index(row.moment), row.side))
        over = {row.moment for row in self.appraisals_due.all() if row.due_on < today}
        count = Counter(row.moment for row in given)
        return [row for row in given if row.side in sides or row.moment in over or count[row.moment] == 2]


class Appraisal(models.Model):
    """What one side says at the end, after 6 and after 12 months: a few plain questions."""

    class Helped(models.TextChoices):
        YES = "yes", _("Yes, it helped")
        PARTLY = "partly", _("It helped in part")
        NO = "no", _("No, it did not help")

    class Again(models.TextChoices):
        YES = "yes", _("Yes, I would do it again")
        OTHERWISE = "otherwise", _("Yes, but in another way")
        NO = "no", _("No, I would not do it again")

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
    text = Lines()
    helped = models.CharField(max_length=6, choices=Helped, blank=True)
    again = models.CharField(max_length=9, choices=Again, blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["engagement", "side", "moment"], name="appraisal_once_by_each_side"),
            models.CheckConstraint(
                name="appraisal_rating_is_one_to_five",
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5),
            ),
            models.CheckConstraint(name="appraisal_helped_known", condition=Q(helped__in=["", "yes", "partly", "no"])),
            models.CheckConstraint(name="appraisal_again_known", condition=Q(again__in=["", "yes", "otherwise", "no"])),
        ]

    def __str__(self):
        return f"{self.engagement} {self.side} {self.moment}"
