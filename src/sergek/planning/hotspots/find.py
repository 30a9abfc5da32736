"""Hot spots by definition, and whether chance alone would make such a place.

Significance: accidents are thrown on the streets in proportion to traffic; a spot's p-value is
the share of throws whose largest gathering anywhere is at least as large (A. Okabe, K. Sugihara,
"Spatial Analysis along Networks", 2012; B. Davies, B. Hope 1977 rule (1 + b)/(1 + n)).
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from sergek.core.errors import ConfigError
from sergek.planning.arrays import FloatArray, IntArray
from sergek.planning.city.model import City
from sergek.planning.city.roads import RoadGraph
from sergek.planning.hotspots.definition import Break, Definition
from sergek.planning.hotspots.network import NearPairs, OnStreet, snap
from sergek.planning.proof import Watch

__all__ = ["HotSpot", "HotSpots", "find_hotspots"]

# An accident further from every street belongs to none.
_NEAR_M = 60.0


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A place (m), its accidents (indices), the rule it meets, days, p-value against chance."""

    x_m: float
    y_m: float
    street: str
    accidents: tuple[int, ...]
    rule: str
    first: dt.date
    last: dt.date
    p_value: float
    crosses_break: bool


@dataclass(frozen=True, slots=True)
class HotSpots:
    """All spots, worst first; accidents left out with the reason; throws that were made."""

    spots: tuple[HotSpot, ...]
    left_out: tuple[tuple[str, str], ...]
    throws: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gathering:
    """The most accidents around one of them in any window of time."""

    members: tuple[int, ...]
    rule: str


def find_hotspots(
    city: City,
    definition: Definition,
    breaks: tuple[Break, ...],
    watch: Watch,
    throws: int = 99,
) -> HotSpots:
    """Hot spots of all accidents of the city; `ConfigError` if it has none."""
    kept, points, left_out = usable(city, definition)
    near = NearPairs(city.roads, definition.length_m / 2)
    days = np.array([city.accidents[i].on.toordinal() for i in kept])
    kinds = [city.accidents[i].kind for i in kept]
    around = neighbours(near, points)
    found = pick(around, days, kinds, definition)
    largest = chance(near, days, definition, watch, throws)
    x, y = points.places(city.roads)
    spots = []
    for gathering in found:
        mine = list(gathering.members)
        dates = sorted(city.accidents[kept[i]].on for i in mine)
        beaten = int((largest >= len(mine)).sum())
        spots.append(
            HotSpot(
                x_m=float(x[mine].mean()),
                y_m=float(y[mine].mean()),
                street=city.roads.name[int(points.segment[mine[0]])],
                accidents=tuple(kept[i] for i in mine),
                rule=gathering.rule,
                first=dates[0],
                last=dates[-1],
                p_value=(1 + beaten) / (1 + len(largest)),
                crosses_break=any(dates[0] < one.on <= dates[-1] for one in breaks),
            )
        )
    spots.sort(key=lambda spot: (-len(spot.accidents), spot.first))
    notes = tuple(
        f"{one.on}: {one.source}" for one in breaks if days.min() < one.on.toordinal() <= days.max()
    )
    return HotSpots(tuple(spots), left_out, len(largest), notes)


def usable(
    city: City, definition: Definition
) -> tuple[list[int], OnStreet, tuple[tuple[str, str], ...]]:
    """Accidents that count, on their streets; the others with the reason."""
    left_out: list[tuple[str, str]] = []
    counted = []
    for i, accident in enumerate(city.accidents):
        if definition.injured_only and accident.injured + accident.killed == 0:
            left_out.append((accident.id, "nobody was injured"))
        else:
            counted.append(i)
    if not counted:
        raise ConfigError(f"{city.name} has no accident that the definition counts")
    at = np.array([city.accidents[i].at for i in counted])
    x, y = city.projection.to_metres(at[:, 0], at[:, 1])
    points = snap(city.roads, x, y)
    close = points.away_m <= _NEAR_M
    for k in np.flatnonzero(~close):
        far = city.accidents[counted[int(k)]]
        left_out.append((far.id, f"{points.away_m[k]:.0f} m from the nearest street"))
    kept = [counted[int(i)] for i in np.flatnonzero(close)]
    if not kept:
        raise ConfigError("no accident lies near a street; is it the right city?")
    on_street = OnStreet(points.segment[close], points.offset_m[close], points.away_m[close])
    return kept, on_street, tuple(left_out)


