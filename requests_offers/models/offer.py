"""What an organization offers."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.texts import Line, Lines
from centres.models import fold

from ..lifecycle import HOLDS_PLACE, OfferStatus
from ..references import make_reference, number_in
from .request import Language


class CostModel(models.TextChoices):
    FREE = "free", _("Free of charge")
    SHARED = "shared", _("Costs are shared")
    PAID = "paid", _("Against payment")


class Delivery(models.TextChoices):
    ON_SITE = "on_site", _("On site")
    REMOTE = "remote", _("At a distance")
    BOTH = "both", _("On site or at a distance")


class OfferQuerySet(models.QuerySet):
    """Offers; every list starts from `visible_to`."""

    def by_reference(self, reference: str) -> Self:
        """The offer with this reference, or none."""
        number = number_in("OFF", reference)
        return self.none() if number is None else self.filter(pk=number)

    def known_as(self, external_id: str, system: str = "") -> Self:
        """Those under this identifier in another system, or in any where none is named."""
        found = self.filter(external_id=external_id) if external_id else self.exclude(external_id="")
        return found.filter(external_system=system) if system else found

    def published(self) -> Self:
        """Those in the state in which they can be found and matched."""
        return self.filter(status=OfferStatus.PUBLISHED)

    def matchable(self, on) -> Self:
        """Published, unexpired, not full: the supply that the scorer looks at."""
        unexpired = Q(expires_on__isnull=True) | Q(expires_on__gte=on)
        return self.published().filter(unexpired, places_taken__lt=F("capacity"))

    def visible_to(self, user) -> Self:
        """Published offers for everybody; the others for their organization,
        the verifying centre and the coordinator.
        """
        viewers = reach(user, Permission.OFFER_VIEW)
        own = Q(organization__in=viewers.organizations)
        verified = ~Q(status=OfferStatus.DRAFT) & (
            viewers.as_q({"centre": "verifying_centre"}) if viewers else Q(pk__in=[])
        )
        dealt_with = ~Q(status=OfferStatus.DRAFT) & self._dealt_with_by(user)
        return self.filter(Q(status=OfferStatus.PUBLISHED) | own | verified | dealt_with)

    def _dealt_with_by(self, user) -> Q:
        """A condition: offers that an office, centre or drafter of one has before it, offered or agreed,
        in any state.
        """
        part = reach(user, Permission.REQUEST_VIEW)
        if part.everywhere or not (part.parties or part.centres):
            return Q(pk__in=[])
        held = Q(matches__component__request__party__in=part.parties)
        held |= Q(matches__component__request__centre__in=part.centres)
        rows = self.model._default_manager.filter(held, matches__status__in=HOLDS_PLACE)
        return Q(pk__in=rows.values("pk"))

    def search(self, text: str) -> Self:
        """Those with all of these words in title, text or organization, in any script, with or without accents."""
        found = self
        for word in fold(text).split()[:12]:
            found = found.filter(search_text__contains=word)
        return found


class Offer(models.Model):
    """An offer of cooperation. *Full* is computed from its capacity: places taken by offered and agreed matches."""

    PREFIX = "OFF"
    SCOPE = {"organization": "organization", "centre": "verifying_centre"}

    organization = models.ForeignKey("centres.Organization", models.PROTECT, related_name="offers")
    verifying_centre = models.ForeignKey(
        "centres.SupportCentre", models.PROTECT, null=True, blank=True, related_name="offers_to_verify"
    )
    status = models.CharField(max_length=20, choices=OfferStatus, default=OfferStatus.DRAFT)
    title = Line(_("title"), max_length=300)
    text = Lines(_("what you offer"), blank=True)
    language = models.CharField(_("language"), max_length=35, default=Language.EN)
    targets = models.ManyToManyField("centres.Target", blank=True, related_name="offers")
    subjects = models.ManyToManyField("centres.Subject", blank=True, related_name="offers")
    cooperation_types = models.ManyToManyField("centres.CooperationType", blank=True, related_name="offers")
    languages = models.JSONField(_("working languages"), default=list, blank=True)
    worldwide = models.BooleanField(_("everywhere"), default=False)
    regions = models.ManyToManyField("centres.Region", blank=True, related_name="offers")
    parties = models.ManyToManyField("centres.Party", blank=True, related_name="offers_covering")
    eligible_parties = models.ManyToManyField("centres.Party", blank=True, related_name="offers_open_to")
    eligible_regions = models.ManyToManyField("centres.Region", blank=True, related_name="offers_open_to")
    eligible_flags = models.JSONField(_("only for"), default=list, blank=True)
    capacity = models.PositiveSmallIntegerField(_("places"), default=1)
    places_taken = models.PositiveSmallIntegerField(default=0)
    cost_model = models.CharField(_("costs"), max_length=6, choices=CostModel, blank=True)
    delivery = models.CharField(_("delivery"), max_length=7, choices=Delivery, blank=True)
    available_from = models.DateField(_("available from"), null=True, blank=True)
    available_until = models.DateField(_("available until"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    readiness_level = models.PositiveSmallIntegerField(_("technology readiness level"), null=True, blank=True)
    access_conditions = Lines(_("conditions of access"), blank=True)
    assessments = Lines(_("assessments"), blank=True)
    needs_on_ground = Lines(_("needed on the ground"), blank=True)
    experts = models.ManyToManyField("centres.Expert", blank=True, related_name="offers", verbose_name=_("experts"))
    reminded_for = models.DateField(null=True, blank=True, editable=False)
    respects_consent = models.BooleanField(_("follows protocols of prior informed consent"), default=False)
    contact = Lines(_("contact person"), blank=True)
    external_system = models.CharField(max_length=50, blank=True)  # empty: imported by the operator
    external_id = models.CharField(max_length=200, blank=True)
    external_digest = models.CharField(max_length=64, blank=True)  # of what its system sent last
    form_key = models.UUIDField(null=True, blank=True, unique=True)
    version = models.PositiveIntegerField(default=1)
    match_revision = models.PositiveBigIntegerField(default=0)
    search_text = models.TextField(editable=False, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        constraints = [
            models.CheckConstraint(name="offer_status_known", condition=Q(status__in=OfferStatus.values)),
            models.CheckConstraint(name="offer_has_a_place", condition=Q(capacity__gte=1)),
            models.CheckConstraint(name="offer_never_overbooked", condition=Q(places_taken__lte=F("capacity"))),
            models.CheckConstraint(
                name="offer_published_at_once_published",
                condition=~Q(status__in=["published", "paused", "expired"]) | Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="offer_available_until_after_from",
                condition=Q(available_from__isnull=True)
                | Q(available_until__isnull=True)
                | Q(available_until__gte=F("available_from")),
            ),
            models.CheckConstraint(
                name="offer_readiness_level_is_one_to_nine",
                condition=Q(readiness_level__isnull=True) | Q(readiness_level__gte=1, readiness_level__lte=9),
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id="") & Q(external_system=""),
                name="offer_imported_once_by_external_id",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_system", "external_id"],
                condition=~Q(external_system=""),
                name="offer_of_another_system_once_under_its_identifier",
            ),
            models.CheckConstraint(
                name="offer_of_another_system_has_an_identifier", condition=Q(external_system="") | ~Q(external_id="")
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-published_at"], name="offer_by_status"),
            models.Index(fields=["status", "expires_on"], name="offer_by_last_day"),
            models.Index(fields=["match_revision"], name="offer_by_match_revision"),
            models.Index(fields=["-updated_at"], name="offer_by_change"),
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("offer_detail", args=[self.reference])

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)

    @property
    def describes_technology(self) -> bool:
        """Whether anything is said that only a technology has."""
        texts = (self.access_conditions, self.assessments, self.needs_on_ground)
        return self.readiness_level is not None or any(texts)

    @property
    def places_left(self) -> int:
        return self.capacity - self.places_taken

    @property
    def is_full(self) -> bool:
        return self.places_left <= 0

    def refresh_search_text(self) -> None:
        """Fold reference, title, text and organization into the text that search reads; the caller saves."""
        self.search_text = fold(f"{self.reference} {self.title} {self.organization.name} {self.text}")[:20000]


class OfferItem(models.Model):
    """A project, publication or service that shows what the offer is about; the scorer reads each."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="items")
    text = Lines()
    language = models.CharField(max_length=35, default=Language.EN)

    def __str__(self):
        return self.text[:80]
