"""How much of a budget is there already: core, secured, sought, essential and nice-to-have apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Sum:
    """A budget line as the shares need it, in the currency of the plan."""

    amount: Decimal
    source: str  # core, secured, sought
    is_essential: bool = True


@dataclass(frozen=True)
class Secured:
    """What is there of what is needed, to the cent."""

    core: Decimal
    secured: Decimal
    sought: Decimal

    @property
    def total(self) -> Decimal:
        return self.core + self.secured + self.sought

    @property
    def there(self) -> Decimal:
        return self.core + self.secured

    @property
    def percent(self) -> int | None:
        """Full hundredths that are there, never rounded up to what is not there; None where nothing is asked."""
        return int(100 * self.there / self.total) if self.total else None

    @property
    def widths(self) -> dict[str, str]:
        """Places in a bar of 100."""
        core, secured = (_width(part, self.total) for part in (self.core, self.secured))
        return {"core": f"{core:.1f}", "secured": f"{secured:.1f}"}


def _width(part: Decimal, total: Decimal) -> Decimal:
    return 100 * part / total if total else Decimal(0)


def secured(sums: Iterable[Sum], *, essential: bool | None = True) -> Secured:
    """The shares of the essential budget; of the rest with False, of all with None."""
    found = {"core": Decimal(0), "secured": Decimal(0), "sought": Decimal(0)}
    for one in sums:
        if essential is None or one.is_essential is essential:
            found[one.source] += one.amount
    return Secured(*(found[name].quantize(CENT, ROUND_HALF_EVEN) for name in ("core", "secured", "sought")))
