"""Workplans, versions, activities, budget lines and comments in the API: rows, rights and actions as on the pages."""

from collections.abc import Callable
from typing import Any, cast

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response

from accounts.api.reading import invalid
from accounts.api.stepped import ReferencedResource, step_call
from accounts.api.writing import once
from accounts.errors import IllegalStep
from accounts.permissions import Permission, can, require
from centres.models import NationalPriority

from ..actions import closing, comments, consultation, drafting, finalizing, linking, plans, snapshots
from ..actions.steps import is_open, may_take, open_steps
from ..filters import WorkplanFilter
from ..lifecycle import VERSION_STEPS, VersionStatus
from ..models import Activity, ActivityIdentity, BudgetLine, Comment, Period, Version, Workplan
from . import inputs, records, shapes
from .filters import ActivityFilter, BudgetLineFilter, CommentFilter, VersionFilter

ROOM = ("workplan__period", "workplan__centre")
HEAVY = ("workplan__final_report", "workplan__search_text", "workplan__centre__coverage_basis")


def _below(path: str, names: tuple[str, ...]) -> list[str]:
    return [f"{path}__{name}" for name in names]


class PlanResource(ReferencedResource):
    """What all kinds of records of plans have in common."""

    model: Any = None

    def write(self, row, act: Callable[[], Any], status: int = 200) -> Response:
        """Do `act` and answer with the record; faults of fields are told by field."""
        said(act)
        return self.answer_again(row, status)


def said(act: Callable[[], Any]) -> Any:
    """Call an action; what it finds wrong with fields becomes a 400 that names each."""
    try:
        with transaction.atomic():
            return act()
    except DjangoValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        raise ValidationError(
            {
                name: [ErrorDetail(" ".join(one.messages), one.code or "invalid") for one in errors]
                for name, errors in error.error_dict.items()
            }
        ) from None


# Workplans and versions -----------------------------------------------------------------------------------------------


class WorkplanResource(PlanResource):
    """Workplans of the centres and of the network."""

    plural, model = "workplans", Workplan
    key_pattern = "WP-[0-9]{4}-[a-z0-9-]+"
    record_class, filterset_class = records.WorkplanRecord, WorkplanFilter
    changed_at = "updated_at"

    def rows(self):
        return Workplan.objects.select_related("period", "centre").defer(
            "final_report", "search_text", "centre__coverage_basis"
        )

    def present(self, rows):
        return shapes.workplan_records(rows, self.request.user, self.address_of(self.plural))

    @extend_schema(request=inputs.WorkplanInput, responses={201: records.WorkplanRecord})
    def create(self, request, **kwargs):
        """Begin a plan for your centre; 200 where it was begun before."""
        return once(request, self._create)

    def _create(self) -> Response:
        data = self.validated(inputs.WorkplanInput)
        period = Period.objects.filter(starts=data["period"]).first()
        if period is None:
            raise invalid("period", _("There is no period that begins in this year."), "does_not_exist")
        known = Workplan.objects.filter(centre=data["centre"], period=period).exists()
        source = self._source(data["copy_from"]) if data.get("copy_from") else None
        more = {name: data[name] for name in ("language", "title") if data.get(name)}
        made = said(lambda: plans.start_workplan(data["centre"], period, by=self.user, copy_from=source, **more))
        return self.answer_again(made, 200 if known else 201)

    def _source(self, reference: str) -> Version:
        found = versions_named(reference).visible_to(self.user).first()
        if found is None:
            raise invalid("copy_from", _("There is nothing here with this reference."), "does_not_exist")
        return found


def versions_named(reference: str):
    """The version with a reference such as WP-2025-pacific/versions/2, or none."""
    plan, _word, number = reference.partition("/versions/")
    if not (number.isascii() and number.isdigit() and len(number) <= 4):
        return Version.objects.none()
    return Version.objects.filter(workplan__in=Workplan.objects.by_reference(plan), number=int(number))


STEPS: dict[str, tuple[type, Callable[..., Any]]] = {
    "open_consultation": (inputs.OpenConsultationInput, consultation.open_consultation),
    "extend": (inputs.ExtendInput, consultation.extend),
    "close_consultation": (inputs.NothingInput, consultation.close_consultation),
    "revise": (inputs.NothingInput, consultation.revise),
    "finalize": (inputs.NothingInput, finalizing.finalize),
    "amend": (inputs.AmendInput, finalizing.amend),
    "close_plan": (inputs.ClosePlanInput, closing.close_plan),
}


