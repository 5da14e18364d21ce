"""Sources of knowledge for a need, chosen by the matcher: the three that fit best, with their reasons."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from knowledge.models import Source

from ..matching.rank import Index
from ..matching.records import Need, Scored
from ..models import Component
from ..source_inputs import SOURCE_WEIGHTS, candidate_of, load_sources, need_of
from .knowledge_states import State, states

TOP = 3
LOOKED_AT = 6  # times as many, before those about other biomes are left out
BIOMES = frozenset({"agr", "dshl", "for", "isl", "mar", "mnt", "plr", "wtr"})
REFERENCE = re.compile(r"SRC-\d{6,12}")


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
        self.rows: dict[int, Source] = {}
        self.index: Index | None = None
        self.state: State = ()

    def refresh(self, state: State) -> None:
        """Bring the memory to what the compendium is now."""
        if state != self.state:
            self.rows = load_sources() if state[0] else {}
            self.index = Index(map(candidate_of, self.rows.values()), weights=SOURCE_WEIGHTS) if self.rows else None
            self.state = state


WARM_SOURCES = WarmSources()


def sources_for(
    components: Iterable[Component], *, state: State | None = None, top: int = TOP
) -> dict[int, list[FoundSource]]:
    """By component: the sources that fit best, best first; nothing for needs that no source fits.

    The components come with their tags, their request and the region of its Party. `state` is that of the sources,
    where somebody has asked for it already.
    """
    needs = [need_of(component) for component in components]
    WARM_SOURCES.refresh(state or states()[Source])
    if not needs or WARM_SOURCES.index is None:
        return {}
    ranked = WARM_SOURCES.index.rank_many(needs, as_of=timezone.now().date(), top=LOOKED_AT * top)
    rows = WARM_SOURCES.rows
    return {need.id: _best(need, found, rows, top) for need, found in zip(needs, ranked, strict=True)}


def _best(need: Need, found: list[Scored], rows: dict[int, Source], top: int) -> list[FoundSource]:
    """The first of those that are not about other biomes than the need: fish statistics help no mountain pasture."""
    fitting = [item for item in found if not _of_other_biomes(need, rows[item.offer_id])]
    return [
        FoundSource(rows[item.offer_id], item.score, item.band, [asdict(share) for share in item.explanation])
        for item in fitting[:top]
    ]


def _of_other_biomes(need: Need, source: Source) -> bool:
    asked = need.subjects & BIOMES
    told = {subject.code for subject in source.subjects.all()} & BIOMES
    return bool(asked and told and not asked & told)


def named_in(text: str) -> list[Source]:
    """The sources of the compendium whose references stand in a text."""
    numbers = [int(reference[4:]) for reference in REFERENCE.findall(text)]
    return list(Source.objects.listed().filter(pk__in=[number for number in numbers if number < 2**63]))


def line_of(source: Source) -> str:
    """A source in the line of a text that also reaches people by mail."""
    return f"{source.reference} {source.name}: {source.url}"
