"""Versions of a workplan.

Past draft, a version and all it holds are frozen: workplans/guards.py says so to the database.
"""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.texts import Line, Lines

from ..lifecycle import OPEN_VERSION, Amendment, VersionStatus


class VersionQuerySet(models.QuerySet):
    """Versions; every list starts from `visible_to`."""

    def visible_to(self, user) -> Self:
        """What `user` may see.

        The finalized version: everybody. One that was public before: the network and the offices that were asked. In
        consultation and after it: the offices that were asked. Everything: the centre and the coordinator.
        """
        shown = Q(status=VersionStatus.FINALIZED) | reach(user, Permission.WORKPLAN_VIEW).as_q(Version.SCOPE)
        if reach(user, Permission.NETWORK_VIEW):
            shown |= Q(finalized_at__isnull=False)
        if parties := reach(user, Permission.WORKPLAN_CONSULTED).parties:
            invitations = Version._meta.get_field("invitations").related_model.objects
            asked = Exists(invitations.filter(version=OuterRef("pk"), party__in=parties))
            shown |= ~Q(status=VersionStatus.DRAFT) & asked
        return self.filter(shown)

    def public(self) -> Self:
        """The finalized ones."""
        return self.filter(status=VersionStatus.FINALIZED)

    def open(self) -> Self:
        """Those that are written, consulted on or answered now."""
        return self.filter(status__in=OPEN_VERSION)

    def newest_of_each(self) -> Self:
        """Of these versions, the newest of each workplan."""
        newest = self.filter(workplan=OuterRef("workplan")).order_by("-number").values("pk")[:1]
        return self.filter(pk=Subquery(newest))


class Version(models.Model):
    """One version of a workplan: a draft that is written, or a frozen document.

    `round` is the consultation round: a revision stays in the round of what it revises and answers the same comments,
    an amendment begins a new one. `snapshot` is the whole document as JSON from the moment it leaves the draft.
    """

    SCOPE: ClassVar[dict[str, str]] = {"centre": "workplan__centre"}

    workplan = models.ForeignKey("workplans.Workplan", models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    base = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    status = models.CharField(max_length=12, choices=VersionStatus, default=VersionStatus.DRAFT)
    amendment = models.CharField(_("kind of amendment"), max_length=14, choices=Amendment, blank=True)
    title = Line(_("title"), max_length=300)
    summary = Lines(_("summary"), blank=True)
    revision = models.PositiveIntegerField(default=1)
    snapshot = models.JSONField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    frozen_at = models.DateTimeField(null=True, blank=True)
    consulted_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(_("consultation until"), null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    consultation_closed_at = models.DateTimeField(null=True, blank=True)
    finalized_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a workplan")
        verbose_name_plural = _("versions of workplans")
        constraints = [
            models.UniqueConstraint(fields=["workplan", "number"], name="version_number_used_once_in_its_workplan"),
            models.UniqueConstraint(
                fields=["workplan"],
                condition=Q(status__in=sorted(OPEN_VERSION)),
                name="version_only_one_is_open_in_a_workplan",
            ),
            models.UniqueConstraint(
                fields=["workplan"],
                condition=Q(status="finalized"),
                name="version_only_one_is_finalized_in_a_workplan",
            ),
            models.CheckConstraint(name="version_status_known", condition=Q(status__in=VersionStatus.values)),
            models.CheckConstraint(
                name="version_has_a_snapshot_iff_frozen",
                condition=Q(status="draft", snapshot__isnull=True, digest="", frozen_at__isnull=True)
                | ~Q(status="draft") & Q(snapshot__isnull=False, frozen_at__isnull=False) & ~Q(digest=""),
            ),
            models.CheckConstraint(
                name="version_has_a_last_day_iff_in_consultation",
                condition=Q(status="consultation", due_on__isnull=False, consulted_at__isnull=False)
                | ~Q(status="consultation") & Q(due_on__isnull=True),
            ),
            models.CheckConstraint(
                name="version_finalized_has_its_moment",
                condition=~Q(status="finalized") | Q(finalized_at__isnull=False),
            ),
            models.CheckConstraint(
                name="version_superseded_has_its_moment",
                condition=Q(status="superseded", superseded_at__isnull=False)
                | ~Q(status="superseded") & Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="version_amendment_kind_known", condition=Q(amendment__in=["", *Amendment.values])
            ),
        ]
        indexes = [
            models.Index(fields=["status", "due_on"], name="version_by_due_day"),
            models.Index(fields=["-updated_at"], name="version_by_change"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("workplan_version", args=[self.workplan.reference, self.number])

    @property
    def reference(self) -> str:
        """As the contract writes it: WP-2025-pacific/versions/2; needs workplan, period and centre."""
        return f"{self.workplan.reference}/versions/{self.number}"

    @property
    def is_frozen(self) -> bool:
        return self.status != VersionStatus.DRAFT

    @property
    def is_example(self) -> bool:
        return self.workplan.is_example

    @property
    def was_consulted(self) -> bool:
        """Whether offices were asked about it."""
        return self.consulted_at is not None
