"""What is read of the registers on a day: who serves what, with what load, on every basis."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine, Table, or_, select

from sergek.centre.precincts import tables
from sergek.centre.reading import reading
from sergek.core.errors import NotFound

__all__ = [
    "BASES",
    "Absence",
    "Inspector",
    "Population",
    "PrecinctViews",
    "Record",
    "Served",
    "Staff",
    "Station",
    "total",
]

BASES = ("establishment", "with_assistants", "filled", "present", "effective")


@dataclass(frozen=True, slots=True)
class Station:
    """A precinct station."""

    station_id: str
    name: str
    lng: float
    lat: float
    address: str
    phone: str
    hours: str


@dataclass(frozen=True, slots=True)
class Absence:
    """Time away from the precinct."""

    absence_id: str
    inspector_id: str
    kind: str
    share: float
    from_on: date
    until_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Served:
    """A precinct that somebody serves or served."""

    inspector_id: str
    precinct: str
    acting: bool
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Inspector:
    """A person of the service on a day: what they serve, what keeps them away."""

    inspector_id: str
    full_name: str
    rank: str
    kind: str
    station_id: str
    phone: str
    photo_key: str | None
    published: bool
    since_on: date
    until_on: date | None
    precincts: tuple[Served, ...]
    absences: tuple[Absence, ...]

    @property
    def at_work(self) -> float:
        """The share of the working time that the precinct gets, 0…1."""
        return max(0.0, 1.0 - sum(one.share for one in self.absences))

    @property
    def present(self) -> bool:
        """Whether they are on duty at all."""
        return self.at_work > 1e-9


@dataclass(frozen=True, slots=True)
class Population:
    """Residents of the city by one source."""

    residents: int
    counted_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Staff:
    """Persons by every way of counting; `vacancies` are posts that nobody fills."""

    establishment: int
    assistants: int
    filled: int
    present: int
    effective: float

    @property
    def vacancies(self) -> int:
        """Posts that nobody fills."""
        return max(0, self.establishment - self.filled)

    def persons(self, basis: str) -> float:
        """Persons on one of `BASES`."""
        if basis == "with_assistants":
            return self.establishment + self.assistants
        return float(getattr(self, basis))

    def load(self, residents: float, basis: str) -> float | None:
        """Residents per person; None where nobody is counted."""
        persons = self.persons(basis)
        return residents / persons if persons > 0 else None


@dataclass(frozen=True, slots=True)
class Record:
    """Something done in a precinct."""

    record_id: str
    precinct: str
    kind: str
    on_day: date
    recorded_by: str
    counts: Mapping[str, int]
    text: str


@dataclass(frozen=True, slots=True)
class PrecinctViews:
    """The readings over one database, as of `day`."""

    engine: Engine
    day: date

    def stations(self) -> dict[str, Station]:
        """All stations by id."""
        wanted = select(tables.stations).order_by(tables.stations.c.station_id)
        return {row.station_id: Station(**row._mapping) for row in self._rows(wanted)}

    def inspectors(self) -> list[Inspector]:
        """Everybody in service on the day, with precincts and absences of that day."""
        served = self._by_inspector(tables.service, _served)
        away = self._by_inspector(tables.absences, _absence)
        of = tables.inspectors
        wanted = select(of).where(*self._holds(of, "since_on")).order_by(of.c.full_name)
        return [
            _inspector(row, served.get(row.inspector_id, ()), away.get(row.inspector_id, ()))
            for row in self._rows(wanted)
        ]

    def inspector(self, inspector_id: str) -> Inspector:
        """One person, also after they left, with everything they ever served and missed."""
        of = tables.inspectors
        found = list(self._rows(select(of).where(of.c.inspector_id == inspector_id)))
        if not found:
            raise NotFound("There is no such inspector.")
        mine = select(tables.service).where(tables.service.c.inspector_id == inspector_id)
        away = select(tables.absences).where(tables.absences.c.inspector_id == inspector_id)
        return _inspector(
            found[0],
            tuple(_served(row) for row in self._rows(mine.order_by(tables.service.c.from_on))),
            tuple(_absence(row) for row in self._rows(away.order_by(tables.absences.c.from_on))),
        )

    def served(self, precinct: str) -> list[Served]:
        """Who served a precinct, newest first."""
        of = tables.service
        wanted = select(of).where(of.c.precinct == precinct).order_by(of.c.from_on.desc())
        return [_served(row) for row in self._rows(wanted)]

    def staff(self) -> dict[str, Staff]:
        """Persons of each station on the day, on every basis."""
        of = tables.establishments
        posts: dict[str, tuple[int, int]] = {}
        wanted = select(of).where(of.c.from_on <= self.day.isoformat()).order_by(of.c.from_on)
        for row in self._rows(wanted):
            posts[row.station_id] = (row.posts, row.assistants)
        people: dict[str, list[Inspector]] = {}
        for one in self.inspectors():
            if one.kind != "assistant":
                people.setdefault(one.station_id, []).append(one)
        return {
            station: Staff(
                establishment=posts.get(station, (0, 0))[0],
                assistants=posts.get(station, (0, 0))[1],
                filled=len(people.get(station, ())),
                present=sum(one.present for one in people.get(station, ())),
                effective=round(sum(one.at_work for one in people.get(station, ())), 2),
            )
            for station in self.stations()
        }

    def city_staff(self) -> Staff | None:
        """The city's persons on the day; None while no station is registered."""
        staff = self.staff()
        return total(staff) if staff else None

    def populations(self) -> list[Population]:
        """What sources say about the residents, newest count first."""
        of = tables.populations
        wanted = select(of).order_by(of.c.counted_on.desc())
        return [
            Population(row.residents, date.fromisoformat(row.counted_on), row.source)
            for row in self._rows(wanted)
        ]

    def records(self, precinct: str | None = None, since: date | None = None) -> list[Record]:
        """What was done, newest first."""
        of = tables.records
        wanted = select(of).order_by(of.c.on_day.desc(), of.c.record_id)
        if precinct is not None:
            wanted = wanted.where(of.c.precinct == precinct)
        if since is not None:
            wanted = wanted.where(of.c.on_day >= since.isoformat())
        return [
            Record(
                row.record_id,
                row.precinct,
                row.kind,
                date.fromisoformat(row.on_day),
                row.recorded_by,
                json.loads(row.counts),
                row.text,
            )
            for row in self._rows(wanted)
        ]

    def empty(self) -> bool:
        """Whether no station is registered yet."""
        return not list(self._rows(select(tables.stations.c.station_id).limit(1)))

    def _by_inspector(self, table: Table, made: Any) -> dict[str, tuple[Any, ...]]:
        found: dict[str, list[Any]] = {}
        for row in self._rows(select(table).where(*self._holds(table, "from_on"))):
            found.setdefault(row.inspector_id, []).append(made(row))
        return {key: tuple(rows) for key, rows in found.items()}

    def _holds(self, table: Table, first: str) -> tuple[Any, Any]:
        today = self.day.isoformat()
        last = table.c.until_on
        return table.c[first] <= today, or_(last.is_(None), last >= today)

    def _rows(self, wanted: Any) -> list[Any]:
        with reading(self.engine).connect() as connection:
            return list(connection.execute(wanted))


