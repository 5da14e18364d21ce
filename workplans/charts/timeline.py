"""Activities over the days of a plan, as places between 0 and 100 that a drawing can use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

ROW = 26  # height of one line of the drawing, in pixels; text keeps its size whatever the width
HEAD = 22
GUTTER = 14.0  # hundredths of the width that belong to the numbers


@dataclass(frozen=True)
class Stretch:
    """An activity as the timeline needs it."""

    number: str
    title: str
    starts_on: date
    ends_on: date
    is_essential: bool = True
    reference: str = ""


@dataclass(frozen=True)
class Bar:
    """One activity: `at` and `width` in hundredths of the period, `x` and `wide` as texts for the drawing."""

    stretch: Stretch
    at: float
    width: float
    x: str
    wide: str
    y: int

    @property
    def text_y(self) -> int:
        return self.y + 14


@dataclass(frozen=True)
class Year:
    """Where a year begins."""

    label: str
    at: float
    x: str


@dataclass(frozen=True)
class Timeline:
    """The whole drawing: its height in pixels, its years, its bars, and where the numbers stand."""

    bars: list[Bar]
    years: list[Year]
    height: int
    number_x: str


def timeline(starts_on: date, ends_on: date, stretches: Sequence[Stretch], *, mirrored: bool = False) -> Timeline:
    """Bars and years of a plan; `mirrored` where reading goes from right to left."""
    whole = (ends_on - starts_on).days + 1
    bars = []
    for place, stretch in enumerate(stretches):
        first, last = max(stretch.starts_on, starts_on), min(stretch.ends_on, ends_on)
        at = _share((first - starts_on).days, whole)
        width = max(0.0, min(_share((last - first).days + 1, whole), 100 - at))
        x, wide = _drawn(at, width, mirrored)
        bars.append(Bar(stretch, at, width, x, wide, HEAD + place * ROW + 3))
    years = [_year(year, starts_on, whole, mirrored) for year in range(starts_on.year, ends_on.year + 1)]
    return Timeline(bars, years, HEAD + ROW * len(bars), "100%" if mirrored else "0%")


def _share(days: int, whole: int) -> float:
    return min(100.0, max(0.0, 100 * days / whole))


def _drawn(at: float, width: float, mirrored: bool) -> tuple[str, str]:
    """A place in the drawing, beside the gutter of the numbers, from the side where reading begins."""
    wide = width * (100 - GUTTER) / 100
    x = GUTTER + at * (100 - GUTTER) / 100
    return f"{100 - x - wide if mirrored else x:.2f}%", f"{wide:.2f}%"


def _year(year: int, starts_on: date, whole: int, mirrored: bool) -> Year:
    at = _share((max(date(year, 1, 1), starts_on) - starts_on).days, whole)
    return Year(str(year), at, _drawn(at, 0.0, mirrored)[0])
