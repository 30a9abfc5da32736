"""Calibrations held against traffic."""

import numpy as np
import pytest

from sergek.core.errors import ConfigError
from sergek.testing.passages import Mount, drive, survey_of, track_of
from sergek.traffic.calibration import calibrate
from sergek.traffic.vanishing import check_with_traffic, propose, vanishing_point

MOUNT = Mount(k1=0.0, roll_deg=0.0)
SIZE = (1920, 1080)


def tracks(mount=MOUNT, count=40):
    rng = np.random.default_rng(2)
    passages = drive(mount, rng, rng.uniform(30, 90, count))
    return [track_of(passages, i).corners for i in range(count)]


def test_the_vanishing_point_is_the_roads():
    """Where lines along the road meet, to a few per cent of the picture."""
    found, u = vanishing_point(tracks())
    far = MOUNT.pixels(np.array([0.0, 1e7, 0.0]))
    assert np.hypot(*(found - far)) < 25
    assert u < 25


def test_a_good_calibration_agrees_with_the_traffic():
    """And plates hang where plates hang."""
    pose = calibrate(*survey_of(MOUNT)).pose
    check = check_with_traffic(pose, tracks(), 180.0)
    assert check.agrees
    assert 0.5 < check.height_m < 1.0


@pytest.mark.parametrize("bumped", [Mount(k1=0, tilt_deg=17.2), Mount(k1=0, height_m=5.0)])
def test_a_camera_that_was_moved_contradicts_the_traffic(bumped):
    """Tilted by a degree, or hung a metre lower than surveyed."""
    pose = calibrate(*survey_of(MOUNT)).pose
    assert not check_with_traffic(pose, tracks(bumped), 180.0).agrees


def test_a_proposal_comes_near_the_true_camera():
    """Tilt to half a degree, height to a quarter of a metre."""
    parameters = propose(SIZE, tracks(), MOUNT.focal_px)
    assert parameters[8] == pytest.approx(MOUNT.height_m, abs=0.35)
    true = calibrate(*survey_of(MOUNT)).pose.parameters
    assert np.degrees(np.abs(parameters[3] - true[3])) < 0.6


def test_a_handful_of_vehicles_is_too_few():
    """One sentence."""
    with pytest.raises(ConfigError, match="at least 10"):
        vanishing_point(tracks(count=5))
