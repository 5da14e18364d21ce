"""Engagements and joint proposals in the API: what both sides write, and their steps."""

from typing import Any

import django_filters
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.api.reading import invalid
from accounts.api.writing import once
from accounts.errors import NotAllowed

from ..actions import delivery, proposals
from ..actions.engagements import sides_of
from ..lifecycle import ProposalStatus
from ..models import Engagement, JointProposal, ProposalLine
from . import engagement_inputs as inputs
from . import engagement_records as records
from .filters import EngagementFilter
from .resources import Stepped, lock_parents
from .steps import with_steps


@with_steps("engagement")
class EngagementResource(Stepped):
    """The work that follows agreed matches: plan, milestones, results, whom it reached, what came of it."""

    plural, noun, model = "engagements", "engagement", Engagement
    key_pattern = "ENG-[0-9]{6,12}"
    record_class, filterset_class = records.EngagementRecord, EngagementFilter
    orderings = {"started_at": "started_at", "ended_at": "ended_at"}
    changed_at = "updated_at"
    default_order = ("-pk",)

    def rows(self):
        related = ("match__component__request__party", "match__offer__organization", "match__proposal")
        return Engagement.objects.select_related(*related)

    def present(self, rows):
        return records.engagement_records(rows, self.request.user, self.address_of(self.plural))

    def lock(self, row):
        lock_parents(row.match)
        super().lock(row)

    def _write(self, body, act) -> Response:
        """Do something to the engagement with what the body says; the answer is the record."""
        row = self.row()
        if not sides_of(row, self.user):
            raise NotAllowed(_("Only the office of the Party and the provider write into an engagement."))
        self.refuse_stale(row)
        said = self.validated(body)
        return self.written(row, lambda plain: act(plain, said))

    @extend_schema(request=inputs.EngagementChange, responses={200: records.EngagementRecord})
    def partial_update(self, request, **kwargs):
        """Change plan, lessons, whom it reached, or the text about what the work achieved."""
        return once(request, lambda: self._write(inputs.EngagementChange, self._change))

    def _change(self, engagement: Engagement, said: dict[str, Any]) -> None:
        by, version = self.user, said.get("version")
        if "plan" in said:
            delivery.save_plan(engagement, by=by, plan=said["plan"], version=version)
            version = None
        if {"lessons", "may_become_practice"} & set(said):
            now = {"lessons": engagement.lessons, "may_become_practice": engagement.may_become_practice}
            words = {name: said.get(name, value) for name, value in now.items()}
            delivery.save_lessons(engagement, by=by, version=version, **words)
            version = None
        if "story" in said:
            language = said.get("story_language", engagement.story_language)
            delivery.save_story(engagement, by=by, story=said["story"], language=language, version=version)
        if "beneficiaries" in said:
            groups = {row["group"]: row.get("people") for row in said["beneficiaries"]}
            delivery.save_beneficiaries(engagement, by=by, groups=groups)

    @extend_schema(request=inputs.MilestoneInput, responses={200: records.EngagementRecord})
    @action(detail=True, methods=["post"], url_path="milestones")
    def milestones(self, request, **kwargs):
        """Add a milestone."""
        return once(
            request, lambda: self._write(inputs.MilestoneInput, lambda row, said: self._add_milestone(row, said))
        )

    def _add_milestone(self, engagement: Engagement, said: dict[str, Any]) -> None:
        delivery.add_milestone(engagement, by=self.user, **said)

    @extend_schema(request=inputs.MilestoneDoneInput, responses={200: records.EngagementRecord})
    @action(detail=True, methods=["post"], url_path="milestone_done")
    def milestone_done(self, request, **kwargs):
        """Say that a milestone is done, with the evidence for it."""
        return once(request, lambda: self._write(inputs.MilestoneDoneInput, self._finish_milestone))

    def _finish_milestone(self, engagement: Engagement, said: dict[str, Any]) -> None:
        milestone = engagement.milestones.filter(number=said.pop("number")).first()
        if milestone is None:
            raise invalid("number", _("This engagement has no milestone with this number."), "does_not_exist")
        milestone.engagement = engagement
        delivery.finish_milestone(milestone, by=self.user, **said)

    @extend_schema(request=inputs.EngagementResultInput, responses={200: records.EngagementRecord})
    @action(detail=True, methods=["post"], url_path="results")
    def results(self, request, **kwargs):
        """Add a result with evidence in words or at an address; files are added on the page."""
        return once(request, lambda: self._write(inputs.EngagementResultInput, self._add_result))

    def _add_result(self, engagement: Engagement, said: dict[str, Any]) -> None:
        delivery.add_result(engagement, by=self.user, **said)

    @extend_schema(request=inputs.ReleaseInput, responses={200: records.EngagementRecord})
    @action(detail=True, methods=["post"], url_path="release_story")
    def release_story(self, request, **kwargs):
        """Release the text about what the work achieved; it is public when both sides do."""
        return once(request, lambda: self._write(inputs.ReleaseInput, self._release))

    def _release(self, engagement: Engagement, said: dict[str, Any]) -> None:
        delivery.release_story(engagement, by=self.user, **said)


