"""What a division means for callers: its calls and visits played through, precinct by precinct."""

import numpy as np

from sergek.planning.arrays import FloatArray, IntArray
from sergek.planning.city.model import City
from sergek.planning.precincts.problem import Districting
from sergek.planning.service.queueing import Service, simulate_service

__all__ = ["play_division"]


def play_division(city: City, problem: Districting, owner: IntArray) -> Service | None:
    """One inspector per precinct: calls of its blocks, travel from its station.

    Each precinct is a queue of its own, so a precinct that carries too much shows in the waits.
    None where the city has no stations or no calls.
    """
    if not city.stations or not any(block.calls_per_year for block in city.blocks):
        return None
    calls = np.array([block.calls_per_year for block in city.blocks]) / 365.0
    count = max(problem.count, int(np.max(owner)) + 1)
    per_day = np.bincount(owner, weights=calls, minlength=count)
    busy = per_day > 0
    return simulate_service(
        per_day[busy].astype(float),
        np.ones(int(busy.sum()), dtype=np.float64),
        travel_min(problem, owner, calls, count)[busy],
        shift_share=1.0,
        visits_per_day=1.0,
        days=14,
    )


def travel_min(problem: Districting, owner: IntArray, calls: FloatArray, count: int) -> FloatArray:
    """Minutes from each precinct's station to its calls; 0 for a precinct without blocks."""
    stations = problem.stations_of(owner)
    minutes = np.zeros(count)
    for k in range(count):
        mine = np.flatnonzero(owner == k)
        if not len(mine):
            continue
        station = int(stations[k]) if k < len(stations) else -1
        if station < 0:
            # No station reaches all of it in time: the quickest one to its middle serves it.
            station = int(problem.travel_s[:, mine].mean(axis=1).argmin())
        weight = calls[mine] + 1e-9
        minutes[k] = float((problem.travel_s[station, mine] * weight).sum() / weight.sum() / 60)
    return minutes
