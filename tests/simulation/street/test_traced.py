"""Both renderers and the truth, held against one another."""

import os
from pathlib import Path

import numpy as np
import pytest
from tests.simulation.street.conftest import BASE, found_corners, scene

from sergek.core.errors import ConfigError
from sergek.simulation.street.observe import frame_truth
from sergek.simulation.street.stage import Stage
from sergek.simulation.street.traced import developed, traced


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("_egl")
@pytest.mark.skipif(
    "SERGEK_RENDER_PYTHON" not in os.environ,
    reason="needs bpy: SERGEK_RENDER_PYTHON, see docs/guide/simulate.md",
)
def test_a_path_traced_plate_stands_where_the_drawn_one_and_the_truth_are(tmp_path: Path) -> None:
    """Corners found in Cycles' and in OpenGL's picture differ by less than 0.1 px on average."""
    vehicle = {"kind": "sedan", "colour": "black", "lane": 1, "at_y_m": 27, "speed_kmh": 0,
               "tilt_deg": 4}  # fmt: skip
    camera = {**BASE["camera"], "looks_at_m": [-1.75, 27, 0.5], "fov_deg": 5}
    one = scene(camera=camera, vehicle=[vehicle], light={"sky": "overcast"})
    white = {1: np.full((128, 512, 3), 255, np.uint8)}
    stage = Stage(one, tmp_path, background="drawn")
    stage._faces = white
    drawn = stage.paint(0)
    (plate,) = frame_truth(one, stage.fleet, 0).vehicles[0].plates
    stage.close()
    gl = found_corners(_light_of(drawn), plate)
    cycles = found_corners(_light_of(traced(one, 0.0, tmp_path, samples=24, faces=white)), plate)
    for found in (gl, cycles):
        assert np.abs(found - np.array(plate.corners)).mean() < 0.1
    assert np.abs(gl - cycles).mean() < 0.1


def _light_of(picture: np.ndarray) -> np.ndarray:
    """Both mix light under an edge, and the film curve comes after, which widens what is bright by
    0.2 px: edges are looked for in the light."""
    light = np.linspace(0, 3, 4000, dtype=np.float32)
    curve = developed(light[:, None, None].repeat(3, 2), 1.45)[:, 0, 0]
    linear = np.interp(picture, curve.astype(float), light)
    return (linear / linear.max() * 255).astype(np.uint8)


def test_without_blender_a_traced_still_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says how to get one."""
    monkeypatch.delenv("SERGEK_RENDER_PYTHON", raising=False)
    with pytest.raises(ConfigError, match="SERGEK_RENDER_PYTHON"):
        traced(scene(), 0.0, tmp_path)


def test_the_film_curve_is_black_at_none_white_at_much_and_never_falls() -> None:
    """And doubles its light where the exposure doubles."""
    light = np.linspace(0, 40, 500, dtype=np.float32)[:, None, None].repeat(3, 2)
    shown = developed(light, 1.0)[:, 0, 0].astype(int)
    assert shown[0] == 0
    assert shown[-1] == 255
    assert (np.diff(shown) >= 0).all()
    assert np.array_equal(developed(light * 2, 1.0), developed(light, 2.0))