class ProposalFilter(django_filters.FilterSet):
    """Joint proposals."""

    status = django_filters.ChoiceFilter(label="Status", choices=ProposalStatus.choices)
    party = django_filters.CharFilter(label="Code of the Party", field_name="match__component__request__party__iso2")
    organization = django_filters.CharFilter(
        label="Slug of the organization", field_name="match__offer__organization__slug"
    )

    class Meta:
        model = JointProposal
        fields: list[str] = []


@with_steps("proposal")
class ProposalResource(Stepped):
    """Joint proposals grown from agreed matches; once approved, ready for a workplan or a pledge."""

    plural, noun, model = "joint-proposals", "proposal", JointProposal
    key_pattern = "PRO-[0-9]{6,12}"
    record_class, filterset_class = records.ProposalRecord, ProposalFilter
    orderings = {"updated_at": "updated_at"}
    changed_at = "updated_at"
    default_order = ("-pk",)

    def rows(self):
        related = ("current", "match__component__request__party", "match__offer__organization", "match__engagement")
        return JointProposal.objects.select_related(*related).prefetch_related("current__lines")

    def present(self, rows):
        return records.proposal_records(rows, self.address_of(self.plural))

    @extend_schema(request=inputs.ProposalInput, responses={200: records.ProposalRecord, 201: records.ProposalRecord})
    def create(self, request, **kwargs):
        """Begin the joint proposal of an engagement; 200 where it was begun before."""
        return once(request, self._create)

    def _create(self) -> Response:
        reference = self.validated(inputs.ProposalInput)["engagement"]
        engagement = Engagement.objects.visible_to(self.user).by_reference(reference).select_related("match").first()
        if engagement is None:
            raise invalid("engagement", _("There is nothing here with this reference."), "does_not_exist")
        known = JointProposal.objects.filter(match=engagement.match).exists()
        return self.answer_again(proposals.begin(engagement.match, by=self.user), 200 if known else 201)

    @extend_schema(request=inputs.ProposalChange, responses={200: records.ProposalRecord})
    def partial_update(self, request, **kwargs):
        """Change the version that is written; a change of an approved one begins the next."""
        return once(request, self._change)

    def _change(self) -> Response:
        row = self.row()
        if not sides_of(row, self.user):
            raise NotAllowed(_("Only the office of the Party and the provider write a joint proposal."))
        if row.current is None:
            raise Http404
        self.refuse_stale(row)
        data = self.validated(inputs.ProposalChange, more={"current": row.current})
        version = data.pop("version", None)
        if "budget" in data:
            data["lines"] = [_line(row) for row in data.pop("budget")]
        return self.written(row, lambda plain: proposals.save(plain, by=self.user, data=data, version=version))


def _line(said: dict[str, Any]) -> dict[str, Any]:
    source = said.get("carried_by", ProposalLine.Source.SOUGHT)
    return {"title": said["title"], "amount": said["amount"], "source": source}
