"""What the directory shows, put together from rows that are read once."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Prefetch
from django.urls import reverse

from centres.maps import DotMap, world_map
from centres.models import Coverage, Hosting, Party, Region, SupportCentre, fold


class Tile(NamedTuple):
    """A Party as a tile; shared when more than one centre serves it."""

    url: str
    code: str
    name: str
    shared: bool = False


class CentreLine(NamedTuple):
    """A centre in the directory: its hosts, the lead first, and the Parties it serves."""

    centre: SupportCentre
    hostings: list[Hosting]
    tiles: list[Tile]


class Part(NamedTuple):
    """The centres of one region of the world."""

    code: str
    name: str
    lines: list[CentreLine]


def centres_in_full() -> Any:
    """Centres with hosts and Parties, in a fixed number of queries."""
    hostings = Hosting.objects.current().select_related("organization__party")
    coverages = Coverage.objects.current().select_related("party__region__parent__parent")
    return SupportCentre.objects.current().prefetch_related(
        Prefetch("hostings", hostings), Prefetch("coverages", coverages)
    )


def lead_first(centre: SupportCentre) -> list[Hosting]:
    return sorted(centre.hostings.all(), key=lambda row: (row.role != Hosting.Role.LEAD, row.organization.name))


def tile(party: Party, shared: bool = False) -> Tile:
    return Tile(reverse("party_detail", args=[party.iso2]), party.iso2, party.name, shared)


def by_name(parties: list[Party]) -> list[Party]:
    return sorted(parties, key=lambda party: (fold(party.name), party.pk))


@dataclass(frozen=True)
class Directory:
    """The network on one page."""

    centres: list[SupportCentre]
    parties: list[Party]

    @classmethod
    def load(cls) -> "Directory":
        return cls(list(centres_in_full().by_name()), list(Party.objects.current().real().by_name()))

    @property
    def real(self) -> list[SupportCentre]:
        return [centre for centre in self.centres if not centre.is_practice]

    @property
    def practice(self) -> list[CentreLine]:
        return [self._line(centre, Counter()) for centre in self.centres if centre.is_practice]

    @property
    def hostings(self) -> list[Hosting]:
        """The institutions and the centre each one hosts."""
        rows = [(row, centre) for centre in self.real for row in lead_first(centre)]
        return [row for row, _ in sorted(rows, key=lambda pair: (fold(pair[0].organization.name), pair[1].pk))]

    @property
    def parts(self) -> list[Part]:
        """The centres by the region of the world in which most of their Parties lie."""
        served = self._times_served()
        parts: dict[str, Part] = {}
        for centre in self.real:
            region = _main_region(centre)
            code, name = (region.code, region.name) if region else ("", "")
            parts.setdefault(code, Part(code, name, [])).lines.append(self._line(centre, served))
        return sorted(parts.values(), key=lambda part: (fold(part.name), part.code))

    @property
    def without_centre(self) -> list[Party]:
        served = self._times_served()
        return [party for party in self.parties if party.pk not in served]

    @property
    def uncovered_tiles(self) -> list[Tile]:
        return [tile(party) for party in self.without_centre]

    @property
    def map(self) -> DotMap:
        seats = [(row.organization.party, _short_name(row)) for row in self.hostings if row.organization.party]
        return world_map(self.parties, without_centre={party.pk for party in self.without_centre}, seats=seats)

    def _times_served(self) -> Counter[int]:
        return Counter(row.party_id for centre in self.real for row in centre.coverages.all())

    def _line(self, centre: SupportCentre, served: Counter[int]) -> CentreLine:
        parties = by_name([row.party for row in centre.coverages.all()])
        return CentreLine(centre, lead_first(centre), [tile(party, served[party.pk] > 1) for party in parties])


def _short_name(hosting: Hosting) -> str:
    """On the map only lead hosts are named: joint hosts stand close to each other."""
    return hosting.organization.short_name if hosting.role == Hosting.Role.LEAD else ""


def _main_region(centre: SupportCentre) -> Region | None:
    tops = Counter(_top(row.party.region) for row in centre.coverages.all() if row.party.region)
    return max(tops, key=lambda region: (tops[region], region.code)) if tops else None


def _top(region: Region) -> Region:
    while region.parent:
        region = region.parent
    return region
