"""What goes into a case: whole groups of pictures, and who is to be hidden."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from sergek.core.frame import Packet, StreamInfo
from sergek.core.vehicle import Box
from sergek.edge.overviews import Found, Held
from sergek.edge.sealing import contiguous, mask_plan

NOON = datetime(2026, 1, 16, 12, tzinfo=UTC)
BASE = Fraction(1, 90_000)


def packets(seconds, gop=10, fps=10, size=1000, jump_at=None):
    """A stream; at `jump_at` its decoding times begin anew, as a looped file's do."""
    found = []
    for i in range(seconds * fps):
        stamp = i if jump_at is None or i < jump_at * fps else i - jump_at * fps
        dts = stamp * 90_000 // fps
        found.append(
            Packet("r", i, bytes(size), dts, dts, BASE, i % gop == 0, dts * BASE, i / fps, NOON)
        )
    return found


def test_a_clip_is_whole_groups_around_the_moment():
    """It begins with a key frame and holds the moment."""
    clip = contiguous(packets(8), 4.2, 10**9)
    assert clip[0].is_key
    assert clip[0].arrived_s <= 4.2 <= clip[-1].arrived_s


def test_the_furthest_groups_leave_when_it_grows_too_large():
    """The group with what happened stays last."""
    clip = contiguous(packets(8), 4.2, 25_000)
    assert sum(len(packet.data) for packet in clip) <= 25_000
    assert clip[0].arrived_s <= 4.2 <= clip[-1].arrived_s
    assert contiguous(packets(8), 4.2, 10)[0].arrived_s == 4.0


@pytest.mark.parametrize("at_s", [2.5, 6.5])
def test_a_clip_does_not_reach_over_a_source_that_began_anew(at_s):
    """Only the stretch with the moment: no player could show both."""
    clip = contiguous(packets(8, jump_at=5), at_s, 10**9)
    assert all((packet.arrived_s < 5) == (at_s < 5) for packet in clip)
    assert clip[0].arrived_s <= at_s <= clip[-1].arrived_s


def test_without_packets_there_is_no_clip():
    """The case then goes without one."""
    assert contiguous([], 1.0, 10**9) == ()


def test_the_accused_vehicle_is_known_before_it_became_a_track():
    """By the overlap from picture to picture; all others are to be hidden, people too."""

    def box(x):
        return Box(x, 0.0, x + 100.0, 80.0)

    other, person = Box(400, 0, 480, 60), Box(300, 0, 320, 50)
    found = tuple(
        Found(10 + i / 10, (person,), (box(20.0 * i), other), {} if i < 3 else {7: box(20.0 * i)})
        for i in range(6)
    )
    stream = StreamInfo("r", "h264", 640, 360, BASE, None, 25.0)
    plan = mask_plan(Held(1, stream, (), (), found), 7, 10.0, {"overview_before": 10.25})
    assert [row.own for row in plan.rows] == [(20.0 * i, 0, 20.0 * i + 100, 80) for i in range(6)]
    assert all(row.others == ((400, 0, 480, 60),) for row in plan.rows)
    assert all(row.persons == ((300, 0, 320, 50),) for row in plan.rows)
    assert plan.stills == {"overview_before": 0.25}
    stranger = mask_plan(Held(1, stream, (), (), found), 99, 10.0, {})
    assert all(row.own is None and len(row.others) >= 2 for row in stranger.rows)
