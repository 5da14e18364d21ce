"""Countries × activities, and which targets a plan serves with how much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

MOST_COLUMNS = 24  # a wider matrix is shown as a list


@dataclass(frozen=True)
class Deed:
    """An activity as the matrix and the coverage need it."""

    number: str
    title: str
    countries: frozenset[str]
    targets: frozenset[str]
    is_essential: bool = True
    amount: Decimal = Decimal(0)
    reference: str = ""


@dataclass(frozen=True)
class MatrixRow:
    """One activity, and for each country of the matrix whether it takes part."""

    deed: Deed
    cells: list[bool]


@dataclass(frozen=True)
class MatrixColumn:
    """One country and the activities that serve it."""

    country: str
    deeds: list[Deed]


@dataclass(frozen=True)
class Matrix:
    """Countries × activities. Countries that no activity names are there too: their column is empty."""

    rows: list[MatrixRow]
    columns: list[MatrixColumn]

    @property
    def is_wide(self) -> bool:
        return len(self.columns) > MOST_COLUMNS

    @property
    def unserved(self) -> list[str]:
        """Countries of the plan that no activity names."""
        return [column.country for column in self.columns if not column.deeds]


def matrix(deeds: Sequence[Deed], countries: Iterable[str]) -> Matrix:
    """The matrix of a plan; `countries` are those it is made for, in their order, others follow."""
    named = {country for deed in deeds for country in deed.countries}
    order = list(dict.fromkeys(countries))
    order += sorted(named - set(order))
    rows = [MatrixRow(deed, [country in deed.countries for country in order]) for deed in deeds]
    return Matrix(rows, [MatrixColumn(one, [deed for deed in deeds if one in deed.countries]) for one in order])


@dataclass
class TargetCover:
    """What a plan does for one target."""

    target: str
    deeds: list[Deed] = field(default_factory=list)
    share: str = "0"  # of the activities, in hundredths, for a drawing

    @property
    def essential(self) -> int:
        return sum(deed.is_essential for deed in self.deeds)

    @property
    def amount(self) -> Decimal:
        """The budgets of its activities; an activity with two targets counts for both."""
        return sum((deed.amount for deed in self.deeds), Decimal(0))


def targets_covered(deeds: Sequence[Deed], targets: Iterable[str]) -> list[TargetCover]:
    """Each target with the activities that serve it, also those that none serves."""
    found = []
    for target in dict.fromkeys(targets):
        serving = [deed for deed in deeds if target in deed.targets]
        found.append(TargetCover(target, serving, f"{100 * len(serving) / len(deeds):.1f}" if deeds else "0"))
    return found
