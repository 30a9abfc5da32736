"""The coarse motion of a plate against plain geometry."""

import numpy as np

from sergek.core.vehicle import VehicleClass
from sergek.testing.passages import Mount, drive, survey_of, track_of
from sergek.traffic.calibration import calibrate
from sergek.traffic.measure import plate_size
from sergek.traffic.plate_motion import fit_motion

MOUNT = Mount(k1=0.0)
POSE = calibrate(*survey_of(MOUNT)).pose
CAR = plate_size(VehicleClass.CAR, 1)
OUTLINE = np.array([(-260.0, -56.0), (260, -56), (260, 56), (-260, 56)])


def fitted(seed: int, noise_px: float, approaching: bool = True):
    rng = np.random.default_rng(seed)
    way = drive(MOUNT, rng, np.array([65.0]), noise_px=noise_px, approaching=approaching)
    track = track_of(way, 0)
    times, corners = np.array(track.media_s), np.array(track.corners)
    return fit_motion(POSE, CAR, times, corners, 180.0 if approaching else 0.0), times, corners


def test_true_corners_are_met_both_ways():
    """Coming and going; a plate askew by a degree, which is not modelled, stays within a pixel."""
    for seed, approaching in ((1, True), (2, False), (3, True)):
        motion, times, corners = fitted(seed, 0.0, approaching)
        assert np.abs(motion.points(times, OUTLINE) - corners).max() < 1.0
        assert abs(abs(motion.state[3]) * 3.6 - 65) < 2


def test_a_picture_that_jumped_hardly_counts():
    """One box on another car does not bend the rest."""
    motion, times, corners = fitted(4, 0.3)
    corners[5] += 40
    bent = fit_motion(POSE, CAR, times, corners, 180.0)
    keep = np.arange(len(times)) != 5
    assert np.abs(bent.points(times, OUTLINE) - motion.points(times, OUTLINE))[keep].max() < 0.5
    assert bent.off_px.argmax() == 5


def test_corners_above_the_horizon_are_no_motion():
    """Nothing on the road is there."""
    _, times, corners = fitted(5, 0.3)
    assert fit_motion(POSE, CAR, times, corners - [0, 5000], 180.0) is None
