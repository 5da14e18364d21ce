"""What a centre keeps about a request, for its own systems: who works on it, notes, scores.

Nothing of it for others.
"""

from typing import Any, cast

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.api import fields as f
from accounts.api.inputs import Input
from accounts.api.reading import invalid
from accounts.api.writing import once
from accounts.models import User
from accounts.permissions import Permission, can, require
from centres.models import language_of

from ..actions import assessing, assigning, noting
from ..actions.assessing import Given
from ..criteria import Kind
from ..lifecycle import RequestStatus
from ..models import CooperationRequest, CriteriaVersion, InternalNote
from .records import RequestRecord

LONGEST_NOTE = 5000


class NoteRecord(serializers.Serializer):
    """An internal note."""

    text = f.text("The words.")
    at = f.moment("When it was written.", allow_null=False)
    by = f.text("Who wrote it; empty: somebody who has left.")
    centre = f.text("The slug of the centre that held the request then; null: the helpdesk.", allow_null=True)


class NotesRecord(serializers.Serializer):
    """The internal notes of a request that you may read, the newest first."""

    notes = NoteRecord(many=True, help_text="The notes.")


class CriterionRecord(serializers.Serializer):
    """One criterion."""

    code = f.text("Its code.")
    kind = f.choice("Which question it belongs to.", Kind.choices)
    name = f.text("Its name.")
    text = f.text("What it means.")
    best = f.number("The highest value; 0 is the lowest.")


class CriteriaRecord(serializers.Serializer):
    """By what requests are looked at."""

    version = f.number("The version in force.")
    criteria = CriterionRecord(many=True, help_text="The criteria.")


class ScorePart(serializers.Serializer):
    """One value."""

    criterion = f.text("The code of the criterion.")
    value = f.number("0 up to the best value of the criterion.")
    note = serializers.CharField(
        help_text="Why.", required=False, allow_blank=True, max_length=500, default=""
    )  # fmt: skip


class AssessmentPart(serializers.Serializer):
    """The scores of one officer."""

    by = f.text("Who scored; empty: somebody who has left.")
    is_mine = f.flag("Whether these are your own.")
    note = f.text("What was added in words.")
    at = f.moment("When.", allow_null=False)
    changed_at = f.moment("When they were changed.")
    scores = ScorePart(many=True, help_text="One for each criterion.")


class AssessmentsRecord(serializers.Serializer):
    """The scores of a request that you may read: your own, and when you have given them those of the others."""

    version = f.number("The version of the criteria by which this request is scored.")
    assessments = AssessmentPart(many=True, help_text="By officer, the first one first.")


class AssignInput(Input):
    """Who shall work on the request."""

    officer = serializers.EmailField(required=False, help_text="A colleague's address; without it, yourself.")


class NoteInput(Input):
    """A note for the centre and the coordinator."""

    text = serializers.CharField(max_length=LONGEST_NOTE, help_text="The note.")


class AssessmentInput(Input):
    """Scores for all criteria."""

    scores = ScorePart(many=True, help_text="One for each criterion.")
    note = serializers.CharField(
        max_length=LONGEST_NOTE, required=False, allow_blank=True, default="", help_text="Anything else."
    )


