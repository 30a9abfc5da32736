"""Sides of a line."""

from hypothesis import assume, given
from hypothesis import strategies as st

from sergek.core.geo import PixelLine

numbers = st.floats(-1e4, 1e4)


def test_right_of_the_walker_is_positive() -> None:
    """Walking to the right of the picture, the right hand is below the line."""
    line = PixelLine(0, 100, 200, 100)
    assert line.side(50, 150) == 50
    assert line.side(50, 60) == -40


@given(numbers, numbers, numbers, numbers, numbers, numbers)
def test_turning_the_line_round_turns_the_side_round(
    x1: float, y1: float, x2: float, y2: float, x: float, y: float
) -> None:
    """Right of a line is left of the same line walked back."""
    assume(abs(x1 - x2) + abs(y1 - y2) > 1e-3)
    there, back = PixelLine(x1, y1, x2, y2), PixelLine(x2, y2, x1, y1)
    assert abs(there.side(x, y) + back.side(x, y)) < 1e-6 * (1 + abs(there.side(x, y)))
