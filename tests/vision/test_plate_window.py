"""The window of the corner finder."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sergek.vision.plate_window import WINDOW, from_window, rough_window, to_window

OFF = st.floats(-6, 6)


@given(st.lists(OFF, min_size=8, max_size=8))
def test_points_go_into_the_window_and_back(off: list[float]) -> None:
    """The rough corners land on the window's, and any point returns to where it was."""
    rough = np.array([(60, 40), (120, 40), (120, 60), (60, 60)], np.float32)
    rough += np.array(off, np.float32).reshape(4, 2)
    picture = np.zeros((120, 200, 3), np.uint8)
    window, at = rough_window(picture, rough)
    assert window.shape == (48, 128)
    assert np.allclose(to_window(rough, at), WINDOW.corners, atol=0.05)
    back = from_window(to_window(rough + 3, at).astype(np.float32), at)
    assert np.allclose(back, rough + 3, atol=0.1)


def test_a_window_over_the_edge_repeats_the_edge() -> None:
    """A plate at the picture's border still gives a full window."""
    picture = np.full((40, 60, 3), 77, np.uint8)
    rough = np.array([(-10, -4), (30, -4), (30, 8), (-10, 8)], np.float32)
    window, _ = rough_window(picture, rough)
    assert (window == 77).all()
