"""A bumped camera is noticed; traffic, dusk and noise are not mistaken for one."""

import cv2
import numpy as np
import pytest

from sergek.vision.drift import DriftState, DriftWatch

RNG = np.random.default_rng(5)
ROAD = [[(300, 719), (620, 200), (680, 200), (1100, 719)]]


def street(shift=(0, 0), light=1.0, cars=0, turn_deg=0.0, seed=1):
    """Houses, windows and poles beside a road, seen with noise; cars at random."""
    rng, fixed = np.random.default_rng(seed), np.random.default_rng(99)
    big = np.full((840, 1400, 3), 120, np.uint8)
    for _ in range(160):
        x, y = int(fixed.integers(0, 1300)), int(fixed.integers(0, 700))
        w, h = int(fixed.integers(15, 90)), int(fixed.integers(15, 90))
        colour = tuple(int(c) for c in fixed.integers(30, 230, 3))
        cv2.rectangle(big, (x, y), (x + w, y + h), colour, -1)
    matrix = cv2.getRotationMatrix2D((700, 420), turn_deg, 1.0)
    matrix[:, 2] += np.array(shift)
    picture = cv2.warpAffine(big, matrix, (1400, 840))[60:780, 60:1340].copy()
    for _ in range(cars):
        x, y = int(rng.integers(200, 1000)), int(rng.integers(150, 600))
        cv2.rectangle(picture, (x, y), (x + 200, y + 120), (20, 20, 200), -1)
    noisy = picture * light + rng.normal(0, 4, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("shift", [(8, 0), (0, 8), (-6, 5), (20, -15)])
def test_a_bump_of_eight_pixels_is_noticed_in_three_checks(shift):
    """At one check every five seconds: fifteen seconds, well within the minute."""
    watch = DriftWatch(street(), ROAD)
    states = [watch.check(street(shift, seed=i)) for i in range(2, 5)]
    assert states == [DriftState.STEADY, DriftState.STEADY, DriftState.MOVED]
    assert 3 * watch.every_s < 60
    found = watch.shift(street(shift, seed=9))
    assert (found.dx_px, found.dy_px) == pytest.approx(shift, abs=1.0)


def test_traffic_and_dusk_are_no_bump():
    """Cars over a third of the patches, then a quarter of the light."""
    watch = DriftWatch(street(), ROAD)
    for i in range(2, 12):
        assert watch.check(street(cars=4, light=1.0 if i < 7 else 0.25, seed=i)) is (
            DriftState.STEADY
        )


def test_darkness_is_unknown_not_steady():
    """A covered lens can vouch for nothing."""
    watch = DriftWatch(street(), ROAD)
    for i in range(3):
        state = watch.check(RNG.integers(0, 8, (720, 1280, 3)).astype(np.uint8))
        assert i < 2 or state is DriftState.UNKNOWN


def test_one_odd_picture_changes_nothing():
    """A lorry before the lens for a moment."""
    watch = DriftWatch(street(), ROAD)
    watch.check(np.zeros((720, 1280, 3), np.uint8))
    assert watch.check(street(seed=3)) is DriftState.STEADY


def test_a_camera_put_back_is_steady_again():
    """Three good checks later."""
    watch = DriftWatch(street(), ROAD)
    for i in range(3):
        watch.check(street((9, 0), seed=i + 2))
    assert watch.state is DriftState.MOVED
    for i in range(3):
        watch.check(street(seed=i + 7))
    assert watch.state is DriftState.STEADY


def test_a_blank_wall_cannot_be_watched():
    """Too few patches: unknown from the beginning."""
    watch = DriftWatch(np.full((720, 1280, 3), 100, np.uint8))
    assert watch.patches < 6
    assert watch.state is DriftState.UNKNOWN


def test_another_resolution_is_unknown():
    """Shifts are counted in the reference's pixels."""
    watch = DriftWatch(street(), ROAD)
    assert watch.shift(np.zeros((360, 640, 3), np.uint8)) is None