def total(staff: Mapping[str, Staff]) -> Staff:
    """The city's persons."""
    every = staff.values()
    return Staff(
        establishment=sum(one.establishment for one in every),
        assistants=sum(one.assistants for one in every),
        filled=sum(one.filled for one in every),
        present=sum(one.present for one in every),
        effective=round(sum(one.effective for one in every), 1),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _served(row: Any) -> Served:
    return Served(
        row.inspector_id,
        row.precinct,
        row.acting,
        date.fromisoformat(row.from_on),
        _day(row.until_on),
    )


def _absence(row: Any) -> Absence:
    return Absence(
        row.absence_id,
        row.inspector_id,
        row.kind,
        row.share,
        date.fromisoformat(row.from_on),
        _day(row.until_on),
        row.note,
    )


def _inspector(row: Any, served: tuple[Served, ...], absences: tuple[Absence, ...]) -> Inspector:
    return Inspector(
        inspector_id=row.inspector_id,
        full_name=row.full_name,
        rank=row.rank,
        kind=row.kind,
        station_id=row.station_id,
        phone=row.phone,
        photo_key=row.photo_key,
        published=row.published,
        since_on=date.fromisoformat(row.since_on),
        until_on=_day(row.until_on),
        precincts=served,
        absences=absences,
    )
