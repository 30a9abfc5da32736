"""Stream clocks that cannot be trusted."""

import numpy as np
import pytest

from sergek.core.speed import Rejection
from sergek.traffic.timebase import ClockWatch, judge_times

GOOD = [i / 25 for i in range(20)]
INDEX = list(range(20))


def test_a_steady_stream_is_timed():
    """Even when the plate was not found on every picture."""
    assert judge_times(INDEX, GOOD) is None
    assert judge_times(INDEX[::3], GOOD[::3]) is None


@pytest.mark.parametrize(
    ("media", "reason"),
    [
        ([None, *GOOD[1:]], Rejection.PTS_MISSING),
        ([1.0] * 20, Rejection.PTS_CONSTANT),
        (GOOD[::-1], Rejection.PTS_BACKWARD),
        ([t + (0.04 if i > 9 else 0) for i, t in enumerate(GOOD)], Rejection.FRAMES_DROPPED),
    ],
)
def test_faulty_stamps_are_refused_by_name(media, reason):
    """Missing, constant, backward, and a gap where the picture count has none."""
    assert judge_times(INDEX, media) is reason


def test_a_clock_step_during_the_track_is_refused():
    """The stream jumps against arrival."""
    arrived = [t + (2.0 if i > 10 else 0.0) for i, t in enumerate(GOOD)]
    assert judge_times(INDEX, GOOD, arrived) is Rejection.CLOCK_STEP


def test_a_drifting_stream_clock_is_noticed_within_half_a_minute():
    """A clock 1 % fast is refused, jitter of arrival alone is not."""
    rng = np.random.default_rng(3)
    for rate, fault in [(1.0, None), (1.01, Rejection.PTS_DRIFT)]:
        watch = ClockWatch()
        for i in range(31 * 25):
            watch.note(i / 25 * rate, i / 25 + rng.uniform(0, 0.06))
        assert watch.fault() is fault


def test_a_stream_that_starts_anew_is_watched_anew():
    """A jump of the stream clock forgets what came before."""
    watch = ClockWatch()
    for i in range(60 * 5):
        watch.note(i / 5, i / 5)
    watch.note(0.0, 61.0)
    assert watch.rate() is None
