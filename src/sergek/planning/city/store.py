"""A city as a folder: `city.json`, `roads.npz` and one GeoJSON file per kind of thing."""

import datetime as dt
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from sergek.core.errors import ConfigError, Corrupt
from sergek.core.geo import LngLat
from sergek.planning.city.addressbook import read_addresses, save_addresses
from sergek.planning.city.model import (
    Accident,
    Block,
    City,
    Complex,
    Neighbours,
    School,
    Station,
)
from sergek.planning.city.projection import Projection
from sergek.planning.city.roads import RoadGraph
from sergek.planning.city.turns import NO_TURNS

__all__ = ["collection", "load_city", "point", "save_city"]

POINTS: dict[str, type[Any]] = {
    "stations": Station,
    "schools": School,
    "accidents": Accident,
    "complexes": Complex,
}
ROAD_ARRAYS = (
    "x_m",
    "y_m",
    "tail",
    "head",
    "length_m",
    "speed_kmh",
    "one_way",
    "flow_per_day",
    "shape_start",
    "shape_x_m",
    "shape_y_m",
)


def point(at: LngLat, properties: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON point feature (RFC 7946)."""
    geometry = {"type": "Point", "coordinates": list(at)}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    """A GeoJSON feature collection."""
    return {"type": "FeatureCollection", "features": features}


def save_city(city: City, folder: Path) -> None:
    """Write the folder, replacing what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    about = {
        "name": city.name,
        "kato": city.kato,
        "synthetic": city.synthetic,
        "sources": list(city.sources),
        "epsg": city.projection.epsg,
    }
    write(folder / "city.json", about)
    arrays: dict[str, Any] = {name: getattr(city.roads, name) for name in ROAD_ARRAYS}
    arrays |= {"kind": np.array(city.roads.kind), "name": np.array(city.roads.name)}
    arrays["banned"] = city.roads.banned
    np.savez_compressed(folder / "roads.npz", **arrays)
    write(folder / "blocks.geojson", collection([block_feature(b) for b in city.blocks]))
    for name in POINTS:
        things = [thing_feature(thing) for thing in getattr(city, name)]
        write(folder / f"{name}.geojson", collection(things))
    lines = [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [list(p) for p in line]},
            "properties": {"kind": kind},
        }
        for kind, line in city.barriers
    ]
    write(folder / "barriers.geojson", collection(lines))
    save_addresses(city.addresses, folder)
    pairs = [[pair.first, pair.second, pair.border_m] for pair in city.neighbours]
    write(folder / "neighbours.json", pairs)


def write(path: Path, content: Any) -> None:
    """JSON, readable as text in any language."""
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), "utf-8")


def block_feature(block: Block) -> dict[str, Any]:
    """A block as a GeoJSON polygon."""
    properties = {
        field.name: getattr(block, field.name) for field in fields(Block) if field.name != "ring"
    }
    geometry = {"type": "Polygon", "coordinates": [[list(corner) for corner in block.ring]]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def thing_feature(thing: Any) -> dict[str, Any]:
    """A station, school, accident or complex as a GeoJSON point."""
    properties = {
        field.name: getattr(thing, field.name) for field in fields(thing) if field.name != "at"
    }
    if isinstance(thing, Accident):
        properties["on"] = thing.on.isoformat()
    return point(thing.at, properties)


def load_city(folder: Path) -> City:
    """Read the folder; `ConfigError` if there is none, `Corrupt` if it is not what was written."""
    if not (folder / "city.json").is_file():
        raise ConfigError(
            f"{folder} is not a city folder; make one with 'sergek city import' or "
            "'sergek city make taraz'"
        )
    try:
        return read_folder(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Corrupt(f"the city in {folder} cannot be read: {error}") from None


def read_folder(folder: Path) -> City:
    """The folder's parts, put together."""
    about = read(folder / "city.json")
    with np.load(folder / "roads.npz", allow_pickle=False) as packed:
        arrays = {name: packed[name] for name in ROAD_ARRAYS}
        arrays["banned"] = packed.get("banned", NO_TURNS)
        kind, name = tuple(packed["kind"].tolist()), tuple(packed["name"].tolist())
    things = {
        key: tuple(read_thing(made, f) for f in read(folder / f"{key}.geojson")["features"])
        for key, made in POINTS.items()
    }
    return City(
        name=about["name"],
        kato=about["kato"],
        synthetic=about["synthetic"],
        sources=tuple(about["sources"]),
        projection=Projection(about["epsg"]),
        roads=RoadGraph(**arrays, kind=kind, name=name),
        blocks=tuple(read_block(f) for f in read(folder / "blocks.geojson")["features"]),
        neighbours=tuple(Neighbours(*pair) for pair in read(folder / "neighbours.json")),
        barriers=tuple(
            (f["properties"]["kind"], tuple(lnglat(p) for p in f["geometry"]["coordinates"]))
            for f in read(folder / "barriers.geojson")["features"]
        ),
        addresses=read_addresses(folder),
        **things,
    )


def read(path: Path) -> Any:
    """JSON of a file."""
    return json.loads(path.read_text("utf-8"))


def lnglat(pair: list[float]) -> LngLat:
    """A position without its height."""
    return float(pair[0]), float(pair[1])


def read_block(feature: dict[str, Any]) -> Block:
    """A block from its GeoJSON polygon."""
    ring = tuple(lnglat(corner) for corner in feature["geometry"]["coordinates"][0])
    return Block(ring=ring, **feature["properties"])


def read_thing(made: type[Any], feature: dict[str, Any]) -> Any:
    """A station, school, accident or complex from its GeoJSON point."""
    properties = dict(feature["properties"])
    if made is Accident:
        properties["on"] = dt.date.fromisoformat(properties["on"])
    return made(at=lnglat(feature["geometry"]["coordinates"]), **properties)
