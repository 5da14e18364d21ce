"""What a list can be narrowed to where no page has it."""

import django_filters

from ..lifecycle import EngagementStatus
from ..models import CooperationRequest, Engagement


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
