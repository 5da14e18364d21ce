"""An allocation round: a proposal how to share the offers among many open needs, computed by the worker."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models.job import Job, JobQuerySet
from accounts.permissions import Permission, reach

from ..lifecycle import HOLDS_PLACE, EngagementStatus
from .request import Component

LASTING_WORK = (EngagementStatus.ACTIVE, EngagementStatus.CONCLUDED, EngagementStatus.APPRAISED)


def wanting_components():
    """Needs in matching that still want a partner, each with `held`: how many offers are out or agreed for it."""
    standing = Q(matches__engagement__isnull=True) | Q(matches__engagement__status__in=LASTING_WORK)
    held = Count("matches", filter=Q(matches__status__in=HOLDS_PLACE) & standing)
    return Component.objects.scored().annotate(held=held).filter(held__lt=F("partners_wanted"))


class RoundStatus(models.TextChoices):
    COMPUTING = "computing", _("Being computed")
    READY = "ready", _("Ready to look at")
    APPLIED = "applied", _("Applied")
    DISCARDED = "discarded", _("Discarded")
    STALE = "stale", _("Overtaken")


LIVE_ROUND = (RoundStatus.COMPUTING, RoundStatus.READY)
DECIDED_ROUND = (RoundStatus.APPLIED, RoundStatus.DISCARDED)


class RoundQuerySet(JobQuerySet):
    """Rounds; every list starts from `visible_to`."""

    def visible_to(self, user):
        """The coordinator sees all rounds, a head those of the own centre."""
        return self.filter(reach(user, Permission.ROUND_RUN).as_q(self.model.SCOPE))

    def live(self):
        """Rounds that wait for the worker or for a decision."""
        return self.filter(status__in=LIVE_ROUND)


class AllocationRound(Job):
    """One run over the open needs of a centre, or of the whole network where `centre` is empty.

    `inputs` keeps what it was computed from, `result` the methods compared with their assignments, `outcome` what
    became of each pair when the round was applied. Job.state is the worker's, `status` is people's.
    """

    TASK = "requests_offers.compute_round"
    QUEUE = "bulk"
    LEASE = timedelta(minutes=5)
    SCOPE = {"centre": "centre"}

    centre = models.ForeignKey("centres.SupportCentre", models.PROTECT, null=True, blank=True, related_name="rounds")
    status = models.CharField(max_length=10, choices=RoundStatus, default=RoundStatus.COMPUTING)
    method = models.CharField(max_length=10, blank=True)
    inputs = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="round_status_known", condition=Q(status__in=RoundStatus.values)),
            models.CheckConstraint(
                name="round_decided_at_iff_applied_or_discarded",
                condition=Q(status__in=DECIDED_ROUND, decided_at__isnull=False)
                | ~Q(status__in=DECIDED_ROUND) & Q(decided_at__isnull=True),
            ),
            models.UniqueConstraint(
                Coalesce("centre", Value(0)), condition=Q(status__in=LIVE_ROUND), name="round_lives_once_in_its_scope"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="round_by_state")]

    def __str__(self):
        return f"round {self.pk}"

    @property
    def has_failed(self) -> bool:
        """Whether the worker gave it up."""
        return self.status == RoundStatus.COMPUTING and self.state == Job.State.FAILED

    def assignment(self, method: str = "") -> dict:
        """What one method chose: `pairs`, `alternates` and `figures`; of the proposed method where none is named."""
        methods = self.result.get("methods", {})
        return methods.get(method or self.method or self.result.get("proposed", ""), {})
