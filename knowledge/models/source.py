"""Sources of knowledge: what the compendium lists, who owns it, what it covers, and whether it can still be reached."""

from datetime import date, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, can
from accounts.references import make_reference, number_in
from accounts.texts import Address, Line, Lines
from centres.models import Region, fold

from ..lifecycle import LISTED_SOURCE, SourceStatus


class Kind(models.TextChoices):
    """What a source is."""

    DATASET = "dataset", _("Dataset or database")
    PORTAL = "portal", _("Portal or clearing-house")
    TOOL = "tool", _("Tool or software")
    METHOD = "method", _("Method or standard")
    GUIDELINE = "guideline", _("Guideline or assessment")
    TRAINING = "training", _("Training")
    NETWORK = "network", _("Network or community")


class Access(models.TextChoices):
    """What somebody needs in order to use it."""

    OPEN = "open", _("Open to everybody")
    REGISTRATION = "registration", _("Free of charge, with an account")
    PARTLY = "partly", _("Partly open")
    PAID = "paid", _("Against payment")


class Rhythm(models.TextChoices):
    """How often the owner brings it up to date."""

    CONTINUOUS = "continuous", _("All the time")
    MONTHLY = "monthly", _("About every month")
    QUARTERLY = "quarterly", _("About every three months")
    YEARLY = "yearly", _("About every year")
    IRREGULAR = "irregular", _("Now and then")
    CLOSED = "closed", _("Complete, not updated any more")


class Convention(models.TextChoices):
    """Other agreements for which a source is of use."""

    CARTAGENA = "cartagena", _("Cartagena Protocol")
    NAGOYA = "nagoya", _("Nagoya Protocol")
    CITES = "cites", _("CITES")
    CMS = "cms", _("Convention on Migratory Species")
    RAMSAR = "ramsar", _("Convention on Wetlands")
    WHC = "whc", _("World Heritage Convention")
    ITPGRFA = "itpgrfa", _("International Treaty on Plant Genetic Resources")
    IPPC = "ippc", _("International Plant Protection Convention")
    IWC = "iwc", _("International Whaling Commission")
    UNFCCC = "unfccc", _("UN Framework Convention on Climate Change")
    UNCCD = "unccd", _("UN Convention to Combat Desertification")
    BRS = "brs", _("Basel, Rotterdam and Stockholm Conventions")
    MINAMATA = "minamata", _("Minamata Convention")
    BBNJ = "bbnj", _("Agreement on the high seas (BBNJ)")
    SDG = "sdg", _("Sustainable Development Goals")


class Freshness(models.TextChoices):
    """How long ago somebody, or the link checker, found the source as it is described."""

    FRESH = "fresh", _("Checked within its rhythm")
    AGEING = "ageing", _("The last check is getting old")
    STALE = "stale", _("Not checked for long")
    UNCHECKED = "unchecked", _("Not checked yet")


# Within how many days a check counts as fresh; after twice as many it is stale.
DAYS_OF_RHYTHM = {
    Rhythm.CONTINUOUS: 60,
    Rhythm.MONTHLY: 60,
    Rhythm.QUARTERLY: 120,
    Rhythm.YEARLY: 400,
    Rhythm.IRREGULAR: 400,
    Rhythm.CLOSED: 800,
}


class SourceQuerySet(models.QuerySet):
    """Sources; every list starts from `visible_to`."""

    def by_reference(self, reference: str) -> Self:
        """The source with this reference, or none."""
        number = number_in("SRC", reference)
        return self.none() if number is None else self.filter(pk=number)

    def listed(self) -> Self:
        """What every visitor finds: published, and those that cannot be reached at the moment."""
        return self.filter(status__in=LISTED_SOURCE)

    def visible_to(self, user: Any) -> Self:
        """What is listed for everybody; one's own suggestions; everything for those who curate."""
        if not user.is_authenticated:
            return self.listed()
        if can(user, Permission.SOURCE_CURATE):
            return self
        return self.filter(Q(status__in=LISTED_SOURCE) | Q(suggested_by=user.pk))

    def search(self, text: str) -> Self:
        """Those with all of these words in name, owner or description, in any script, with or without accents."""
        found = self
        for word in fold(text).split()[:12]:
            found = found.filter(search_text__contains=word)
        return found

    def for_region(self, code: str) -> Self:
        """Those that cover the whole world, this region, a part of it, or something that it is a part of."""
        within = Q(code=code) | Q(parent__code=code) | Q(parent__parent__code=code)
        around = Q(children__code=code) | Q(children__children__code=code)
        through = self.model.regions.through.objects.filter(source=OuterRef("pk"))
        regions = Region.objects.filter(within | around)
        return self.filter(Q(worldwide=True) | Q(Exists(through.filter(region__in=regions))))

    def with_code(self, name: str, code: str) -> Self:
        """Those whose list of codes holds this one. As text, a JSON list reads ["en", "fr"] on every database."""
        return self.alias(codes=Cast(name, models.TextField())).filter(codes__contains=f'"{code}"')

    def of_freshness(self, freshness: str, today: date) -> Self:
        """Those that are fresh, ageing, stale or not checked yet on a day."""
        if freshness == Freshness.UNCHECKED:
            return self.filter(checked_on__isnull=True)
        condition = Q(pk__in=[])
        for rhythm, days in DAYS_OF_RHYTHM.items():
            fresh, ageing = today - timedelta(days=days), today - timedelta(days=2 * days)
            when = {
                Freshness.FRESH: Q(checked_on__gte=fresh),
                Freshness.AGEING: Q(checked_on__lt=fresh, checked_on__gte=ageing),
                Freshness.STALE: Q(checked_on__lt=ageing),
            }[Freshness(freshness)]
            condition |= Q(update_rhythm=rhythm) & when
        return self.filter(condition)


