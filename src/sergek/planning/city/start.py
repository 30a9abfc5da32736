"""What the precinct service's registers begin with: from the model, people only if made up."""

import datetime as dt

import numpy as np

from sergek.core.precinct_start import (
    RegisterStart,
    StartAbsence,
    StartPerson,
    StartRecord,
    StartStation,
)
from sergek.planning.arrays import IntArray
from sergek.planning.city.blocks import polygons
from sergek.planning.city.model import City, Station

__all__ = ["make_start"]

_SEED = 138
_FIRST = ("Айдос Алмас Арман Асхат Бауыржан Берік Болат Дәурен Дидар Ерлан Ермек Жандос Қайрат "
          "Марат Мақсат Нұрлан Олжас Рустам Самат Серік Талғат Тимур Азамат Айгүл Динара Жанар "
          "Мадина Салтанат Сәуле")  # fmt: skip
_LAST = ("Абдрахманов Алимов Ахметов Бектұров Досанов Ержанов Жұмабаев Исабеков Кенжебаев "
         "Қасымов Мұратов Нұрпейісов Оспанов Рахимов Сәдуақасов Сейітов Тілеуов Тоқтаров "
         "Үмбетов Шәріпов Әлімжанов")  # fmt: skip
_FEMALE = frozenset(("Айгүл", "Динара", "Жанар", "Мадина", "Салтанат", "Сәуле"))
_RANKS = ("лейтенант", "аға лейтенант", "капитан", "майор")
_HOURS = "Дс–Жм / Пн–Пт 09:00–18:00; Сб 10:00–13:00"


def make_start(city: City, made_up: bool) -> RegisterStart:
    """Stations, posts and today's division; for a made-up city also made-up people and records."""
    rng = np.random.default_rng(_SEED)
    names = sorted({block.precinct for block in city.blocks if block.precinct})
    owner = {block.id: block.precinct for block in city.blocks if block.precinct}
    complete = len(owner) == len(city.blocks)
    people: list[StartPerson] = []
    records: list[StartRecord] = []
    if made_up and complete and city.stations:
        nearest = _nearest_stations(city, names)
        for k, station in enumerate(city.stations):
            mine = [name for name, at in zip(names, nearest, strict=True) if at == k]
            people += _people(station, mine, rng)
        records = _records(names, city, rng)
    return RegisterStart(
        residents=max(1, city.population),
        counted_on="2021-10-01" if made_up else dt.date.today().isoformat(),  # noqa: DTZ011
        source="; ".join(city.sources),
        stations=tuple(_station(one, made_up, k) for k, one in enumerate(city.stations)),
        owner=owner if complete else {},
        people=tuple(people),
        records=tuple(records),
    )


def _station(one: Station, made_up: bool, k: int) -> StartStation:
    return StartStation(
        station_id=one.id,
        name=one.name or one.id,
        lng=one.at[0],
        lat=one.at[1],
        # No real number: 000 is nobody's exchange in Taraz's code 7262.
        phone=f"+7 (7262) 000-{k + 1:03d}" if made_up else "",
        hours=_HOURS if made_up else "",
        posts=one.posts,
        assistants=one.assistants,
    )


def _nearest_stations(city: City, names: list[str]) -> IntArray:
    """For each precinct the station nearest to its middle, straight."""
    shapes = polygons(city.blocks, city.projection)
    middle = np.array([[shape.centroid.x, shape.centroid.y] for shape in shapes])
    place = {name: k for k, name in enumerate(names)}
    who = np.array([place[block.precinct] for block in city.blocks])
    at = np.array([station.at for station in city.stations])
    x, y = city.projection.to_metres(at[:, 0], at[:, 1])
    centre = np.array([middle[who == k].mean(axis=0) for k in range(len(names))])
    distance = np.hypot(centre[:, 0, None] - x[None], centre[:, 1, None] - y[None])
    nearest: IntArray = distance.argmin(axis=1).astype(np.int64)
    return nearest


