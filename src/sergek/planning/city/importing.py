"""A city from an OpenStreetMap extract and tables; every rejected row with its reason."""

import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import shapely

from sergek.core.errors import ConfigError, Corrupt, NotFound
from sergek.core.geo import LngLat
from sergek.core.given import given_rows, given_text
from sergek.planning.city.addresses import placed_houses
from sergek.planning.city.blocks import faces, find_neighbours, polygons
from sergek.planning.city.kato import KatoRegister
from sergek.planning.city.model import Accident, Block, City, School, Station
from sergek.planning.city.osm import OsmExtract, read_osm
from sergek.planning.city.rejects import Rejects
from sergek.planning.city.roads import RoadGraph
from sergek.planning.city.store import load_city, save_city

__all__ = ["Tables", "import_city", "open_city"]

# What lies further than so many metres from every junction is of another city, or misplaced.
_BLOCK_M, _STATION_M, _ACCIDENT_M = 2000.0, 150.0, 500.0

# Bump when what an import makes of the same file changes.
CACHE_VERSION = 3
# A residential floor of one person where nobody counted (m²): only shares matter.
FLOOR_M2 = 30.0

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Tables:
    """Files beside the extract, all optional: GeoJSON for blocks, CSV for the others."""

    blocks: Path | None = None
    stations: Path | None = None
    schools: Path | None = None
    accidents: Path | None = None
    kato: Path | None = None


def open_city(path: Path) -> City:
    """A city folder, or an extract imported once and kept in the user's cache."""
    if path.is_dir() or not path.exists():
        return load_city(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:24]
    base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = base / "sergek" / "cities" / f"{digest}-{CACHE_VERSION}"
    if (folder / "city.json").is_file():
        try:
            return load_city(folder)
        except Corrupt:
            pass  # an interrupted write: made again below
    city = import_city(path, path.name.split(".")[0], "", None, Tables(), Rejects())
    save_city(city, folder)
    return city


def import_city(
    osm: Path, name: str, kato: str, people: int | None, tables: Tables, rejects: Rejects
) -> City:
    """Read everything; `ConfigError` where nothing usable remains.

    Without a blocks file the faces between streets become blocks; `people` are spread over them
    by the floor area of their buildings, which the sources say.
    """
    extract = read_osm(osm, rejects)
    register = KatoRegister.read(tables.kato) if tables.kato else None
    if register and kato:
        register.place(kato)
    sources = [f"streets and buildings: {osm.name}, © OpenStreetMap contributors, ODbL"]
    barriers = tuple((kind, tuple(line)) for kind, line in extract.barriers)
    empty = City(name, kato, False, (), extract.projection, extract.roads, barriers=barriers)
    if tables.blocks:
        blocks = near_streets(read_blocks(tables.blocks, register, rejects), extract, rejects)
        sources.append(f"blocks and residents: {tables.blocks.name}")
    else:
        blocks = blocks_of_streets(extract, people)
        sources.append(f"residents: {people or 'estimate'}, spread by floor area of buildings")
    stations = read_stations(tables.stations, rejects) if tables.stations else ()
    schools = read_schools(tables.schools, rejects) if tables.schools else ()
    accidents = read_accidents(tables.accidents, rejects) if tables.accidents else ()
    sources += [f"{p.name}" for p in (tables.stations, tables.schools, tables.accidents) if p]
    city = replace(
        empty,
        sources=tuple(sources),
        blocks=blocks,
        neighbours=find_neighbours(blocks, extract.projection, barriers),
        stations=stations or stations_of_osm(extract),
        schools=schools or tuple(School(*row[:2], (row[2], row[3])) for row in extract.schools),
        accidents=accidents,
        addresses=placed_houses(extract.houses, blocks, extract.projection, rejects),
    )
    return check_places(city, rejects)


def stations_of_osm(extract: OsmExtract) -> tuple[Station, ...]:
    """Police stations of the extract, their people unknown."""
    return tuple(Station(row[0], row[1], (row[2], row[3])) for row in extract.police)


def blocks_of_streets(extract: OsmExtract, people: int | None) -> tuple[Block, ...]:
    """Faces between streets, with residents by the floor area of the buildings in them."""
    found = faces(extract.roads, extract.projection)
    blocks = tuple(Block(f"B{k + 1:04d}", ring, 0) for k, (ring, _) in enumerate(found))
    if not blocks or not extract.buildings:
        return blocks
    table = np.array(extract.buildings)
    x, y = extract.projection.to_metres(table[:, 0], table[:, 1])
    tree = shapely.STRtree(polygons(blocks, extract.projection))
    building, block = tree.query(shapely.points(x, y), predicate="within")
    floor = np.bincount(block, weights=table[building, 2], minlength=len(blocks))
    total = people if people is not None else round(float(floor.sum()) / FLOOR_M2)
    share = floor / max(floor.sum(), 1e-9) * total
    whole = np.floor(share).astype(int)
    whole[np.argsort(whole - share)[: int(total - whole.sum())]] += 1
    return tuple(replace(b, population=int(n)) for b, n in zip(blocks, whole, strict=True))


def read_blocks(path: Path, register: KatoRegister | None, rejects: Rejects) -> tuple[Block, ...]:
    """Blocks of a GeoJSON file with `population`, optionally `id`, `calls_per_year`, `precinct`."""
    try:
        features = json.loads(given_text(path))["features"]
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path} cannot be read as GeoJSON: {error}") from None
    blocks: list[Block] = []
    seen: set[str] = set()
    for number, feature in enumerate(features, 1):
        try:
            block = block_of(feature, number)
            if block.id in seen:
                raise ValueError(f"the id {block.id} was given before")
            if register and block.kato:
                register.place(block.kato)
        except (ValueError, KeyError, TypeError, IndexError, NotFound) as error:
            rejects.add(path.name, str(number), str(error) or type(error).__name__)
            continue
        seen.add(block.id)
        blocks.append(block)
    if not blocks:
        raise ConfigError(f"{path} holds no usable block")
    return tuple(blocks)


