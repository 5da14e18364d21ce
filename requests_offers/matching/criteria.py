"""The criteria of a match, each a number in [0, 1], and the hard filters that come before them.

Offers are held as columns: sets as bit masks, days as ordinals. Every function computes one need against many offers in
double precision; a need that leaves a field empty gets no value for that criterion, so that it stays neutral.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .records import Candidate, Need
from .text.tokens import OTHER, language_of

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int64] | slice

ALWAYS = slice(None)
FIRST_DAY, LAST_DAY = date.min.toordinal(), date.max.toordinal()

COVERED_PART, PARTNERSHIP_PART = 0.6, 0.4

# How well a cost model fits the means a Party has itself.
COST_FIT: Mapping[str, Mapping[str, float]] = {
    "none": {"free": 1.0, "shared": 0.5, "paid": 0.0},
    "part": {"free": 1.0, "shared": 1.0, "paid": 0.0},
    "full": {"free": 1.0, "shared": 1.0, "paid": 1.0},
}
COST_MODELS = ("", "free", "shared", "paid")

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

    def masks(self, name: str, sets: Sequence[Iterable[Hashable]]) -> tuple[NDArray[np.uint64], ...]:
        """One bit set per row, as columns of 64 bits."""
        bits = self._bits[name]
        members = [sorted(found, key=str) for found in sets]
        rows = np.repeat(np.arange(len(members)), [len(found) for found in members])
        flat = [bits.setdefault(member, len(bits)) for found in members for member in found]
        places = np.array(flat, dtype=np.int64)
        columns = [np.zeros(len(members), dtype=np.uint64) for _ in range(max(1, -(-len(bits) // 64)))]
        for number, column in enumerate(columns):
            here = places // 64 == number
            np.bitwise_or.at(column, rows[here], np.uint64(1) << (places[here] % 64).astype(np.uint64))
        return tuple(columns)

    def bits(self, name: str, members: Collection[Hashable]) -> tuple[int, ...]:
        """The mask of one need; members that no offer names have no bit."""
        known = self._bits[name]
        total = 0
        for member in members:
            if member in known:
                total |= 1 << known[member]
        words = []
        while total:
            words.append(total & 0xFFFF_FFFF_FFFF_FFFF)
            total >>= 64
        return tuple(words)


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


# Sets -----------------------------------------------------------------------


def shared(offers: Columns, name: str, bits: Sequence[int], rows: Rows = ALWAYS) -> NDArray[np.int64]:
    """How many members of a need's set each offer has too."""
    total: NDArray[np.int64] | None = None
    for column, word in zip(offers.sets[name], bits, strict=False):
        found = np.bitwise_count(column[rows] & np.uint64(word)).astype(np.int64)
        total = found if total is None else total + found
    return np.zeros(len(offers.ids[rows]), dtype=np.int64) if total is None else total


def has_at_least(offers: Columns, name: str, bits: Sequence[int], least: int) -> Flags:
    """Which offers share so many members of a need's set."""
    counts = [np.bitwise_count(column & np.uint64(word)) for column, word in zip(offers.sets[name], bits, strict=False)]
    if not counts:
        return np.zeros(len(offers), dtype=np.bool_)
    return np.asarray(sum(counts[1:], counts[0]) >= least)


def overlaps(offers: Columns, name: str, bits: Sequence[int], rows: Rows = ALWAYS) -> Flags:
    """Whether each offer has any member of a need's set."""
    return np.asarray(shared(offers, name, bits, rows) > 0)


def as_numbers(flags: Flags) -> Floats:
    """Yes as one, no as zero."""
    return np.asarray(flags, dtype=np.float64)


# Hard filters ---------------------------------------------------------------


def admissible(need: Need, offers: Columns, vocabulary: Vocabulary, as_of: date, rows: Rows = ALWAYS) -> Flags:
    """Which offers may be proposed at all: open, not the Party's own, eligible, no conflict, consent respected."""
    allowed = offers.free[rows] & (offers.expires[rows] >= as_of.toordinal())
    if need.own_organizations or need.conflicts:
        barred = np.array(sorted(need.own_organizations | need.conflicts), dtype=np.int64)
        allowed &= ~np.isin(offers.organizations[rows], barred)
    if need.excluded_offers:
        allowed &= ~np.isin(offers.ids[rows], np.array(sorted(need.excluded_offers), dtype=np.int64))
    if need.consent_required:
        allowed &= offers.respects_consent[rows]
    restricted = offers.restricted[rows]
    if restricted.any():
        allowed &= ~restricted | _eligible(need, offers, vocabulary, rows)
    return np.asarray(allowed)


