"""The criteria of a match, each a number in [0, 1], and the hard filters that come before them.

Needs and offers are held as columns: sets as bit masks, days as ordinals. Every function computes pairs, `who` naming
the need and `rows` the offer of each, in double precision; where a need leaves a field empty, `Asked.has` keeps the
criterion out of the sum, so that it stays neutral.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .records import Candidate, Need
from .text.tokens import OTHER, language_of

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int64] | slice  # offers: one for each pair, or all of them
Who = NDArray[np.int64] | int  # needs: one for each pair, or one for all of them

FIRST_DAY, LAST_DAY = date.min.toordinal(), date.max.toordinal()

COVERED_PART, PARTNERSHIP_PART = 0.6, 0.4

# How well a cost model fits the means a Party has itself.
COST_FIT: Mapping[str, Mapping[str, float]] = {
    "none": {"free": 1.0, "shared": 0.5, "paid": 0.0},
    "part": {"free": 1.0, "shared": 1.0, "paid": 0.0},
    "full": {"free": 1.0, "shared": 1.0, "paid": 1.0},
}
COST_MODELS = ("", "free", "shared", "paid")
MEANS = ("", "none", "part", "full")
FIT = np.array([[COST_FIT.get(means, {}).get(model, 0.0) for model in COST_MODELS] for means in MEANS])

# The kinds of partnership that can be asked for, as numbers.
ANY, SOUTH, NORTH, TRIANGULAR, REGIONAL = range(5)
MODALITIES = {"south_south": SOUTH, "north_south": NORTH, "triangular": TRIANGULAR, "regional": REGIONAL}

SETS: Mapping[str, Callable[[Candidate], Iterable[Hashable]]] = {
    "targets": lambda offer: offer.targets,
    "subjects": lambda offer: offer.subjects,
    "cooperation_types": lambda offer: offer.cooperation_types,
    "parties": lambda offer: offer.parties,
    "regions": lambda offer: offer.regions,
    "home_regions": lambda offer: offer.home_regions,
    "languages": lambda offer: working_languages(offer),
    "eligible_parties": lambda offer: offer.eligible_parties,
    "eligible_regions": lambda offer: offer.eligible_regions,
    "eligible_flags": lambda offer: offer.eligible_flags,
}

# The set of a need that is held against each kind of set of an offer.
WANTED: Mapping[str, Callable[[Need], Collection[Hashable]]] = {
    "targets": lambda need: need.targets,
    "subjects": lambda need: need.subjects,
    "cooperation_types": lambda need: need.cooperation_types,
    "parties": lambda need: need.parties,
    "regions": lambda need: need.regions,
    "home_regions": lambda need: need.regions,
    "languages": lambda need: {primary(tag) for tag in need.languages},
    "eligible_parties": lambda need: need.parties,
    "eligible_regions": lambda need: need.regions,
    "eligible_flags": lambda need: need.party_flags,
}


def primary(tag: str) -> str:
    """The language itself, without script and region: `pt-BR` works with `pt`."""
    return tag.lower().replace("_", "-").split("-")[0]


def working_languages(offer: Candidate) -> frozenset[str]:
    """The languages an offer names, else those it is written in."""
    if offer.languages:
        return frozenset(primary(tag) for tag in offer.languages)
    written = (primary(item.language) or language_of(item.text, "") for item in offer.items if item.text.strip())
    return frozenset(written) - {OTHER}


class Vocabulary:
    """Bit positions for the members of each kind of set; it only grows, so older masks stay right."""

    def __init__(self) -> None:
        self._bits: dict[str, dict[Hashable, int]] = {name: {} for name in SETS}

    def size(self, name: str) -> int:
        """How many members this kind of set has so far."""
        return len(self._bits[name])

    def masks(self, name: str, sets: Sequence[Iterable[Hashable]]) -> tuple[NDArray[np.uint64], ...]:
        """One bit set per row, as columns of 64 bits."""
        bits = self._bits[name]
        members = [sorted(found, key=str) for found in sets]
        rows = np.repeat(np.arange(len(members)), [len(found) for found in members])
        flat = [bits.setdefault(member, len(bits)) for found in members for member in found]
        return self.columns(name, len(members), rows, np.array(flat, dtype=np.int64))

    def places(self, name: str, sets: Sequence[Iterable[Hashable]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows and bits of some needs' sets; members that no offer names have no bit."""
        bits = self._bits[name]
        found = [(row, bits[member]) for row, members in enumerate(sets) for member in members if member in bits]
        pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def columns(
        self, name: str, size: int, rows: NDArray[np.int64], places: NDArray[np.int64]
    ) -> tuple[NDArray[np.uint64], ...]:
        """Rows and bits as columns of 64 bits."""
        columns = [np.zeros(size, dtype=np.uint64) for _ in range(max(1, -(-self.size(name) // 64)))]
        for number, column in enumerate(columns):
            here = places // 64 == number
            np.bitwise_or.at(column, rows[here], np.uint64(1) << (places[here] % 64).astype(np.uint64))
        return tuple(columns)


@dataclass(frozen=True, slots=True)
class Columns:
    """What a block of offers says, apart from its texts."""

    ids: NDArray[np.int64]
    organizations: NDArray[np.int64]
    sets: Mapping[str, tuple[NDArray[np.uint64], ...]]
    worldwide: Flags
    developing: NDArray[np.int8]  # 1 yes, 0 no, -1 unknown
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    expires: NDArray[np.int64]
    cost: NDArray[np.int8]
    free: Flags  # places left
    restricted: Flags  # open to some Parties only
    respects_consent: Flags

    def __len__(self) -> int:
        return len(self.ids)


def columns_of(offers: Sequence[Candidate], vocabulary: Vocabulary) -> Columns:
    """Write a list of offers as columns."""

    def days(read: Callable[[Candidate], date | None], missing: int) -> NDArray[np.int64]:
        found = (read(offer) for offer in offers)
        return np.array([missing if day is None else day.toordinal() for day in found], dtype=np.int64)

    def flags(read: Callable[[Candidate], Any]) -> Flags:
        return np.array([bool(read(offer)) for offer in offers], dtype=np.bool_)

    sets = {name: vocabulary.masks(name, [read(offer) for offer in offers]) for name, read in SETS.items()}
    developing = [-1 if offer.developing is None else int(offer.developing) for offer in offers]
    cost = [COST_MODELS.index(offer.cost_model) if offer.cost_model in COST_MODELS else 0 for offer in offers]
    return Columns(
        ids=np.array([offer.id for offer in offers], dtype=np.int64),
        organizations=np.array([offer.organization_id for offer in offers], dtype=np.int64),
        sets=sets,
        worldwide=flags(lambda offer: offer.worldwide),
        developing=np.array(developing, dtype=np.int8),
        starts=days(lambda offer: offer.available_from, FIRST_DAY),
        ends=days(lambda offer: offer.available_until, LAST_DAY),
        expires=days(lambda offer: offer.expires_on, LAST_DAY),
        cost=np.array(cost, dtype=np.int8),
        free=flags(lambda offer: offer.places_left > 0),
        restricted=flags(lambda offer: offer.eligible_parties or offer.eligible_regions or offer.eligible_flags),
        respects_consent=flags(lambda offer: offer.respects_consent),
    )


# Needs ------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Asked:
    """What some needs say, apart from their texts, as columns like those of the offers."""

    needs: Sequence[Need]
    vocabulary: Vocabulary

    def __len__(self) -> int:
        return len(self.needs)

    @cached_property
    def _sets(self) -> dict[str, tuple[NDArray[np.uint64], ...]]:
        return {}

    def sets(self, name: str) -> tuple[NDArray[np.uint64], ...]:
        """One bit set per need, to be held against the offers' sets of that name."""
        if name not in self._sets:
            self._sets[name] = self.vocabulary.columns(name, len(self), *self.places(name))
        return self._sets[name]

    @cached_property
    def _places(self) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        return {}

    def places(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Needs and bits of the members that are held against the offers' sets of that name."""
        if name not in self._places:
            self._places[name] = self.vocabulary.places(name, [WANTED[name](need) for need in self.needs])
        return self._places[name]

    @cached_property
    def sizes(self) -> Mapping[str, Floats]:
        """How many members each need asks for."""
        names = ("targets", "subjects", "cooperation_types", "parties", "regions", "languages")
        return {name: np.array([len(getattr(need, name)) for need in self.needs], dtype=np.float64) for name in names}

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """First days; an open start is the first day there is."""
        days = (need.starts_on for need in self.needs)
        return np.array([FIRST_DAY if day is None else day.toordinal() for day in days], dtype=np.int64)

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """Last days; an open end is the last day there is."""
        days = (need.ends_on for need in self.needs)
        return np.array([LAST_DAY if day is None else day.toordinal() for day in days], dtype=np.int64)

    @cached_property
    def means(self) -> NDArray[np.int64]:
        """The means of each Party as a row of `FIT`."""
        return np.array(
            [MEANS.index(need.budget) if need.budget in MEANS else 0 for need in self.needs], dtype=np.int64
        )

    @cached_property
    def consent(self) -> Flags:
        """Which needs touch knowledge that only passes with its holders' consent."""
        return np.array([need.consent_required for need in self.needs], dtype=np.bool_)

    @cached_property
    def partnership(self) -> NDArray[np.int64]:
        """The kind of partnership each need asks for; South–South counts where none was named."""
        return np.array([_partnership(need) for need in self.needs], dtype=np.int64)

    @cached_property
    def has(self) -> Mapping[str, Flags]:
        """Which needs fill in what a criterion compares."""
        filled = {name: size > 0 for name, size in self.sizes.items()}
        place, partner = filled["parties"] | filled["regions"], self.partnership != ANY
        return {
            "targets": filled["targets"],
            "subjects": filled["subjects"],
            "cooperation_types": filled["cooperation_types"],
            "place": place,
            "partner": partner,
            "region": place | partner,
            "language": filled["languages"],
            "dates": (self.starts != FIRST_DAY) | (self.ends != LAST_DAY),
            "budget": self.means > 0,
        }


def _partnership(need: Need) -> int:
    if need.modality == "regional":
        return REGIONAL if need.regions else ANY
    return MODALITIES.get(need.modality, SOUTH if need.developing else ANY)


# Sets -----------------------------------------------------------------------


def shared(asked: Asked, offers: Columns, name: str, who: Who, rows: Rows) -> NDArray[np.int64]:
    """How many members of the need's set each offer has too."""
    pairs = zip(offers.sets[name], asked.sets(name), strict=False)
    counts = [np.bitwise_count(column[rows] & words[who]) for column, words in pairs]
    return np.asarray(sum(counts[1:], counts[0].astype(np.int64)))


def overlaps(asked: Asked, offers: Columns, name: str, who: Who, rows: Rows) -> Flags:
    """Whether each offer has any member of the need's set."""
    return np.asarray(shared(asked, offers, name, who, rows) > 0)


def segments(who: NDArray[np.int64]) -> list[tuple[int, slice]]:
    """Each need of some pairs that are sorted by need, and where its pairs lie."""
    numbers, first = np.unique(who, return_index=True)
    last = np.append(first[1:], len(who))[: len(first)]
    return [(need, slice(*part)) for need, *part in zip(numbers.tolist(), first.tolist(), last.tolist(), strict=True)]


def as_numbers(flags: Flags) -> Floats:
    """Yes as one, no as zero."""
    return np.asarray(flags, dtype=np.float64)


# Hard filters ---------------------------------------------------------------


def open_on(offers: Columns, as_of: date, rows: Rows = slice(None)) -> Flags:
    """Which offers can be proposed to anybody at all."""
    return np.asarray(offers.free[rows] & (offers.expires[rows] >= as_of.toordinal()))


def admissible(asked: Asked, offers: Columns, who: NDArray[np.int64], rows: NDArray[np.int64], as_of: date) -> Flags:
    """Which offers may be proposed: open, not the Party's own, eligible, no conflict, consent kept. Sorted by need."""
    allowed = open_on(offers, as_of, rows)
    allowed &= ~asked.consent[who] | offers.respects_consent[rows]
    restricted = offers.restricted[rows]
    if restricted.any():
        allowed &= ~restricted | _eligible(asked, offers, who, rows)
    for number, here in segments(who):
        need = asked.needs[number]
        if barred := need.own_organizations | need.conflicts:
            allowed[here] &= ~np.isin(offers.organizations[rows[here]], np.array(sorted(barred), dtype=np.int64))
        if need.excluded_offers:
            excluded = np.array(sorted(need.excluded_offers), dtype=np.int64)
            allowed[here] &= ~np.isin(offers.ids[rows[here]], excluded)
    return np.asarray(allowed)


def _eligible(asked: Asked, offers: Columns, who: Who, rows: Rows) -> Flags:
    return (
        overlaps(asked, offers, "eligible_parties", who, rows)
        | overlaps(asked, offers, "eligible_regions", who, rows)
        | overlaps(asked, offers, "eligible_flags", who, rows)
    )


def half_tagged(asked: Asked, offers: Columns, who: Who, rows: Rows, written: Flags) -> Flags:
    """At least half of the targets; a need with neither text nor targets is judged by the next tags it has."""
    found: Flags = np.zeros(len(offers), dtype=np.bool_)[rows]
    undecided = np.ones(len(asked), dtype=np.bool_)
    for name in ("targets", "subjects", "cooperation_types"):
        deciding = undecided & asked.has[name]
        if deciding.any():
            least = (asked.sizes[name].astype(np.int64) + 1) // 2
            found = found | deciding[who] & (shared(asked, offers, name, who, rows) >= least[who])
        undecided &= ~asked.has[name] & ~written
    return found


# Criteria -------------------------------------------------------------------


def coverage(name: str, asked: Asked, offers: Columns, who: Who, rows: Rows) -> Floats:
    """The share of the need's members that each offer covers."""
    return np.asarray(shared(asked, offers, name, who, rows) / np.maximum(asked.sizes[name], 1.0)[who])


def region(asked: Asked, offers: Columns, who: Who, rows: Rows) -> Floats:
    """Party or region covered, and the kind of partnership that was asked for."""
    place, partner = asked.has["place"], asked.has["partner"]
    total: Floats = (COVERED_PART * as_numbers(place))[who] * covered(asked, offers, who, rows)
    total += (PARTNERSHIP_PART * as_numbers(partner))[who] * partnership(asked, offers, who, rows)
    return total / region_weight(asked)[who]


def region_weight(asked: Asked) -> Floats:
    """What the parts of the region criterion weigh together; one where there are none."""
    weight = COVERED_PART * as_numbers(asked.has["place"]) + PARTNERSHIP_PART * as_numbers(asked.has["partner"])
    return np.where(weight > 0, weight, 1.0)


def covered(asked: Asked, offers: Columns, who: Who, rows: Rows) -> Floats:
    """One where the offer serves the whole world or a region of the need, else the share of its Parties served."""
    everywhere = offers.worldwide[rows] | overlaps(asked, offers, "regions", who, rows)
    parties = shared(asked, offers, "parties", who, rows) / np.maximum(asked.sizes["parties"], 1.0)[who]
    return np.where(everywhere, 1.0, parties)


def partnership(asked: Asked, offers: Columns, who: Who, rows: Rows) -> Floats:
    """Whether the partnership has the form that was asked for."""
    kind, developing = asked.partnership[who], offers.developing[rows]
    found = (kind == TRIANGULAR) | (kind == SOUTH) & (developing == 1) | (kind == NORTH) & (developing == 0)
    regional = kind == REGIONAL
    if regional.any():
        found |= regional & overlaps(asked, offers, "home_regions", who, rows)
    return as_numbers(found)


def dates(asked: Asked, offers: Columns, who: Who, rows: Rows) -> Floats:
    """Whether the windows overlap; an open end is open."""
    return as_numbers((offers.starts[rows] <= asked.ends[who]) & (offers.ends[rows] >= asked.starts[who]))


def tag_values(asked: Asked, offers: Columns, who: Who, rows: Rows) -> dict[str, Floats]:
    """Every criterion but the text; what a need leaves open counts nowhere, whatever value stands here."""
    return {
        "targets": coverage("targets", asked, offers, who, rows),
        "subjects": coverage("subjects", asked, offers, who, rows),
        "cooperation_types": coverage("cooperation_types", asked, offers, who, rows),
        "region": region(asked, offers, who, rows),
        "language": as_numbers(overlaps(asked, offers, "languages", who, rows)),
        "dates": dates(asked, offers, who, rows),
        "budget": np.asarray(FIT[asked.means[who], offers.cost[rows]]),
    }
