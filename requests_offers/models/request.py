"""A Party's request for technical and scientific cooperation, and its components."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, reach
from accounts.texts import Line, Lines
from centres.models import fold

from ..lifecycle import ENDED_REQUEST, MATCHED_BY_WORKER, ComponentStatus, RequestStatus
from ..references import PATTERN, make_reference, number_in


class Language(models.TextChoices):
    """The six languages of the portal. Texts may come in any other, as a BCP-47 tag."""

    EN = "en", _("English")
    FR = "fr", _("French")
    ES = "es", _("Spanish")
    AR = "ar", _("Arabic")
    ZH = "zh", _("Chinese")
    RU = "ru", _("Russian")


class Visibility(models.TextChoices):
    PUBLIC = "public", _("Public: title, summary, targets and status")
    NETWORK = "network", _("Network: centres, verified providers and donors")
    RESTRICTED = "restricted", _("Restricted: office, centre and the other side of an offered match")


class Modality(models.TextChoices):
    SOUTH_SOUTH = "south_south", _("South–South")
    TRIANGULAR = "triangular", _("Triangular: three actors or more")
    NORTH_SOUTH = "north_south", _("North–South")
    REGIONAL = "regional", _("Regional")


class Means(models.TextChoices):
    """What the Party can pay itself."""

    NONE = "none", _("No own means")
    PART = "part", _("Part of the costs")
    FULL = "full", _("All of the costs")


class RequestQuerySet(models.QuerySet):
    """Requests; every list starts from `visible_to`."""

    def by_reference(self, reference: str) -> Self:
        """The request with this reference, or none."""
        number = number_in("REQ", reference)
        return self.none() if number is None else self.filter(pk=number)

    def known_as(self, external_id: str, system: str = "") -> Self:
        """Those under this identifier in another system, or in any where none is named."""
        found = self.filter(external_id=external_id) if external_id else self.exclude(external_id="")
        return found.filter(external_system=system) if system else found

    def submitted(self) -> Self:
        """Those that have left the draft."""
        return self.exclude(status=RequestStatus.DRAFT)

    def unmet(self) -> Self:
        """Those for which nobody was found."""
        return self.filter(status=RequestStatus.UNMET)

    def visible_to(self, user) -> Self:
        """What `user` may see: own drafts, records of the office or centre, and what its visibility opens."""
        model = self.model
        writers, viewers = reach(user, Permission.REQUEST_DRAFT), reach(user, Permission.REQUEST_VIEW)
        drafts = Q(status=RequestStatus.DRAFT) & (writers.as_q({"party": "party"}) | self.joined_by(writers))
        later = (
            viewers.as_q(model.SCOPE)
            | self.joined_by(viewers)
            | Q(accepted_at__isnull=False, visibility=Visibility.PUBLIC)
        )
        if reach(user, Permission.NETWORK_VIEW):
            later |= Q(accepted_at__isnull=False, visibility=Visibility.NETWORK)
        if viewers.centres:
            former = FormerHolding.objects.filter(request=OuterRef("pk"), centre__in=viewers.centres)
            later |= Exists(former)
        provided = reach(user, Permission.MATCH_ANSWER_PROVIDER)
        if provided.organizations:
            later |= Exists(Component.objects.offered_to(provided).filter(request=OuterRef("pk")))
        return self.filter(drafts | ~Q(status=RequestStatus.DRAFT) & later)

    def joined_by(self, part) -> Q | Exists:
        """A condition: an office within reach was asked to join, or has joined."""
        if not part.parties:
            return Q(pk__in=[])
        rows = self.model._meta.get_field("endorsements").related_model.objects.exclude(status="declined")
        return Exists(rows.filter(request=OuterRef("pk"), party__in=part.parties))

    def search(self, text: str) -> Self:
        """Those with all of these words in title, summary or components, in any script, with or without accents."""
        found = self
        for word in fold(text).split()[:12]:
            found = found.filter(search_text__contains=word)
        return found


class CooperationRequest(models.Model):
    """A Party's request: one to several components, each one need. docs/states.md draws its states."""

    PREFIX = "REQ"
    SCOPE = {"party": "party", "centre": "centre"}

    party = models.ForeignKey("centres.Party", models.PROTECT, related_name="requests")
    co_parties = models.ManyToManyField("centres.Party", blank=True, related_name="joint_requests")
    centre = models.ForeignKey("centres.SupportCentre", models.PROTECT, null=True, blank=True, related_name="requests")
    status = models.CharField(max_length=20, choices=RequestStatus, default=RequestStatus.DRAFT)
    status_before_pause = models.CharField(max_length=20, blank=True)
    title = Line(_("title"), max_length=300)
    summary = Lines(_("summary"), blank=True)
    language = models.CharField(_("language"), max_length=35, default=Language.EN)
    constraints_addressed = models.ManyToManyField("centres.Constraint", blank=True, related_name="requests")
    visibility = models.CharField(_("visibility"), max_length=12, choices=Visibility, default=Visibility.PUBLIC)
    own_means = Lines(_("own means"), blank=True)
    contact = Lines(_("contact person"), blank=True)
    consent_required = models.BooleanField(_("traditional knowledge or consent is concerned"), default=False)
    consent_given = models.BooleanField(_("those concerned agree that the request is public"), default=False)
    consent_notice = Lines(_("notice of those whose knowledge it is"), blank=True)
    priorities = models.ManyToManyField("centres.NationalPriority", blank=True, related_name="requests")
    priority_reason = Lines(_("why no national priority is named"), blank=True)
    beneficiary_groups = models.ManyToManyField("centres.BeneficiaryGroup", blank=True, related_name="requests")
    beneficiaries_note = Lines(_("who gains from it"), blank=True)
    not_the_same_as = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="+")
    external_system = models.CharField(max_length=50, blank=True)  # empty: imported by the operator
    external_id = models.CharField(max_length=200, blank=True)
    external_digest = models.CharField(max_length=64, blank=True)  # of what its system sent last
    form_key = models.UUIDField(null=True, blank=True, unique=True)
    version = models.PositiveIntegerField(default=1)
    search_text = models.TextField(editable=False, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    matching_since = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    completed_by_party_at = models.DateTimeField(null=True, blank=True)
    completed_by_centre_at = models.DateTimeField(null=True, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    question = Lines(blank=True)
    answer_text = Lines(blank=True)
    answer_sources = Lines(blank=True)
    answer_records = models.ManyToManyField("knowledge.Source", blank=True, related_name="answered_requests")
    is_example = models.BooleanField(default=False)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        constraints = [
            models.CheckConstraint(name="request_status_known", condition=Q(status__in=RequestStatus.values)),
            models.CheckConstraint(
                name="request_submitted_at_iff_left_draft",
                condition=Q(status="draft", submitted_at__isnull=True)
                | ~Q(status="draft") & Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="request_remembers_its_state_iff_paused",
                condition=~Q(status="paused") & Q(status_before_pause="")
                | Q(status="paused") & ~Q(status_before_pause=""),
            ),
            models.CheckConstraint(
                name="request_in_matching_was_accepted",
                condition=~Q(status__in=["matching", "partly_matched", "matched", "unmet"])
                | Q(accepted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="request_about_knowledge_of_others_is_public_only_with_consent",
                condition=Q(consent_required=False) | Q(consent_given=True) | ~Q(visibility="public"),
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id="") & Q(external_system=""),
                name="request_imported_once_by_external_id",
            ),
            models.UniqueConstraint(
                fields=["party", "external_system", "external_id"],
                condition=~Q(external_system=""),
                name="request_of_another_system_once_under_its_identifier",
            ),
            models.CheckConstraint(
                name="request_of_another_system_has_an_identifier", condition=Q(external_system="") | ~Q(external_id="")
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-submitted_at"], name="request_by_status"),
            models.Index(fields=["-updated_at"], name="request_by_change"),
            models.Index(fields=["status", "due_on"], name="request_by_due_day"),
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("request_detail", args=[self.reference])

    # Questions -------------------------------------------------------------

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self.status not in ENDED_REQUEST

    @property
    def is_matched_by_worker(self) -> bool:
        """Whether its open components are scored."""
        return self.status in MATCHED_BY_WORKER

    # Changes ---------------------------------------------------------------

    def refresh_search_text(self) -> None:
        """Fold title, summary and components into the text that search reads; the caller saves."""
        parts = [self.reference, self.title, self.summary]
        for component in self.components.all():
            parts += [component.title, component.text]
        self.search_text = fold(" ".join(parts))[:20000]


class ComponentQuerySet(models.QuerySet):
    """Components, reached like their requests."""

    def by_reference(self, reference: str) -> Self:
        """The component with a reference such as REQ-000042-1, or none."""
        found = PATTERN.fullmatch(reference)
        if not found or found[1] != "REQ" or found[3] is None:
            return self.none()
        number = number_in("REQ", f"REQ-{found[2]}")
        return self.none() if number is None else self.filter(request_id=number, number=int(found[3]))

    def visible_to(self, user) -> Self:
        """Components of the requests that `user` may see."""
        return self.filter(request__in=CooperationRequest.objects.visible_to(user))

    def scored(self) -> Self:
        """Components that the worker matches: open or unmet, of a request in matching."""
        return self.filter(
            request__status__in=MATCHED_BY_WORKER,
            status__in=[ComponentStatus.OPEN, ComponentStatus.UNMET, ComponentStatus.OFFERED],
        )

    def unmet(self) -> Self:
        """Needs for which nobody was found."""
        return self.filter(status=ComponentStatus.UNMET)

    def offered_to(self, part) -> Self:
        """Components of which a match is or was offered to an organization within reach."""
        return self.filter(matches__offer__organization__in=part.organizations, matches__offered_at__isnull=False)


class Component(models.Model):
    """One need of a request, matched and closed by itself. Its state is computed from its matches and its request."""

    SCOPE = {"party": "request__party", "centre": "request__centre"}

    request = models.ForeignKey(CooperationRequest, models.CASCADE, related_name="components")
    number = models.PositiveSmallIntegerField()
    title = Line(_("title"), max_length=300)
    text = Lines(_("what is needed"), blank=True)
    targets = models.ManyToManyField("centres.Target", blank=True, related_name="components")
    subjects = models.ManyToManyField("centres.Subject", blank=True, related_name="components")
    cooperation_types = models.ManyToManyField("centres.CooperationType", blank=True, related_name="components")
    modality = models.CharField(_("modality"), max_length=12, choices=Modality, blank=True)
    languages = models.JSONField(_("working languages"), default=list, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    means = models.CharField(_("own means"), max_length=4, choices=Means, blank=True)
    partners_wanted = models.PositiveSmallIntegerField(_("partners wanted"), default=1)
    status = models.CharField(max_length=10, choices=ComponentStatus, default=ComponentStatus.OPEN)
    scored_at = models.DateTimeField(null=True, blank=True)
    offers_looked_at = models.PositiveIntegerField(null=True, blank=True)

    objects = ComponentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="component_number_used_once_in_its_request"),
            models.CheckConstraint(name="component_status_known", condition=Q(status__in=ComponentStatus.values)),
            models.CheckConstraint(
                name="component_ends_after_it_starts",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="component_wants_one_to_nine_partners",
                condition=Q(partners_wanted__gte=1, partners_wanted__lte=9),
            ),
        ]
        indexes = [models.Index(fields=["status"], name="component_by_status")]

    def __str__(self):
        return f"{self.reference} {self.title}"

    @property
    def reference(self) -> str:
        return f"{make_reference('REQ', self.request_id)}-{self.number}"


class FormerHolding(models.Model):
    """A centre that held a request before it was handed on: it keeps what it wrote and the public part."""

    request = models.ForeignKey(CooperationRequest, models.CASCADE, related_name="former_holdings")
    centre = models.ForeignKey("centres.SupportCentre", models.PROTECT, related_name="former_holdings")
    until = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "centre"], name="former_holding_once_for_each_centre"),
        ]

    def __str__(self):
        return f"{self.centre}: {self.request.reference}"
