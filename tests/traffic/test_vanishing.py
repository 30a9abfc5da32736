"""Calibrations held against traffic."""

from datetime import UTC, datetime

import numpy as np
import pytest

from sergek.core.errors import ConfigError
from sergek.testing.passages import Mount, drive, survey_of, track_of
from sergek.testing.sites import example_site, with_changes
from sergek.traffic.calibration import calibrate
from sergek.traffic.vanishing import (
    along_lanes,
    check_with_traffic,
    propose,
    vanishing_point,
)

MOUNT = Mount(k1=0.0, roll_deg=0.0)
SIZE = (1920, 1080)
WHEN = datetime(2022, 6, 1, tzinfo=UTC)


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


def test_both_ways_of_the_road_count_and_no_other_road():
    """Vehicles on a lane of another heading are left out, those on no lane are kept."""
    pose = calibrate(*survey_of(MOUNT)).pose
    there = tracks()
    left, right = [(-4, 0), (0, 0), (0, 60), (-4, 60)], [(0, 0), (4, 0), (4, 60), (0, 60)]

    def kept(left_deg, right_deg):
        lanes = [
            {"number": n, "polygon_m": polygon, "heading_deg": deg, "valid_from": WHEN}
            for n, polygon, deg in ((1, left, left_deg), (2, right, right_deg))
            if deg is not None
        ]
        heading, found = along_lanes(with_changes(example_site(), lanes=lanes), pose, there, WHEN)
        return heading, len(found)

    assert kept(180.0, 0.0)[1] == kept(None, None)[1] == len(there)
    assert kept(None, None)[0] == 0.0
    assert kept(180.0, None) == (180.0, len(there))
    heading, count = kept(180.0, 90.0)
    assert len(there) / 2 <= count < len(there)
    assert heading in (180.0, 90.0)


def test_a_proposal_comes_near_the_true_camera():
    """Tilt to half a degree, height to a quarter of a metre."""
    found = propose(SIZE, tracks(), MOUNT.focal_px)
    assert found.height_m == found.parameters[8] == pytest.approx(MOUNT.height_m, abs=0.35)
    assert found.tilt_deg == pytest.approx(MOUNT.tilt_deg, abs=0.6)
    assert found.turn_deg == pytest.approx(MOUNT.turn_deg, abs=0.6)


def test_a_handful_of_vehicles_is_too_few():
    """One sentence."""
    with pytest.raises(ConfigError, match="at least 10"):
        vanishing_point(tracks(count=5))
