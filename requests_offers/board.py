"""The centre's match board: for each need five columns, what comes to it from outside, and what to do next."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .lifecycle import CallStatus, ComponentStatus, MatchStatus
from .models import Approach, Component, CooperationRequest, Match, OpenCall
from .reasons import reason_label

Words = str | Promise
M = MatchStatus
# code, heading, the states of its matches
COLUMNS: tuple[tuple[str, Words, tuple[str, ...]], ...] = (
    ("suggested", _("Suggested and proposed"), (M.PROPOSED, M.SUGGESTED)),
    ("shortlisted", _("Short list"), (M.SHORTLISTED,)),
    ("offered", _("Offered to both"), (M.OFFERED,)),
    ("agreed", _("Agreed"), (M.AGREED,)),
    ("closed", pgettext_lazy("board", "Closed"), (M.DECLINED, M.LAPSED, M.RETRACTED, M.DROPPED)),
)
MOST = 5  # cards of a column at first


@dataclass
class Column:
    """One column of a need: its first cards, and how many more there are."""

    code: str
    heading: Words
    cards: list[Match]
    more: int


@dataclass
class Lane:
    """One need: its columns, the approaches and the open call for it, and what comes next."""

    component: Component
    columns: list[Column]
    approaches: list[Approach]
    call: OpenCall | None
    sealed: int
    next: Words
    is_open: bool

    @property
    def compared(self) -> list[Match]:
        """The matches that can be set side by side."""
        return [card for column in self.columns[:3] for card in column.cards]


def lanes_of(request: CooperationRequest, user: Any, *, whole: str = "") -> list[Lane]:
    """The lanes of a request's needs, in a fixed number of queries. `whole` names a need shown in full."""
    components = list(request.components.order_by("number"))
    found = _matches(request, user)
    approaches = _by_component(
        Approach.objects.visible_to(user)
        .filter(component__request=request)
        .select_related("organization", "offer", "call", "component__request")
        .order_by("-made_at", "-pk")
    )
    rows = OpenCall.objects.filter(component__request=request).select_related("component__request").order_by("pk")
    calls = {call.component_id: call for call in rows}
    sealed = _sealed(request)
    searched = set(Component.objects.scored().filter(request=request).values_list("pk", flat=True))
    return [
        _lane(
            component,
            found[component.pk],
            approaches[component.pk],
            calls.get(component.pk),
            sealed[component.pk],
            is_open=component.pk in searched,
            whole=str(component.number) == whole,
        )
        for component in components
    ]


def _matches(request: CooperationRequest, user: Any) -> dict[int, list[Match]]:
    rows = Match.objects.visible_to(user).filter(component__request=request)
    rows = rows.select_related(
        "component__request__party", "component__request__centre", "offer__organization__party", "engagement"
    )
    return _by_component(
        rows.defer("explanation", "component__request__search_text", "offer__search_text").best_first()
    )


def _by_component(rows: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.component_id].append(row)
    return found


def _sealed(request: CooperationRequest) -> dict[int, int]:
    """By need: how many have answered the call that is still open. Who, the centre learns when it has closed."""
    found: dict[int, int] = defaultdict(int)
    rows = Approach.objects.filter(component__request=request, call__status=CallStatus.OPEN, status="answered")
    for pk in rows.values_list("component", flat=True):
        found[pk] += 1
    return found


def _lane(component, matches, approaches, call, sealed, *, is_open: bool, whole: bool) -> Lane:
    columns = []
    for code, heading, states in COLUMNS:
        cards = sorted((one for one in matches if one.status in states), key=lambda one: states.index(one.status))
        if code == "closed":
            cards.sort(key=lambda one: (one.updated_at, one.pk), reverse=True)
        shown = cards if whole else cards[:MOST]
        for card in shown:
            card.reason_words = reason_label(card.reason_code) if card.reason_code else ""
        columns.append(Column(code, heading, shown, len(cards) - len(shown)))
    counts = {column.code: len(column.cards) for column in columns}
    open_call = call if call is not None and call.status == CallStatus.OPEN else None
    following = next_step(component, counts, approaches, open_call, is_open=is_open)
    return Lane(component, columns, approaches, call, sealed, following, is_open)


def next_step(
    component, counts: dict[str, int], approaches: list[Approach], call: OpenCall | None, *, is_open: bool
) -> Words:
    """What the officer does next for a need."""
    if not is_open:
        if component.status == ComponentStatus.AGREED:
            return _("A partner was found. The engagement has its own page.")
        return _("Nothing is open here now.")
    if counts["offered"]:
        return _("Wait for both sides to answer. If one says no or stays silent, you are told who comes next.")
    if counts["shortlisted"]:
        return _("Compare the short list, then offer the best one to both sides.")
    if counts["suggested"]:
        return _("Put the fitting ones on the short list, or offer one to both sides at once.")
    if call:
        return _("Wait until the call closes: the answers then stand here.")
    if any(one.status == "invited" for one in approaches):
        return _("Wait for the organizations that you have invited.")
    return _("Nothing fits yet. Search the published offers, invite an organization, or open a call.")
