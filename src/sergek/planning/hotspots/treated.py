"""Did a measure at certain places help? Accidents around them against like, untreated places."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from sergek.core.errors import ConfigError
from sergek.core.geo import LngLat
from sergek.core.given import given_rows
from sergek.planning.arrays import BoolArray, FloatArray, IntArray
from sergek.planning.city.model import City
from sergek.planning.hotspots.definition import Break
from sergek.planning.hotspots.effect import Effect, before_after

__all__ = ["TreatedPlaces", "read_places", "treated_effect"]


@dataclass(frozen=True, slots=True)
class TreatedPlaces:
    """What was compared: accidents around each place before and after, and the reference."""

    effect: Effect
    before: tuple[int, ...]
    after: tuple[int, ...]
    reference: int


def read_places(path: Path) -> tuple[LngLat, ...]:
    """Places of a CSV with `lng,lat`; `ConfigError` lists every faulty line."""
    places, problems = [], []
    for line, row in given_rows(path):
        try:
            lng, lat = float(row["lng"]), float(row["lat"])
        except (KeyError, TypeError, ValueError):
            problems.append(f"line {line}: lng and lat must be numbers")
            continue
        places.append((lng, lat))
    if problems or not places:
        raise ConfigError(f"{path} holds no usable places", tuple(problems[:50]))
    return tuple(places)


def treated_effect(
    city: City,
    places: tuple[LngLat, ...],
    on: dt.date,
    years: float,
    breaks: tuple[Break, ...],
    radius_m: float = 100.0,
) -> TreatedPlaces:
    """Accidents within the radius `years` before and after the day, regression taken out.

    The reference are the crossings that see as much traffic as the places do (at least the
    quietest of them) and lie clear of every place. `ConfigError` where too few of them are left.
    """
    if years <= 0 or radius_m <= 0:
        raise ConfigError("the years and the radius must be above zero")
    span = dt.timedelta(days=round(years * 365.25))
    x, y = _metres(city, [accident.at for accident in city.accidents])
    days = np.array([accident.on.toordinal() for accident in city.accidents])
    first = (days >= (on - span).toordinal()) & (days < on.toordinal())
    second = (days >= on.toordinal()) & (days < (on + span).toordinal())
    tx, ty = _metres(city, list(places))
    at = np.column_stack([tx, ty])
    like = _like_crossings(city, at, radius_m)
    accidents = np.column_stack([x, y])

    def count(points: FloatArray, when: BoolArray) -> list[int]:
        if not when.any():
            return [0] * len(points)
        tree = cKDTree(accidents[when])
        found: IntArray = tree.query_ball_point(points, radius_m, return_length=True)
        return [int(number) for number in found]

    before, after = count(at, first), count(at, second)
    effect = before_after(
        before,
        after,
        count(like, first),
        count(like, second),
        years,
        years,
        breaks,
        (on - span, on + span - dt.timedelta(days=1)),
    )
    return TreatedPlaces(effect, tuple(before), tuple(after), len(like))


def _metres(city: City, at: list[LngLat]) -> tuple[FloatArray, FloatArray]:
    if not at:
        raise ConfigError(f"{city.name} has no accidents to compare; import them first")
    degrees = np.array(at, dtype=float)
    return city.projection.to_metres(degrees[:, 0], degrees[:, 1])


def _like_crossings(city: City, treated: FloatArray, radius_m: float) -> FloatArray:
    """Crossings with as much traffic as the treated places, clear of them and of each other."""
    roads = city.roads
    ends = np.concatenate([roads.tail, roads.head])
    degree = np.bincount(ends, minlength=roads.nodes)
    weight = roads.flow_per_day if roads.flow_per_day.any() else roads.speed_kmh
    traffic = np.bincount(ends, weights=np.concatenate([weight, weight]), minlength=roads.nodes)
    nodes = np.column_stack([roads.x_m, roads.y_m])
    near, _ = roads.nearest_node(treated[:, 0], treated[:, 1])
    away, _ = cKDTree(treated).query(nodes)
    busy = np.flatnonzero((degree >= 3) & (traffic >= traffic[near].min()) & (away > 2 * radius_m))
    kept: list[int] = []
    for node in busy[np.argsort(-traffic[busy])]:
        if all(np.hypot(*(nodes[node] - nodes[other])) > 2 * radius_m for other in kept):
            kept.append(int(node))
    like: FloatArray = nodes[kept]
    return like
