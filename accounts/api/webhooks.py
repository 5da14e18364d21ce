"""Webhooks in the API: where a partner system wants to be told of changes, what was sent, and sending it again."""

from typing import Any, cast

import django_filters
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from .. import feed
from ..actions import webhooks
from ..models import Job, User, Webhook, WebhookDelivery
from ..texts import validate_line
from . import fields as f
from .access import Access
from .inputs import Input
from .reading import invalid
from .resource import Resource
from .writing import once

CHANGES = ("changed", "gone")
SHOWN = 100


class WebhookRecord(serializers.Serializer):
    """One webhook of yours."""

    id = f.number("Its address here.")
    url = f.text("The address of this record.")
    name = f.text("What you call it.")
    target = f.text("The address that is called.")
    types = f.texts("Only these kinds of records; empty: all.")
    changes = serializers.ListField(
        child=serializers.ChoiceField(choices=CHANGES), help_text="Only these changes; empty: both."
    )
    parties = f.texts("Only records of these Parties, by code; empty: all.")
    status = f.choice("Whether it is called.", Webhook.State.choices)
    paused_because = f.choice(
        "owner: somebody paused it; failures: three days without success; gone: the receiver answered 410; no_owner: "
        "its account has ended; empty while it is active.",
        [(reason, reason) for reason in ("", "owner", "failures", "gone", "no_owner")],
    )
    failing_since = f.moment("Since when the receiver has taken nothing; null while it works.")
    last_success_at = f.moment("When it last took something.")
    former_secret_until = f.moment("After a rotation: until when the former secret signs as well.")
    created_at = f.moment("When it was made.", allow_null=False)
    is_example = f.flag("Example data.")
    secret = serializers.CharField(
        required=False, help_text="Only in the answer to making it and to rotating: keep it, it is not shown again."
    )


class TryPart(serializers.Serializer):
    """One try of a delivery."""

    at = f.moment("When.", allow_null=False)
    status = f.number("The HTTP status of the answer; null without one.", allow_null=True)
    fault = f.text("What went wrong without an answer: unreachable, certificate, slow, broken_off or refused_….")


class DeliveryRecord(serializers.Serializer):
    """One event that was sent to a webhook, or is still to be sent."""

    event_id = f.text("The header webhook-id: the same at every try, so that you can tell a second one.")
    event_type = f.text("Such as requests.changed, offers.gone or webhook.test.")
    state = f.choice("How far it is.", [(state, state) for state in Job.State.values])
    attempt = f.number("How often it has been tried.")
    due_at = f.moment("When it is tried next, while it is queued.")
    last_status = f.number("The HTTP status of the last answer.", allow_null=True)
    tries = TryPart(many=True, help_text="Every try.")
    payload = serializers.DictField(help_text="What is sent: type, timestamp, and the change as in the feed.")


class WebhookChange(Input):
    """What may be changed of a webhook."""

    name = serializers.CharField(
        max_length=100, required=False, validators=[validate_line], help_text="What you call it."
    )
    target = serializers.CharField(
        max_length=500, required=False, help_text="A public https address that answers 2xx within some seconds."
    )
    types = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=30, help_text="Kinds of records."
    )
    changes = serializers.ListField(
        child=serializers.ChoiceField(choices=CHANGES), required=False, max_length=2, help_text="changed, gone."
    )
    parties = serializers.ListField(
        child=serializers.RegexField("^[A-Z0-9]{2}$"), required=False, max_length=200, help_text="Codes of Parties."
    )

    def validate_types(self, value: list[str]) -> list[str]:
        if unknown := set(value) - set(feed.kinds()):
            raise serializers.ValidationError(", ".join(sorted(unknown)), code="invalid_choice")
        return value


class WebhookInput(WebhookChange):
    """A new webhook."""

    name = serializers.CharField(max_length=100, validators=[validate_line], help_text="What you call it.")
    target = serializers.CharField(
        max_length=500, help_text="A public https address that answers 2xx within some seconds."
    )


class ReplayInput(Input):
    """Which event to send again."""

    event_id = serializers.CharField(max_length=60, help_text="The event's id, as in the list of deliveries.")


class WebhookFilter(django_filters.FilterSet):
    """Webhooks."""

    status = django_filters.ChoiceFilter(
        label="Whether it is called", choices=Webhook.State.choices, field_name="state"
    )

    class Meta:
        model = Webhook
        fields: list[str] = []


