"""Rows to records: the sources as the coverage matrices and the needs board see them."""

from collections import defaultdict

from centres.models import Region, Target

from .coverage import Covering
from .models import Source


def current_targets() -> list[Target]:
    """The targets, in their order."""
    return list(Target.objects.current().in_order())


def columns() -> list[Region]:
    """The regions and subregions of the world, each region before its parts."""
    rows = list(Region.objects.current().exclude(kind=Region.Kind.INTERMEDIATE).select_related("parent"))
    return sorted(rows, key=lambda row: ((row.parent or row).name, row.parent_id is not None, row.name))


def covering_sources() -> list[Covering]:
    """Every listed source, in a fixed number of queries."""
    targets, regions = _targets(), _regions()
    rows = Source.objects.listed().values_list("pk", "kind", "worldwide")
    return [
        Covering(frozenset(targets[pk]), kind, None if worldwide else frozenset(regions[pk]))
        for pk, kind, worldwide in rows
    ]


def _targets() -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for pk, number in Source.targets.through.objects.values_list("source", "target__number"):
        found[pk].add(number)
    return found


def _regions() -> dict[int, set[str]]:
    """The regions of each source with everything that they are part of, and everything within them."""
    tree = list(Region.objects.current().values_list("pk", "code", "parent"))
    codes, parents = {pk: code for pk, code, _ in tree}, {pk: parent for pk, _, parent in tree}
    related: dict[int, set[str]] = {pk: _upwards(pk, codes, parents) for pk in codes}
    for pk in codes:
        for above in _chain(pk, parents):
            related[above].add(codes[pk])
    found: dict[int, set[str]] = defaultdict(set)
    for source, region in Source.regions.through.objects.values_list("source", "region"):
        found[source] |= related.get(region, set())
    return found


def _upwards(pk: int, codes: dict[int, str], parents: dict[int, int | None]) -> set[str]:
    return {codes[one] for one in (pk, *_chain(pk, parents))}


def _chain(pk: int, parents: dict[int, int | None]) -> list[int]:
    """Everything that a region is a part of, from the nearest to the widest."""
    found = []
    above = parents.get(pk)
    while above is not None:
        found.append(above)
        above = parents.get(above)
    return found
