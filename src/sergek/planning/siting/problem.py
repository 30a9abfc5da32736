"""What each complex would watch, and what that is worth."""

from dataclasses import dataclass

import numpy as np

from sergek.core.errors import ConfigError
from sergek.planning.arrays import BoolArray, FloatArray, IntArray
from sergek.planning.city.model import City

__all__ = ["REACH_M", "Siting", "from_city"]

# Metres of street around a complex on which plates are legible, by kind (settings, not law).
REACH_M = {"junction": 90.0, "section": 220.0}


@dataclass(frozen=True, slots=True)
class Siting:
    """Candidates (rows) and street segments (columns) that they watch.

    `weight` is worth in points: all streets that no standing complex watches make 100.
    Costs are thousand tenge.
    """

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    watches: BoolArray
    weight: FloatArray
    cost: FloatArray
    must: BoolArray
    power: BoolArray
    fibre: BoolArray
    segments: IntArray

    def worth(self, chosen: BoolArray) -> float:
        """Points of all segments that the chosen candidates watch."""
        return float(self.weight[self.watches[chosen].any(axis=0)].sum())


def segment_worth(city: City, risk_share: float) -> FloatArray:
    """Points of each segment: vehicle-kilometres and accidents, each making its share of 100.

    Accidents are smoothed towards what traffic alone foretells (half weight each), so that one
    accident does not make a street.
    """
    roads = city.roads
    traffic = roads.flow_per_day * roads.length_m
    if traffic.sum() <= 0:
        traffic = roads.length_m * roads.speed_kmh
    traffic = traffic / traffic.sum()
    counts = np.zeros(roads.segments)
    if city.accidents:
        np.add.at(counts, nearest_segments(city), 1.0)
        risk = 0.5 * counts / counts.sum() + 0.5 * traffic
    else:
        risk = traffic
    worth: FloatArray = 100 * ((1 - risk_share) * traffic + risk_share * risk)
    return worth


def nearest_segments(city: City) -> IntArray:
    """The segment nearest to each accident."""
    from sergek.planning.hotspots.network import snap

    at = np.array([accident.at for accident in city.accidents])
    x, y = city.projection.to_metres(at[:, 0], at[:, 1])
    return snap(city.roads, x, y).segment


def watched_segments(city: City, at: tuple[float, float], reach_m: float) -> BoolArray:
    """Segments whose middle is within the reach over the streets of the complex's place."""
    roads = city.roads
    x, y = city.projection.to_metres(np.array([at[0]]), np.array([at[1]]))
    middle_x = (roads.x_m[roads.tail] + roads.x_m[roads.head]) / 2
    middle_y = (roads.y_m[roads.tail] + roads.y_m[roads.head]) / 2
    straight = np.hypot(middle_x - x[0], middle_y - y[0])
    ends = np.minimum(
        np.hypot(roads.x_m[roads.tail] - x[0], roads.y_m[roads.tail] - y[0]),
        np.hypot(roads.x_m[roads.head] - x[0], roads.y_m[roads.head] - y[0]),
    )
    near: BoolArray = (straight <= reach_m) | (ends <= min(reach_m, 20.0))
    return near


def from_city(city: City, risk_share: float = 0.5) -> Siting:
    """The destroyed complexes of a city as candidates; `ConfigError` if there is none."""
    candidates = [one for one in city.complexes if one.state != "standing"]
    if not candidates:
        raise ConfigError(f"{city.name} has no complex to place or restore")
    if not 0 <= risk_share <= 1:
        raise ConfigError(f"the weight of risk is {risk_share:g}, not within 0…1")
    standing = [one for one in city.complexes if one.state == "standing"]
    worth = segment_worth(city, risk_share)
    for one in standing:
        worth[watched_segments(city, one.at, REACH_M[one.kind])] = 0.0
    watches = np.array(
        [watched_segments(city, one.at, REACH_M.get(one.kind, 150.0)) for one in candidates]
    )
    useful = np.flatnonzero(watches.any(axis=0) & (worth > 0))
    return Siting(
        ids=tuple(one.id for one in candidates),
        kinds=tuple(one.kind for one in candidates),
        watches=watches[:, useful],
        weight=worth[useful] * 100 / max(worth.sum(), 1e-12),
        cost=np.array([one.cost_kzt_k for one in candidates]),
        must=np.array([one.must for one in candidates]),
        power=np.array([one.power for one in candidates]),
        fibre=np.array([one.fibre for one in candidates]),
        segments=useful,
    )
