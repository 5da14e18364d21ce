"""The step table of a ticket: open → waiting → solved. Buttons and tests are read from here."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from centres.models import Ticket

S = Ticket.Status
HELPDESK, ASKER, COORDINATOR = "helpdesk", "asker", "coordinator"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: where it starts, where it leads ("" stays), who may take it, and what must be said with it."""

    name: str
    label: str | Promise
    sources: frozenset[str]
    target: str
    who: frozenset[str]
    asks: tuple[str, ...] = ()


def _step(
    name: str, label: str | Promise, sources: Iterable[str], target: str, who: Iterable[str], asks: Iterable[str] = ()
) -> Step:
    return Step(name, label, frozenset(sources), target, frozenset(who), tuple(asks))


STEPS = {
    step.name: step
    for step in [
        _step("take_on", _("I take this on"), {S.OPEN, S.WAITING}, "", {HELPDESK}),
        _step("reply", _("Send the reply"), {S.OPEN, S.WAITING}, S.WAITING, {HELPDESK}, ["text"]),
        _step("note", _("Keep an internal note"), {S.OPEN, S.WAITING}, "", {HELPDESK}, ["text"]),
        _step("write", _("Write more"), {S.OPEN, S.WAITING, S.SOLVED}, S.OPEN, {ASKER}, ["text"]),
        _step("hand_over", _("Hand to a centre"), {S.OPEN, S.WAITING}, S.OPEN, {COORDINATOR}, ["centre", "reason"]),
        _step("give_back", _("Give back to the helpdesk"), {S.OPEN, S.WAITING}, S.OPEN, {HELPDESK}, ["reason"]),
        _step("solve", _("This is solved"), {S.OPEN, S.WAITING}, S.SOLVED, {HELPDESK, ASKER}),
    ]
}
