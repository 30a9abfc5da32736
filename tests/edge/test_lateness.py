"""Late streams: what is known of the age of a picture that comes steadily."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.core.frame import Packet
from sergek.edge.lateness import Lateness

_NOON = datetime(2026, 1, 16, 12, tzinfo=UTC)


def _packet(media_s, arrived_s, *, age_s=None, held_s=None):
    at = _NOON + timedelta(seconds=arrived_s)
    sent = None if age_s is None else at - timedelta(seconds=age_s)
    time = (0, 0, Fraction(1, 90_000), False, media_s, arrived_s, at)
    return Packet("r", 0, b"", *time, sent_at=sent, held_s=held_s)


def _fed(packets, limit_s=3.0):
    lateness = Lateness(limit_s)
    for packet in packets:
        lateness.packet(packet)
    return lateness.late


def _steady(count=250, **more):
    return [_packet(i / 25, i / 25, **more) for i in range(count)]


def test_a_stream_in_time_is_not_late():
    """Age and growth of nothing."""
    assert _fed(_steady()) is None
    assert _fed(_steady(age_s=0.07, held_s=0.05)) is None


def test_fifteen_seconds_by_the_senders_report_are_late_for_certain():
    """The report dates the picture 15 s before itself; the camera's clock need not be right."""
    late = _fed(_steady(age_s=3600 + 15, held_s=15.0))
    assert (late.grounds, round(late.s)) == ("held", 15)
    assert "15 s old" in late.sentence


def test_fifteen_seconds_by_the_cameras_clock_are_late_or_that_clock_is_wrong():
    """The sentence says both, because nobody can know which."""
    late = _fed(_steady(age_s=15.0))
    assert (late.grounds, late.s) == ("clock", 15.0)
    assert "that clock is wrong" in late.sentence


@pytest.mark.parametrize("age_s", [3600.0, -20.0])
def test_a_clock_that_is_hours_off_or_ahead_is_not_an_age(age_s):
    """Cameras without a time server are common; their streams are not late for it."""
    assert _fed(_steady(age_s=age_s)) is None


def test_a_stream_that_falls_behind_is_late_without_any_report():
    """Pictures of 20 s arrive over 25 s."""
    late = _fed([_packet(i / 25, i / 20) for i in range(500)])
    assert late.grounds == "growth"
    assert 4.0 < late.s < 5.0


def test_a_burst_after_a_pause_that_catches_up_is_not_late():
    """Five seconds of silence, then all that was held back at once."""
    before = [_packet(i / 25, i / 25) for i in range(100)]
    burst = [_packet(4 + i / 25, 9 + i / 1000) for i in range(125)]
    after = [_packet(9 + i / 25, 9.2 + i / 25) for i in range(100)]
    assert _fed(before + burst + after) is None


def test_a_clock_that_stands_still_or_begins_anew_says_nothing():
    """Constant time stamps and a loop's jump back are no delay."""
    assert _fed([_packet(5.0, i / 25) for i in range(500)]) is None
    assert _fed([_packet(i % 100 / 25, i / 25) for i in range(500)]) is None
    assert _fed([_packet(None, i / 25) for i in range(500)]) is None


def test_a_stream_that_is_in_time_again_is_late_no_more():
    """The state ends with its cause."""
    slow = [_packet(i / 25, i / 20) for i in range(500)]
    again = [_packet(25 + i / 25, 25 + i / 25) for i in range(100)]
    assert _fed(slow + again) is None


@settings(max_examples=12, deadline=None)
@given(st.floats(-1e-4, 1e-4), st.floats(0, 0.4))
def test_a_camera_whose_quartz_is_off_is_not_late_after_a_day(drift, jitter_s):
    """100 parts in a million are 8.6 s a day; forgotten as they grow."""
    packets = [_packet(i * 40.0, i * 40.0 * (1 + drift) + jitter_s * (i % 2)) for i in range(2160)]
    assert _fed(packets) is None
