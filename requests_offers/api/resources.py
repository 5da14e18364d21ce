"""Requests, components, offers, matches, engagements in the API: rows, rights and actions as on the pages."""

from typing import cast

from django.db import transaction
from django.db.models import F, Model
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.api.reading import invalid
from accounts.api.stepped import ReferencedResource
from accounts.api.writing import once
from accounts.errors import IllegalStep
from accounts.models import User
from accounts.permissions import Permission, require

from ..actions import drafts, matches
from ..actions.steps import lock_requests_of
from ..filters import ComponentFilter, MatchFilter
from ..models import Component, CooperationRequest, Match, Offer
from . import inputs, records, shapes
from .conversing import Conversing
from .filing import FilingCalls
from .filters import OfferLookup, RequestLookup
from .steps import ACTS, open_steps, require_step, with_steps
from .triage import TriageCalls


class Stepped(ReferencedResource):
    """Records that move by steps."""

    noun = ""
    model: type[Model]
    worded: tuple[str, ...] = ("whats_next", "open_steps")

    def more(self, row) -> dict:
        user = self.request.user
        return {"open_steps": open_steps(self.noun, row, user)} if user.is_authenticated else {}

    def take_step(self, name: str, body) -> Response:
        """Take a step of the table; the answer is the record."""
        row = self.row()
        require_step(self.noun, name, row, self.request.user)
        self.refuse_stale(row)
        return self.written(row, lambda plain: ACTS[self.noun][name](plain, by=self.user, **self.validated(body)))

    def written(self, row, act, status: int = 200) -> Response:
        """Do `act` to the row; where the state forbids it, say which steps are open instead."""
        plain = self.model._default_manager.get(pk=row.pk)
        try:
            with transaction.atomic():
                act(plain)
        except IllegalStep as error:
            raise IllegalStep(
                str(error), open_steps(self.noun, self.rows().get(pk=row.pk), self.request.user)
            ) from error
        return self.answer_again(row, status)


@with_steps("request")
class RequestResource(TriageCalls, FilingCalls, Stepped):
    """Requests of Parties, with their components."""

    plural, noun, model = "requests", "request", CooperationRequest
    key_pattern = "REQ-[0-9]{6,12}"
    record_class, filterset_class = records.RequestRecord, RequestLookup
    changed_at = "updated_at"

    def rows(self):
        return CooperationRequest.objects.select_related("party", "centre").defer(
            "search_text", "party__search_text", "party__aliases", "centre__coverage_basis"
        )

    def present(self, rows):
        return shapes.request_records(rows, self.request.user, self.address_of(self.plural))

    def more(self, row):
        return super().more(row) | self.kept_by_the_centre(row)

    @extend_schema(request=inputs.RequestInput, responses={201: records.RequestRecord})
    def create(self, request, **kwargs):
        """Begin a draft for your Party."""
        return once(request, self._create)

    def _create(self) -> Response:
        data = self.validated(inputs.RequestInput, more={"user": self.user})
        marks = inputs.marks_of(data)
        made = drafts.start_request(data.pop("party"), by=self.user, data=data, **marks)
        return self.answer_again(made, 201)

    @extend_schema(request=inputs.RequestChange, responses={200: records.RequestRecord})
    def partial_update(self, request, **kwargs):
        """Change a draft."""
        return once(request, self._change)

    def _change(self) -> Response:
        row = self.row()
        require(self.request.user, Permission.REQUEST_DRAFT, row)
        self.refuse_stale(row)
        known = {component.number: component for component in row.components.all()}
        data = self.validated(inputs.RequestChange, more={"components": known, "party": row.party, "request_row": row})
        version = data.pop("version", None)
        return self.written(row, lambda plain: drafts.save_request(plain, by=self.user, data=data, version=version))

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request, **kwargs):
        """Delete a draft that was never submitted."""
        return once(request, self._delete)

    def _delete(self) -> Response:
        row = self.row()
        require(self.request.user, Permission.REQUEST_SUBMIT, row)
        self.refuse_stale(row)
        try:
            drafts.delete_draft(CooperationRequest.objects.get(pk=row.pk), by=self.user)
        except IllegalStep as error:
            raise IllegalStep(str(error), open_steps(self.noun, row, self.request.user)) from error
        return Response(status=204)

    @extend_schema(responses={200: records.RequestMatchesRecord})
    @action(detail=True, methods=["get"], url_path="matches")
    def matches(self, request, **kwargs):
        """The matches of a request by component, best first, with the reasons; those that you may see."""
        row = self.row()
        found = match_rows().visible_to(request.user).filter(component__request=row)
        best = found.order_by(F("rank").asc(nulls_last=True), F("score").desc(nulls_last=True), "offer_id")
        return Response(shapes.request_matches(row, list(best), request.user))