def _with_steps(resource):
    """Give the versions one call per step of their table."""
    for name, (body, _act) in STEPS.items():
        setattr(resource, f"step_{name}", step_call(VERSION_STEPS[name], body, records.VersionRecord))
    return resource


@_with_steps
class VersionResource(PlanResource):
    """Versions of workplans: a single record holds the whole document."""

    plural, model = "versions", Version
    key_pattern = "WP-[0-9]{4}-[a-z0-9-]+/versions/[0-9]{1,4}"
    record_class, filterset_class = records.VersionRecord, VersionFilter
    orderings = {"number": "number", "updated_at": "updated_at"}
    default_order = ("workplan", "number", "pk")
    changed_at = "updated_at"
    worded = ("open_steps",)

    def rows(self):
        return Version.objects.select_related(*ROOM).defer("snapshot", *HEAVY)

    def find(self, rows, value):
        return rows.filter(pk__in=versions_named(value).values("pk"))

    def present(self, rows):
        return shapes.version_records(rows, self.address_of(self.plural))

    def more(self, row) -> dict:
        user = self.request.user
        inside = user.is_authenticated and can(user, Permission.WORKPLAN_VIEW, row)
        found: dict[str, Any] = {
            "ledger": comments.ledger_counts(row),
            "document": snapshots.document(row) if inside else snapshots.public_document(row),
        }
        if inside:
            silent = row.invitations.visible_to(user).silent().order_by("party__iso2")
            found["silent"] = list(silent.values_list("party__iso2", flat=True))
        if user.is_authenticated:
            found["open_steps"] = [step.name for step in open_steps(row, user)]
        return found

    @extend_schema(request=inputs.VersionChange, responses={200: records.VersionRecord})
    def partial_update(self, request, **kwargs):
        """Change title or summary of a draft."""
        return once(request, self._change)

    def _change(self) -> Response:
        row = self.row()
        require(self.user, Permission.WORKPLAN_EDIT, row)
        self.refuse_stale(row)
        data = self.validated(inputs.VersionChange)
        revision = data.pop("revision", None)
        return self.write(row, lambda: drafting.save_plan(row, by=self.user, data=data, revision=revision))

    def take_step(self, name: str, body: type) -> Response:
        """Take a step of the table; the answer is the record. A step that makes a new draft says where it is."""
        row, (_body, act) = self.row(), STEPS[name]
        if not may_take(row, VERSION_STEPS[name], self.user):
            require(self.user, cast(Permission, VERSION_STEPS[name].permission), row)
        self.refuse_stale(row)
        if not is_open(row, VERSION_STEPS[name]):
            raise IllegalStep(_("This step is not possible now."), [step.name for step in open_steps(row, self.user)])
        made = said(lambda: act(row, by=self.user, **self.validated(body)))
        response = self.answer_again(row)
        if isinstance(made, Version) and made.pk != row.pk:
            response["Location"] = f"{self.address_of(self.plural)}{made.reference}/"
        return response

    @extend_schema(request=inputs.AnswerInput, responses={200: records.VersionRecord})
    @action(detail=True, methods=["post"], url_path="answer", url_name="answer")
    def give_answer(self, request, **kwargs):
        """An office says its word on the whole plan."""
        return once(request, self._give_answer)

    def _give_answer(self) -> Response:
        row = self.row()
        data = self.validated(inputs.AnswerInput)
        return self.write(row, lambda: consultation.answer(row, data["party"], by=self.user, verdict=data["verdict"]))


# Activities and budget lines ------------------------------------------------------------------------------------------


class PlannedResource(PlanResource):
    """Rows of plans: lists show each once, as the newest version has it that the caller may see."""

    NUMBER = "version__number"
    worded: tuple[str, ...] = ()

    def visible(self, rows):
        user = self.request.user
        return rows.newest_visible_to(user) if self.action == "list" else rows.visible_to(user)

    def find(self, rows, value):
        return super().find(rows, value).order_by(f"-{self.NUMBER}")

    def lock(self, row) -> None:
        Workplan.objects.select_for_update().filter(pk=self.version_of(row).workplan_id).first()
        super().lock(row)

    def version_of(self, row) -> Version:
        raise NotImplementedError

    def changed(self, body: type, save: Callable[..., Any]) -> Response:
        """Change a row with what the body says."""
        row = self.row()
        require(self.user, Permission.WORKPLAN_EDIT, row)
        self.refuse_stale(row)
        data = self.validated(body)
        revision = data.pop("revision", None)
        return self.write(row, lambda: save(row, by=self.user, data=data, revision=revision))

    def removed(self, remove: Callable[..., Any]) -> Response:
        """Take a row out of its draft."""
        row = self.row()
        require(self.user, Permission.WORKPLAN_EDIT, row)
        self.refuse_stale(row)
        said(lambda: remove(row, by=self.user))
        return Response(status=204)


