"""What the map draws: cameras, their fields of view as sectors, and the city's own road lines."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sergek.core.camera import Camera
from sergek.core.errors import ConfigError
from sergek.core.geo import LngLat

__all__ = ["features", "offset", "roads", "sector"]

# Metres per degree of latitude on the sphere of the mean earth radius (6,371,008.8 m, IUGG):
# over a field of view of some hundred metres the ellipsoid does not matter.
_METRES_PER_DEGREE = math.pi * 6_371_008.8 / 180
_STEP_DEG = 5.0


def offset(place: LngLat, bearing_deg: float, distance_m: float) -> LngLat:
    """The place some metres away in a compass direction; for distances far below a degree."""
    lng, lat = place
    angle = math.radians(bearing_deg)
    north = distance_m * math.cos(angle) / _METRES_PER_DEGREE
    east = distance_m * math.sin(angle) / (_METRES_PER_DEGREE * math.cos(math.radians(lat)))
    return (round(lng + east, 7), round(lat + north, 7))


def sector(camera: Camera) -> list[LngLat] | None:
    """The closed ring of the camera's field of view, None if place or direction is unknown."""
    if camera.place is None or camera.bearing_deg is None or camera.fov_deg is None:
        return None
    first = camera.bearing_deg - camera.fov_deg / 2
    steps = max(1, math.ceil(camera.fov_deg / _STEP_DEG))
    arc = [
        offset(camera.place, first + camera.fov_deg * step / steps, camera.range_m)
        for step in range(steps + 1)
    ]
    # RFC 7946 §3.1.6: rings run anticlockwise; the arc runs clockwise.
    return [camera.place, *reversed(arc), camera.place]


def features(cameras: Mapping[str, Camera]) -> dict[str, Any]:
    """GeoJSON: a point per camera that has a place, a polygon per field of view."""
    found: list[dict[str, Any]] = []
    for camera in cameras.values():
        if camera.place is None:
            continue
        about = {
            "id": camera.id,
            "name": camera.name,
            "area": camera.area,
            "bearing_deg": camera.bearing_deg,
        }
        point = {"type": "Point", "coordinates": camera.place}
        found.append({"type": "Feature", "properties": about | {"is": "camera"}, "geometry": point})
        ring = sector(camera)
        if ring is not None:
            polygon = {"type": "Polygon", "coordinates": [ring]}
            found.append(
                {"type": "Feature", "properties": about | {"is": "sector"}, "geometry": polygon}
            )
    return {"type": "FeatureCollection", "features": found}


def roads(path: Path | None) -> dict[str, Any]:
    """The city's road lines; an empty collection if none are configured."""
    if path is None:
        return {"type": "FeatureCollection", "features": []}
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"[centre] roads: {path.name} is not a readable GeoJSON file.") from error
    if not isinstance(loaded, dict) or loaded.get("type") != "FeatureCollection":
        raise ConfigError(f"[centre] roads: {path.name} is not a GeoJSON FeatureCollection.")
    return loaded
