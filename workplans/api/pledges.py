"""Pledges and unmet needs in the API: rows, rights and actions as on the pages."""

from collections.abc import Callable
from typing import Any, cast

import django_filters
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.api.reading import invalid
from accounts.api.stepped import step_call
from accounts.api.writing import once
from accounts.errors import IllegalStep
from accounts.list_filters import choice
from accounts.permissions import Permission, can, reach, require
from centres.models import Organization
from requests_offers.models import Component

from ..actions import pledge_money, pledges
from ..filters_needs import UnmetNeedFilter
from ..lifecycle import PLEDGE_STEPS, PledgeStatus
from ..models import Pledge, Receipt, Workplan
from ..models.pledge import OBJECTS
from ..pledge_objects import PARTS, find_object, gap_row
from . import pledge_inputs as inputs
from . import pledge_records as records
from .inputs import NothingInput
from .resources import PlanResource, said
from .shapes import gap_record

KINDS = [(name, name) for name in OBJECTS]
HEAVY = [
    f"{path}{name}"
    for path in ("workplan__", "activity__workplan__", "line__workplan__")
    for name in ("final_report", "search_text", "current_version__snapshot")
]


class PledgeFilter(django_filters.FilterSet):
    """Pledges."""

    status = choice(gettext_lazy("Status"), PledgeStatus.choices)
    kind = django_filters.ChoiceFilter(label="What it is for", choices=KINDS, method="of_kind")
    object = django_filters.CharFilter(label="Reference of what it is for", method="for_object")
    donor = django_filters.CharFilter(label="Slug of the donor", field_name="donor__slug")
    centre = django_filters.CharFilter(label="Slug of the centre", field_name="centre__slug")
    workplan = django_filters.CharFilter(label="Reference of the workplan", method="of_workplan")
    mine = django_filters.BooleanFilter(label="Only those of my donor or centre", method="of_mine")

    class Meta:
        model = Pledge
        fields: list[str] = []

    def of_kind(self, rows, name, value):
        return rows.filter(**{f"{value}__isnull": False})

    def for_object(self, rows, name, value):
        thing = find_object(self.request.user, value)
        return rows.none() if thing is None else rows.filter(**{pledges.KIND_OF[type(thing)]: thing})

    def of_workplan(self, rows, name, value):
        plan = Workplan.objects.by_reference(value).first()
        return rows.none() if plan is None else rows.about_plan(plan)

    def of_mine(self, rows, name, value):
        own = reach(self.request.user, Permission.PLEDGE_VIEW).as_q(Pledge.SCOPE)
        return rows.filter(own if value else ~own)


ACTS: dict[str, tuple[type, Callable[..., Any]]] = {
    "discuss": (inputs.WordsInput, pledges.discuss),
    "pledge": (inputs.AmountInput, pledge_money.pledge_amount),
    "commit": (inputs.CommitInput, pledge_money.commit),
    "confirm_commitment": (inputs.ConfirmInput, pledge_money.confirm_commitment),
    "record_receipt": (inputs.ReceiptInput, pledge_money.record_receipt),
    "refuse": (inputs.RefusePledgeInput, pledge_money.refuse),
    "withdraw": (inputs.WithdrawPledgeInput, pledge_money.withdraw),
}


def _with_steps(resource):
    """Give the pledges one call per step that a person takes."""
    for name, (body, _act) in ACTS.items():
        call = step_call(PLEDGE_STEPS[name], body, records.PledgeRecord, target="part_received or received")
        setattr(resource, f"step_{name}", call)
    return resource


