"""Lines and lanes on the picture."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sergek.core.camera import Lane
from sergek.core.geo import PixelLine
from sergek.traffic.lines import LineWatch, crossing_of, lane_at

UP = PixelLine(100, 200, 100, 0)  # walked upwards: left is smaller x, right is larger x
coordinate = st.floats(-1000, 1000)
point = st.tuples(coordinate, coordinate)


@pytest.mark.parametrize(("start", "end", "direction"), [(0, 200, 1), (200, 0, -1)])
def test_direction_is_seen_by_somebody_walking_the_line(
    start: float, end: float, direction: int
) -> None:
    """From the walker's left to right is +1, back is -1, and the moment is interpolated."""
    watch = LineWatch([UP])
    assert watch.moved(7, (start, 100), 1.0) == []
    (crossing,) = watch.moved(7, (end, 100), 3.0)
    assert (crossing.line, crossing.direction, crossing.media_s) == (0, direction, 2.0)


def test_beyond_the_ends_is_no_crossing() -> None:
    """A centre that passes where the line is not drawn does not cross it."""
    watch = LineWatch([UP])
    watch.moved(7, (0, 300), 1.0)
    assert watch.moved(7, (200, 300), 2.0) == []


def test_trembling_on_a_line_is_one_crossing() -> None:
    """A vehicle that stops with its centre on the line crosses it once."""
    watch = LineWatch([UP])
    places = [50, 90, 99, 100.5, 99.5, 100.4, 99.8, 100.3, 104, 150]
    found = [c for i, x in enumerate(places) for c in watch.moved(7, (x, 100), float(i))]
    assert [(c.direction, 2.0 < c.media_s < 3.0) for c in found] == [(1, True)]


def test_there_and_back_is_two_crossings() -> None:
    """A vehicle that truly turns back crosses twice, in opposite directions."""
    watch = LineWatch([UP])
    found = [c for i, x in enumerate([0, 200, 0]) for c in watch.moved(7, (x, 100), float(i))]
    assert [c.direction for c in found] == [1, -1]


@given(point, point)
def test_the_way_back_is_the_opposite_crossing(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    """Turning a way round turns its crossing round and keeps the place."""
    there, back = crossing_of(UP, start, end), crossing_of(UP, end, start)
    assert (there is None) == (back is None)
    if there and back:
        assert there[1] == -back[1]
        assert there[0] + back[0] == pytest.approx(1, abs=1e-6)


@given(point, st.lists(point, min_size=1, max_size=8))
def test_crossings_alternate(first: tuple[float, float], way: list[tuple[float, float]]) -> None:
    """On an endless line a track crosses to and fro, never twice the same way in a row."""
    watch = LineWatch([PixelLine(0, -1e7, 0, 1e7)], least_px=0.0)
    found = [c for i, p in enumerate([first, *way]) for c in watch.moved(1, p, float(i))]
    assert all(a.direction == -b.direction for a, b in itertools.pairwise(found))


def test_lane_is_the_polygon_that_holds_the_point() -> None:
    """A point is in the lane whose polygon holds it, or in none."""
    lanes = [
        Lane(number=1, polygon=((0, 0), (10, 0), (10, 10), (0, 10))),
        Lane(number=2, polygon=((10, 0), (20, 0), (20, 10), (10, 10))),
    ]
    assert lane_at(lanes, (5, 5)) == 1
    assert lane_at(lanes, (15, 5)) == 2
    assert lane_at(lanes, (25, 5)) is None