class ActivityResource(PlannedResource):
    """Activities, with their results."""

    plural, model = "activities", Activity
    key_pattern = "ACT-[0-9]{6,12}"
    record_class, filterset_class = records.ActivityRecord, ActivityFilter
    orderings = {"position": "position", "starts_on": "starts_on", "ends_on": "ends_on"}
    default_order = ("version", "position", "pk")
    changed_at = "version__updated_at"

    def rows(self):
        return Activity.objects.select_related(*_below("version", ROOM)).defer(
            "search_text", "version__snapshot", *_below("version", HEAVY)
        )

    def version_of(self, row):
        return row.version

    def present(self, rows):
        return shapes.activity_records(rows, self.request.user, self.address_of(self.plural))

    @extend_schema(request=inputs.ActivityInput, responses={201: records.ActivityRecord})
    def create(self, request, **kwargs):
        """Add an activity to the draft of a plan."""
        return once(request, self._create)

    def _create(self) -> Response:
        data = self.validated(inputs.ActivityInput)
        draft = self._draft(data.pop("workplan"))
        made = said(lambda: drafting.add_activity(draft, by=self.user, data=data))
        return self.answer_again(made, 201)

    def _draft(self, reference: str) -> Version:
        """The draft of a plan that the caller may write."""
        plan = Workplan.objects.visible_to(self.user).by_reference(reference).first()
        if plan is None:
            raise invalid("workplan", _("There is nothing here with this reference."), "does_not_exist")
        require(self.user, Permission.WORKPLAN_EDIT, plan)
        draft = plan.versions.select_related(*ROOM).filter(status=VersionStatus.DRAFT).first()
        if draft is None:
            raise IllegalStep(_("This plan has no draft now. Revise or amend it first."))
        return draft

    @extend_schema(request=inputs.FromRecordInput, responses={200: records.ActivityRecord, 201: records.ActivityRecord})
    @action(detail=False, methods=["post"], url_path="from-record", url_name="from-record")
    def from_record(self, request, **kwargs):
        """Make an activity of a need, an engagement or an approved joint proposal; 200 where it is there already."""
        return once(request, self._from_record)

    def _from_record(self) -> Response:
        data = self.validated(inputs.FromRecordInput)
        draft = self._draft(data["workplan"])
        source = linking.source_named(data["record"], self.user)
        if source is None:
            raise invalid("record", _("There is nothing here with this reference."), "does_not_exist")
        before = draft.activities.count()
        made = said(lambda: linking.activity_from(draft, source, by=self.user))
        return self.answer_again(made, 201 if draft.activities.count() > before else 200)

    @extend_schema(request=inputs.ActivityChange, responses={200: records.ActivityRecord})
    def partial_update(self, request, **kwargs):
        """Change an activity of a draft."""
        return once(request, lambda: self.changed(inputs.ActivityChange, drafting.save_activity))

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request, **kwargs):
        """Take an activity with its budget out of a draft."""
        return once(request, lambda: self.removed(drafting.remove_activity))


class BudgetLineResource(PlannedResource):
    """Budget lines; sums never mix currencies without a dated rate."""

    NUMBER = "activity__version__number"
    plural, model = "budget-lines", BudgetLine
    amounts = ("amount", "rate_to_usd", "amount_usd", "staff_months")
    key_pattern = "BL-[0-9]{6,12}"
    record_class, filterset_class = records.BudgetLineRecord, BudgetLineFilter
    orderings = {"year": "year", "amount": "amount", "currency": "currency"}
    default_order = ("activity__version", "activity__position", "year", "pk")
    changed_at = "activity__version__updated_at"

    def rows(self):
        return BudgetLine.objects.select_related("funder", *_below("activity__version", ROOM)).defer(
            "activity__search_text", "activity__version__snapshot", *_below("activity__version", HEAVY)
        )

    def version_of(self, row):
        return row.activity.version

    def present(self, rows):
        return shapes.line_records(rows, self.address_of(self.plural))

    @extend_schema(request=inputs.LineInput, responses={201: records.BudgetLineRecord})
    def create(self, request, **kwargs):
        """Add a budget line to an activity of a draft."""
        return once(request, self._create)

    def _create(self) -> Response:
        data = self.validated(inputs.LineInput)
        found = Activity.objects.newest_visible_to(self.user).by_reference(data.pop("activity"))
        activity = found.select_related(*_below("version", ROOM)).first()
        if activity is None:
            raise invalid("activity", _("There is nothing here with this reference."), "does_not_exist")
        require(self.user, Permission.WORKPLAN_EDIT, activity)
        made = said(lambda: drafting.add_line(activity, by=self.user, data=data))
        return self.answer_again(made, 201)

    @extend_schema(request=inputs.LineChange, responses={200: records.BudgetLineRecord})
    def partial_update(self, request, **kwargs):
        """Change a budget line of a draft."""
        return once(request, lambda: self.changed(inputs.LineChange, drafting.save_line))

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request, **kwargs):
        """Take a budget line out of a draft."""
        return once(request, lambda: self.removed(drafting.remove_line))


