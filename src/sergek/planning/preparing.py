"""The city model made ready for the operations centre: its folder, layers and addresses."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from sergek.core.plans import CityAbout
from sergek.planning.city.addresses import make_addresses
from sergek.planning.city.importing import open_city
from sergek.planning.city.model import City
from sergek.planning.city.start import make_start
from sergek.planning.city.store import collection, save_city
from sergek.planning.city.synthetic import make_taraz

__all__ = ["prepare_city"]

_ABOUT = "about.json"
# Bump when what is written beside the model changes.
_FORMAT = 3
_MAIN = ("motorway", "trunk", "primary", "secondary")


def prepare_city(source: str | Path, folder: Path) -> CityAbout:
    """Make or import the city once into `folder`, with the map's layers beside it.

    `source` is "taraz", a city folder or an extract. A folder made from the same source is taken
    as it is; `ConfigError` and `Corrupt` say what is wrong with the source.
    """
    made = folder / _ABOUT
    if made.is_file():
        known = CityAbout.model_validate_json(made.read_text("utf-8"))
        if known.digest.endswith(_mark(source)):
            return known
    city = make_taraz() if source == "taraz" else open_city(Path(source))
    if city.synthetic and not city.addresses:
        city = replace(city, addresses=tuple(make_addresses(city)))
    save_city(city, folder)
    _write_roads(city, folder)
    start = make_start(city, city.synthetic)
    (folder / "start.json").write_text(start.model_dump_json(), "utf-8")
    about = CityAbout(
        name=city.name,
        synthetic=city.synthetic,
        sources=city.sources,
        residents=city.population,
        blocks=len(city.blocks),
        digest=_digest(folder) + _mark(source),
        view=_view(city),
    )
    made.write_text(about.model_dump_json(), "utf-8")
    return about


def _mark(source: str | Path) -> str:
    """Names the source and its state, so that a changed one is read again."""
    path = Path(source)
    state = f"{_FORMAT}:{source}"
    if source != "taraz" and path.exists():
        newest = max((p.stat().st_mtime_ns for p in path.glob("*")), default=0)
        state += f":{path.stat().st_mtime_ns}:{newest}"
    return "-" + hashlib.sha256(state.encode()).hexdigest()[:12]


def _digest(folder: Path) -> str:
    names = ("city.json", "blocks.geojson", "stations.geojson", "complexes.geojson")
    content = b"".join((folder / name).read_bytes() for name in (*names, "accidents.geojson"))
    return hashlib.sha256(content + (folder / "roads.npz").read_bytes()).hexdigest()[:24]


def _view(city: City) -> tuple[float, float, float, float]:
    at = np.array([corner for block in city.blocks for corner in block.ring] or [(0.0, 0.0)])
    (west, south), (east, north) = at.min(axis=0), at.max(axis=0)
    return float(west), float(south), float(east), float(north)


def _write_roads(city: City, folder: Path) -> None:
    """Streets as lines: `name`, `class`, rounded to a metre."""
    roads, features = city.roads, []
    for e in range(roads.segments):
        shape = roads.shape_of(e)
        lng, lat = city.projection.to_degrees(shape[:, 0], shape[:, 1])
        line = [[round(float(a), 5), round(float(b), 5)] for a, b in zip(lng, lat, strict=True)]
        kind = roads.kind[e]
        shown = "primary" if kind.startswith(_MAIN) else "residential"
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": line},
                "properties": {"name": roads.name[e], "class": shown},
            }
        )
    text = json.dumps(collection(features), ensure_ascii=False, separators=(",", ":"))
    (folder / "roads.geojson").write_text(text, "utf-8")
