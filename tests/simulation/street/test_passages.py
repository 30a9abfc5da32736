"""Passages without pictures."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulation.street.conftest import scene

from sergek.simulation.street.optics import optics_at
from sergek.simulation.street.passages import CornerNoise, looks_at

OPTICS = optics_at(scene(), 0.0)
EXACT = CornerNoise(corner_px=0, common_px=0, box_px=0, missed=0)


@settings(max_examples=30, deadline=None)
@given(st.floats(20, 140), st.sampled_from([-1, 1]), st.floats(-3, 2))
def test_noiseless_looks_give_the_stated_speed(speed: float, along: int, accel: float) -> None:
    """The plate's height known, its corners' way over the media time is the true mean speed."""
    start = 60.0 if along < 0 else 18.0
    looks = looks_at(
        OPTICS, np.full(4, speed), np.random.default_rng(1), along=along, start_y_m=start,
        acceleration_ms2=accel, noise=EXACT, x_m=-1.5,
    )  # fmt: skip
    for k, (times, corners, _) in enumerate(looks.passages()):
        if len(times) < 3:
            continue
        y = [_ground_y(c.mean(0), 0.5) for c in (corners[0], corners[-1])]
        truth = looks.front_y_m[k][looks.seen[k]]
        assert abs((y[1] - y[0]) - (truth[-1] - truth[0])) < 0.02
        measured = abs(y[1] - y[0]) / (times[-1] - times[0]) * 3.6
        held = looks.speed_kmh[k][looks.seen[k]]
        assert min(held) - 0.2 <= measured <= max(held) + 0.2


def _ground_y(pixel: np.ndarray, height_m: float) -> float:
    """Where the ray through a pixel meets the level of the plate."""
    centred = np.array([pixel[0] - OPTICS.width / 2, pixel[1] - OPTICS.height / 2])
    ray = np.array([*(centred / OPTICS.focal_px), 1.0]) @ OPTICS.rotation
    far = (height_m - OPTICS.position_m[2]) / ray[2]
    return float((OPTICS.position_m + ray * far)[1])


def test_noise_has_the_stated_size() -> None:
    """The corners' error has the stated deviation, and misses their stated share."""
    rng = np.random.default_rng(5)
    noisy = CornerNoise(corner_px=1.0, common_px=0.0, box_px=0, missed=0.25)
    speed = np.full(400, 50.0)
    exact = looks_at(OPTICS, speed, np.random.default_rng(5), noise=EXACT)
    rough = looks_at(OPTICS, speed, rng, noise=noisy)
    error = (rough.corners - exact.corners)[exact.seen]
    assert abs(error.std() - 1.0) < 0.02
    assert abs(rough.seen.sum() / exact.seen.sum() - 0.75) < 0.02


def test_a_seed_gives_the_same_looks() -> None:
    """Equal generators give equal arrays."""
    a, b = (looks_at(OPTICS, np.linspace(20, 140, 50), np.random.default_rng(9)) for _ in "ab")
    assert np.array_equal(a.corners, b.corners)
    assert np.array_equal(a.seen, b.seen)
