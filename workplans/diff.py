"""The difference of two snapshots of a plan: pure, complete, and applicable.

A snapshot is what JSON knows: dictionaries, lists, texts, numbers. A list whose members are all dictionaries with a
`reference` of their own is a list of records: its records are followed by their reference, so that one that moves is
not taken for another. Every other list is one value. `apply(diff(old, new), old) == new` for any two snapshots.
"""

from bisect import bisect_left
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

KEY: Final = "reference"


class _Absent:
    """What stands where a field is missing; not None, which is an answer."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __deepcopy__(self, memo: dict[int, Any]) -> "_Absent":
        return self


ABSENT: Final = _Absent()
Path = tuple[str, ...]


@dataclass(frozen=True)
class Added:
    """A record that only the new snapshot has; `path` is its list, `at` its place there."""

    path: Path
    key: str
    at: int
    record: dict[str, Any]


@dataclass(frozen=True)
class Removed:
    """A record that only the old snapshot has; `at` is the place it had."""

    path: Path
    key: str
    at: int
    record: dict[str, Any]


@dataclass(frozen=True)
class Moved:
    """A record of both, in another order among its neighbours; places in the old and in the new list."""

    path: Path
    key: str
    origin: int
    at: int


@dataclass(frozen=True)
class Changed:
    """A field with another value. `path` names the record that has the field; ABSENT stands for no field at all."""

    path: Path
    field: str
    old: Any
    new: Any


Change = Added | Removed | Moved | Changed


def diff(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Everything in which two snapshots differ, in the order of the new one; empty where they say the same."""
    return list(_of_records(old, new, ()))


def apply(changes: list[Change], old: dict[str, Any]) -> dict[str, Any]:
    """The new snapshot, made from the old one and the difference; `old` itself stays as it is."""
    snapshot = deepcopy(old)
    for change in changes:
        if isinstance(change, Changed):
            _set(_find(snapshot, change.path), change)
    for path in dict.fromkeys(change.path for change in changes if not isinstance(change, Changed)):
        _rearrange(_find(snapshot, path), [c for c in changes if c.path == path and not isinstance(c, Changed)])
    return snapshot


def is_same(old: Any, new: Any) -> bool:
    """Whether two values say the same; unlike Python, JSON tells true from 1."""
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(is_same(value, new[name]) for name, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(is_same, old, new))
    return bool(old == new)


# Finding differences --------------------------------------------------------------------------------------------------


def _of_records(old: dict[str, Any], new: dict[str, Any], path: Path) -> Iterator[Change]:
    names = [*new, *(name for name in old if name not in new)]
    for name in names:
        yield from _of_fields(old.get(name, ABSENT), new.get(name, ABSENT), path, name)


def _of_fields(old: Any, new: Any, path: Path, name: str) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _of_records(old, new, (*path, name))
    elif _is_listing(old) and _is_listing(new) and (old or new):
        yield from _of_lists(old, new, (*path, name))
    elif not is_same(old, new):
        yield Changed(path, name, old, new)


def _is_listing(value: Any) -> bool:
    """Whether this is a list of records, each with a reference of its own."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        return False
    keys = [one.get(KEY) for one in value]
    return all(isinstance(key, str) and key for key in keys) and len(set(keys)) == len(keys)


def _of_lists(old: list[dict[str, Any]], new: list[dict[str, Any]], path: Path) -> Iterator[Change]:
    before = {record[KEY]: place for place, record in enumerate(old)}
    after = {record[KEY]: place for place, record in enumerate(new)}
    still = _longest_rise([before[key] for key in after if key in before])
    for key, place in before.items():
        if key not in after:
            yield Removed(path, key, place, old[place])
    for key, place in after.items():
        if key not in before:
            yield Added(path, key, place, new[place])
            continue
        if before[key] not in still:
            yield Moved(path, key, before[key], place)
        yield from _of_records(old[before[key]], new[place], (*path, key))


def _longest_rise(places: list[int]) -> set[int]:
    """The largest set of old places that still stand in their order: those that need not be called moved."""
    tails: list[int] = []
    chains: list[tuple[int, ...]] = []
    for place in places:
        at = bisect_left(tails, place)
        chain = (*(chains[at - 1] if at else ()), place)
        tails[at : at + 1] = [place]
        chains[at : at + 1] = [chain]
    return set(chains[-1]) if chains else set()


# Applying them --------------------------------------------------------------------------------------------------------


def _find(snapshot: dict[str, Any], path: Path) -> Any:
    """The record or list at a path; within a list a step is the reference of a record."""
    here: Any = snapshot
    for step in path:
        here = next(one for one in here if one[KEY] == step) if isinstance(here, list) else here[step]
    return here


def _set(record: dict[str, Any], change: Changed) -> None:
    if change.new is ABSENT:
        del record[change.field]
    else:
        record[change.field] = deepcopy(change.new)


def _rearrange(records: list[dict[str, Any]], changes: list[Added | Removed | Moved]) -> None:
    """Take out what went or moved, then put what came or moved at its place, from the front to the back."""
    by_key = {record[KEY]: record for record in records}
    leave = {change.key for change in changes if not isinstance(change, Added)}
    records[:] = [record for record in records if record[KEY] not in leave]
    for change in sorted((c for c in changes if not isinstance(c, Removed)), key=lambda c: c.at):
        record = deepcopy(change.record) if isinstance(change, Added) else by_key[change.key]
        records.insert(change.at, record)
