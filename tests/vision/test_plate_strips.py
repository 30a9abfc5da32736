"""Strips for the plate reader."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sergek.vision.plate_strips import is_two_line, line_corners, strip_homographies, strips


def _plate(w: float, h: float) -> np.ndarray:
    return np.array([(10, 10), (10 + w, 10), (10 + w, 10 + h), (10, 10 + h)], np.float32)


def test_shape_decides_the_lines() -> None:
    """520 × 112 has one line, 280 × 200 and 240 × 135 two."""
    assert not is_two_line(_plate(52, 11.2))
    assert is_two_line(_plate(28, 20))
    assert is_two_line(_plate(24, 13.5))


def test_only_square_plates_are_split_for_readers_of_any_country() -> None:
    """An American plate (2:1) stays one line; a square one gives upper and lower half."""
    assert line_corners(_plate(60, 30)) == []
    upper, lower = line_corners(_plate(28, 20))
    assert upper[0].tolist() == [10, 10]
    assert lower[2].tolist() == [38, 30]
    assert 19 < lower[0][1] < upper[3][1] < 21


@given(st.floats(20, 300), st.floats(10, 80), st.booleans())
def test_corners_land_inside_the_strip(width: float, height: float, two_line: bool) -> None:
    """The plate's left and right edges keep a margin in every strip."""
    corners = _plate(width, height)
    for at in strip_homographies(corners, two_line):
        moved = np.c_[corners, np.ones(4)] @ at.T
        xs = moved[:, 0] / moved[:, 2]
        assert xs.min() > 3
        assert xs.max() < (96 if two_line else 160) - 3


def test_a_strip_shows_what_is_between_the_corners() -> None:
    """A white plate on black fills the strip but for its margins."""
    picture = np.zeros((80, 200, 3), np.uint8)
    picture[20:45, 30:150] = 255
    corners = np.array([(30, 20), (150, 20), (150, 45), (30, 45)], np.float32)
    (strip,) = strips(picture, corners, two_line=False)
    assert strip.pixels.shape == (32, 160)
    assert strip.pixels[4:28, 7:153].min() > 200
    assert strip.pixels[:, :3].max() < 60
