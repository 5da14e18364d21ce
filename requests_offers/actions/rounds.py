"""Allocation rounds: start one, compute it in the worker, apply or discard what it proposes.

A round proposes; people decide. Applying puts each proposed offer on the short list of its need, and nothing further:
no place is reserved and nobody outside the centre sees it. What is offered or agreed already is never touched.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from accounts.actions.audit import record
from accounts.actions.jobs import perform
from accounts.actions.notices import tell
from accounts.errors import DomainError, IllegalStep, NotAllowed
from accounts.models import AuditEvent, User
from accounts.outbox import nudge
from accounts.permissions import Permission, require
from centres.models import PartyFlag, SupportCentre

from .. import announce
from ..lifecycle import MatchStatus
from ..match_inputs import load_weights
from ..matching.allocate import Allocation, Demand, Pair, allocate
from ..models import AllocationRound, CooperationRequest, Match, Offer, SupplyRevision
from ..models.round import RoundStatus, wanting_components
from .steps import lock, lock_requests_of, take

MOST_WITHOUT_A_ROUND = 20  # up to so many open needs an officer decides better by hand
METHODS = ("flow", "greedy", "turns")
CANDIDATE = (MatchStatus.SUGGESTED, MatchStatus.PROPOSED, MatchStatus.SHORTLISTED)
PRIORITY = (PartyFlag.Kind.LDC, PartyFlag.Kind.SIDS)

NOTICE = gettext_lazy("Allocation round %(round)s: new offers on your short lists")

# What a round is computed from ----------------------------------------------------------------------------------------


def open_needs(centre: SupportCentre | None) -> Any:
    """The needs that a round of this scope looks at: all of the network where there is no centre."""
    needs = wanting_components()
    return needs.filter(request__centre=centre) if centre else needs


def inputs_now(centre: SupportCentre | None) -> dict[str, Any]:
    """What a round would rest on now: the needs with a mark that changes with them, weights and supply."""
    supply, weights = SupplyRevision.now(), load_weights().version
    columns = ("pk", "request__version", "held", "partners_wanted", "scored_at")
    needs = list(open_needs(centre).order_by("pk").values_list(*columns))
    mark = hashlib.sha256(repr([tuple(str(value) for value in row) for row in needs]).encode()).hexdigest()[:32]
    return {"components": [row[0] for row in needs], "needs": mark, "weights": weights, "supply": supply}


def changes_since(found: AllocationRound) -> list[str]:
    """Which of needs, supply and weights have changed since the round was computed."""
    if found.status != RoundStatus.READY:
        return []
    now = inputs_now(found.centre)
    return [name for name in ("needs", "supply", "weights") if now[name] != found.inputs.get(name)]


def can_be_worthwhile(count: int) -> bool:
    """Whether so many open needs are worth a round."""
    return count > MOST_WITHOUT_A_ROUND


# Starting -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def start(centre: SupportCentre | None, *, by: User) -> AllocationRound:
    """Ask the worker for a round over the open needs of a centre, or of the network."""
    made = AllocationRound(centre=centre, started_by=by)
    require(by, Permission.ROUND_RUN, made)
    made.inputs = inputs_now(centre)
    count = len(made.inputs["components"])
    if not can_be_worthwhile(count):
        raise DomainError(too_few(count))
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise DomainError(_("A round waits for a decision already. Apply or discard it first.")) from error
    record("round_started", made, by=by, after=made.status, needs=count)
    nudge(made)
    return made


def too_few(count: int) -> str:
    """Why there is no round for so few needs."""
    sentence = ngettext(
        "A round helps when more than %(least)s needs are open; now it is %(count)s. Decide it on its own page.",
        "A round helps when more than %(least)s needs are open; now there are %(count)s. Decide them one by one.",
        count,
    )
    return sentence % {"least": MOST_WITHOUT_A_ROUND, "count": count}


@transaction.atomic
def recompute(found: AllocationRound, *, by: User) -> AllocationRound:
    """Lay a round aside whose inputs have changed, or that failed, and start a new one of the same scope."""
    lock(found)
    require(by, Permission.ROUND_RUN, found)
    if found.status == RoundStatus.READY or found.has_failed:
        _overtake(found, by=by)
    elif found.status != RoundStatus.STALE:
        raise _illegal(found)
    return start(found.centre, by=by)


def _overtake(found: AllocationRound, *, by: User, **details: Any) -> None:
    before, found.status = found.status, RoundStatus.STALE
    found.save(update_fields=["status"])
    record("round_overtaken", found, by=by, before=before, after=found.status, **details)


# Computing ------------------------------------------------------------------------------------------------------------


def perform_round(pk: int) -> None:
    """Compute one round. Safe to call twice with the same id."""
    perform(AllocationRound, pk, _compute)


def _compute(found: AllocationRound) -> None:
    still_wanted = found.status == RoundStatus.COMPUTING
    inputs, result = compute(found.centre) if still_wanted else ({}, {})  # slow, outside any transaction
    with transaction.atomic():
        if found.finish():
            waiting = AllocationRound.objects.filter(pk=found.pk, status=RoundStatus.COMPUTING)
            waiting.update(status=RoundStatus.READY, inputs=inputs, result=result)


@dataclass
class _Market:
    """The stored suggestions of the open needs, as the core wants them."""

    pairs: list[Pair] = field(default_factory=list)
    capacity: dict[int, int] = field(default_factory=dict)
    match_of: dict[tuple[int, int], int] = field(default_factory=dict)
    best: dict[int, float] = field(default_factory=dict)


def compute(centre: SupportCentre | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The inputs as they are now, frozen, and what each method makes of them."""
    inputs = inputs_now(centre)  # first: whatever changes from here on shows as a change
    market, demands = _market(set(inputs["components"])), _demands(centre, set(inputs["components"]))
    inputs["offers"] = sorted(market.capacity)
    methods = {}
    for method in METHODS:
        found = _allocated(market, demands, method)
        if found is not None:
            methods[method] = _written(found, market)
    return inputs, {"proposed": next(iter(methods)), "methods": methods, "priority": _priority(demands)}