class TriageCalls:
    """Calls for the staff of a centre, beside the steps of a request."""

    request: Any
    row: Any
    written: Any
    validated: Any

    @property
    def _person(self) -> User:
        return cast(User, self.request.user)

    def _plain(self) -> CooperationRequest:
        return CooperationRequest.objects.select_related("party", "centre").get(pk=self.row().pk)

    # Who works on it -------------------------------------------------------

    def kept_by_the_centre(self, row) -> dict:
        """What a single record says to the centre that holds it and to the coordinator."""
        if row.status == RequestStatus.DRAFT or not can(self.request.user, Permission.REQUEST_NOTE, row):
            return {}
        officer = assigning.assignee_of(row)
        return {"assignee": str(officer) if officer else ""}

    @extend_schema(request=AssignInput, responses={200: RequestRecord})
    @action(detail=True, methods=["post"], url_path="assign")
    def assign(self, request, **kwargs):
        """Choose who of your centre works on the request."""
        return once(request, self._assign)

    def _assign(self) -> Response:
        row = self.row()
        require(self._person, Permission.REQUEST_TRIAGE, row)
        said = self.validated(AssignInput)
        people = {person.email.casefold(): person for person in assigning.assignable(row)}
        officer = people.get(said.get("officer", self._person.email).casefold())
        if officer is None:
            raise invalid("officer", _("Choose somebody who works for the centre that holds the request today."))
        return self.written(row, lambda plain: assigning.assign(plain, officer=officer, by=self._person))

    @extend_schema(request=None, responses={200: RequestRecord})
    @action(detail=True, methods=["post"], url_path="unassign")
    def unassign(self, request, **kwargs):
        """Give the request back to the whole centre."""
        return once(request, self._unassign)

    def _unassign(self) -> Response:
        row = self.row()
        require(self._person, Permission.REQUEST_TRIAGE, row)
        return self.written(row, lambda plain: assigning.unassign(plain, by=self._person))

    # Notes -----------------------------------------------------------------

    @extend_schema(responses={200: NotesRecord})
    @action(detail=True, methods=["get"], url_path="notes")
    def notes(self, request, **kwargs):
        """The internal notes that you may read; others than centres and the coordinator get none."""
        return self._notes(self.row())

    def _notes(self, row, status: int = 200) -> Response:
        found = InternalNote.objects.visible_to(self._person).filter(request=row).select_related("author", "centre")
        if not can(self._person, Permission.REQUEST_NOTE, row) and not found.exists():
            raise Http404
        return Response({"notes": [_note(one) for one in found.order_by("-created_at", "-pk")]}, status=status)

    @extend_schema(request=NoteInput, responses={201: NotesRecord})
    @notes.mapping.post
    def keep_note(self, request, **kwargs):
        """Keep a note for your centre and the coordinator."""
        return once(request, self._keep_note)

    def _keep_note(self) -> Response:
        plain = self._plain()
        require(self._person, Permission.REQUEST_NOTE, plain)
        noting.note(plain, text=self.validated(NoteInput)["text"], by=self._person)
        return self._notes(plain, 201)

    # Criteria and scores ---------------------------------------------------

    @extend_schema(responses={200: CriteriaRecord})
    @action(detail=False, methods=["get"], url_path="criteria")
    def criteria(self, request, **kwargs):
        """By what requests are looked at: the criteria in force."""
        version, language = assessing.version_in_force(), language_of()
        listed = [
            {"code": one.code, "kind": str(one.kind), "name": one.named(language), "text": one.explained(language)}
            | {"best": one.best}
            for one in CriteriaVersion.of(version)
        ]
        return Response({"version": version, "criteria": listed})

    @extend_schema(responses={200: AssessmentsRecord})
    @action(detail=True, methods=["get"], url_path="scores")
    def scores(self, request, **kwargs):
        """The scores that you may read: your own first, then those of the others."""
        return self._scores(self.row())

    def _scores(self, row) -> Response:
        if not can(self._person, Permission.REQUEST_NOTE, row):
            raise Http404
        version = assessing.version_for(row)
        found = row.assessments.filter(criteria_version=version).select_related("officer").prefetch_related("scores")
        if not assessing.sees_others(row, self._person):
            found = found.filter(officer=self._person)
        parts = [_assessment(one, self._person) for one in found.order_by("pk")]
        return Response({"version": version, "assessments": parts})

    @extend_schema(request=AssessmentInput, responses={200: AssessmentsRecord})
    @scores.mapping.post
    def give_scores(self, request, **kwargs):
        """Score the request by every criterion, or change your own scores."""
        return once(request, self._give_scores)

    def _give_scores(self) -> Response:
        row = self._plain()
        require(self._person, Permission.REQUEST_TRIAGE, row)
        said = self.validated(AssessmentInput)
        given = {one["criterion"]: Given(one["value"], one["note"]) for one in said["scores"]}
        assessing.assess(row, scores=given, note=said["note"], by=self._person)
        return self._scores(row)


def _note(row: InternalNote) -> dict:
    by = str(row.author) if row.author else ""
    return {"text": row.text, "at": row.created_at, "by": by, "centre": row.centre.slug if row.centre else None}


def _assessment(row, user: User) -> dict:
    scores = [{"criterion": one.criterion, "value": one.value, "note": one.note} for one in row.scores.all()]
    return {
        "by": str(row.officer) if row.officer else "",
        "is_mine": row.officer_id == user.pk,
        "note": row.note,
        "at": row.created_at,
        "changed_at": row.changed_at,
        "scores": sorted(scores, key=lambda score: score["criterion"]),
    }
