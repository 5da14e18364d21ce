"""The codes that files may use for controlled words, whoever reads the file."""

from functools import cached_property
from typing import Any

from .models import Region, Subject, Target, fold

EVERYWHERE = {"worldwide", "world", "global", "001", "everywhere"}
REGION_NAMES = {"pacific": "009", "caribbean": "029", "americas": "019", "latin america and the caribbean": "419"}


class KnownCodes:
    """Read once for each file."""

    @cached_property
    def targets(self) -> dict[int, Target]:
        return {row.number: row for row in Target.objects.current()}

    @cached_property
    def subjects(self) -> dict[str, Subject]:
        return {code: row for row in Subject.objects.current() for code in (row.code, row.identifier)}

    @cached_property
    def regions(self) -> dict[str, Region]:
        """By M49 code and by name in each of the six languages."""
        found: dict[str, Region] = {}
        for row in Region.objects.current():
            found |= {fold(name): row for name in row.names.values()} | {row.code: row}
        return found | {name: found[code] for name, code in REGION_NAMES.items() if code in found}


def target_number(value: Any) -> int:
    """The whole number that a cell means; tables keep 3 as 3.0. Raises ValueError."""
    if isinstance(value, bool) or float(value) != int(float(value)):
        raise ValueError
    return int(float(value))
