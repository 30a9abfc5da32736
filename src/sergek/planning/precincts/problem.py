"""What a division into precincts must respect, and what it is worth."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sergek.core.errors import ConfigError
from sergek.planning.arrays import FloatArray, IntArray
from sergek.planning.city.blocks import block_pieces, polygons
from sergek.planning.city.model import City

__all__ = ["Districting", "from_city"]


@dataclass(frozen=True, slots=True)
class Districting:
    """n blocks to be divided into `count` contiguous precincts of nearly equal load.

    `around[i]` are (block, border m) pairs. `reach[i]` has bit s set where station s is within
    the travel time of block i; all blocks of a precinct must share a bit. `today[i]` is the
    present precinct, −1 for none.
    """

    load: FloatArray
    residents: FloatArray
    x_m: FloatArray
    y_m: FloatArray
    around: tuple[tuple[tuple[int, float], ...], ...]
    reach: tuple[int, ...]
    today: IntArray
    count: int
    piece: IntArray
    travel_s: FloatArray

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return len(self.load)

    def loads(self, owner: Sequence[int] | IntArray) -> FloatArray:
        """Load of each precinct."""
        total: FloatArray = np.bincount(
            np.asarray(owner), weights=self.load, minlength=self.count
        ).astype(float)
        return total

    def max_load(self, owner: Sequence[int] | IntArray) -> float:
        """The largest load of a precinct."""
        return float(self.loads(owner).max())

    def moved(self, owner: Sequence[int] | IntArray) -> float:
        """Residents whose precinct is another than today's."""
        changed = (np.asarray(owner) != self.today) & (self.today >= 0)
        return float(self.residents[changed].sum())

    def cut_m(self, owner: Sequence[int] | IntArray) -> float:
        """Length of borders between precincts."""
        who = np.asarray(owner)
        return float(
            sum(
                border
                for i, near in enumerate(self.around)
                for j, border in near
                if i < j and who[i] != who[j]
            )
        )

    def contiguous(self, owner: Sequence[int] | IntArray, precinct: int) -> bool:
        """Whether the precinct is one piece (an empty one is not)."""
        mine = {int(i) for i in np.flatnonzero(np.asarray(owner) == precinct)}
        if not mine:
            return False
        stack = [next(iter(mine))]
        mine.discard(stack[0])
        while stack:
            for j, _ in self.around[stack.pop()]:
                if j in mine:
                    mine.discard(j)
                    stack.append(j)
        return not mine

    def problems(self, owner: Sequence[int] | IntArray) -> list[str]:
        """Everything wrong with a division, in words; empty if it may be approved."""
        found = []
        who = np.asarray(owner)
        for k in range(self.count):
            mine = np.flatnonzero(who == k)
            if not len(mine):
                found.append(f"precinct {k + 1} has no block")
            elif not self.contiguous(who, k):
                found.append(f"precinct {k + 1} is not in one piece")
            elif not self.shared_reach(mine):
                found.append(f"no station reaches all blocks of precinct {k + 1} in time")
        return found

    def shared_reach(self, blocks: IntArray) -> int:
        """Stations (bits) that reach all these blocks in time."""
        shared = -1
        for i in blocks:
            shared &= self.reach[int(i)]
        return shared

    def stations_of(self, owner: Sequence[int] | IntArray) -> IntArray:
        """The station of each precinct: of those in reach, the quickest to its residents."""
        who = np.asarray(owner)
        chosen = np.full(self.count, -1, dtype=np.int64)
        for k in range(self.count):
            mine = np.flatnonzero(who == k)
            shared = self.shared_reach(mine)
            if not len(mine) or not shared or not len(self.travel_s):
                continue
            weight = self.residents[mine] + 1e-9
            mean = np.where(np.isfinite(self.travel_s[:, mine]), self.travel_s[:, mine], 1e9) @ (
                weight / weight.sum()
            )
            allowed = [bool(shared >> s & 1) for s in range(len(self.travel_s))]
            chosen[k] = int(np.where(allowed, mean, np.inf).argmin())
        return chosen