class WebhookResource(Resource):
    """Addresses of yours that are told of every change that you may see, signed in the form of Standard Webhooks."""

    access = Access.SIGNED_IN
    plural, key, key_pattern = "webhooks", "id", "[0-9]{1,18}"
    record_class, filterset_class = WebhookRecord, WebhookFilter
    orderings = {"created_at": "created_at"}
    default_order = ("-created_at", "-pk")

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def rows(self):
        return Webhook.objects.all()

    def visible(self, rows):
        return rows.filter(owner=self.user)

    def present(self, rows):
        prefix = self.address_of(self.plural)
        return [_webhook(row, prefix) for row in rows]

    @extend_schema(request=WebhookInput, responses={201: WebhookRecord})
    def create(self, request, **kwargs):
        """Make a webhook: it tells of what happens from now on. The answer holds its secret, this once."""
        return self._with_secret(once(request, self._create))

    def _create(self) -> Response:
        said = _renamed(self.validated(WebhookInput))
        made = _checked(lambda: webhooks.make_webhook(self.user, by=self.user, **said))
        return self.answer_again(made, 201)

    def _with_secret(self, response: Response) -> Response:
        """Put the secret into the answer after it was kept for an Idempotency-Key: it lies in no table."""
        row = self.visible(self.rows()).get(pk=response.data["id"])
        response.data = response.data | {"secret": row.secret}
        return response

    @extend_schema(request=WebhookChange, responses={200: WebhookRecord})
    def partial_update(self, request, **kwargs):
        """Change name, address or filters."""
        return once(request, self._change)

    def _change(self) -> Response:
        row = self.row()
        self.refuse_stale(row)
        said = _renamed(self.validated(WebhookChange))
        return self.answer_again(_checked(lambda: webhooks.change_webhook(row, by=self.user, **said)))

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request, **kwargs):
        """Delete a webhook and the log of what it was sent."""
        return once(request, self._delete)

    def _delete(self) -> Response:
        row = self.row()
        self.refuse_stale(row)
        webhooks.delete_webhook(row, by=self.user)
        return Response(status=204)

    def _done(self, act: Any) -> Response:
        row = self.row()
        self.refuse_stale(row)
        act(row, by=self.user)
        return self.answer_again(row)

    @extend_schema(request=None, responses={200: WebhookRecord})
    @action(detail=True, methods=["post"])
    def rotate(self, request, **kwargs):
        """A new secret, in the answer this once. For 24 hours the former one signs as well."""
        return self._with_secret(once(request, self._rotate))

    def _rotate(self) -> Response:
        row = self.row()
        self.refuse_stale(row)
        return self.answer_again(webhooks.rotate_secret(row, by=self.user))

    @extend_schema(request=None, responses={200: WebhookRecord})
    @action(detail=True, methods=["post"])
    def pause(self, request, **kwargs):
        """Stop calling. What happens meanwhile is sent after it is resumed."""
        return once(request, lambda: self._done(webhooks.pause_webhook))

    @extend_schema(request=None, responses={200: WebhookRecord})
    @action(detail=True, methods=["post"])
    def resume(self, request, **kwargs):
        """Call again, from where it was paused."""
        return once(request, lambda: self._done(webhooks.resume_webhook))

    @extend_schema(request=None, responses={202: DeliveryRecord})
    @action(detail=True, methods=["post"])
    def test(self, request, **kwargs):
        """Send an event of the type webhook.test, tried once; the list of deliveries says what came of it."""
        return once(request, self._test)

    def _test(self) -> Response:
        return Response(_delivery(webhooks.send_test(self.row(), by=self.user)), status=202)

    @extend_schema(responses={200: DeliveryRecord(many=True)})
    @action(detail=True, methods=["get"])
    def deliveries(self, request, **kwargs):
        """The last hundred events of this webhook, newest first, with every try. They are kept for 30 days."""
        rows = self.row().deliveries.order_by("-queued_at", "-pk")[:SHOWN]
        return Response([_delivery(row) for row in rows])

    @extend_schema(request=ReplayInput, responses={202: DeliveryRecord})
    @action(detail=True, methods=["post"])
    def replay(self, request, **kwargs):
        """Send one event again, under the same id."""
        return once(request, self._replay)

    def _replay(self) -> Response:
        row, said = self.row(), self.validated(ReplayInput)
        found: WebhookDelivery | None = row.deliveries.filter(event_id=said["event_id"]).first()
        if found is None:
            raise Http404
        return Response(_delivery(webhooks.replay(found, by=self.user)), status=202)


def _renamed(said: dict[str, Any]) -> dict[str, Any]:
    """`url` is the record's own address in every record of the API, so the called one is `target` here."""
    return {"url" if name == "target" else name: value for name, value in said.items()}


def _checked(act: Any) -> Webhook:
    try:
        return act()
    except DjangoValidationError as error:
        raise invalid("target", " ".join(error.messages), "refused") from None


def _webhook(row: Webhook, prefix: str) -> dict[str, Any]:
    plain = ("name", "types", "changes", "parties", "paused_because", "failing_since", "last_success_at", "created_at")
    return {
        "id": row.pk,
        "url": f"{prefix}{row.pk}/",
        "target": row.url,
        "status": row.state,
        "former_secret_until": row.former_until,
        "is_example": row.is_example,
    } | {name: getattr(row, name) for name in plain}


def _delivery(row: WebhookDelivery) -> dict[str, Any]:
    plain = ("event_id", "event_type", "state", "attempt", "last_status", "tries", "payload")
    return {name: getattr(row, name) for name in plain} | {"due_at": row.due_at if row.state == "queued" else None}
