"""Records with steps: one call for each step of their table, with rights, locks and answers as on the pages."""

from collections.abc import Callable
from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.api.inputs import Input
from accounts.api.resource import Resource
from accounts.api.writing import once
from accounts.models import User
from accounts.steps import Step

Body = type[Input] | None


class SteppedResource(Resource):
    """Records with steps."""

    acts: dict[str, Callable[..., Any]] = {}
    open_to: Callable[..., list[Step]]
    default_order: tuple[str, ...] = ("-pk",)
    changed_at = "updated_at"
    worded = ("open_steps",)

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def visible(self, rows):
        return rows.visible_to(self.request.user)

    def find(self, rows, value):
        return rows.by_reference(value)

    def more(self, row):
        return {"open_steps": [step.name for step in type(self).open_to(row, self.request.user)]}

    def take_step(self, name: str, body: Body) -> Response:
        """Take a step of the table; the answer is the record."""
        return once(self.request, lambda: self._take_step(name, body))

    def _take_step(self, name: str, body: Body) -> Response:
        row = self.row()
        self.refuse_stale(row)
        said = self.validated(body or Input)
        self.acts[name](row, by=self.user, **said)
        return self.answer_again(row)


def step_call(resource: type[SteppedResource], step: Step, body: Body) -> Any:
    """One call for a step of a table."""

    def call(self, request, **kwargs):
        return self.take_step(step.name, body)

    call.__name__, call.__doc__ = f"step_{step.name}", str(step.label)
    words = f"By: {step.who}. From: {', '.join(sorted(step.sources))}. To: {step.target}."
    described = extend_schema(
        request=body, responses={200: resource.record_class}, summary=str(step.label), description=words
    )
    return action(detail=True, methods=["post"], url_path=step.name, url_name=step.name)(described(call))