def _people(station: Station, precincts: list[str], rng: np.random.Generator) -> list[StartPerson]:
    """As many as the station has filled posts; those without a colleague's precinct act for it."""
    away = station.filled - station.present
    # What the model calls effective: every one present gives this share to the precinct.
    share = 1.0 - min(1.0, station.effective / max(1, station.present))
    people = []
    for n in range(station.filled):
        served = [(name, at >= station.filled) for at, name in enumerate(precincts)
                  if at % station.filled == n]  # fmt: skip
        absent = n >= station.filled - away
        people.append(
            StartPerson(
                full_name=_name(rng),
                rank=f"{_RANKS[int(rng.integers(len(_RANKS)))]} (ойдан шығарылған / вымышлен)",
                station_id=station.id,
                phone=f"+7 (7262) 000-{int(station.id[1:] or 0):03d}, {n + 1:02d}"
                if station.id[1:].isdigit()
                else "",
                published=bool(rng.random() < 0.85),
                days_in_service=int(rng.integers(60, 2500)),
                precincts=tuple(served),
                absences=(_absence(absent, share, rng),) if absent or share > 0.01 else (),
            )
        )
    return people


def _name(rng: np.random.Generator) -> str:
    first = str(rng.choice(_FIRST.split()))
    last = str(rng.choice(_LAST.split()))
    return f"{last}{'а' if first in _FEMALE else ''} {first}"


def _absence(absent: bool, share: float, rng: np.random.Generator) -> StartAbsence:
    if not absent:
        return StartAbsence(
            kind="other_duty",
            share=round(share, 3),
            days_ago=int(rng.integers(20, 200)),
            days_left=None,
            note="қоғамдық тәртіпті күзету / охрана общественного порядка",
        )
    kind = str(rng.choice(("leave", "sick", "training", "secondment"), p=(0.4, 0.15, 0.15, 0.3)))
    long = kind == "secondment"
    return StartAbsence(
        kind=kind,
        share=1.0,
        days_ago=int(rng.integers(2, 25)),
        days_left=None if long else int(rng.integers(3, 30)),
        note="облыстық департамент / областной департамент" if long else "",
    )


def _records(names: list[str], city: City, rng: np.random.Generator) -> list[StartRecord]:
    """Passport, visits, a meeting, a report and a poll for every precinct."""
    people = dict.fromkeys(names, 0)
    for block in city.blocks:
        people[block.precinct] += block.population
    records = []
    for name in names:
        homes = max(1, people[name] // 3)
        asked = int(rng.integers(20, 60))
        passport = {
            "households": homes,
            "organisations": int(rng.integers(4, 60)),
            "schools": int(rng.integers(0, 3)),
            "kindergartens": int(rng.integers(0, 4)),
            "weapon_owners": int(rng.integers(5, 90)),
            "protective_orders": int(rng.integers(0, 9)),
            "probation": int(rng.integers(0, 12)),
            "public_helpers": int(rng.integers(0, 8)),
        }
        poll = {
            "asked": asked,
            "knows_inspector": int(asked * rng.uniform(0.35, 0.7)),
            "knows_station": int(asked * rng.uniform(0.02, 0.3)),
            "satisfied": int(asked * rng.uniform(0.4, 0.85)),
        }
        visits = {"homes": int(rng.integers(30, 140)), "not_at_home": int(rng.integers(2, 40))}
        meeting = {"attended": int(rng.integers(8, 70)), "questions": int(rng.integers(1, 15))}
        plan = {"homes": 150, "meetings": 1, "reports": 1}
        for kind, counts in (
            ("passport", passport),
            ("poll", poll),
            ("visit", visits),
            ("meeting", meeting),
            ("plan", plan),
        ):
            days = int(rng.integers(1, 80)) if kind != "plan" else 30
            records.append(StartRecord(precinct=name, kind=kind, days_ago=days, counts=counts))
    return records
