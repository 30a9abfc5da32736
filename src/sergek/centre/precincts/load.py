"""The load of inspectors, precincts, stations and the city, on every basis, on one day."""

from collections.abc import Mapping
from dataclasses import dataclass

from sergek.centre.precincts.divisions import Division
from sergek.centre.precincts.views import (
    BASES,
    Inspector,
    Population,
    PrecinctViews,
    Staff,
    Station,
    total,
)

__all__ = ["CityLoad", "InspectorLoad", "PrecinctLoad", "StationLoad", "city_load"]


@dataclass(frozen=True, slots=True)
class PrecinctLoad:
    """A precinct: residents by the chosen source, who serves it, its station."""

    name: str
    residents: float
    weighted: float
    station_id: str
    inspectors: tuple[Inspector, ...]
    acting: tuple[Inspector, ...]

    @property
    def at_work(self) -> float:
        """Working time that the precinct gets today, in inspectors."""
        return sum(one.at_work / len(one.precincts) for one in (*self.inspectors, *self.acting))

    @property
    def vacant(self) -> bool:
        """Whether nobody of its own serves it."""
        return not self.inspectors


@dataclass(frozen=True, slots=True)
class StationLoad:
    """A station: residents of its precincts, persons on every basis."""

    station: Station
    residents: float
    precincts: int
    staff: Staff

    def loads(self) -> dict[str, float | None]:
        """Residents per person on each basis."""
        return {basis: self.staff.load(self.residents, basis) for basis in BASES}


@dataclass(frozen=True, slots=True)
class InspectorLoad:
    """An inspector: residents of all precincts that they serve, acting included."""

    inspector: Inspector
    residents: float


@dataclass(frozen=True, slots=True)
class CityLoad:
    """The whole city; `scale` is the chosen source's residents over the model's."""

    population: Population
    scale: float
    staff: Staff
    stations: tuple[StationLoad, ...]
    precincts: tuple[PrecinctLoad, ...]
    inspectors: tuple[InspectorLoad, ...]

    def loads(self) -> dict[str, float | None]:
        """Residents per person of the city on each basis."""
        return {basis: self.staff.load(self.population.residents, basis) for basis in BASES}


def city_load(
    views: PrecinctViews, division: Division, population: Population, model_residents: int
) -> CityLoad:
    """Put the registers and the division in force together.

    Blocks carry the model's residents; another source scales them all alike, which the page says.
    """
    scale = population.residents / max(1, model_residents)
    everybody = [one for one in views.inspectors() if one.kind != "assistant"]
    staff = views.staff()
    stations = views.stations()
    precincts = _precincts(division, scale, everybody, staff)
    by_station: dict[str, list[PrecinctLoad]] = {}
    for one in precincts:
        by_station.setdefault(one.station_id, []).append(one)
    residents = {one.name: one.residents for one in precincts}
    return CityLoad(
        population=population,
        scale=scale,
        staff=total(staff),
        stations=tuple(
            StationLoad(
                station=station,
                residents=sum(one.residents for one in by_station.get(key, ())),
                precincts=len(by_station.get(key, ())),
                staff=staff[key],
            )
            for key, station in stations.items()
        ),
        precincts=tuple(precincts),
        inspectors=tuple(
            InspectorLoad(one, sum(residents.get(served.precinct, 0.0) for served in one.precincts))
            for one in everybody
        ),
    )


def _precincts(
    division: Division,
    scale: float,
    everybody: list[Inspector],
    staff: Mapping[str, Staff],
) -> list[PrecinctLoad]:
    own: dict[str, list[Inspector]] = {}
    acting: dict[str, list[Inspector]] = {}
    for person in everybody:
        for served in person.precincts:
            (acting if served.acting else own).setdefault(served.precinct, []).append(person)
    found = []
    for one in division.measures.precincts:
        people = own.get(one.name, []) + acting.get(one.name, [])
        station = people[0].station_id if people else one.station
        found.append(
            PrecinctLoad(
                name=one.name,
                residents=one.residents * scale,
                weighted=one.load * scale,
                station_id=station if station in staff else one.station,
                inspectors=tuple(own.get(one.name, ())),
                acting=tuple(acting.get(one.name, ())),
            )
        )
    return found
