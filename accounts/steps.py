"""One line of a step table, of which every room has some: what leads where, and who may."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .permissions import Permission


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a step table.

    `sources` and `target` are states ("" as target: computed from other facts); `asks` names what must be given with
    it, such as reason, text, until, centre.
    """

    name: str
    label: Any
    sources: frozenset[str]
    target: str
    permission: Permission | None
    asks: tuple[str, ...] = ()
    clock: bool = False
    danger: bool = False
    who: Any = field(default="")


def table(*steps: Step) -> dict[str, Step]:
    """Steps by their names, in their order."""
    return {step.name: step for step in steps}


def step(
    name: str,
    label: Any,
    sources: str | Iterable[str],
    target: str,
    permission: Permission | None,
    *asks: str,
    clock: bool = False,
    danger: bool = False,
    who: Any = "",
) -> Step:
    """A step, in the order in which its row in docs/states.md reads."""
    begins = frozenset({sources} if isinstance(sources, str) else sources)
    return Step(name, label, begins, target, permission, asks, clock, danger, who)
