"""Maps of dots: one Party, one dot, one size; no borders. Pure: rows in, places out."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from centres.models import Party

WORLD_RADIUS = "4.6"
NEAR_RADIUS = "3.4"
NAMES_AT_MOST = 16  # more would cover each other; the list below the map has them all


class Dot(NamedTuple):
    """A Party's place; kind is "" (a Party), "in" (served here) or "none" (no centre)."""

    x: int
    y: int
    kind: str = ""


class Label(NamedTuple):
    """A word on the map; end puts it to the left of its place."""

    x: int
    y: int
    text: str
    end: bool = False


class DotMap(NamedTuple):
    """What components/map.html draws."""

    view_box: str
    radius: str
    dots: list[Dot]
    seats: list[Dot]
    labels: list[Label]


def placed(parties: Iterable[Party]) -> list[Party]:
    """Those that have a place on the map: a union of States has none."""
    return [party for party in parties if party.map_x is not None]


def world_map(parties: Iterable[Party], *, without_centre: set[int], seats: Sequence[tuple[Party, str]]) -> DotMap:
    """All Parties, those without a centre ringed, the seats of the institutions in gold with their short names."""
    everybody = placed(parties)
    dots = [Dot(party.map_x, party.map_y, "none" if party.pk in without_centre else "") for party in everybody]
    held = [(party, name) for party, name in seats if party.map_x is not None]
    marks = [Dot(party.map_x, party.map_y) for party, _ in held]
    labels = [Label(party.map_x + 8, party.map_y + 3, name) for party, name in held if name]
    return DotMap(_view_box(dots, 10, 10), WORLD_RADIUS, dots, marks, labels)


def near_map(parties: Iterable[Party], *, served: Iterable[Party], seats: Iterable[Party]) -> DotMap | None:
    """The neighbourhood of a centre: the Parties it serves filled, named where they are few."""
    inside = placed(served)
    if not inside:
        return None
    ids = {party.pk for party in inside}
    box = _bounds([Dot(party.map_x, party.map_y) for party in inside], 56, 16)
    shown = [party for party in placed(parties) if _holds(box, party)]
    dots = [Dot(party.map_x, party.map_y, "in" if party.pk in ids else "") for party in shown]
    marks = [Dot(party.map_x, party.map_y) for party in placed(seats) if _holds(box, party)]
    return DotMap(_as_text(box), NEAR_RADIUS, dots, marks, _names(inside))


def _names(parties: list[Party]) -> list[Label]:
    if len(parties) > NAMES_AT_MOST:
        return []
    return [_name(party, [other for other in parties if other is not party]) for party in parties]


def _name(party: Party, others: list[Party]) -> Label:
    """The name beside its dot, on the left where a neighbour stands in the way on the right."""
    crowded = any(0 < other.map_x - party.map_x < 60 and abs(other.map_y - party.map_y) < 7 for other in others)
    return Label(party.map_x + (-5 if crowded else 5), party.map_y + 2, party.name, crowded)


def _bounds(dots: list[Dot], margin_x: int, margin_y: int) -> tuple[int, int, int, int]:
    xs, ys = [dot.x for dot in dots], [dot.y for dot in dots]
    return min(xs) - margin_x, min(ys) - margin_y, max(xs) + margin_x, max(ys) + margin_y


def _holds(box: tuple[int, int, int, int], party: Party) -> bool:
    left, top, right, bottom = box
    return left <= party.map_x <= right and top <= party.map_y <= bottom


def _view_box(dots: list[Dot], margin_x: int, margin_y: int) -> str:
    return _as_text(_bounds(dots, margin_x, margin_y) if dots else (0, 0, 1, 1))


def _as_text(box: tuple[int, int, int, int]) -> str:
    left, top, right, bottom = box
    return f"{left} {top} {right - left} {bottom - top}"
