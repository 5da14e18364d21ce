"""The records that go into the matching core and come out of it.

They are frozen and hold plain values only, so that the core can be run, tested and measured without a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

CRITERIA = ("text", "targets", "subjects", "cooperation_types", "region", "language", "dates", "budget")

START_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "text": 0.35,
        "targets": 0.20,
        "subjects": 0.15,
        "cooperation_types": 0.10,
        "region": 0.08,
        "language": 0.07,
        "dates": 0.03,
        "budget": 0.02,
    }
)


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text and the BCP-47 tag of its language; an empty or unknown tag is allowed."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """One component of a request: what a Party looks for.

    Empty fields are neutral, they never count against an offer.
    """

    id: int
    texts: tuple[Text, ...] = ()
    targets: frozenset[int] = frozenset()
    subjects: frozenset[str] = frozenset()
    cooperation_types: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    developing: bool | None = None
    modality: str = ""
    languages: frozenset[str] = frozenset()
    starts_on: date | None = None
    ends_on: date | None = None
    budget: str = ""
    party_flags: frozenset[str] = frozenset()
    own_organizations: frozenset[int] = frozenset()
    conflicts: frozenset[int] = frozenset()
    excluded_offers: frozenset[int] = frozenset()
    consent_required: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One published offer, as the scorer sees it."""

    id: int
    organization_id: int
    title: str = ""
    items: tuple[Text, ...] = ()
    targets: frozenset[int] = frozenset()
    subjects: frozenset[str] = frozenset()
    cooperation_types: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    worldwide: bool = False
    home_regions: frozenset[str] = frozenset()
    developing: bool | None = None
    languages: frozenset[str] = frozenset()
    available_from: date | None = None
    available_until: date | None = None
    cost_model: str = ""
    eligible_parties: frozenset[str] = frozenset()
    eligible_regions: frozenset[str] = frozenset()
    eligible_flags: frozenset[str] = frozenset()
    expires_on: date | None = None
    places_left: int = 1
    respects_consent: bool = True


@dataclass(frozen=True, slots=True)
class Share:
    """What one criterion gave: share = weight · value / sum of the weights that count; evidence as codes,
    not labels.
    """

    criterion: str
    value: float
    weight: float
    share: float
    evidence: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """What an offer lacks for this need, as a code and its parameters; pages word it in the reader's language."""

    criterion: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scored:
    """An offer that is worth showing for a need, with the whole reason."""

    offer_id: int
    score: float
    band: str
    rank: int
    explanation: tuple[Share, ...]
    missing: tuple[Missing, ...]
    versions: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Weights:
    """The versioned weights of the eight criteria.

    They need not sum to one; a weight of zero leaves a criterion out.
    """

    version: int = 1
    values: Mapping[str, float] = field(default_factory=lambda: START_WEIGHTS)

    def __post_init__(self) -> None:
        unknown = set(self.values) - set(CRITERIA)
        if unknown:
            raise ValueError(f"unknown criteria: {', '.join(sorted(unknown))}")
        if any(not 0 <= weight < float("inf") for weight in self.values.values()):
            raise ValueError("weights must be finite and not negative")

    def of(self, criterion: str) -> float:
        """The weight of one criterion; a criterion that is not named weighs nothing."""
        return float(self.values.get(criterion, 0.0))
