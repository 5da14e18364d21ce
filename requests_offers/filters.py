"""What lists of requests, needs, offers and matches can be narrowed to; pages and API use the same names."""

import django_filters
from django import forms
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.days import NETWORK_TIME_ZONE, days_at, last_day_is_not_over
from accounts.list_filters import ANY, OrderFilter, choice
from accounts.permissions import Permission, reach
from centres.models import Hosting, PartyFlag, Region

from .lifecycle import ENDED_REQUEST, ComponentStatus, MatchStatus, OfferStatus, RequestStatus
from .models import Assignment, Component, CooperationRequest, Filing, Match, Mechanism, Offer
from .models.offer import CostModel, Delivery
from .models.request import Language
from .wording.names import Names

FLAGS = [(kind, kind.label) for kind in (PartyFlag.Kind.LDC, PartyFlag.Kind.SIDS, PartyFlag.Kind.LLDC)]
NEWEST, OLDEST, CHANGED = _("Newest first"), _("Oldest first"), _("Last changed first")
DUE, BY_TITLE = _("Due first"), _("By title")


class CodeFilter(django_filters.CharFilter):
    """A choice among controlled words by their code; the names come with the set of filters, in one query for all."""

    field_class = forms.ChoiceField
    names: Names

    def __init__(self, kind, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind

    @property
    def field(self):
        names, kind = self.names, self.kind
        # A plain function: forms copy their fields deeply, and a method would take the whole request with it.
        self.extra["choices"] = lambda: [("", ANY), *names.choices(kind)]
        return super().field


def newest(field):
    return (F(field).desc(nulls_first=True),)


def soonest(field):
    return (F(field).asc(nulls_last=True),)


class RecordFilter(django_filters.FilterSet):
    """What all lists here share: words, and one query for the names in all choices."""

    search = django_filters.CharFilter(label=_("Words or reference"), method="with_words", max_length=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.names = Names()
        for each in self.filters.values():
            if isinstance(each, CodeFilter):
                each.names = self.names

    def with_words(self, rows, name, value):
        return rows.search(value)

    @property
    def user(self):
        return getattr(self.request, "user", None)


def tick(label, method):
    return django_filters.BooleanFilter(label=label, method=method, widget=forms.CheckboxInput)


# Requests and their needs ---------------------------------------------------------------------------------------------


def party_in_region(path: str, code: str) -> Q:
    """A condition: the Party at `path` lies in this region, or in a part of it."""
    return (
        Q(**{f"{path}__region__code": code})
        | Q(**{f"{path}__region__parent__code": code})
        | Q(**{f"{path}__region__parent__parent__code": code})
    )


def party_flagged(path: str, kind: str) -> Exists:
    """A condition: the Party at `path` carries this flag today."""
    return Exists(PartyFlag.objects.in_force().filter(party=OuterRef(path), kind=kind))


def with_component(**condition) -> Exists:
    """A condition on requests: one of its needs is so."""
    return Exists(Component.objects.filter(request=OuterRef("pk"), **condition))


def in_language(path: str, code: str) -> Q:
    """A condition: the text is in this language, in whatever variant."""
    return Q(**{path: code}) | Q(**{f"{path}__startswith": f"{code}-"})


REQUEST_ORDERS = {
    "-submitted_at": (NEWEST, newest("submitted_at")),
    "submitted_at": (OLDEST, soonest("submitted_at")),
    "due_on": (DUE, soonest("due_on")),
    "-updated_at": (CHANGED, ("-updated_at",)),
    "title": (BY_TITLE, ("title",)),
}


class RequestFilter(RecordFilter):
    """Requests."""

    status = choice(_("Status"), RequestStatus.choices)
    party = CodeFilter("party", field_name="party__iso2", label=_("Party"))
    region = CodeFilter("region", label=_("Region"), method="from_region")
    flag = choice(_("Countries"), FLAGS, method="with_flag")
    target = CodeFilter("target", label=_("Target"), method="with_target")
    subject = CodeFilter("subject", label=_("Subject"), method="with_subject")
    cooperation_type = CodeFilter("cooperation_type", label=_("Form of cooperation"), method="with_type")
    centre = CodeFilter("centre", field_name="centre__slug", label=_("Centre"))
    language = choice(_("Written in"), Language.choices, method="written_in")
    mechanism = choice(_("Also filed at"), Mechanism.choices, method="filed_elsewhere")
    filed_as = django_filters.CharFilter(label=_("Reference there"), method="filed_elsewhere", max_length=120)
    mine = tick(_("Only those of my office"), "of_my_office")
    ordering = OrderFilter(REQUEST_ORDERS)

    class Meta:
        model = CooperationRequest
        fields: list[str] = []

    def from_region(self, rows, name, value):
        return rows.filter(party_in_region("party", value))

    def with_flag(self, rows, name, value):
        return rows.filter(party_flagged("party", value))

    def with_target(self, rows, name, value):
        return rows.filter(with_component(targets__number=value))

    def with_subject(self, rows, name, value):
        return rows.filter(with_component(subjects__code=value))

    def with_type(self, rows, name, value):
        return rows.filter(with_component(cooperation_types__code=value))

    def written_in(self, rows, name, value):
        return rows.filter(in_language("language", value))

    def filed_elsewhere(self, rows, name, value):
        """One filing with both, where both are asked for; each of the two fields comes here and says the same."""
        found = Filing.objects.known_as(self.data.get("mechanism", ""), self.data.get("filed_as", ""))
        return rows.filter(Exists(found.filter(request=OuterRef("pk")))) if value else rows

    def of_my_office(self, rows, name, value):
        return rows.filter(request_is_mine(self.user)) if value and self.user else rows


def request_is_mine(user) -> Q | Exists:
    """A condition: the office's own, the centre's, those that wait at the helpdesk, or with a match offered to us."""
    scope = CooperationRequest.SCOPE
    own = reach(user, Permission.REQUEST_DRAFT).as_q(scope) | reach(user, Permission.REQUEST_TRIAGE).as_q(scope)
    provided = reach(user, Permission.MATCH_ANSWER_PROVIDER)
    if not provided.organizations:
        return own
    return own | Q(Exists(Component.objects.offered_to(provided).filter(request=OuterRef("pk"))))


COMPONENT_ORDERS = {
    "-request": (NEWEST, ("-request_id", "number")),
    "request": (OLDEST, ("request_id", "number")),
    "title": (BY_TITLE, ("title",)),
}


class ComponentFilter(RecordFilter):
    """Needs, each a component of a request."""

    status = choice(_("Status"), ComponentStatus.choices)
    request = django_filters.CharFilter(label=_("Request"), method="of_request")
    party = CodeFilter("party", field_name="request__party__iso2", label=_("Party"))
    region = CodeFilter("region", label=_("Region"), method="from_region")
    flag = choice(_("Countries"), FLAGS, method="with_flag")
    target = CodeFilter("target", label=_("Target"), method="tagged")
    subject = CodeFilter("subject", label=_("Subject"), method="tagged")
    cooperation_type = CodeFilter("cooperation_type", label=_("Form of cooperation"), method="tagged")
    ordering = OrderFilter(COMPONENT_ORDERS)

    class Meta:
        model = Component
        fields: list[str] = []

    def with_words(self, rows, name, value):
        return rows.filter(request__in=CooperationRequest.objects.search(value))

    def of_request(self, rows, name, value):
        return rows.filter(request__in=CooperationRequest.objects.by_reference(value))

    def from_region(self, rows, name, value):
        return rows.filter(party_in_region("request__party", value))

    def with_flag(self, rows, name, value):
        return rows.filter(party_flagged("request__party", value))

    def tagged(self, rows, name, value):
        return rows.filter(Exists(tags(Component, name, value)))


TAG_FIELDS = {"target": ("targets", "number"), "subject": ("subjects", "code")} | {
    "cooperation_type": ("cooperation_types", "code")
}


def tags(model, kind, code):
    """The rows that tie `code` to a record: for Exists, so that no record comes twice."""
    field, key = TAG_FIELDS[kind]
    owner = model._meta.model_name
    through = getattr(model, field).through
    related = getattr(model, field).field.m2m_reverse_field_name()
    return through.objects.filter(**{owner: OuterRef("pk"), f"{related}__{key}": code})


# Offers ---------------------------------------------------------------------------------------------------------------

PLACES = [("", ANY), ("false", _("With places left")), ("true", _("Full"))]
OFFER_ORDERS = {
    "-published_at": (NEWEST, newest("published_at")),
    "published_at": (OLDEST, soonest("published_at")),
    "expires_on": (_("Expiring first"), soonest("expires_on")),
    "-updated_at": (CHANGED, ("-updated_at",)),
    "title": (BY_TITLE, ("title",)),
}


class OfferFilter(RecordFilter):
    """Offers."""

    organization = django_filters.CharFilter(label=_("Organization"), field_name="organization__slug")
    party = CodeFilter("party", label=_("For this Party"), method="for_party")
    region = CodeFilter("region", label=_("Region"), method="for_region")
    target = CodeFilter("target", label=_("Target"), method="tagged")
    subject = CodeFilter("subject", label=_("Subject"), method="tagged")
    cooperation_type = CodeFilter("cooperation_type", label=_("Form of cooperation"), method="tagged")
    language = choice(_("Working language"), Language.choices, method="works_in")
    cost_model = choice(_("Costs"), CostModel.choices)
    delivery = choice(_("Delivery"), Delivery.choices)
    technology = tick(_("Only technologies"), "of_technology")
    readiness_level = django_filters.NumberFilter(
        label=_("Readiness level at least"), field_name="readiness_level", lookup_expr="gte", min_value=1, max_value=9
    )
    status = choice(_("Status"), OfferStatus.choices)
    full = django_filters.BooleanFilter(label=_("Places"), method="is_full", widget=forms.Select(choices=PLACES))
    mine = tick(_("Only those of my organization or centre"), "of_my_office")
    ordering = OrderFilter(OFFER_ORDERS)

    class Meta:
        model = Offer
        fields: list[str] = []

    def for_party(self, rows, name, value):
        named = Exists(Offer.parties.through.objects.filter(offer=OuterRef("pk"), party__iso2=value))
        around = Region.objects.filter(
            Q(parties__iso2=value) | Q(children__parties__iso2=value) | Q(children__children__parties__iso2=value)
        )
        return rows.filter(Q(worldwide=True) | Q(named) | Q(covering(around)))

    def for_region(self, rows, name, value):
        within = Q(code=value) | Q(parent__code=value) | Q(parent__parent__code=value)
        around = Q(children__code=value) | Q(children__children__code=value)
        return rows.filter(Q(worldwide=True) | Q(covering(Region.objects.filter(within | around))))

    def tagged(self, rows, name, value):
        return rows.filter(Exists(tags(Offer, name, value)))

    def works_in(self, rows, name, value):
        # A JSON list has no "contains" on every database; as text it reads ["en", "fr"] on all of them.
        spoken = rows.alias(spoken=Cast("languages", TextField()))
        return spoken.filter(Q(spoken__contains=f'"{value}"') | Q(spoken__contains=f'"{value}-'))

    def of_technology(self, rows, name, value):
        transfer = Q(Exists(tags(Offer, "cooperation_type", "technology_transfer")))
        return rows.filter(transfer | Q(readiness_level__isnull=False)) if value else rows

    def is_full(self, rows, name, value):
        full = Q(places_taken__gte=F("capacity"))
        return rows.filter(full if value else ~full)

    def of_my_office(self, rows, name, value):
        if not value or not self.user:
            return rows
        own = reach(self.user, Permission.OFFER_EDIT).as_q(Offer.SCOPE)
        verified = reach(self.user, Permission.OFFER_VERIFY).as_q({"centre": "verifying_centre"})
        return rows.filter(own | verified & ~Q(status=OfferStatus.DRAFT))


def covering(regions) -> Exists:
    """A condition on offers: one of their regions is among these."""
    return Exists(Offer.regions.through.objects.filter(offer=OuterRef("pk"), region__in=regions))


# Matches --------------------------------------------------------------------------------------------------------------

MATCH_ORDERS = {
    "rank": (_("Best first"), ("component", F("rank").asc(nulls_last=True))),
    "-updated_at": (CHANGED, ("-updated_at",)),
    "due_on": (DUE, soonest("due_on")),
}


class MatchFilter(RecordFilter):
    """Matches."""

    status = choice(_("Status"), MatchStatus.choices)
    band = choice(_("How well it fits"), Match.Band.choices)
    request = django_filters.CharFilter(label=_("Request"), method="of_request")
    component = django_filters.CharFilter(label=_("Need"), method="of_component")
    offer = django_filters.CharFilter(label=_("Offer"), method="of_offer")
    organization = django_filters.CharFilter(label=_("Organization"), field_name="offer__organization__slug")
    party = CodeFilter("party", field_name="component__request__party__iso2", label=_("Party"))
    ordering = OrderFilter(MATCH_ORDERS)

    class Meta:
        model = Match
        fields: list[str] = []

    def with_words(self, rows, name, value):
        asked = Q(component__request__in=CooperationRequest.objects.search(value))
        return rows.filter(asked | Q(offer__in=Offer.objects.search(value)))

    def of_request(self, rows, name, value):
        return rows.filter(component__request__in=CooperationRequest.objects.by_reference(value))

    def of_component(self, rows, name, value):
        return rows.filter(component__in=Component.objects.by_reference(value))

    def of_offer(self, rows, name, value):
        return rows.filter(offer__in=Offer.objects.by_reference(value))


# The queue of a centre ------------------------------------------------------------------------------------------------

OPEN_STATES = [(state, state.label) for state in RequestStatus if state not in {*ENDED_REQUEST, RequestStatus.DRAFT}]
ENDED_STATES = [(state, state.label) for state in RequestStatus if state in ENDED_REQUEST]


def zone_of_holder() -> Case:
    """The time zone in which the due day of a request ends: that of its office while the office acts, else of its
    centre.
    """
    hosts = Hosting.objects.current().filter(centre=OuterRef("centre"), organization__party__isnull=False)
    lead_first = Case(When(role=Hosting.Role.LEAD, then=Value(0)), default=Value(1))
    seat = hosts.order_by(lead_first, "pk").values("organization__party__time_zone")[:1]
    with_office = [RequestStatus.CLARIFICATION, RequestStatus.ANSWERED]
    of_centre = Coalesce(Subquery(seat), Value(NETWORK_TIME_ZONE))
    return Case(When(status__in=with_office, then=F("party__time_zone")), default=of_centre)


class QueueFilter(RecordFilter):
    """What a centre holds. `people` are its staff."""

    MINE, NOBODY = "me", "nobody"

    status = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(_("Open"), OPEN_STATES), (_("Ended"), ENDED_STATES)],
        empty_label=_("Everything that is open"),
        method="in_state",
    )
    assignee = django_filters.ChoiceFilter(label=_("Who works on it"), empty_label=ANY, method="of_somebody")
    overdue = tick(_("Only what is late"), "is_late")
    party = CodeFilter("party", field_name="party__iso2", label=_("Party"))
    target = CodeFilter("target", label=_("Target"), method="with_target")
    centre = CodeFilter("centre", field_name="centre__slug", label=_("Centre"))

    class Meta:
        model = CooperationRequest
        fields: list[str] = []

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        listed = [(str(person.pk), str(person)) for person in people]
        self.filters["assignee"].extra["choices"] = [
            (self.MINE, _("Me")),
            (self.NOBODY, _("Nobody in particular")),
            *listed,
        ]

    @property
    def qs(self):
        rows = super().qs
        chosen = self.form.cleaned_data.get("status") if self.form.is_valid() else ""
        return rows if chosen else rows.exclude(status__in=ENDED_REQUEST)

    def in_state(self, rows, name, value):
        return rows.filter(status=value)

    def of_somebody(self, rows, name, value):
        held = Assignment.objects.in_force().filter(request=OuterRef("pk"))
        if value == self.NOBODY:
            return rows.exclude(Exists(held))
        return rows.filter(Exists(held.filter(officer=self.user if value == self.MINE else value)))

    def is_late(self, rows, name, value):
        if not value:
            return rows
        return rows.alias(zone=zone_of_holder()).exclude(
            last_day_is_not_over("due_on", "zone", days_at(timezone.now()))
        )

    def with_target(self, rows, name, value):
        return rows.filter(with_component(targets__number=value))
