"""What a draft changes against the last version that offices were asked about, and whether they must be asked again."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..lifecycle import CONSULTED, Amendment, VersionStatus
from ..models import Version
from . import snapshots

LIMIT = Decimal("0.20")
WEIGHT = (Amendment.CORRECTION, Amendment.BUDGET, Amendment.BUDGET_ABOVE, Amendment.RESULTS, Amendment.EXTENSION)
SUBSTANCE = ("functions", "targets", "parties", "priorities", "is_essential")


@dataclass(frozen=True)
class Measured:
    """What a draft changes: its class, by which share the budget moves, and which activities, by reference."""

    amendment: Amendment
    share: Decimal
    activities: tuple[str, ...]
    ends_later: bool

    @property
    def must_be_consulted(self) -> bool:
        return self.amendment in CONSULTED


def last_consulted(version: Version) -> Version | None:
    """The last finalized version before this one that had passed a consultation; the first one where none had."""
    before = Version.objects.filter(
        workplan=version.workplan_id, number__lt=version.number, finalized_at__isnull=False
    ).exclude(status=VersionStatus.DRAFT)
    return before.filter(consulted_at__isnull=False).order_by("-number").first() or before.order_by("number").first()


def measure(version: Version, document: dict[str, Any] | None = None) -> Measured | None:
    """What a version changes, cumulatively; None for one that amends nothing. `document` where it is at hand."""
    base = last_consulted(version)
    if base is None or base.snapshot is None:
        return None
    return compare(base.snapshot, document or snapshots.document(version))


def compare(old: dict[str, Any], new: dict[str, Any]) -> Measured:
    """The class of an amendment. Words alone are a correction; extension outweighs results, results the budget."""
    share = budget_share(old, new)
    changed = tuple(sorted(_changed_activities(old, new)))
    later = _last_day(new) > _last_day(old)
    found = Amendment.CORRECTION
    if share:
        found = Amendment.BUDGET if share <= LIMIT else Amendment.BUDGET_ABOVE
    if changed:
        found = Amendment.RESULTS
    if later:
        found = Amendment.EXTENSION
    return Measured(found, share, changed, later)


def heavier(one: str, other: str) -> str:
    """Of two classes the one that asks for more."""
    return max(one, other, key=lambda name: WEIGHT.index(Amendment(name)))


def budget_share(old: dict[str, Any], new: dict[str, Any]) -> Decimal:
    """By which share of the old budget the new one moves: what is added, or what is taken away, whichever is more.

    Money that goes from one activity or category to another counts as taken away and added. Each currency is measured
    by itself, since rates change without anybody's decision; the largest share counts. Money in a new currency is all
    new.
    """
    before, after = _by_place(old), _by_place(new)
    added: dict[str, Decimal] = defaultdict(Decimal)
    taken: dict[str, Decimal] = defaultdict(Decimal)
    base: dict[str, Decimal] = defaultdict(Decimal)
    for place in before.keys() | after.keys():
        change = after.get(place, Decimal(0)) - before.get(place, Decimal(0))
        base[place[2]] += before.get(place, Decimal(0))
        (added if change > 0 else taken)[place[2]] += abs(change)
    shares = [
        max(added[money], taken[money]) / base[money] if base[money] else Decimal(bool(added[money])) for money in base
    ]
    return max(shares, default=Decimal(0))


def _by_place(document: dict[str, Any]) -> dict[tuple[str, str, str], Decimal]:
    """Money by activity, category and currency."""
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for activity in document["activities"]:
        for line in activity["budget_lines"]:
            sums[activity["reference"], line["category"], line["currency"]] += Decimal(line["amount"])
    return sums


def _changed_activities(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Activities that came, went, serve somebody or something else, or promise other results."""
    before = {activity["reference"]: activity for activity in old["activities"]}
    after = {activity["reference"]: activity for activity in new["activities"]}
    yield from before.keys() ^ after.keys()
    for reference in before.keys() & after.keys():
        if _substance(before[reference]) != _substance(after[reference]):
            yield reference


def _substance(activity: dict[str, Any]) -> Any:
    """What offices agreed to, without the wording."""
    results = [
        (result["kind"], result["reference"], [_promise(one) for one in result["indicators"]])
        for result in activity["results"]
    ]
    return [_keys(activity[name]) for name in SUBSTANCE], results


def _promise(indicator: dict[str, Any]) -> Any:
    names = ("reference", "measure", "unit", "is_cumulative", "baseline", "baseline_year", "targets")
    return [indicator[name] for name in names]


def _keys(value: Any) -> Any:
    """Rows by their codes: a new translation of a name changes nothing that was agreed."""
    if not isinstance(value, list):
        return value
    return [{name: part for name, part in row.items() if name not in {"names", "title"}} for row in value]


def _last_day(document: dict[str, Any]) -> str:
    return max((activity["ends_on"] or "" for activity in document["activities"]), default="")
