"""The stream's clock, judged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sergek.edge.mediatime import MediaClock


def test_a_sound_clock_is_kept_to_the_last_digit():
    """Intervals are the source's own, whatever the arrival does."""
    clock = MediaClock(25, realtime=True)
    arrived = [0.0, 0.09, 0.1, 0.11, 0.2]
    times = [clock.read(7.0 + i * 0.04, at) for i, at in enumerate(arrived)]
    assert [t.s for t in times] == pytest.approx([0, 0.04, 0.08, 0.12, 0.16])
    assert all(t.sound for t in times)


def test_a_loop_continues_time_instead_of_jumping_back():
    """A new epoch of time stamps follows the old one by what passed on arrival."""
    clock = MediaClock(25, realtime=True)
    for i in range(50):
        clock.read(i * 0.04, i * 0.04)
    jump = clock.read(0.0, 2.0)
    assert jump.s == pytest.approx(2.0)
    assert not jump.sound
    after = clock.read(0.04, 2.04)
    assert after.s == pytest.approx(2.04)
    assert after.sound


def test_a_clock_that_stands_still_is_replaced_by_arrival():
    """Constant time stamps are not believed."""
    clock = MediaClock(25, realtime=True)
    times = [clock.read(0.0, i * 0.04) for i in range(200)]
    assert times[-1].s == pytest.approx(199 * 0.04)
    assert not times[-1].sound


def test_a_file_without_time_stamps_runs_at_its_nominal_rate():
    """As fast as possible, arrival means nothing."""
    clock = MediaClock(10, realtime=False)
    times = [clock.read(None, i * 0.0001) for i in range(11)]
    assert times[-1].s == pytest.approx(1.0)


def test_a_leap_ahead_of_arrival_is_a_new_epoch():
    """A camera whose clock is set an hour forward does not move our vehicles by an hour."""
    clock = MediaClock(25, realtime=True)
    for i in range(10):
        clock.read(i * 0.04, i * 0.04)
    assert clock.read(3600.0, 0.4).s == pytest.approx(0.4)


stamps = st.one_of(st.none(), st.floats(-1e6, 1e6))


@given(st.lists(st.tuples(stamps, st.floats(0, 10)), min_size=1), st.booleans())
def test_stream_time_always_advances(steps, realtime):
    """Whatever a source says, time never stands still or goes back, nor outruns arrival much."""
    clock, arrived, before = MediaClock(25, realtime=realtime), 0.0, None
    for media_s, wait_s in steps:
        arrived += wait_s
        now = clock.read(media_s, arrived).s
        assert before is None or now > before
        if realtime and before is not None:
            assert now - before <= wait_s + 2.0 + 1e-6
        before = now
