"""Opportunities of third parties that fit a request, chosen by the matcher among those open to its Party."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from knowledge.models import Opportunity

from ..match_inputs import load_needs
from ..matching.rank import Index
from ..models import CooperationRequest
from ..opportunity_inputs import OPPORTUNITY_WEIGHTS, load_opportunity_candidates
from .knowledge_states import State, states

TOP = 3
LOOKED_AT = 20  # for each need; those for which the Party may not apply fall out
LEAST = 0.50  # judged over the demo requests: what scores less helped one time in five (docs/matching.md)
NEAR_BEST = 0.75  # of the best score: what lies far behind it is about something else
KEPT = 24 * 3600  # seconds; what was found is worked out anew when a need or an opportunity changes


@dataclass(frozen=True, slots=True)
class FoundOpportunity:
    """An opportunity for a request: how well it fits one of its needs, and why, in the codes of the core."""

    opportunity: Opportunity
    score: float
    explanation: list[dict[str, Any]]


class WarmOpportunities:
    """The open opportunities in this process's memory, read again when one has changed. They are few."""

    def __init__(self) -> None:
        self.index: Index | None = None
        self.state: State = ()

    def fresh(self, state: State) -> Index:
        """The index as the opportunities are now."""
        if self.index is None or state != self.state:
            self.index = Index(load_opportunity_candidates(), weights=OPPORTUNITY_WEIGHTS)
            self.state = state
        return self.index


WARM_OPPORTUNITIES = WarmOpportunities()


def opportunities_for(
    request: CooperationRequest, *, state: State | None = None, top: int = TOP
) -> list[FoundOpportunity]:
    """The open opportunities that fit a request best, best first; nothing where none fits well enough. `state` is that
    of the opportunities, where somebody has asked for it already.
    """
    state = state or states()[Opportunity]
    if not state[0]:
        return []
    today = timezone.now().date()
    moments = f"{request.updated_at.timestamp()}:{state[1].timestamp()}"
    key = f"fitting:{request.pk}:{state[0]}:{state[2]}:{moments}:{today}"
    chosen = cache.get(key)
    if chosen is None:
        chosen = _chosen(request, state, today)
        cache.set(key, chosen, KEPT)
    rows = Opportunity.objects.open().in_bulk([pk for pk, _score, _why in chosen])
    return [FoundOpportunity(rows[pk], score, why) for pk, score, why in chosen if pk in rows][:top]


def _chosen(request: CooperationRequest, state: State, today: date) -> list[tuple[int, float, list[dict[str, Any]]]]:
    """Of each opportunity the need that it fits best; those for which the Party may not apply left out."""
    needs = [
        replace(need, modality="", starts_on=None, ends_on=None, budget="", excluded_offers=frozenset())
        for need in load_needs(request.components, today)
    ]
    if not needs:
        return []
    ranked = WARM_OPPORTUNITIES.fresh(state).rank_many(needs, as_of=today, top=LOOKED_AT)
    may_apply = set(Opportunity.objects.open().for_party(request.party).values_list("pk", flat=True))
    best: dict[int, Any] = {}
    for item in (one for found in ranked for one in found):
        fits = item.offer_id in may_apply and item.score >= LEAST
        if fits and (item.offer_id not in best or best[item.offer_id].score < item.score):
            best[item.offer_id] = item
    order = sorted(best.values(), key=lambda item: (-item.score, item.offer_id))
    near = [item for item in order[: 2 * TOP] if item.score >= NEAR_BEST * order[0].score]
    return [(item.offer_id, item.score, [asdict(share) for share in item.explanation]) for item in near]
