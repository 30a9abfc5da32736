"""What each station carries: residents and calls of the blocks that it reaches first."""

from dataclasses import dataclass

import numpy as np

from sergek.core.errors import ConfigError
from sergek.planning.arrays import FloatArray
from sergek.planning.city.blocks import polygons
from sergek.planning.city.model import City
from sergek.planning.precincts.problem import station_travel_s, weighted_load

__all__ = ["Catchments", "catchments"]


@dataclass(frozen=True, slots=True)
class Catchments:
    """Per station: weighted residents, calls a day, mean minutes to a call, share at work."""

    loads: list[float]
    calls_per_day: FloatArray
    travel_min: FloatArray
    working_share: list[float]

    def effective(self, posts: list[int]) -> FloatArray:
        """Inspectors effectively at work, of so many posts."""
        at_work: FloatArray = np.array(posts) * np.array(self.working_share)
        return at_work


def catchments(city: City, call_share: float = 0.3) -> Catchments:
    """Blocks go to the station that drives there quickest; `ConfigError` where that fails."""
    if not city.blocks or not city.stations:
        raise ConfigError(f"{city.name} has no blocks or no stations; import them first")
    empty = [station.id for station in city.stations if station.posts <= 0]
    if empty:
        raise ConfigError(f"stations without a single post: {', '.join(empty[:10])}")
    middle = np.array(
        [[s.centroid.x, s.centroid.y] for s in polygons(city.blocks, city.projection)]
    )
    travel = station_travel_s(city, middle)
    nearest, quickest = travel.argmin(axis=0), travel.min(axis=0)
    lost = int((~np.isfinite(quickest)).sum())
    if lost:
        raise ConfigError(f"{lost} blocks have no way to any station over the streets")
    residents = np.array([block.population for block in city.blocks], dtype=float)
    calls = np.array([block.calls_per_year for block in city.blocks])
    count = len(city.stations)
    load = np.bincount(
        nearest, weights=weighted_load(residents, calls, call_share), minlength=count
    )
    spread = calls if calls.sum() > 0 else residents
    per_station = np.bincount(nearest, weights=spread, minlength=count)
    minutes = np.bincount(nearest, weights=spread * quickest / 60, minlength=count)
    share = [
        min(1.0, (station.effective or station.posts) / station.posts) for station in city.stations
    ]
    return Catchments(
        loads=[float(part) for part in load],
        calls_per_day=np.bincount(nearest, weights=calls, minlength=count) / 365.0,
        travel_min=minutes / np.maximum(per_station, 1e-9),
        working_share=share,
    )
