"""Tickets of the helpdesk in the API: one's own, and those that one answers; the steps as on the pages."""

from typing import Any, cast

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.api import fields as f
from accounts.api.access import Access
from accounts.api.inputs import CodeField, Input
from accounts.api.resource import Resource
from accounts.api.writing import once
from accounts.models import User
from centres.models import Party, SupportCentre, Ticket, TicketMessage

from . import actions
from .lifecycle import HELPDESK, STEPS, Step

LONGEST = 5000


class TicketMessageRecord(serializers.Serializer):
    """What was said after the question."""

    text = f.text("The words.")
    at = f.moment("When.", allow_null=False)
    by = f.text("asker or helpdesk.")
    is_internal = f.flag("A note that only those who answer read.")


class TicketRecord(serializers.Serializer):
    """A question to the helpdesk."""

    reference = f.text("Such as TIC-000012.")
    url = f.text("The address of this record.")
    kind = f.choice("What it is about.", Ticket.Kind.choices)
    status = f.choice("Its state; the steps lead from one to another.", Ticket.Status.choices)
    subject = f.text("In a few words.")
    text = f.text("The question.")
    language = f.text("The language it is written in.")
    party = f.text("The code of the Party it concerns, or null.", allow_null=True)
    centre = f.text("The slug of the centre that answers; null: the helpdesk.", allow_null=True)
    is_mine = f.flag("Whether you asked it.")
    due_on = f.day("Until when it is answered.")
    created_at = f.moment("When it was asked.", allow_null=False)
    updated_at = f.moment("When it last changed.", allow_null=False)
    solved_at = f.moment("When it was solved.")
    is_example = f.flag("Example data.")
    messages = TicketMessageRecord(many=True, required=False, help_text="In a single record: what was said.")
    open_steps = f.texts("In a single record: the steps that you may take now.", required=False)


class TicketFilter(django_filters.FilterSet):
    """Tickets."""

    status = django_filters.ChoiceFilter(label="State", choices=Ticket.Status.choices)
    kind = django_filters.ChoiceFilter(label="What it is about", choices=Ticket.Kind.choices)
    party = django_filters.CharFilter(label="Code of the Party", field_name="party__iso2")

    class Meta:
        model = Ticket
        fields: list[str] = []


class TicketInput(Input):
    """A question to the helpdesk."""

    kind = f.choice("What it is about.", Ticket.Kind.choices)
    subject = serializers.CharField(max_length=200, help_text="In a few words.")
    text = serializers.CharField(max_length=LONGEST, help_text="The question, in any language.")
    party = CodeField(
        lambda: Party.objects.current(), "iso2", required=False, allow_null=True, help_text="The Party it concerns."
    )


def step_input(step: Step) -> type[Input] | None:
    """The body of a step; None where nothing is asked."""
    makers: dict[str, Any] = {
        "text": lambda: serializers.CharField(max_length=LONGEST, help_text="What you say."),
        "reason": lambda: serializers.CharField(max_length=500, help_text="Why; whoever answers next reads it."),
        "centre": lambda: CodeField(
            lambda: SupportCentre.objects.current(), "slug", help_text="The slug of the centre that shall answer."
        ),
    }
    title = "Ticket" + "".join(word.title() for word in step.name.split("_")) + "Input"
    fields = {name: makers[name]() for name in step.asks}
    return type(title, (Input,), {**fields, "__doc__": str(step.label)}) if fields else None


class TicketResource(Resource):
    """Questions to the helpdesk: your own, and those that you answer."""

    access = Access.SIGNED_IN
    plural, key_pattern = "tickets", "TIC-[0-9]{6,12}"
    record_class, filterset_class = TicketRecord, TicketFilter
    orderings = {"due_on": "due_on", "created_at": "created_at"}
    default_order = ("-created_at", "-pk")
    changed_at = "updated_at"
    worded = ("open_steps",)

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def rows(self):
        return Ticket.objects.select_related("party", "centre")

    def visible(self, rows):
        return rows.visible_to(self.request.user)

    def find(self, rows, value):
        return rows.by_reference(value)

    def present(self, rows):
        prefix = self.address_of(self.plural)
        return [_ticket(row, self.request.user, prefix) for row in rows]

    def more(self, row):
        said = TicketMessage.objects.filter(ticket=row).order_by("created_at", "pk")
        if HELPDESK not in actions.parts_of(row, self.user):
            said = said.filter(is_internal=False)
        steps = [step.name for step in actions.open_steps(row, self.user)]
        return {"messages": [_message(one) for one in said], "open_steps": steps}

    @extend_schema(request=TicketInput, responses={201: TicketRecord})
    def create(self, request, **kwargs):
        """Ask the helpdesk."""
        return once(request, self._create)

    def _create(self) -> Response:
        data = self.validated(TicketInput)
        return self.answer_again(actions.ask(by=self.user, **data), 201)

    def take_step(self, name: str, body) -> Response:
        """Take a step of the table; the answer is the ticket."""
        return once(self.request, lambda: self._take_step(name, body))

    def _take_step(self, name: str, body) -> Response:
        row = self.row()
        self.refuse_stale(row)
        said = self.validated(body) if body else self.validated(Input)
        return self.answer_again(actions.ACTS[name](row, by=self.user, **said))


def _ticket(row: Ticket, user, prefix: str) -> dict:
    return {
        "reference": row.reference,
        "url": f"{prefix}{row.reference}/",
        "kind": row.kind,
        "status": row.status,
        "subject": row.subject,
        "text": row.text,
        "language": row.language,
        "party": row.party.iso2 if row.party else None,
        "centre": row.centre.slug if row.centre else None,
        "is_mine": row.asker_id == user.pk,
        "due_on": row.due_on,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "solved_at": row.solved_at,
        "is_example": row.is_example,
    }


def _message(row: TicketMessage) -> dict:
    said = {"text": row.text, "at": row.created_at, "is_internal": row.is_internal}
    return said | {"by": "asker" if row.is_from_asker else "helpdesk"}


def _call(step: Step):
    body = step_input(step)

    def call(self, request, **kwargs):
        return self.take_step(step.name, body)

    call.__name__, call.__doc__ = f"step_{step.name}", str(step.label)
    sources, who = ", ".join(sorted(step.sources)), ", ".join(sorted(step.who))
    words = f"By: {who}. From: {sources}. To: {step.target or 'the same state'}."
    described = extend_schema(
        request=body, responses={200: TicketRecord}, summary=str(step.label), description=words
    )  # fmt: skip
    # Described last: `action` drops what a function was told before.
    return described(action(detail=True, methods=["post"], url_path=step.name, url_name=step.name)(call))


for _step in STEPS.values():
    setattr(TicketResource, f"step_{_step.name}", _call(_step))