def _eligible(need: Need, offers: Columns, vocabulary: Vocabulary, rows: Rows) -> Flags:
    return (
        overlaps(offers, "eligible_parties", vocabulary.bits("eligible_parties", need.parties), rows)
        | overlaps(offers, "eligible_regions", vocabulary.bits("eligible_regions", need.regions), rows)
        | overlaps(offers, "eligible_flags", vocabulary.bits("eligible_flags", need.party_flags), rows)
    )


# Criteria -------------------------------------------------------------------


def coverage(
    members: Collection[Hashable], name: str, offers: Columns, vocabulary: Vocabulary, rows: Rows
) -> Floats | None:
    """The share of the need's members that each offer covers."""
    if not members:
        return None
    return shared(offers, name, vocabulary.bits(name, members), rows) / float(len(members))


def region(need: Need, offers: Columns, vocabulary: Vocabulary, rows: Rows) -> Floats | None:
    """Party or region covered, and the kind of partnership that was asked for."""
    total: Floats = np.zeros(len(offers.ids[rows]))
    weight = 0.0
    if need.parties or need.regions:
        total += COVERED_PART * covered(need, offers, vocabulary, rows)
        weight += COVERED_PART
    partners = partnership(need, offers, vocabulary, rows)
    if partners is not None:
        total += PARTNERSHIP_PART * partners
        weight += PARTNERSHIP_PART
    return total / weight if weight else None


def covered(need: Need, offers: Columns, vocabulary: Vocabulary, rows: Rows) -> Floats:
    """One where the offer serves the whole world or a region of the need, else the share of its Parties served."""
    everywhere = offers.worldwide[rows] | overlaps(offers, "regions", vocabulary.bits("regions", need.regions), rows)
    parties = shared(offers, "parties", vocabulary.bits("parties", need.parties), rows) / max(len(need.parties), 1)
    return np.where(everywhere, 1.0, parties)


def partnership(need: Need, offers: Columns, vocabulary: Vocabulary, rows: Rows) -> Floats | None:
    """Whether the partnership has the form that was asked for; South–South counts where none was."""
    developing = offers.developing[rows]
    if need.modality == "regional":
        if not need.regions:
            return None
        return as_numbers(overlaps(offers, "home_regions", vocabulary.bits("home_regions", need.regions), rows))
    if need.modality == "triangular":
        return np.ones(len(developing))
    if need.modality == "north_south":
        return as_numbers(developing == 0)
    if need.modality == "south_south" or need.developing:
        return as_numbers(developing == 1)
    return None


def language(need: Need, offers: Columns, vocabulary: Vocabulary, rows: Rows) -> Floats | None:
    """A working language in common."""
    if not need.languages:
        return None
    wanted = {primary(tag) for tag in need.languages}
    return as_numbers(overlaps(offers, "languages", vocabulary.bits("languages", wanted), rows))


def dates(need: Need, offers: Columns, vocabulary: Vocabulary, rows: Rows) -> Floats | None:
    """Whether the windows overlap; an open end is open."""
    if need.starts_on is None and need.ends_on is None:
        return None
    first = FIRST_DAY if need.starts_on is None else need.starts_on.toordinal()
    last = LAST_DAY if need.ends_on is None else need.ends_on.toordinal()
    return as_numbers((offers.starts[rows] <= last) & (offers.ends[rows] >= first))


def budget(need: Need, offers: Columns, vocabulary: Vocabulary, rows: Rows) -> Floats | None:
    """Whether the cost model fits the means."""
    if need.budget not in COST_FIT:
        return None
    fit = np.array([COST_FIT[need.budget].get(model, 0.0) for model in COST_MODELS])
    return np.asarray(fit[offers.cost[rows]])


def tag_values(need: Need, offers: Columns, vocabulary: Vocabulary, rows: Rows = ALWAYS) -> dict[str, Floats]:
    """Every criterion but the text, for each offer; criteria that the need leaves open are not in the answer."""
    found: dict[str, Floats | None] = {
        "targets": coverage(need.targets, "targets", offers, vocabulary, rows),
        "subjects": coverage(need.subjects, "subjects", offers, vocabulary, rows),
        "cooperation_types": coverage(need.cooperation_types, "cooperation_types", offers, vocabulary, rows),
        "region": region(need, offers, vocabulary, rows),
        "language": language(need, offers, vocabulary, rows),
        "dates": dates(need, offers, vocabulary, rows),
        "budget": budget(need, offers, vocabulary, rows),
    }
    return {name: values for name, values in found.items() if values is not None}