@_with_steps
class PledgeResource(PlanResource):
    """Pledges of donors, from the first interest to the money that arrived."""

    plural, model = "pledges", Pledge
    amounts = ("amount", "rate_to_usd", "amount_usd", "received")
    key_pattern = "PLE-[0-9]{6,12}"
    record_class, filterset_class = records.PledgeRecord, PledgeFilter
    orderings = {"updated_at": "updated_at", "amount": "amount", "pledged_at": "pledged_at"}
    default_order = ("-stepped_at", "-pk")
    changed_at = "updated_at"
    worded = ("open_steps",)

    def rows(self):
        receipts = Prefetch("receipts", Receipt.objects.order_by("received_on", "pk"))
        return Pledge.objects.select_related(*PARTS).defer(*HEAVY).prefetch_related(receipts)

    def present(self, rows):
        return records.pledge_records(rows, self.address_of(self.plural))

    def more(self, row) -> dict:
        user = self.request.user
        gap = gap_row(row)
        found: dict[str, Any] = {"gap": gap_record(gap) if gap else None}
        if user.is_authenticated:
            if can(user, Permission.PLEDGE_VIEW, row):
                found |= self._inside(row)
            found["open_steps"] = [step.name for step in pledges.open_steps(row, user)]
        return found

    def _inside(self, row: Pledge) -> dict:
        """What is between donor and centre."""
        plain = ("is_anonymous", "conditions", "reason_code", "reason", "due_on")
        papers = [
            {name: getattr(one, name) for name in ("name", "content_type", "size", "sha256")}
            | {"url": self.request.build_absolute_uri(reverse("pledge_document", args=[row.reference, one.pk]))}
            for one in row.documents.order_by("at", "pk")
        ]
        agreed = {"donor": row.above_gap_by_donor, "centre": row.above_gap_by_centre}
        talk = row.messages.order_by("at", "pk").values("side", "text", "language", "at")
        return {name: getattr(row, name) for name in plain} | {
            "above_gap": [side for side, agrees in agreed.items() if agrees],
            "messages": list(talk),
            "documents": papers,
        }

    def lock(self, row) -> None:
        pledges.lock(row)

    @extend_schema(request=inputs.PledgeInput, responses={200: records.PledgeRecord, 201: records.PledgeRecord})
    def create(self, request, **kwargs):
        """Tell a centre of your interest; 200 where you talk with it about the same thing already."""
        return once(request, self._create)

    def _create(self) -> Response:
        data = self.validated(inputs.PledgeInput)
        thing = find_object(self.user, data.pop("object"))
        if thing is None:
            raise invalid("object", _("There is nothing here with this reference."), "does_not_exist")
        donor = data.pop("donor", None) or self._own_donor()
        before = set(Pledge.objects.filter(donor=donor).values_list("pk", flat=True))
        made = said(lambda: pledges.express_interest(thing, donor, by=self.user, **data))
        return self.answer_again(made, 200 if made.pk in before else 201)

    def _own_donor(self) -> Organization:
        ours = reach(self.user, Permission.PLEDGE_MAKE).organizations
        if not ours:
            require(self.user, Permission.PLEDGE_MAKE)
        if len(ours) != 1:
            raise invalid("donor", _("You speak for several donors: say for which."), "required")
        return Organization.objects.get(pk=next(iter(ours)))

    def take_step(self, name: str, body: type) -> Response:
        """Take a step of the table; the answer is the record."""
        _body, act = ACTS[name]
        return self._act(cast(Permission, PLEDGE_STEPS[name].permission), body, act)

    def _act(self, permission: Permission, body: type, act: Callable[..., Any]) -> Response:
        row = self.row()
        require(self.user, permission, row)
        self.refuse_stale(row)
        data = self.validated(body)
        plain = Pledge.objects.get(pk=row.pk)
        try:
            return self.write(row, lambda: act(plain, by=self.user, **data))
        except IllegalStep as error:
            row = Pledge.objects.get(pk=row.pk)
            raise IllegalStep(str(error), [step.name for step in pledges.open_steps(row, self.user)]) from error

    @extend_schema(request=inputs.WordsInput, responses={200: records.PledgeRecord})
    @action(detail=True, methods=["post"], url_path="say", url_name="say")
    def say(self, request, **kwargs):
        """Write to the other side; the first message of the centre begins the discussion."""
        return once(request, lambda: self._act(Permission.PLEDGE_TALK, inputs.WordsInput, pledges.say))

    @extend_schema(request=None, responses={200: records.PledgeRecord})
    @action(detail=True, methods=["post"], url_path="allow_above_gap", url_name="allow_above_gap")
    def allow_above_gap(self, request, **kwargs):
        """Your side agrees that more is given than is asked; both sides have to."""
        return once(request, lambda: self._act(Permission.PLEDGE_TALK, NothingInput, pledge_money.allow_above_gap))


# Unmet needs ----------------------------------------------------------------------------------------------------------


class UnmetNeedResource(PlanResource):
    """Needs for which nobody was found, the longest waiting first, with what donors give for their requests."""

    plural, model = "unmet-needs", Component
    key_pattern = "REQ-[0-9]{6,12}-[1-9][0-9]?"
    record_class, filterset_class = records.UnmetNeedRecord, UnmetNeedFilter
    changed_at = "request__updated_at"

    def rows(self):
        related = Component.objects.unmet().select_related("request__party__region", "request__centre")
        heavy = ("search_text", "party__search_text", "party__aliases", "centre__coverage_basis")
        return related.defer(*(f"request__{name}" for name in heavy)).prefetch_related("targets", "cooperation_types")

    def present(self, rows):
        return records.need_records(rows, self.address_of(self.plural))


RESOURCES = [PledgeResource, UnmetNeedResource]
