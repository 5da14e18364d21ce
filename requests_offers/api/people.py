"""Invitations and open calls in the API: the same rows, rights and actions as on the pages."""

from typing import Any

import django_filters
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.api.access import Access
from accounts.api.reading import invalid
from accounts.api.writing import once
from accounts.models import User
from accounts.permissions import Permission, reach

from ..actions import approaches, calls
from ..lifecycle import ApproachStatus, CallStatus
from ..models import Approach, Component, CooperationRequest, Match, Offer, OpenCall
from . import people_records as shown
from .resources import Stepped
from .steps import with_steps

COMPONENT_PARTS = ("component__request__party", "component__request__centre")


def _component(user: User, reference: str) -> Component:
    found = Component.objects.visible_to(user).by_reference(reference).first()
    if found is None:
        raise invalid("component", _("There is nothing here with this reference."), "does_not_exist")
    return found


class ApproachFilter(django_filters.FilterSet):
    """Invitations, answers to calls and unsolicited offers."""

    status = django_filters.ChoiceFilter(label="Status", choices=ApproachStatus.choices)
    origin = django_filters.ChoiceFilter(
        label="How it came about", choices=[(one.value, one.label) for one in Approach.ORIGINS]
    )
    request = django_filters.CharFilter(label="Reference of the request", method="of_request")
    organization = django_filters.CharFilter(label="Slug of the organization", field_name="organization__slug")

    class Meta:
        model = Approach
        fields: list[str] = []

    def of_request(self, rows, name, value):
        return rows.filter(component__request__in=CooperationRequest.objects.by_reference(value))


@with_steps("approach")
class ApproachResource(Stepped):
    """Invitations to offer, answers to open calls and offers made unasked: your organization's, or your centre's."""

    access = Access.SIGNED_IN
    plural, noun, model = "approaches", "approach", Approach
    key_pattern = "APP-[0-9]{6,12}"
    record_class, filterset_class = shown.ApproachRecord, ApproachFilter
    changed_at = "updated_at"
    orderings = {"due_on": "due_on", "made_at": "made_at"}
    default_order = ("-pk",)
    worded = ("open_steps",)

    def rows(self):
        return Approach.objects.select_related(*COMPONENT_PARTS, "organization", "call", "offer")

    def lock(self, row):
        CooperationRequest.objects.select_for_update().filter(pk=row.component.request_id).first()
        super().lock(row)

    def present(self, rows):
        address, user = self.address_of(self.plural), self.request.user
        seen = set(
            Match.objects.visible_to(user).filter(approach__in=[row.pk for row in rows]).values_list("pk", flat=True)
        )
        return [_approach(row, address, seen) for row in rows]

    def validated(self, serializer_class, more: dict | None = None) -> dict:
        data = super().validated(serializer_class, more)
        offer = data.get("offer")
        if offer is not None and not Offer.objects.visible_to(self.request.user).filter(pk=offer.pk).exists():
            raise invalid("offer", _("There is nothing here with this reference."), "does_not_exist")
        return data

    @extend_schema(request=shown.ApproachInput, responses={201: shown.ApproachRecord})
    def create(self, request, **kwargs):
        """Invite an organization to offer for a need, or offer for one: unasked, or in answer to its open call."""
        return once(request, self._create)

    def _create(self) -> Response:
        data, user = self.validated(shown.ApproachInput), self.user
        component = _component(user, data["component"])
        if "organization" in data:
            words = {"message": data.get("message", ""), "until": data.get("until")}
            made = approaches.invite(component, data["organization"], by=user, **words)
        else:
            made = _come(component, data["offer"], user, data.get("note", ""))
        return self.answer_again(made, 201)


def _come(component: Component, offer: Offer, user: User, note: str) -> Approach:
    call = OpenCall.objects.open().filter(component=component).first()
    if call:
        return approaches.answer_call(call, offer, by=user, note=note)
    return approaches.offer_unasked(component, offer, by=user, note=note)


def _approach(row: Approach, address: str, seen: set[int]) -> dict[str, Any]:
    plain = (
        "reference", "origin", "status", "message", "note", "due_on", "reason_code", "reason", "made_at", "answered_at",
        "is_example", "updated_at",
    )  # fmt: skip
    return {name: getattr(row, name) for name in plain} | {
        "url": f"{address}{row.reference}/",
        "request": row.component.request.reference,
        "component": row.component.reference,
        "party": row.component.request.party.iso2,
        "organization": row.organization.slug,
        "offer": row.offer.reference if row.offer else None,
        "match": Match(pk=row.match_id).reference if row.match_id in seen else None,
        "call": row.call.reference if row.call else None,
    }


class CallFilter(django_filters.FilterSet):
    """Open calls."""

    status = django_filters.ChoiceFilter(label="Status", choices=CallStatus.choices)
    request = django_filters.CharFilter(label="Reference of the request", method="of_request")
    party = django_filters.CharFilter(label="Code of the Party", field_name="component__request__party__iso2")

    class Meta:
        model = OpenCall
        fields: list[str] = []

    def of_request(self, rows, name, value):
        return rows.filter(component__request__in=CooperationRequest.objects.by_reference(value))


@with_steps("call")
class CallResource(Stepped):
    """Open calls: needs for which anybody who sees them may offer until a day."""

    plural, noun, model = "calls", "call", OpenCall
    key_pattern = "CAL-[0-9]{6,12}"
    record_class, filterset_class = shown.CallRecord, CallFilter
    orderings = {"due_on": "due_on", "opened_at": "opened_at"}
    default_order = ("-pk",)
    worded = ("open_steps",)

    def rows(self):
        given = Count("approaches", filter=Q(approaches__status__in=["answered", "matched", "lapsed"]))
        return OpenCall.objects.select_related(*COMPONENT_PARTS).annotate(answers=given)

    def lock(self, row):
        CooperationRequest.objects.select_for_update().filter(pk=row.component.request_id).first()
        super().lock(row)

    def present(self, rows):
        address, staff = self.address_of(self.plural), reach(self.request.user, Permission.MATCH_VIEW)
        return [_call(row, address, staff.covers(row)) for row in rows]

    @extend_schema(request=shown.CallInput, responses={201: shown.CallRecord})
    def create(self, request, **kwargs):
        """Open a need for offers until a day. By the officer of the centre that holds the request."""
        return once(request, self._create)

    def _create(self) -> Response:
        data = self.validated(shown.CallInput)
        component = _component(self.user, data.pop("component"))
        return self.answer_again(calls.open_call(component, by=self.user, **data), 201)


def _call(row: Any, address: str, staff: bool) -> dict[str, Any]:
    plain = ("reference", "status", "text", "due_on", "opened_at", "ended_at", "is_example")
    record = {name: getattr(row, name) for name in plain} | {
        "url": f"{address}{row.reference}/",
        "request": row.component.request.reference,
        "component": row.component.reference,
        "title": row.component.title,
        "party": row.component.request.party.iso2,
    }
    return record | {"answers": row.answers} if staff else record
