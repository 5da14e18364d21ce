"""Records with steps: one call for each step of their table, with rights, locks and answers as on the pages."""

from collections.abc import Callable
from typing import Any

from rest_framework.response import Response

from accounts.api.inputs import Input
from accounts.api.stepped import ReferencedResource
from accounts.steps import Step

Body = type[Input]


class SteppedResource(ReferencedResource):
    """Records with steps."""

    acts: dict[str, Callable[..., Any]] = {}
    open_to: Callable[..., list[Step]]
    default_order: tuple[str, ...] = ("-pk",)
    changed_at = "updated_at"
    worded = ("open_steps",)

    def more(self, row):
        return {"open_steps": [step.name for step in type(self).open_to(row, self.request.user)]}

    def take_step(self, name: str, body: Body) -> Response:
        """Take a step of the table; the answer is the record."""
        row = self.row()
        self.refuse_stale(row)
        self.acts[name](row, by=self.user, **self.validated(body))
        return self.answer_again(row)
