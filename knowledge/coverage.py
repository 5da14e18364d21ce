"""Which targets have how many sources, by region and by kind of source, and where nothing or little is found. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

FEW = 3  # fewer than this many sources are a gap with a number

Column = TypeVar("Column")


@dataclass(frozen=True, slots=True)
class Covering:
    """A source as the matrices see it. `regions` are the columns that it covers; None is the whole world."""

    targets: frozenset[int]
    kind: str
    regions: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Cell:
    """How many sources meet in one target and one column; `own` are those that do not cover the whole world."""

    sources: int = 0
    own: int = 0

    @property
    def tone(self) -> int:
        """0 nothing, 1 few, 2 some, 3 many."""
        return 0 if not self.sources else 1 if self.sources < FEW else 2 if self.sources < 3 * FEW else 3


@dataclass(frozen=True, slots=True)
class Gap(Generic[Column]):
    """A target and a column with few sources, or none."""

    target: int
    column: Column
    sources: int


Matrix = Mapping[tuple[int, str], Cell]


def by_region(targets: Iterable[int], regions: Collection[str], sources: Iterable[Covering]) -> dict:
    """Targets × regions; a source for the whole world counts in every region, and `own` tells it apart."""
    cells: dict[tuple[int, str], list[int]] = {(target, code): [0, 0] for target in targets for code in regions}
    for source in sources:
        covered = regions if source.regions is None else source.regions
        for place in _places(source.targets, covered, cells):
            cells[place][0] += 1
            cells[place][1] += source.regions is not None
    return {place: Cell(*counted) for place, counted in cells.items()}


def by_kind(targets: Iterable[int], kinds: Collection[str], sources: Iterable[Covering]) -> dict:
    """Targets × kinds of source."""
    cells: dict[tuple[int, str], list[int]] = {(target, kind): [0, 0] for target in targets for kind in kinds}
    for source in sources:
        for place in _places(source.targets, [source.kind], cells):
            cells[place][0] += 1
            cells[place][1] += source.regions is not None
    return {place: Cell(*counted) for place, counted in cells.items()}


def _places(targets: Iterable[int], columns: Iterable[str], cells: Mapping) -> Iterable[tuple[int, str]]:
    columns = list(columns)
    return ((target, column) for target in targets for column in columns if (target, column) in cells)


def gaps(matrix: Matrix, *, own: bool = False, few: int = FEW) -> list[Gap[str]]:
    """The cells with fewer than `few` sources, the emptiest first; with `own`, without those for the whole world."""
    found = [Gap(target, column, cell.own if own else cell.sources) for (target, column), cell in matrix.items()]
    return sorted((gap for gap in found if gap.sources < few), key=lambda gap: (gap.sources, gap.target, gap.column))