class Source(models.Model):
    """A source of knowledge: a dataset, portal, tool, method, guideline, training or network."""

    PREFIX = "SRC"

    status = models.CharField(max_length=12, choices=SourceStatus, default=SourceStatus.SUGGESTED)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = Line(_("name"), max_length=250)
    owner = Line(_("owner"), max_length=250)
    url = Address(_("address"), max_length=500)
    description = Lines(_("what one finds there"))
    language = models.CharField(_("language of this description"), max_length=35, default="en")
    access = models.CharField(_("access"), max_length=12, choices=Access, default=Access.OPEN)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    targets = models.ManyToManyField("centres.Target", blank=True, related_name="sources", verbose_name=_("targets"))
    subjects = models.ManyToManyField("centres.Subject", blank=True, related_name="sources", verbose_name=_("subjects"))
    worldwide = models.BooleanField(_("covers the whole world"), default=False)
    regions = models.ManyToManyField("centres.Region", blank=True, related_name="sources", verbose_name=_("regions"))
    update_rhythm = models.CharField(_("updated"), max_length=10, choices=Rhythm, default=Rhythm.IRREGULAR)
    fair_notes = Lines(_("FAIR: how well it can be found, opened, combined and reused"), blank=True)
    care_notes = Lines(_("CARE: rights and interests of Indigenous Peoples and local communities"), blank=True)
    conventions = models.JSONField(_("of use for other agreements"), default=list, blank=True)
    source = Line(_("where these facts come from"), max_length=500, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    # True while the row is kept by the reference tables; whoever changes it in the portal sets it to False.
    from_reference = models.BooleanField(default=False, editable=False)
    suggested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="sources_suggested"
    )
    suggested_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    reason = Lines(_("reason"), blank=True)
    checked_on = models.DateField(_("last checked"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)  # of the link checker, one after the other
    failed_since = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    form_key = models.UUIDField(null=True, blank=True, unique=True)
    search_text = models.TextField(editable=False, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    is_example = models.BooleanField(default=False)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("knowledge source")
        verbose_name_plural = _("knowledge sources")
        constraints = [
            models.CheckConstraint(name="source_status_known", condition=Q(status__in=SourceStatus.values)),
            models.CheckConstraint(
                name="source_published_at_once_listed",
                condition=~Q(status__in=sorted(LISTED_SOURCE)) | Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="source_refused_with_a_reason", condition=~Q(status=SourceStatus.REFUSED) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="source_failed_since_iff_it_failed",
                condition=Q(failures=0, failed_since__isnull=True) | Q(failures__gt=0, failed_since__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="source_imported_once_by_external_id"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "name"], name="source_by_status"),
            models.Index(fields=["-updated_at"], name="source_by_change"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("source_detail", args=[self.reference])

    @property
    def reference(self) -> str:
        return make_reference(self.PREFIX, self.pk)

    @property
    def is_listed(self) -> bool:
        return self.status in LISTED_SOURCE

    @property
    def freshness(self) -> str:
        """How long ago it was checked, beside how often it changes."""
        return self.freshness_on(timezone.now().date())

    def freshness_on(self, today: date) -> str:
        """The same for a day."""
        if self.checked_on is None:
            return str(Freshness.UNCHECKED)
        age, days = (today - self.checked_on).days, DAYS_OF_RHYTHM[Rhythm(self.update_rhythm)]
        return str(Freshness.FRESH if age <= days else Freshness.AGEING if age <= 2 * days else Freshness.STALE)

    def refresh_search_text(self) -> None:
        """Fold what search reads; the caller saves."""
        parts = (self.external_id, self.name, self.owner, self.url, self.description)
        self.search_text = fold(" ".join(parts))[:20000]
