"""Stray light in the lens."""

from pathlib import Path

import numpy as np
import pytest
from tests.simulation.street.conftest import BASE, scene

from sergek.simulation.street.bodies import vehicle
from sergek.simulation.street.glare import Lens
from sergek.simulation.street.lighting import lighting_of
from sergek.simulation.street.observe import frame_truth
from sergek.simulation.street.optics import optics_at
from sergek.simulation.street.raster import Drawn
from sergek.simulation.street.scene import VehicleKind
from sergek.simulation.street.stage import Stage

_GREY = np.full((360, 640, 3), 60, np.uint8)


def _lens(dirt: float = 0.8, **light: object) -> Lens:
    one = scene(light=light)
    return Lens(optics_at(one, 0.0), lighting_of(one), (), dirt)


def _car(x_m: float, y_m: float, towards: bool) -> Drawn:
    pose = np.eye(4)
    pose[:3, :3] = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1.0]])
    pose[:3, :3] = pose[:3, :3] if towards else np.diag([-1.0, -1.0, 1.0]) @ pose[:3, :3]
    pose[:2, 3] = x_m, y_m
    return Drawn(vehicle(VehicleKind.SEDAN, (520.0, 112.0)), pose, 0.0, False, None)


def test_a_low_sun_ahead_veils_the_picture_and_one_behind_does_not() -> None:
    """The veil is strongest towards the sun; away from it the glass adds nothing."""
    ahead = _lens(sky="low_sun", sun_azimuth_deg=0.0).through(_GREY)
    assert ahead.min() > 60
    assert ahead[:20].mean() > ahead[-20:].mean() + 5
    behind = _lens(sky="low_sun", sun_azimuth_deg=180.0).through(_GREY)
    assert np.array_equal(behind, _GREY)


def test_head_lamps_dazzle_by_night_if_they_shine_at_the_camera() -> None:
    """Brightest at the lamps of who approaches; who drives away, or is hidden, dazzles nobody."""
    lens = _lens(sky="night")
    optics = optics_at(scene(), 0.0)
    near = _car(-1.75, 40.0, True)
    seen = lens.through(_GREY, [near])[..., 0].astype(int)
    lamp = (near.pose @ np.array([*near.vehicle.head_lamps[0], 1.0]))[:3]
    x, y = (round(float(v)) for v in optics.project(lamp))
    assert seen[y, x] > 200
    assert 62 < seen[y, x + 60] < seen[y, x + 20] < seen[y, x]
    assert np.array_equal(lens.through(_GREY, [_car(-1.75, 40.0, False)]), _GREY)
    behind = _car(-1.75, 47.0, True)
    assert np.array_equal(lens.through(_GREY, [near, behind])[..., 0], seen)


@pytest.mark.usefixtures("_egl")
def test_clean_glass_changes_no_pixel_and_dirty_glass_no_truth(tmp_path: Path) -> None:
    """Glare is of the picture only."""
    one = scene(light={"sky": "night"}, video={**BASE["video"], "width": 320, "height": 180})
    dirty = one.model_copy(update={"camera": one.camera.model_copy(update={"glare": 0.8})})
    stages = [Stage(each, tmp_path, background="drawn") for each in (one, dirty)]
    clean, glared = (stage.paint(0).astype(int) for stage in stages)
    window = stages[1].paint(0, window=(40, 30, 240, 150))
    truths = [frame_truth(stage.scene, stage.fleet, 0) for stage in stages]
    for stage in stages:
        stage.close()
    assert truths[0] == truths[1]
    assert (glared >= clean - 1).all()
    assert glared.mean() > clean.mean() + 0.5
    assert np.abs(window.astype(int) - glared[30:150, 40:240]).max() <= 2
