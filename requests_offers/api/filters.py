"""What a list can be narrowed to where no page has it: look-ups by what other systems call a record."""

import django_filters
from django.db.models import Exists, OuterRef, Q

from accounts.permissions import Permission, reach

from ..filters import OfferFilter, RequestFilter
from ..lifecycle import EngagementStatus, RequestStatus
from ..models import CooperationRequest, Engagement, Filing, Offer


class KnownElsewhere(django_filters.FilterSet):
    """Records by their identifiers in other systems; whoever does not see the identifier does not find by it."""

    external_id = django_filters.CharFilter(
        label="The identifier in another system; only of records that you see in full", method="known_elsewhere"
    )
    system = django_filters.CharFilter(
        label="The system that keeps the record, with external_id", method="known_elsewhere"
    )

    def known_elsewhere(self, rows, name, value):
        """One record with both, where both are asked for; each of the two fields comes here and says the same."""
        if not value:
            return rows
        found = rows.model.objects.known_as(self.data.get("external_id", ""), self.data.get("system", ""))
        return rows.filter(self.seen_in_full(self.request.user), pk__in=found.values("pk"))

    def seen_in_full(self, user) -> Q:
        """A condition: the identifier is shown to this reader."""
        raise NotImplementedError


class RequestLookup(KnownElsewhere, RequestFilter):
    """Requests, as the pages narrow them, and by what other systems call them."""

    filed_at = django_filters.CharFilter(
        label="Where it was also filed: a mechanism such as ctcn, or with its reference there, ctcn:2024000012",
        method="also_filed",
    )

    class Meta(RequestFilter.Meta):
        pass

    def also_filed(self, rows, name, value):
        """One filing with this mechanism and, where it is given, this reference."""
        mechanism, _colon, reference = value.partition(":")
        found = Filing.objects.known_as(mechanism, reference)
        return rows.filter(Exists(found.filter(request=OuterRef("pk"))))

    def seen_in_full(self, user):
        drafts, later = reach(user, Permission.REQUEST_DRAFT), reach(user, Permission.REQUEST_VIEW)
        scope = CooperationRequest.SCOPE
        draft = Q(status=RequestStatus.DRAFT)
        return draft & drafts.as_q(scope) | ~draft & later.as_q(scope)


class OfferLookup(KnownElsewhere, OfferFilter):
    """Offers, as the pages narrow them, and by what other systems call them."""

    class Meta(OfferFilter.Meta):
        pass

    def seen_in_full(self, user):
        return reach(user, Permission.OFFER_VIEW).as_q(Offer.SCOPE)


class EngagementFilter(django_filters.FilterSet):
    """Engagements."""

    status = django_filters.ChoiceFilter(label="Status", choices=EngagementStatus.choices)
    request = django_filters.CharFilter(label="Reference of the request", method="of_request")
    party = django_filters.CharFilter(label="Code of the Party", field_name="match__component__request__party__iso2")
    organization = django_filters.CharFilter(
        label="Slug of the organization", field_name="match__offer__organization__slug"
    )

    class Meta:
        model = Engagement
        fields: list[str] = []

    def of_request(self, rows, name, value):
        return rows.filter(match__component__request__in=CooperationRequest.objects.by_reference(value))
