"""A component and an offer that may fit, and what both sides said."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.texts import Line, Lines

from ..lifecycle import HOLDS_PLACE, MatchStatus
from ..references import make_reference, number_in

OFFERABLE = (MatchStatus.SUGGESTED, MatchStatus.PROPOSED, MatchStatus.SHORTLISTED)
COMES_BACK = ("request_paused", "request_answered", "offer_expired")  # a record went away, but not for good


class MatchQuerySet(models.QuerySet):
    """Matches; every list starts from `visible_to`."""

    def by_reference(self, reference: str) -> Self:
        """The match with this reference, or none."""
        number = number_in("MAT", reference)
        return self.none() if number is None else self.filter(pk=number)

    def holding_a_place(self) -> Self:
        """Those that take a place of their offer's capacity: offered, or agreed and not ended early."""
        return self.filter(status__in=HOLDS_PLACE).exclude(engagement__status="ended_early")

    def was_offered(self) -> Self:
        return self.filter(offered_at__isnull=False)

    def visible_to(self, user) -> Self:
        """The centre sees all; both sides see what was offered; everybody sees what both agreed to publish."""
        staff = reach(user, Permission.MATCH_VIEW).as_q(self.model.CENTRE_SCOPE)
        office = Q(offered_at__isnull=False) & reach(user, Permission.REQUEST_VIEW).as_q(
            {"party": "component__request__party"}
        )
        provider = Q(offered_at__isnull=False) & reach(user, Permission.MATCH_ANSWER_PROVIDER).as_q(
            {"organization": "offer__organization"}
        )
        public = Q(status=MatchStatus.AGREED, publish_by_party=True, publish_by_provider=True)
        return self.filter(staff | office | provider | public)

    def inside(self, user) -> Self:
        """Those that `user` belongs to: the centre; both sides once it was offered to them.

        They read the conversation.
        """
        staff = reach(user, Permission.MATCH_VIEW).as_q(self.model.CENTRE_SCOPE)
        office = reach(user, Permission.REQUEST_VIEW).as_q({"party": self.model.SCOPE["party"]})
        provider = reach(user, Permission.MATCH_ANSWER_PROVIDER).as_q(
            {"organization": self.model.SCOPE["organization"]}
        )
        return self.filter(staff | Q(offered_at__isnull=False) & (office | provider))

    def next_after(self, ended, today, most: int = 3) -> list[Any]:
        """The next offers for the need of a match that came to nothing: what people chose first, then by score."""
        chosen = Case(
            When(status=MatchStatus.SHORTLISTED, then=Value(0)),
            When(status=MatchStatus.PROPOSED, then=Value(1)),
            default=Value(2),
        )
        offer = self.model._meta.get_field("offer").related_model
        rows = self.filter(component=ended.component_id, status__in=OFFERABLE, offer__in=offer.objects.matchable(today))
        rows = rows.select_related("offer__organization", "component__request")
        return list(rows.order_by(chosen, models.F("score").desc(nulls_last=True), "offer_id", "pk")[:most])

    def best_first(self) -> Self:
        """Offered and shortlisted first by their score, ties by offer."""
        return self.order_by(models.F("score").desc(nulls_last=True), "offer_id", "pk")


class Match(models.Model):
    """One offer for one component. States: docs/states.md. `explanation` is what the scorer found, in codes.

    `note` is what the provider wrote with an offer that it brought itself; `translator` who helps two sides that have
    no language in common, from a day on.
    """

    PREFIX = "MAT"
    SCOPE = {
        "party": "component__request__party",
        "centre": "component__request__centre",
        "organization": "offer__organization",
    }
    CENTRE_SCOPE = {"centre": "component__request__centre"}

    class Origin(models.TextChoices):
        SCORER = "scorer", _("suggested by the scorer")
        OFFICER = "officer", _("proposed by an officer")
        INVITATION = "invitation", _("direct invitation")
        OPEN_CALL = "open_call", _("open call")
        UNSOLICITED = "unsolicited", _("unsolicited offer")

    class Band(models.TextChoices):
        STRONG = "strong", _("strong")
        POSSIBLE = "possible", _("possible")

    component = models.ForeignKey("requests_offers.Component", models.CASCADE, related_name="matches")
    offer = models.ForeignKey("requests_offers.Offer", models.PROTECT, related_name="matches")
    status = models.CharField(max_length=12, choices=MatchStatus, default=MatchStatus.SUGGESTED)
    origin = models.CharField(max_length=12, choices=Origin, default=Origin.SCORER)
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    score = models.FloatField(null=True, blank=True)
    band = models.CharField(max_length=8, choices=Band, blank=True)
    explanation = models.JSONField(default=list, blank=True)
    missing = models.JSONField(default=list, blank=True)
    versions = models.JSONField(default=dict, blank=True)
    scored_at = models.DateTimeField(null=True, blank=True)
    offered_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    accepted_by_party_at = models.DateTimeField(null=True, blank=True)
    accepted_by_provider_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.CharField(max_length=8, blank=True)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = Lines(blank=True)
    note = Lines(blank=True)
    translator = Line(max_length=200, blank=True)
    translator_from = models.DateField(null=True, blank=True)
    publish_by_party = models.BooleanField(default=False)
    publish_by_provider = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["component", "offer"], name="match_once_for_a_component_and_an_offer"),
            models.CheckConstraint(name="match_status_known", condition=Q(status__in=MatchStatus.values)),
            models.CheckConstraint(
                name="match_offered_has_moment_and_day",
                condition=~Q(status="offered") | Q(offered_at__isnull=False, due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="match_agreed_by_both_sides",
                condition=~Q(status="agreed")
                | Q(accepted_by_party_at__isnull=False, accepted_by_provider_at__isnull=False, agreed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="match_translator_has_a_day",
                condition=Q(translator="", translator_from__isnull=True)
                | ~Q(translator="") & Q(translator_from__isnull=False),
            ),
            models.CheckConstraint(
                name="match_score_between_0_and_1", condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=1)
            ),
        ]
        indexes = [
            models.Index(fields=["component", "status", "rank"], name="match_by_component"),
            models.Index(fields=["offer", "status"], name="match_by_offer"),
            models.Index(fields=["status", "due_on"], name="match_by_due_day"),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("match_detail", args=[self.reference])

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)

    @property
    def common_languages(self) -> list[str]:
        """The languages in which both sides can work, as tags of the need; empty where somebody has to translate."""
        need, offer = self.component, self.offer
        ours, theirs = need.languages or [need.request.language], offer.languages or [offer.language]
        known = {tag.lower().partition("-")[0] for tag in theirs}
        return [tag for tag in ours if tag.lower().partition("-")[0] in known]

    @staticmethod
    def may_come_back() -> Q:
        """A condition: matches retracted only because a record was paused, answered or expired for a while."""
        return Q(status=MatchStatus.RETRACTED, reason_code__in=COMES_BACK)

    @property
    def comes_back(self) -> bool:
        """The same question about a row in hand: whether the scorer may suggest it again."""
        return self.status == MatchStatus.RETRACTED and self.reason_code in COMES_BACK

    @property
    def is_example(self) -> bool:
        return self.component.request.is_example
