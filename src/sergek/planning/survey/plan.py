"""A survey of a city's streets, from the map to the crews' routes."""

from dataclasses import dataclass

import numpy as np

from sergek.core.errors import ConfigError
from sergek.core.geo import LngLat
from sergek.planning.arrays import BoolArray
from sergek.planning.city.model import City
from sergek.planning.city.roads import RoadGraph
from sergek.planning.proof import Proof, Watch
from sergek.planning.survey.crews import CrewRoute, crew_walk, share_out
from sergek.planning.survey.postman import Traversals, postman

__all__ = ["SurveyPlan", "plan_survey"]


@dataclass(frozen=True, slots=True)
class SurveyPlan:
    """The streets surveyed, the walk over all of them, the routes, what was left out and why."""

    roads: RoadGraph
    walk: Traversals
    routes: list[CrewRoute]
    longest: Proof
    left_out: tuple[str, ...]


def plan_survey(
    city: City,
    watch: Watch,
    routes: int = 1,
    one_way: bool = False,
    yard: LngLat | None = None,
    kinds: tuple[str, ...] = (),
    gap: float = 0.015,
) -> SurveyPlan:
    """Routes for so many crews and days over all streets (or those of the kinds named).

    The search ends with the watch; what was found is then put in order, some milliseconds a route.
    """
    roads = city.roads.largest_piece(strong=one_way)
    start = yard_node(city, roads, yard)
    left_out = what_is_left_out(city.roads, roads, one_way)
    required: BoolArray = np.isin(np.array(roads.kind), kinds) | (not kinds)
    streets = int(required.sum())
    if not streets:
        raise ConfigError(f"no street is of kind {', '.join(kinds)}")
    if routes > streets:
        raise ConfigError(f"{routes} routes share {streets} streets: ask for fewer crews or days")
    if kinds:
        walk = postman(roads, watch, one_way, required)
        bound = walk.proof.bound / routes
        touched = np.unique(np.concatenate([walk.start, walk.end]))
        near = np.hypot(
            roads.x_m[touched] - roads.x_m[start], roads.y_m[touched] - roads.y_m[start]
        )
        start = int(touched[near.argmin()])
    else:
        # Without signs some walk is always found, so half of the time is kept for sharing it.
        first = watch if one_way else Watch(watch.left_s / 2, watch.progress)
        walk, bound = crew_walk(roads, start, routes, first, one_way)
    shared, longest = share_out(roads, walk, start, routes, watch, one_way, bound, enough=gap)
    return SurveyPlan(roads, walk, shared, longest, left_out)


def yard_node(city: City, roads: RoadGraph, yard: LngLat | None) -> int:
    """The junction nearest to the yard; without one, a crossing in the middle of the streets."""
    if yard is not None:
        x, y = city.projection.to_metres(np.array([yard[0]]), np.array([yard[1]]))
        node, away = roads.nearest_node(x, y)
        if away[0] > 2000:
            raise ConfigError(f"the yard is {away[0] / 1000:.1f} km from the nearest street")
        return int(node[0])
    degree = np.bincount(np.concatenate([roads.tail, roads.head]), minlength=roads.nodes)
    away = np.hypot(roads.x_m - roads.x_m.mean(), roads.y_m - roads.y_m.mean())
    return int(np.where(degree >= min(4, degree.max()), away, np.inf).argmin())


def what_is_left_out(every: RoadGraph, kept: RoadGraph, one_way: bool) -> tuple[str, ...]:
    """Streets outside the largest piece, in words."""
    missing = every.segments - kept.segments
    if not missing:
        return ()
    metres = every.length_m.sum() - kept.length_m.sum()
    why = (
        "cannot be both reached and left by the signs (often cut at the edge of the map)"
        if one_way
        else "do not connect to the rest"
    )
    return (f"{missing} street segments ({metres / 1000:.2f} km) are left out: they {why}",)
