"""The needs board: by target and group of countries, what is needed, offered and carried out, and what money is asked
for. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

EXPOSES_BELOW = 5
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Need:
    """An open need: of which Party, for which targets, and whether the reader may see it."""

    party: int
    targets: frozenset[int]
    is_unmet: bool = False
    is_seen: bool = True


@dataclass(frozen=True, slots=True)
class Supply:
    """A published offer with a place left, a project that has not ended, or a source of knowledge. `parties` are those
    it covers; None is everywhere.
    """

    targets: frozenset[int]
    parties: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Money:
    """A funded activity: what it asks of donors in dollars, and what nobody has committed or paid."""

    targets: frozenset[int]
    parties: frozenset[int]
    asked: Decimal
    firm_gap: Decimal


@dataclass(frozen=True, slots=True)
class Cell:
    """What meets in one target and one group of countries. A need counts once for each of its targets and groups."""

    needs: int = 0
    unmet: int = 0
    hidden: int = 0  # of the needs, those that the reader may not see
    offers: int = 0
    projects: int = 0
    sources: int = 0  # of knowledge
    asked: Decimal = NOTHING
    firm_gap: Decimal = NOTHING

    @property
    def is_told(self) -> bool:
        """Whether the number is shown: fewer than five, of which some are not public, would tell who asks."""
        return not self.hidden or self.needs >= EXPOSES_BELOW

    @property
    def tone(self) -> int:
        """0 none, 1 to 3 by the number of needs, 4 where nothing is offered at all."""
        if not self.needs:
            return 0
        if not self.offers:
            return 4
        return 1 if self.needs <= 2 else 2 if self.needs < EXPOSES_BELOW else 3


Groups = Mapping[str, frozenset[int]]  # the Parties of each group of countries, by its code


def board(
    targets: Iterable[int],
    groups: Groups,
    needs: Iterable[Need],
    offers: Iterable[Supply],
    money: Iterable[Money],
    projects: Iterable[Supply] = (),
    sources: Iterable[Supply] = (),
) -> dict[tuple[int, str], Cell]:
    """Every cell of the board, by target and group."""
    cells = {(target, code): _Sum() for target in targets for code in groups}
    home = _groups_of(groups)
    for need in needs:
        for cell in _cells(cells, need.targets, home.get(need.party, ())):
            cell.needs += 1
            cell.unmet += need.is_unmet
            cell.hidden += not need.is_seen
    for offer in offers:
        for cell in _cells(cells, offer.targets, _covered(offer.parties, groups, home)):
            cell.offers += 1
    for project in projects:
        for cell in _cells(cells, project.targets, _covered(project.parties, groups, home)):
            cell.projects += 1
    for source in sources:
        for cell in _cells(cells, source.targets, _covered(source.parties, groups, home)):
            cell.sources += 1
    for one in money:
        for cell in _cells(cells, one.targets, _covered(one.parties, groups, home)):
            cell.asked += one.asked
            cell.firm_gap += one.firm_gap
    return {place: found.cell for place, found in cells.items()}


class _Sum:
    """A cell that is being counted."""

    __slots__ = ("asked", "firm_gap", "hidden", "needs", "offers", "projects", "sources", "unmet")

    def __init__(self) -> None:
        self.needs = self.unmet = self.hidden = self.offers = self.projects = self.sources = 0
        self.asked = self.firm_gap = NOTHING

    @property
    def cell(self) -> Cell:
        met = (self.offers, self.projects, self.sources)
        return Cell(self.needs, self.unmet, self.hidden, *met, self.asked, self.firm_gap)


def _groups_of(groups: Groups) -> dict[int, list[str]]:
    home: dict[int, list[str]] = {}
    for code, parties in groups.items():
        for party in parties:
            home.setdefault(party, []).append(code)
    return home


def _covered(parties: frozenset[int] | None, groups: Groups, home: Mapping[int, list[str]]) -> set[str]:
    """The groups of which at least one Party is covered."""
    if parties is None:
        return {code for code, members in groups.items() if members}
    return {code for party in parties for code in home.get(party, ())}


def _cells(cells: dict, targets: Iterable[int], codes: Iterable[str]) -> Iterable[_Sum]:
    codes = list(codes)
    return (cells[target, code] for target in targets for code in codes if (target, code) in cells)
