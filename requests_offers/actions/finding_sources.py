"""Sources of knowledge for a need, chosen by the matcher: the three that fit best, with their reasons."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from knowledge.models import Source

from ..matching.rank import Index
from ..models import Component
from ..source_inputs import SOURCE_WEIGHTS, load_needs_for_sources, load_source_candidates

TOP = 3


@dataclass(frozen=True, slots=True)
class FoundSource:
    """A source for a need: how well it fits, and why, in the codes of the core."""

    source: Source
    score: float
    band: str
    explanation: list[dict[str, Any]]


class WarmSources:
    """The compendium in this process's memory, read again when a source has changed. It is small."""

    def __init__(self) -> None:
        self.index: Index | None = None
        self.state: tuple[Any, ...] = ()

    def fresh(self) -> Index:
        """The index as the compendium is now."""
        published = Source.objects.filter(status="published")
        state = tuple(published.aggregate(number=Count("pk"), latest=Max("updated_at"), newest=Max("pk")).values())
        if self.index is None or state != self.state:
            self.index, self.state = Index(load_source_candidates(), weights=SOURCE_WEIGHTS), state
        return self.index


WARM_SOURCES = WarmSources()


def sources_for(
    components: QuerySet[Component], *, top: int = TOP, as_of: date | None = None
) -> dict[int, list[FoundSource]]:
    """By component: the sources that fit best, best first; nothing for needs that no source fits."""
    needs = load_needs_for_sources(components, as_of or timezone.now().date())
    if not needs:
        return {}
    day = as_of or timezone.now().date()
    ranked = WARM_SOURCES.fresh().rank_many(needs, as_of=day, top=top)
    wanted = {item.offer_id for found in ranked for item in found}
    rows = Source.objects.filter(status="published").in_bulk(wanted)
    return {
        need.id: [
            FoundSource(rows[item.offer_id], item.score, item.band, [asdict(share) for share in item.explanation])
            for item in found
            if item.offer_id in rows
        ]
        for need, found in zip(needs, ranked, strict=True)
    }