def near_streets(
    blocks: tuple[Block, ...], extract: OsmExtract, rejects: Rejects
) -> tuple[Block, ...]:
    """The blocks that streets reach; one beyond is rejected with the people who live in it."""
    middle = np.array([np.mean(block.ring[:-1], axis=0) for block in blocks])
    x, y = extract.projection.to_metres(middle[:, 0], middle[:, 1])
    _, away = extract.roads.nearest_node(x, y)
    for block, metres in zip(blocks, away, strict=True):
        if not metres <= _BLOCK_M:
            why = (
                f"{block.population} people outside the streets; the nearest is {metres:.0f} m off"
            )
            rejects.add("blocks", block.id, why)
    near = tuple(block for block, metres in zip(blocks, away, strict=True) if metres <= _BLOCK_M)
    if not near:
        raise ConfigError("every block lies outside the streets; is it another city's file?")
    return near


def block_of(feature: dict[str, Any], number: int) -> Block:
    """One block; `ValueError` says what is wrong with it."""
    properties, geometry = feature.get("properties") or {}, feature.get("geometry") or {}
    if geometry.get("type") != "Polygon":
        raise ValueError(f"its shape is {geometry.get('type')}, not a Polygon")
    ring = tuple((float(p[0]), float(p[1])) for p in geometry["coordinates"][0])
    if len(ring) < 4 or not shapely.Polygon(ring).is_valid:
        raise ValueError("its outline crosses itself or is too short")
    if not all(-180 <= lng <= 180 and -90 <= lat <= 90 for lng, lat in ring):
        raise ValueError("a corner is not a longitude and latitude")
    population = properties.get("population")
    if not isinstance(population, int | float) or population < 0:
        raise ValueError(f"population = {population} is not a number of people")
    return Block(
        id=str(properties.get("id") or f"B{number:04d}"),
        ring=ring,
        population=int(population),
        calls_per_year=float(properties.get("calls_per_year") or 0),
        precinct=str(properties.get("precinct") or ""),
        kato=str(properties.get("kato") or ""),
    )


def read_rows(
    path: Path, make: Callable[[dict[str, str], LngLat], Thing], rejects: Rejects
) -> tuple[Thing, ...]:
    """One thing per CSV row with `lng` and `lat`; a row that cannot be one is rejected."""
    things: list[Thing] = []
    for line, row in given_rows(path):
        try:
            lng, lat = float(row["lng"]), float(row["lat"])
            if not (-180 <= lng <= 180 and -90 <= lat <= 90):
                raise ValueError("the place is not a longitude and latitude")
            things.append(make(row, (lng, lat)))
        except (KeyError, ValueError, TypeError) as error:
            what = f"no column {error}" if isinstance(error, KeyError) else str(error)
            rejects.add(path.name, f"line {line}", what)
    return tuple(things)


def read_stations(path: Path, rejects: Rejects) -> tuple[Station, ...]:
    """Stations: id, name, lng, lat, posts, filled, present, effective, assistants."""

    def make(row: dict[str, str], at: LngLat) -> Station:
        counts = [int(row.get(key) or 0) for key in ("posts", "filled", "present")]
        if min(counts) < 0:
            raise ValueError("a number of people is negative")
        return Station(
            row["id"],
            row.get("name") or "",
            at,
            counts[0],
            counts[1],
            counts[2],
            float(row.get("effective") or 0),
            int(row.get("assistants") or 0),
        )

    return read_rows(path, make, rejects)


def read_schools(path: Path, rejects: Rejects) -> tuple[School, ...]:
    """Schools: id, name, lng, lat."""
    return read_rows(path, lambda row, at: School(row["id"], row.get("name") or "", at), rejects)


def read_accidents(path: Path, rejects: Rejects) -> tuple[Accident, ...]:
    """Accidents: id, lng, lat, date (ISO), kind, injured, killed."""
    return read_rows(
        path,
        lambda row, at: Accident(
            row["id"],
            at,
            dt.date.fromisoformat(row["date"]),
            row["kind"],
            int(row.get("injured") or 0),
            int(row.get("killed") or 0),
        ),
        rejects,
    )


def check_places(city: City, rejects: Rejects) -> City:
    """Drop stations and accidents far from every street: in a river, or in another city."""
    stations = tuple(
        s
        for s in city.stations
        if on_land(city.roads, city, s.at, "stations", s.id, _STATION_M, rejects)
    )
    accidents = tuple(
        a
        for a in city.accidents
        if on_land(city.roads, city, a.at, "accidents", a.id, _ACCIDENT_M, rejects)
    )
    return replace(city, stations=stations, accidents=accidents)


def on_land(
    roads: RoadGraph,
    city: City,
    at: LngLat,
    source: str,
    row: str,
    limit_m: float,
    rejects: Rejects,
) -> bool:
    """Whether a street junction is within the limit; otherwise the row is rejected."""
    x, y = city.projection.to_metres(np.array([at[0]]), np.array([at[1]]))
    _, away = roads.nearest_node(x, y)
    if away[0] <= limit_m:
        return True
    rejects.add(source, row, f"nobody can drive there; the nearest junction is {away[0]:.0f} m off")
    return False