def _market(components: set[int]) -> _Market:
    market = _Market()
    matchable = Offer.objects.matchable(timezone.now().date()).values("pk")
    found = Match.objects.filter(component__in=wanting_components().values("pk"), status__in=CANDIDATE, score__gt=0)
    columns = ("pk", "component_id", "offer_id", "score", "offer__capacity", "offer__places_taken")
    for pk, component, offer, score, capacity, taken in found.filter(offer__in=matchable).values_list(*columns):
        if component in components:
            market.pairs.append(Pair(component, offer, score))
            market.capacity[offer] = max(0, capacity - taken)
            market.match_of[component, offer] = pk
            market.best[component] = max(score, market.best.get(component, 0.0))
    return market


def _demands(centre: SupportCentre | None, components: set[int]) -> list[Demand]:
    """How many partners each need still wants: agreed and offered matches stay, and are counted off."""
    flagged = PartyFlag.objects.in_force(timezone.now().date()).filter(kind__in=PRIORITY)
    priority = set(flagged.values_list("party_id", flat=True))
    rows = open_needs(centre).values_list("pk", "request__party_id", "partners_wanted", "held")
    return [Demand(pk, wanted - held, party in priority) for pk, party, wanted, held in rows if pk in components]


def _priority(demands: Iterable[Demand]) -> list[int]:
    return sorted(demand.need_id for demand in demands if demand.priority)


def _allocated(market: _Market, demands: list[Demand], method: str) -> Allocation | None:
    """What one method proposes; None where the flow's solver is not installed, and the others have to do."""
    try:
        return allocate(market.pairs, demands, market.capacity, method=method)
    except ImportError:
        return None


def _written(found: Allocation, market: _Market) -> dict[str, Any]:
    """An allocation as it is stored: per pair need, offer, match, score, and the score relative to the need's best."""

    def row(pair: Pair) -> list[Any]:
        key = (pair.need_id, pair.offer_id)
        return [*key, market.match_of[key], pair.score, pair.score / market.best[pair.need_id]]

    return {
        "figures": dict(found.figures),
        "pairs": [row(pair) for pair in sorted(found.chosen, key=lambda pair: (pair.need_id, -pair.score))],
        "alternates": {str(need): [row(pair) for pair in pairs] for need, pairs in found.alternates.items() if pairs},
    }


