"""Records with references, of which each reader sees some; and one call for each step of their tables."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from ..models import User
from ..steps import Step
from .resource import Resource
from .writing import once


class ReferencedResource(Resource):
    """Records that are found by their references. Those with steps say in `take_step` what a step does."""

    @property
    def user(self) -> User:
        """Whoever writes is signed in: the view's permission has seen to it."""
        return cast(User, self.request.user)

    def visible(self, rows):
        return rows.visible_to(self.request.user)

    def find(self, rows, value):
        return rows.by_reference(value)


def step_call(step: Step, body: Any, record_class: Any, *, target: str = "") -> Any:
    """One call for a step of a table: its resource takes it, and answers with the record."""

    def call(self, request, **kwargs):
        return once(request, lambda: self.take_step(step.name, body))

    call.__name__, call.__doc__ = f"step_{step.name}", str(step.label)
    sources = ", ".join(sorted(step.sources))
    described = extend_schema(
        request=body if body._declared_fields else None, responses={200: record_class}, summary=str(step.label),
        description=f"By: {step.who}. From: {sources}. To: {step.target or target}.",
    )  # fmt: skip
    # Described last: `action` drops what a function was told before.
    return described(action(detail=True, methods=["post"], url_path=step.name, url_name=step.name)(call))