def weighted_load(residents: FloatArray, calls: FloatArray, call_share: float) -> FloatArray:
    """Residents weighted by calls: the sum stays the population.

    A share of the load is spread by calls instead of heads: an average block keeps its number.
    """
    if not 0 <= call_share <= 1:
        raise ConfigError(f"the share of calls in the load is {call_share:g}, not within 0…1")
    if calls.sum() <= 0:
        return residents.astype(float)
    load: FloatArray = (1 - call_share) * residents + call_share * calls * (
        residents.sum() / calls.sum()
    )
    return load


def from_city(
    city: City, count: int | None = None, call_share: float = 0.3, minutes: float = 10.0
) -> Districting:
    """The districting problem of a city; `ConfigError` says in words why none can exist."""
    if not city.blocks:
        raise ConfigError(f"{city.name} has no blocks; import them or make them from the streets")
    if not city.population:
        raise ConfigError(f"nobody lives in any block of {city.name}; give the blocks residents")
    shapes = polygons(city.blocks, city.projection)
    middle = np.array([[s.centroid.x, s.centroid.y] for s in shapes])
    names = sorted({block.precinct for block in city.blocks if block.precinct})
    number = {name: k for k, name in enumerate(names)}
    around: list[list[tuple[int, float]]] = [[] for _ in city.blocks]
    for pair in city.neighbours:
        around[pair.first].append((pair.second, pair.border_m))
        around[pair.second].append((pair.first, pair.border_m))
    travel = station_travel_s(city, middle)
    residents = np.array([block.population for block in city.blocks], dtype=float)
    calls = np.array([block.calls_per_year for block in city.blocks])
    wanted = len(names) if count is None else count
    pieces, piece = block_pieces(len(city.blocks), city.neighbours)
    if wanted < pieces:
        raise ConfigError(
            f"barriers cut the city into {pieces} pieces, and a precinct lies in one piece: "
            f"at least {pieces} precincts are needed, {wanted} were asked for"
        )
    if wanted > len(city.blocks):
        raise ConfigError(f"{wanted} precincts cannot be made of {len(city.blocks)} blocks")
    return Districting(
        load=weighted_load(residents, calls, call_share),
        residents=residents,
        x_m=middle[:, 0],
        y_m=middle[:, 1],
        around=tuple(tuple(near) for near in around),
        reach=reach_masks(city, travel, minutes),
        today=np.array([number.get(block.precinct, -1) for block in city.blocks]),
        count=wanted,
        piece=np.array(piece, dtype=np.int64),
        travel_s=travel,
    )


def station_travel_s(city: City, middle: FloatArray) -> FloatArray:
    """Seconds from each station (rows) to each block's middle, over the streets."""
    if not city.stations:
        return np.zeros((0, len(middle)))
    at = np.array([station.at for station in city.stations])
    x, y = city.projection.to_metres(at[:, 0], at[:, 1])
    starts, _ = city.roads.nearest_node(x, y)
    ends, _ = city.roads.nearest_node(middle[:, 0], middle[:, 1])
    seconds: FloatArray = city.roads.between(starts)[:, ends]
    return seconds


def reach_masks(city: City, travel_s: FloatArray, minutes: float) -> tuple[int, ...]:
    """Per block the bits of the stations within the time; `ConfigError` if a block has none."""
    if not len(travel_s):
        return (-1,) * len(city.blocks)
    within = travel_s <= minutes * 60
    far = np.flatnonzero(~within.any(axis=0))
    if len(far):
        need = travel_s.min(axis=0)
        lost = np.flatnonzero(~np.isfinite(need))
        why = (
            f"{len(lost)} blocks have no way to any station over the streets "
            f"(first: {city.blocks[lost[0]].id})"
            if len(lost)
            else f"with {need.max() / 60:.1f} minutes every block would be reached"
        )
        raise ConfigError(
            f"{len(far)} blocks are further than {minutes:g} minutes from every station "
            f"(first: {city.blocks[far[0]].id}); {why}"
        )
    bits = [1 << s for s in range(len(travel_s))]
    return tuple(
        sum(bit for bit, near in zip(bits, column, strict=True) if near) for column in within.T
    )