# Deciding -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def apply(found: AllocationRound, *, by: User, method: str = "") -> AllocationRound:
    """Put every proposed offer on the short list of its need, in one transaction; one of two askers wins.

    Pairs that have become impossible are skipped and named in `outcome`. Where needs, supply or weights have changed
    since, nothing is applied: the round comes back as overtaken.
    """
    lock(found)
    require(by, Permission.ROUND_RUN, found)
    if found.status != RoundStatus.READY:
        raise _illegal(found)
    if changes := changes_since(found):
        _overtake(found, by=by, changes=changes)
        return found
    found.method = method or found.result["proposed"]
    if found.method not in found.result["methods"]:
        raise DomainError(_("Choose one of the methods that were compared."))
    shortlisted = _shortlist_all(found, by=by)
    event = _decided(found, RoundStatus.APPLIED, by=by)
    _tell_centres(found, event, shortlisted)
    return found


def _shortlist_all(found: AllocationRound, *, by: User) -> list[Match]:
    pairs = found.assignment()["pairs"]
    matches = {match.pk: match for match in _locked([row[2] for row in pairs])}
    offers = Offer.objects.matchable(timezone.now().date()).filter(pk__in={row[1] for row in pairs})
    matchable = set(offers.values_list("pk", flat=True))
    shortlisted, already, skipped = [], [], []
    for component, offer, pk, *_figures in pairs:
        match = matches.get(pk)
        if match is not None and match.status == MatchStatus.SHORTLISTED:
            already.append(pk)
        elif why := _shortlist(match, matchable, by=by):
            skipped.append({"component": component, "offer": offer, "why": why})
        elif match is not None:
            shortlisted.append(match)
    found.outcome = {"shortlisted": [match.pk for match in shortlisted], "already": already, "skipped": skipped}
    return shortlisted


def _locked(pks: list[int]) -> list[Match]:
    """The matches of a round with their requests locked, parents first and in one order, as everywhere."""
    matches = Match.objects.filter(pk__in=pks)
    lock_requests_of(matches)
    return list(matches.select_related("component__request__centre", "offer").order_by("pk"))


def _shortlist(match: Match | None, matchable: set[int], *, by: User) -> str:
    """Put one match on the short list; the code of the reason where that has become impossible."""
    if match is None:
        return "gone"
    if match.offer_id not in matchable:
        return "offer_closed"
    try:
        take(match, "shortlist", by=by, permission=Permission.ROUND_RUN)
    except IllegalStep:
        return str(match.status)
    except NotAllowed:
        return "elsewhere"
    return ""


def _tell_centres(found: AllocationRound, event: AuditEvent, shortlisted: list[Match]) -> None:
    """Tell each centre how many offers a round has put on its short lists."""
    by_centre: dict[int | None, list[CooperationRequest]] = {}
    for match in shortlisted:
        request = match.component.request
        by_centre.setdefault(request.centre_id, []).append(request)
    for requests in by_centre.values():
        text = ngettext_lazy(
            "An allocation round has put %(count)s offer on the short list of a request you look after. "
            "Please offer it to both sides, or drop it.",
            "An allocation round has put %(count)s offers on the short lists of requests you look after. "
            "Please offer them to both sides, or drop them.",
            len(requests),
        )
        words = {"round": found.pk, "count": len(requests)}
        people = announce.centre(requests[0])
        tell(people, event, kind="round_applied", subject=NOTICE, text=text, path=reverse_lazy("my"), params=words)


@transaction.atomic
def discard(found: AllocationRound, *, by: User) -> AllocationRound:
    """Lay a round aside without applying it."""
    lock(found)
    require(by, Permission.ROUND_RUN, found)
    if found.status in {RoundStatus.APPLIED, RoundStatus.DISCARDED}:
        raise _illegal(found)
    _decided(found, RoundStatus.DISCARDED, by=by)
    return found


def _decided(found: AllocationRound, status: RoundStatus, *, by: User) -> AuditEvent:
    before, found.status = found.status, status
    found.decided_by, found.decided_at = by, timezone.now()
    found.save(update_fields=["status", "method", "outcome", "decided_by", "decided_at"])
    counts: dict[str, Any] = {name: len(rows) for name, rows in found.outcome.items()}
    return record(f"round_{status}", found, by=by, before=before, after=status, method=found.method, **counts)


def _illegal(found: AllocationRound) -> IllegalStep:
    words = {"round": found.pk, "state": found.get_status_display()}
    return IllegalStep(_("This is not possible now: round %(round)s is in the state “%(state)s”.") % words)
