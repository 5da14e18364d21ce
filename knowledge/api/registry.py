"""Projects, programmes and opportunities in the API: the same rows, rights and actions as on the pages."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.api.inputs import Input
from accounts.api.resource import RecordResource, Resource
from accounts.api.stepped import step_call
from accounts.api.writing import once
from accounts.errors import NotAllowed
from accounts.models import User
from accounts.permissions import Permission, require

from ..actions import opportunities, programmes, projects
from ..actions.project_data import proposed
from ..filters.registry import OpportunityFilter, ProgrammeFilter, ProjectFilter
from ..lifecycle import OPPORTUNITY_STEPS, PROJECT_STEPS
from ..models import Opportunity, Programme, Project
from . import registry_inputs as taken
from . import registry_records as shown
from .stepped import Body, SteppedResource


class ProjectResource(SteppedResource):
    """Projects of countries: those that their offices have published, your own, and those on which you decide."""

    plural, key_pattern = "projects", "PRJ-[0-9]{6,12}"
    record_class, filterset_class = shown.ProjectRecord, ProjectFilter
    acts, open_to = projects.STEPS, projects.open_steps
    orderings = {"published_at": "published_at", "starts_on": "starts_on", "title": "title", "updated_at": "updated_at"}

    def rows(self):
        return Project.objects.select_related("party").prefetch_related("co_parties", "targets", "subjects", "funding")

    def present(self, rows):
        address, user = self.address_of(self.plural), self.request.user
        inside = self._inside([row.pk for row in rows])
        return [
            shown.project_record(row, address, row.pk in inside or projects.is_submitter(row, user)) for row in rows
        ]

    def _inside(self, pks: list[int]) -> set[int]:
        if not self.request.user.is_authenticated:
            return set()
        return set(Project.objects.moderated_by(self.request.user).filter(pk__in=pks).values_list("pk", flat=True))

    @extend_schema(request=taken.ProjectInput, responses={201: shown.ProjectRecord})
    def create(self, request, **kwargs):
        """Submit a project to the office of its country."""
        return once(request, self._create)

    def _create(self) -> Response:
        made = projects.submit_project(by=self.user, data=self.validated(taken.ProjectInput))
        return self.answer_again(made, 201)

    @extend_schema(request=taken.ProjectChange, responses={200: shown.ProjectRecord})
    def partial_update(self, request, **kwargs):
        """Change a project that you submitted, or that your office decides on; the office looks at the change."""
        return once(request, self._change)

    def _change(self) -> Response:
        row = self.row()
        if not projects.may_take(row, PROJECT_STEPS["change"], self.user):
            raise NotAllowed("Whoever submitted this project can change it, and the office of the country.")
        self.refuse_stale(row)
        data = self.validated(taken.ProjectChange, more={"known": proposed(row)})
        projects.change(row, by=self.user, data=data)
        return self.answer_again(row)


class OpportunityResource(SteppedResource):
    """Opportunities of third parties: without a filter for the status those that are open."""

    plural, key_pattern = "opportunities", "OPP-[0-9]{6,12}"
    record_class, filterset_class = shown.OpportunityRecord, OpportunityFilter
    acts, open_to = opportunities.STEPS, opportunities.open_steps
    orderings = {"closes_at": "closes_at", "published_at": "published_at", "title": "title"}
    default_order: tuple[str, ...] = ("closes_at", "pk")

    def rows(self):
        sets = ("regions", "parties", "targets", "subjects", "cooperation_types")
        return Opportunity.objects.select_related("programme", "centre").prefetch_related(*sets)

    def present(self, rows):
        address = self.address_of(self.plural)
        return [shown.opportunity_record(row, address) for row in rows]

    @extend_schema(request=taken.OpportunityInput, responses={201: shown.OpportunityRecord})
    def create(self, request, **kwargs):
        """Enter an opportunity: published at once by a centre or the coordinator, a suggestion by anybody else."""
        return once(request, self._create)

    def _create(self) -> Response:
        made = opportunities.enter_opportunity(by=self.user, data=self.validated(taken.OpportunityInput))
        return self.answer_again(made, 201)

    @extend_schema(request=taken.OpportunityInput, responses={200: shown.OpportunityRecord})
    def partial_update(self, request, **kwargs):
        """Mend an opportunity; everything is said anew."""
        return once(request, self._change)

    def _change(self) -> Response:
        row = self.row()
        self.refuse_stale(row)
        opportunities.change_opportunity(row, by=self.user, data=self.validated(taken.OpportunityInput))
        return self.answer_again(row)


class ProgrammeResource(Resource):
    """Programmes, funds and partners to which countries can turn."""

    plural, key, key_pattern = "programmes", "slug", "[a-z0-9-]+"
    record_class, filterset_class = shown.ProgrammeRecord, ProgrammeFilter
    orderings = {"name": "name", "as_of": "as_of"}
    default_order = ("name", "pk")

    def rows(self):
        return Programme.objects.current()

    def present(self, rows):
        address = self.address_of(self.plural)
        return [shown.programme_record(row, address) for row in rows]

    @extend_schema(request=taken.ProgrammeInput, responses={200: shown.ProgrammeRecord})
    def partial_update(self, request, **kwargs):
        """Bring up to date what is said of a programme. By the coordinator."""
        return once(request, self._change)

    def _change(self) -> Response:
        row = self.row()
        require(self.request.user, Permission.REFERENCE_EDIT)
        self.refuse_stale(row)
        data = self.validated(taken.ProgrammeInput)
        programmes.change_programme(row, by=cast(User, self.request.user), data=data)
        return self.answer_again(row)


# Steps as calls -------------------------------------------------------------------------------------------------------

BODIES: dict[tuple[type[SteppedResource], str], Body] = {
    (ProjectResource, "request_change"): taken.ProjectRequestChangeInput,
    (ProjectResource, "refuse"): taken.ProjectRefuseInput,
    (OpportunityResource, "refuse"): taken.OpportunityRefuseInput,
    (OpportunityResource, "renew"): taken.OpportunityRenewInput,
}


for _resource, _table in ((ProjectResource, PROJECT_STEPS), (OpportunityResource, OPPORTUNITY_STEPS)):
    for _step in _table.values():
        if not _step.clock and _step.name != "change":
            _body = BODIES.get((_resource, _step.name), Input)
            setattr(_resource, f"step_{_step.name}", step_call(_step, _body, _resource.record_class))

RESOURCES: list[type[RecordResource]] = [ProjectResource, ProgrammeResource, OpportunityResource]
