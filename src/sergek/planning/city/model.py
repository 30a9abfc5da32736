"""The nouns of a city study. Places are longitude, latitude (WGS 84)."""

import datetime as dt
from dataclasses import dataclass, field

from sergek.core.addresses import Address
from sergek.core.geo import LngLat
from sergek.planning.city.projection import Projection
from sergek.planning.city.roads import RoadGraph

__all__ = ["Accident", "Block", "City", "Complex", "Neighbours", "School", "Station"]


@dataclass(frozen=True, slots=True)
class Block:
    """An address block: the smallest area that a precinct is made of."""

    id: str
    ring: tuple[LngLat, ...]
    population: int
    calls_per_year: float = 0.0
    precinct: str = ""
    kato: str = ""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Two blocks (by index) with a common border not on a barrier, and its length."""

    first: int
    second: int
    border_m: float


@dataclass(frozen=True, slots=True)
class Station:
    """A precinct station and its people, counted separately (see `planning.service`)."""

    id: str
    name: str
    at: LngLat
    posts: int = 0
    filled: int = 0
    present: int = 0
    effective: float = 0.0
    assistants: int = 0


@dataclass(frozen=True, slots=True)
class School:
    """A school."""

    id: str
    name: str
    at: LngLat


@dataclass(frozen=True, slots=True)
class Accident:
    """A registered road accident."""

    id: str
    at: LngLat
    on: dt.date
    kind: str
    injured: int = 0
    killed: int = 0


@dataclass(frozen=True, slots=True)
class Complex:
    """A hardware-software complex (АПК): a junction or a road section, standing or destroyed.

    `channels` is its cameras; complexes are counted, never lenses. Costs are in thousand tenge.
    """

    id: str
    kind: str
    at: LngLat
    state: str
    channels: int
    cost_kzt_k: float
    power: bool
    fibre: bool
    must: bool = False


@dataclass(frozen=True, slots=True)
class City:
    """Everything a study needs. `synthetic` and `sources` are printed on every report."""

    name: str
    kato: str
    synthetic: bool
    sources: tuple[str, ...]
    projection: Projection
    roads: RoadGraph
    blocks: tuple[Block, ...] = ()
    neighbours: tuple[Neighbours, ...] = ()
    stations: tuple[Station, ...] = ()
    schools: tuple[School, ...] = ()
    accidents: tuple[Accident, ...] = ()
    complexes: tuple[Complex, ...] = ()
    barriers: tuple[tuple[str, tuple[LngLat, ...]], ...] = field(default=())
    addresses: tuple[Address, ...] = ()

    @property
    def population(self) -> int:
        """Residents of all blocks."""
        return sum(block.population for block in self.blocks)

    @property
    def label(self) -> str:
        """The name, with the warning that a made-up city must carry."""
        return f"{self.name} (synthetic data, not a survey)" if self.synthetic else self.name
