"""Plates as a camera sees them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.simulation.plates.photograph import Conditions, photograph, project

ANGLE = st.floats(-50, 50)


@given(st.floats(20, 300), ANGLE, ANGLE, st.floats(-15, 15))
def test_a_projected_plate_has_the_stated_width(
    width: float, yaw: float, pitch: float, roll: float
) -> None:
    """Whatever its angles, the mean of upper and lower edge is the width asked for."""
    corners = project((520, 112), Conditions(width, yaw, pitch, roll))
    upper = np.linalg.norm(corners[1] - corners[0])
    lower = np.linalg.norm(corners[2] - corners[3])
    assert abs((upper + lower) / 2 - width) < 1e-6 * width


@settings(max_examples=25, deadline=None)
@given(st.floats(60, 200), st.floats(-40, 40), st.floats(-30, 30), st.integers(0, 2**31))
def test_drawn_corners_are_the_true_corners(
    width: float, yaw: float, pitch: float, seed: int
) -> None:
    """A white plate on the picture ends where the truth says, within half a pixel."""
    seen = Conditions(width, yaw, pitch, blur_px=0, noise=0, jpeg=100)
    flat = np.full((112, 520, 3), 255, np.uint8)
    rng = np.random.default_rng(seed)
    view = photograph(flat, (520, 112), seen, rng)
    corners = view.corners.astype(float)
    at = view.homography
    for (x, y), corner in zip([(0, 0), (520, 0), (520, 112), (0, 112)], corners, strict=True):
        u, v, s = at @ (x, y, 1.0)
        assert np.hypot(u / s - corner[0], v / s - corner[1]) < 0.05
    inside = corners.mean(0) + (corners - corners.mean(0)) * 0.9
    for x, y in inside:
        assert view.image[int(y), int(x)].min() > 200


def test_a_picture_of_a_plate_keeps_its_seed() -> None:
    """The same seed gives the same conditions and pixels, another seed others."""
    flat = np.full((56, 260, 3), 200, np.uint8)
    pictures = []
    for seed in (1, 1, 2):
        rng = np.random.default_rng(seed)
        seen = Conditions.random(rng)
        pictures.append(photograph(flat, (520, 112), seen, rng).image)
    assert np.array_equal(pictures[0], pictures[1])
    assert pictures[0].shape != pictures[2].shape or not np.array_equal(pictures[0], pictures[2])


def test_hardness_zero_is_a_studio() -> None:
    """With `hard` 0 there is no dirt, shadow, glare, rain or motion, and hardly any noise."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        seen = Conditions.random(rng, hard=0.0)
        assert (seen.dirt, seen.shadow, seen.glare, seen.streaks, seen.motion_px) == (0,) * 5
        assert seen.noise <= 2
        assert seen.light >= 1
        assert seen.yaw_deg == 0
