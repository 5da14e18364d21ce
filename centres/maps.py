"""Maps of dots: one Party, one dot, one size; no borders. Pure: rows in, places out."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from centres.models import Party

WORLD_RADIUS = "4.6"
NEAR_RADIUS = "3.4"
Box = tuple[int, int, int, int]  # left, top, right, bottom
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


def placed(parties: Iterable[Party]) -> list[tuple[Party, Dot]]:
    """Those that have a place on the map, with it: a union of States has none."""
    return [
        (party, Dot(party.map_x, party.map_y))
        for party in parties
        if party.map_x is not None and party.map_y is not None
    ]


def world_map(parties: Iterable[Party], *, without_centre: set[int], seats: Sequence[tuple[Party, str]]) -> DotMap:
    """All Parties, those without a centre ringed, the seats of the institutions in gold with their short names."""
    dots = [dot._replace(kind="none" if party.pk in without_centre else "") for party, dot in placed(parties)]
    held = [(dot, name) for seat, name in seats for _, dot in placed([seat])]
    marks = [dot for dot, _ in held]
    box = _bounds(dots, 10, 10) if dots else (0, 0, 1, 1)
    labels = place_labels([(dot, name) for dot, name in held if name], marks, box, letter=5, gap=8)
    return DotMap(_as_text(box), WORLD_RADIUS, dots, marks, labels)


def marked_map(parties: Iterable[Party], *, marked: Collection[int]) -> DotMap:
    """All Parties, those with something to show filled. The list beside the map says what it is."""
    dots = [dot._replace(kind="in" if party.pk in marked else "") for party, dot in placed(parties)]
    box = _bounds(dots, 10, 10) if dots else (0, 0, 1, 1)
    return DotMap(_as_text(box), WORLD_RADIUS, dots, [], [])


def near_map(parties: Iterable[Party], *, served: Iterable[Party], seats: Iterable[Party]) -> DotMap | None:
    """The neighbourhood of a centre: the Parties it serves filled, named where they are few."""
    inside = placed(served)
    if not inside:
        return None
    ids = {party.pk for party, _ in inside}
    box = _at_least(_bounds([dot for _, dot in inside], 56, 16), 240, 110)
    dots = [dot._replace(kind="in" if party.pk in ids else "") for party, dot in placed(parties) if _holds(box, dot)]
    marks = [dot for _, dot in placed(seats) if _holds(box, dot)]
    named = [(dot, party.name) for party, dot in inside]
    labels = place_labels(named, dots, box, letter=3.5, gap=6) if len(named) <= NAMES_AT_MOST else []
    return DotMap(_as_text(box), NEAR_RADIUS, dots, marks, labels)


# Labels ---------------------------------------------------------------------------------------------------------------


def place_labels(named: list[tuple[Dot, str]], dots: list[Dot], box: Box, *, letter: float, gap: int) -> list[Label]:
    """Each name right, left, above or below its dot where nothing stands; one that fits nowhere is left to the list."""
    labels: list[Label] = []
    taken: list[Box] = [(dot.x - 4, dot.y - 4, dot.x + 4, dot.y + 4) for dot in dots]
    for dot, text in named:
        width = round(letter * len(text))
        free = [place for place in _places(dot, text, gap) if _is_free(_extent(place, width), taken, box)]
        if free:
            labels.append(free[0])
            taken.append(_extent(free[0], width))
    return labels


def _places(dot: Dot, text: str, gap: int) -> list[Label]:
    return [
        Label(dot.x + gap, dot.y + 2, text),
        Label(dot.x - gap, dot.y + 2, text, end=True),
        Label(dot.x - gap, dot.y - gap, text),
        Label(dot.x - gap, dot.y + 2 * gap, text),
    ]


def _extent(label: Label, width: int) -> Box:
    left = label.x - width if label.end else label.x
    return left, label.y - 6, left + width, label.y + 2


def _is_free(extent: Box, taken: list[Box], box: Box) -> bool:
    inside = extent[0] >= box[0] and extent[2] <= box[2] and extent[1] >= box[1] and extent[3] <= box[3]
    return inside and not any(_overlap(extent, other) for other in taken)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


# Extents --------------------------------------------------------------------------------------------------------------


def _bounds(dots: list[Dot], margin_x: int, margin_y: int) -> Box:
    xs, ys = [dot.x for dot in dots], [dot.y for dot in dots]
    return min(xs) - margin_x, min(ys) - margin_y, max(xs) + margin_x, max(ys) + margin_y


def _at_least(box: Box, width: int, height: int) -> Box:
    """A box that small would blow its words up."""
    left, top, right, bottom = box
    wide, high = max(0, width - (right - left)) // 2, max(0, height - (bottom - top)) // 2
    return left - wide, top - high, right + wide, bottom + high


def _holds(box: Box, dot: Dot) -> bool:
    left, top, right, bottom = box
    return left <= dot.x <= right and top <= dot.y <= bottom


def _as_text(box: Box) -> str:
    left, top, right, bottom = box
    return f"{left} {top} {right - left} {bottom - top}"