# Comments -------------------------------------------------------------------------------------------------------------


class CommentResource(PlanResource):
    """What offices said in consultations, and what became of it."""

    plural, model = "comments", Comment
    key_pattern = "COM-[0-9]{6,12}"
    record_class, filterset_class = records.CommentRecord, CommentFilter
    orderings = {"created_at": "created_at"}
    default_order = ("created_at", "pk")
    changed_at = "updated_at"
    worded = ("open_steps",)

    def rows(self):
        related = Comment.objects.filter(withdrawn_at__isnull=True).select_related("party", *_below("version", ROOM))
        return related.defer("version__snapshot", "party__search_text", "party__aliases", *_below("version", HEAVY))

    def present(self, rows):
        return shapes.comment_records(rows, self.address_of(self.plural))

    def more(self, row) -> dict:
        user = self.request.user
        if not user.is_authenticated:
            return {}
        return {"open_steps": comments.open_steps(row, user)}

    @extend_schema(request=inputs.CommentInput, responses={201: records.CommentRecord})
    def create(self, request, **kwargs):
        """Say something for your office in a consultation that is open."""
        return once(request, self._create)

    def _create(self) -> Response:
        data = self.validated(inputs.CommentInput)
        version = versions_named(data.pop("version")).select_related(*ROOM).visible_to(self.user).first()
        if version is None:
            raise invalid("version", _("There is nothing here with this reference."), "does_not_exist")
        party, ids = data.pop("party"), data.pop("priorities", [])
        priorities = list(NationalPriority.objects.current().filter(party=party, pk__in=ids))
        if len(priorities) != len(set(ids)):
            raise invalid("priorities", _("Choose priorities of your own country."), "does_not_exist")
        data["activity"] = self._identity(data.get("activity") or "", version)
        made = said(lambda: comments.comment(version, party, by=self.user, priorities=priorities, **data))
        return self.answer_again(made, 201)

    def _identity(self, reference: str, version: Version) -> ActivityIdentity | None:
        if not reference:
            return None
        row = Activity.objects.by_reference(reference).filter(version=version).select_related("identity").first()
        if row is None:
            raise invalid("activity", _("There is nothing here with this reference."), "does_not_exist")
        return row.identity

    @extend_schema(request=inputs.CommentChange, responses={200: records.CommentRecord})
    def partial_update(self, request, **kwargs):
        """Change your office's words while the consultation is open."""
        return once(request, lambda: self._act(inputs.CommentChange, comments.change_comment))

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request, **kwargs):
        """Take your office's comment back while the consultation is open."""
        return once(request, self._withdraw)

    def _withdraw(self) -> Response:
        row = self.row()
        self.refuse_stale(row)
        said(lambda: comments.withdraw_comment(row, by=self.user))
        return Response(status=204)

    @extend_schema(request=inputs.DisposeInput, responses={200: records.CommentRecord})
    @action(detail=True, methods=["post"], url_path="dispose", url_name="dispose")
    def dispose(self, request, **kwargs):
        """The centre says what becomes of a comment."""
        return once(request, lambda: self._act(inputs.DisposeInput, comments.dispose))

    @extend_schema(request=inputs.PublishInput, responses={200: records.CommentRecord})
    @action(detail=True, methods=["post"], url_path="publish", url_name="publish")
    def publish(self, request, **kwargs):
        """The office decides whether everybody may read its words."""
        return once(request, lambda: self._act(inputs.PublishInput, comments.publish_comment))

    def _act(self, body: type, act: Callable[..., Any]) -> Response:
        row = self.row()
        self.refuse_stale(row)
        data = self.validated(body)
        return self.write(row, lambda: act(row, by=self.user, **data))


RESOURCES = [WorkplanResource, VersionResource, ActivityResource, BudgetLineResource, CommentResource]