class ComponentResource(Stepped):
    """Single needs of the requests that you may see."""

    plural, noun, model = "components", "component", Component
    key_pattern = "REQ-[0-9]{6,12}-[0-9]{1,3}"
    record_class, filterset_class = records.ComponentRecord, ComponentFilter
    changed_at = "request__updated_at"

    def rows(self):
        return Component.objects.select_related("request__party").defer("request__search_text", "request__summary")

    def present(self, rows):
        return shapes.component_records(rows, self.request.user, self.address_of(self.plural))

    def more(self, row):
        return {}


@with_steps("offer")
class OfferResource(Stepped):
    """Offers: the published ones, and those of your organization or centre in all states."""

    plural, noun, model = "offers", "offer", Offer
    key_pattern = "OFF-[0-9]{6,12}"
    record_class, filterset_class = records.OfferRecord, OfferLookup
    changed_at = "updated_at"

    def rows(self):
        return Offer.objects.select_related("organization", "verifying_centre").defer(
            "search_text", "verifying_centre__coverage_basis"
        )

    def lock(self, row):
        lock_requests_of(row.matches.all())
        super().lock(row)

    def present(self, rows):
        return shapes.offer_records(rows, self.request.user, self.address_of(self.plural))

    @extend_schema(request=inputs.OfferInput, responses={201: records.OfferRecord})
    def create(self, request, **kwargs):
        """Begin a draft for your organization."""
        return once(request, self._create)

    def _create(self) -> Response:
        data = self.validated(inputs.OfferInput, more={"user": self.user})
        marks = inputs.marks_of(data)
        made = drafts.start_offer(data.pop("organization"), by=self.user, data=data, **marks)
        return self.answer_again(made, 201)

    @extend_schema(request=inputs.OfferChange, responses={200: records.OfferRecord})
    def partial_update(self, request, **kwargs):
        """Change an offer; where the matcher can see the change, needs are scored again."""
        return once(request, self._change)

    def _change(self) -> Response:
        row = self.row()
        require(self.request.user, Permission.OFFER_EDIT, row)
        self.refuse_stale(row)
        data = self.validated(inputs.OfferChange, more={"offer": row})
        version = data.pop("version", None)
        return self.written(row, lambda plain: drafts.save_offer(plain, by=self.user, data=data, version=version))

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request, **kwargs):
        """Delete the draft of an offer."""
        return once(request, self._delete)

    def _delete(self) -> Response:
        row = self.row()
        require(self.request.user, Permission.OFFER_EDIT, row)
        self.refuse_stale(row)
        try:
            drafts.delete_offer(Offer.objects.get(pk=row.pk), by=self.user)
        except IllegalStep as error:
            raise IllegalStep(str(error), open_steps(self.noun, row, self.request.user)) from error
        return Response(status=204)


def match_rows():
    """Matches with what their records need."""
    return Match.objects.select_related("component__request__party", "offer__organization").defer(
        "component__request__search_text", "offer__search_text", "offer__text"
    )


@with_steps("match")
class MatchResource(Conversing, Stepped):
    """Matches: the centre's suggestions, what was offered to you, and what both sides publish."""

    plural, noun, model = "matches", "match", Match
    key_pattern = "MAT-[0-9]{6,12}"
    record_class, filterset_class = records.MatchRecord, MatchFilter
    changed_at = "updated_at"
    worded = ("missing", "explanation", "open_steps")

    def rows(self):
        return match_rows()

    def present(self, rows):
        return shapes.match_records(rows, self.request.user, self.address_of(self.plural))

    def lock(self, row):
        lock_parents(row)
        super().lock(row)

    @extend_schema(request=inputs.MatchInput, responses={200: records.MatchRecord, 201: records.MatchRecord})
    def create(self, request, **kwargs):
        """Propose an offer for a need; 200 where the two were brought together before."""
        return once(request, self._propose)

    def _propose(self) -> Response:
        data, user = self.validated(inputs.MatchInput), cast(User, self.request.user)
        component = Component.objects.visible_to(user).by_reference(data["component"]).first()
        offer = Offer.objects.visible_to(user).by_reference(data["offer"]).first()
        for field, found in (("component", component), ("offer", offer)):
            if found is None:
                raise invalid(field, _("There is nothing here with this reference."), "does_not_exist")
        component, offer = cast(Component, component), cast(Offer, offer)
        known = Match.objects.filter(component=component, offer=offer).exists()
        return self.answer_again(matches.propose(component, offer, by=user), 200 if known else 201)


def lock_parents(match: Match) -> None:
    """Request before offer before match, as the actions do it."""
    CooperationRequest.objects.select_for_update().filter(pk=match.component.request_id).first()
    Offer.objects.select_for_update().filter(pk=match.offer_id).first()