def neighbours(near: NearPairs, points: OnStreet) -> list[list[int]]:
    """For each point itself and the points near it."""
    around = [[i] for i in range(len(points.segment))]
    for i, j in zip(*near.pairs(points), strict=True):
        around[int(i)].append(int(j))
    return around


def best_window(members: list[int], days: IntArray, span: int) -> list[int]:
    """The most members within `span` days, earliest first."""
    order = sorted(members, key=lambda i: int(days[i]))
    best: list[int] = []
    begin = 0
    for end in range(len(order)):
        while days[order[end]] - days[order[begin]] >= span:
            begin += 1
        if end - begin + 1 > len(best):
            best = order[begin : end + 1]
    return best


def pick(
    around: list[list[int]], days: IntArray, kinds: list[str], definition: Definition
) -> list[Gathering]:
    """Gatherings that meet the definition, largest first, no accident in two."""
    span = round(definition.months * 30.4375)
    free = set(range(len(around)))
    found: list[Gathering] = []
    candidates = [i for i in free if len(around[i]) >= definition.same_kind]
    queue = sorted(candidates, key=lambda i: -len(around[i]))
    while queue:
        best: Gathering | None = None
        for i in queue:
            members = [j for j in around[i] if j in free]
            if best is not None and len(members) <= len(best.members):
                continue
            gathering = meets(members, days, kinds, definition, span)
            if gathering and (best is None or len(gathering.members) > len(best.members)):
                best = gathering
        if best is None:
            break
        found.append(best)
        free -= set(best.members)
        queue = [i for i in queue if i in free]
    return found


def meets(
    members: list[int], days: IntArray, kinds: list[str], definition: Definition, span: int
) -> Gathering | None:
    """The gathering if it is a hot spot by either rule."""
    every = best_window(members, days, span)
    if len(every) >= definition.any_kind:
        return Gathering(tuple(every), f"≥ {definition.any_kind}")
    for kind in sorted({kinds[i] for i in members}):
        same = best_window([i for i in members if kinds[i] == kind], days, span)
        if len(same) >= definition.same_kind:
            return Gathering(tuple(same), f"≥ {definition.same_kind} × {kind}")
    return None


def chance(
    near: NearPairs,
    days: IntArray,
    definition: Definition,
    watch: Watch,
    throws: int,
) -> IntArray:
    """The largest gathering of each throw of as many accidents on the streets by traffic."""
    rng = np.random.default_rng(1)
    roads = near.roads
    exposure = traffic_share(roads)
    span = round(definition.months * 30.4375)
    largest = []
    for number in range(throws):
        if watch.expired and number >= 19:
            break
        segment = rng.choice(roads.segments, len(days), p=exposure)
        offset = rng.random(len(days)) * roads.length_m[segment]
        points = OnStreet(segment, offset, np.zeros(len(days)))
        around = neighbours(near, points)
        top = 1
        for members in sorted(around, key=len, reverse=True):
            if len(members) <= top:
                break
            top = max(top, len(best_window(members, days, span)))
        largest.append(top)
        watch.tell(float(number + 1), float(throws))
    return np.array(largest, dtype=np.int64)


def traffic_share(roads: RoadGraph) -> FloatArray:
    """Share of each segment in vehicle-kilometres; in length where no flow is known."""
    exposure = roads.flow_per_day * roads.length_m
    if exposure.sum() <= 0:
        exposure = roads.length_m
    share: FloatArray = exposure / exposure.sum()
    return share
