"""What the map draws."""

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from sergek.centre.cameras.geometry import features, offset, roads, sector
from sergek.core.camera import Camera
from sergek.core.errors import ConfigError

TARAZ = (71.366, 42.899)


@given(st.floats(0, 360, exclude_max=True), st.floats(1, 500))
def test_an_offset_lies_where_a_geodesic_says(bearing, distance):
    """Against PROJ's ellipsoid the error is below one per cent of the distance."""
    lng, lat = offset(TARAZ, bearing, distance)
    _, _, error = Geod(ellps="WGS84").inv(
        lng, lat, *Geod(ellps="WGS84").fwd(*TARAZ, bearing, distance)[:2]
    )
    assert error < 0.01 * distance + 0.02


def _camera(**changes):
    values = {"id": "abay-1", "name": "Абай", "main": "a.mp4", "place": TARAZ}
    return Camera.model_validate(values | changes)


def test_a_sector_is_a_closed_anticlockwise_ring_at_the_cameras_range():
    """GeoJSON wants closed rings that run anticlockwise (RFC 7946 §3.1.6)."""
    ring = sector(_camera(bearing_deg=350, fov_deg=40, range_m=80))
    assert ring[0] == ring[-1] == TARAZ
    area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))
    assert area > 0
    for lng, lat in ring[1:-1]:
        east = (lng - TARAZ[0]) * math.cos(math.radians(TARAZ[1]))
        assert math.hypot(east, lat - TARAZ[1]) * 111_195 == pytest.approx(80, rel=0.01)


def test_a_camera_without_direction_is_a_point_and_one_without_place_is_nothing():
    """Nothing is drawn that nobody stated."""
    found = features({"a": _camera(), "b": _camera(id="b", place=None)})
    assert [f["properties"] for f in found["features"]] == [
        {"id": "abay-1", "name": "Абай", "area": "city", "bearing_deg": None, "is": "camera"}
    ]


def test_roads_come_from_the_citys_file_or_are_none(tmp_path):
    """Without a file there are no roads; a wrong one is a sentence about the setting."""
    assert roads(None)["features"] == []
    path = tmp_path / "roads.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [1]}))
    assert roads(path)["features"] == [1]
    for text in ("{", "[]", '{"type": "Feature"}'):
        path.write_text(text)
        with pytest.raises(ConfigError, match=r"roads\.geojson"):
            roads(path)
    with pytest.raises(ConfigError, match="roads"):
        roads(tmp_path / "absent.geojson")
