"""Who is asked about a version, what the offices say, and what becomes of each comment."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.membership import OfficeKind
from accounts.permissions import Permission, reach
from accounts.texts import Lines
from requests_offers.references import make_reference, number_in

from .activity import ActivityIdentity
from .version import Version


class Verdict(models.TextChoices):
    """An office's word on the whole plan, which also says that it has nothing to add."""

    SUPPORT = "support", _("We support the plan")
    SUPPORT_WITH_COMMENTS = "support_with_comments", _("We support the plan, with our comments")
    NO_COMMENT = "no_comment", _("We have no comments")
    OBJECTION = "objection", _("We object to the plan")


class InvitationQuerySet(models.QuerySet):
    """Invitations to a consultation."""

    def visible_to(self, user) -> Self:
        """An office sees its own; the centre and the coordinator see all, and so who stayed silent. Nobody else."""
        own = reach(user, Permission.WORKPLAN_CONSULTED).as_q({"party": "party"})
        return self.filter(reach(user, Permission.WORKPLAN_VIEW).as_q({"centre": "version__workplan__centre"}) | own)

    def unanswered(self) -> Self:
        """Those that have not yet said that they have nothing to add."""
        return self.filter(answered_at__isnull=True)

    def silent(self) -> Self:
        """Those from whom nothing at all has come, in this version or in the ones it revises."""
        words = Comment.objects.filter(
            party=OuterRef("party"),
            version__workplan=OuterRef("version__workplan"),
            version__round=OuterRef("version__round"),
            withdrawn_at__isnull=True,
        )
        return self.unanswered().exclude(Exists(words))


class Invitation(models.Model):
    """The office of a Party is asked about a version."""

    SCOPE: ClassVar[dict[str, str]] = {"party": "party", "centre": "version__workplan__centre"}

    version = models.ForeignKey("workplans.Version", models.CASCADE, related_name="invitations")
    party = models.ForeignKey("centres.Party", models.PROTECT, related_name="workplan_invitations")
    invited_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(null=True, blank=True)  # until when the office answers; empty once nobody waits for it
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    verdict = models.CharField(_("answer"), max_length=22, choices=Verdict, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "party"], name="invitation_once_per_version_and_party"),
            models.CheckConstraint(
                name="invitation_waits_only_for_an_answer",
                condition=Q(due_on__isnull=True) | Q(answered_at__isnull=True),
            ),
            models.CheckConstraint(
                name="invitation_answered_iff_verdict",
                condition=Q(answered_at__isnull=True, verdict="")
                | Q(answered_at__isnull=False, verdict__in=Verdict.values),
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="invitation_by_due_day")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.version_id}"


class CommentKind(models.TextChoices):
    COMMENT = "comment", _("Comment")
    SUPPORT = "support", _("Support")
    OBJECTION = "objection", _("Objection")
    PRIORITY = "priority", _("Priority added")


class Disposition(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    PARTLY = "partly", _("Accepted in part")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")
    NOTED = "noted", _("Noted")


STANCES = (CommentKind.SUPPORT, CommentKind.OBJECTION)


class CommentQuerySet(models.QuerySet):
    """Comments; every list starts from `visible_to`."""

    def visible_to(self, user) -> Self:
        """An office its own. The centre and the coordinator: all. Everybody: those of a finalized version that the
        Party ticked; the others are only counted."""
        own = reach(user, Permission.WORKPLAN_CONSULTED).as_q({"party": "party"})
        staff = reach(user, Permission.WORKPLAN_VIEW).as_q({"centre": "version__workplan__centre"})
        finalized = Version.objects.public().filter(
            workplan=OuterRef("version__workplan"),
            round=OuterRef("version__round"),
            number__gte=OuterRef("version__number"),
        )
        return self.filter(own | staff | Q(publish=True, withdrawn_at__isnull=True) & Exists(finalized))

    def of_ledger(self, version: Version) -> Self:
        """The comments that a version must answer: its own and those of the versions it revises."""
        return self.filter(
            version__workplan=version.workplan_id,
            version__round=version.round,
            version__number__lte=version.number,
            withdrawn_at__isnull=True,
        )

    def by_reference(self, reference: str) -> Self:
        """The comment with a reference such as COM-000042, or none."""
        number = number_in("COM", reference)
        return self.none() if number is None else self.filter(pk=number)

    def open(self) -> Self:
        """Those without a disposition."""
        return self.filter(disposition="", withdrawn_at__isnull=True)

    def in_order(self) -> Self:
        """As the ledger lists them."""
        return self.order_by("created_at", "pk")


class Comment(models.Model):
    """What an office says about the plan, an activity or a field of it, and what the centre answers."""

    SCOPE: ClassVar[dict[str, str]] = {"party": "party", "centre": "version__workplan__centre"}

    version = models.ForeignKey("workplans.Version", models.PROTECT, related_name="comments")
    party = models.ForeignKey("centres.Party", models.PROTECT, related_name="workplan_comments")
    office_kind = models.CharField(max_length=10, choices=OfficeKind, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    form_key = models.UUIDField(null=True, blank=True, unique=True)
    activity = models.ForeignKey(ActivityIdentity, models.PROTECT, null=True, blank=True, related_name="comments")
    field = models.CharField(_("part"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=9, choices=CommentKind, default=CommentKind.COMMENT)
    text = Lines(_("your words"), blank=True)
    priorities = models.ManyToManyField(
        "centres.NationalPriority", blank=True, related_name="workplan_comments", verbose_name=_("national priorities")
    )
    publish = models.BooleanField(_("publish our comment"), default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    disposition = models.CharField(_("disposition"), max_length=12, choices=Disposition, blank=True)
    answer = Lines(_("answer"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.CheckConstraint(name="comment_kind_known", condition=Q(kind__in=CommentKind.values)),
            models.CheckConstraint(
                name="comment_answered_iff_disposed",
                condition=Q(disposition="", answered_at__isnull=True)
                | Q(disposition__in=Disposition.values, answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="comment_speaks_unless_it_takes_a_stance",
                condition=~Q(text="") | Q(kind__in=["support", "priority"]),
            ),
            models.CheckConstraint(
                name="comment_takes_a_stance_on_an_activity",
                condition=~Q(kind__in=["support", "objection"]) | Q(activity__isnull=False, field=""),
            ),
            models.UniqueConstraint(
                fields=["version", "party", "activity"],
                condition=Q(kind__in=["support", "objection"], withdrawn_at__isnull=True),
                name="comment_one_stance_of_a_party_on_an_activity",
            ),
        ]
        indexes = [models.Index(fields=["version", "created_at"], name="comment_by_version")]

    def __str__(self) -> str:
        return f"{self.party_id}: {self.text[:60]}"

    @property
    def reference(self) -> str:
        return make_reference("COM", self.pk)
