"""The packet ring."""

from datetime import UTC, datetime
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from sergek.core.frame import Packet
from sergek.edge.ring import PacketRing

NOON = datetime(2026, 1, 16, 12, tzinfo=UTC)


def _packet(index, *, key, size=100, at_s=None, run="r"):
    at_s = index * 0.04 if at_s is None else at_s
    return Packet(run, index, b"x" * size, index, index, Fraction(1, 25), key, at_s, at_s, NOON)


def _indices(packets):
    return [packet.index for packet in packets]


def test_a_part_begins_with_the_key_frame_before_it():
    """What is asked for can be decoded without anything older."""
    ring = PacketRing(60, 10**9)
    for i in range(200):
        ring.push(_packet(i, key=i % 50 == 0))
    part = ring.between(2.5, 3.0)
    assert part[0].index == 50
    assert part[-1].index == 75


def test_whole_groups_leave_by_time_and_by_bytes():
    """At least the wanted seconds are held unless bytes forbid; the first is a key frame."""
    ring = PacketRing(2.0, 10**9)
    for i in range(300):
        ring.push(_packet(i, key=i % 25 == 0))
    assert 2.0 <= ring.held_s < 3.1
    ring = PacketRing(60.0, 3000)
    for i in range(300):
        ring.push(_packet(i, key=i % 10 == 0))
        assert ring.held_bytes <= 3000
    assert ring.newest_group()[0].is_key


def test_a_new_run_empties_the_ring():
    """Packets of two connections are never decoded together."""
    ring = PacketRing(60, 10**9)
    ring.push(_packet(0, key=True, run="a"))
    ring.push(_packet(1, key=False, run="b"))
    assert ring.newest_group() == []
    ring.push(_packet(2, key=True, run="b"))
    assert _indices(ring.newest_group()) == [2]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 400)), max_size=200))
def test_the_ring_counts_its_bytes_and_begins_with_a_key_frame(pushes):
    """For any order of key frames and sizes."""
    ring = PacketRing(1.0, 2000)
    for i, (key, size) in enumerate(pushes):
        ring.push(_packet(i, key=key, size=size))
        held = ring.between(-1, 1e9)
        assert ring.held_bytes == sum(len(p.data) for p in held) <= 2000
        assert not held or held[0].is_key
