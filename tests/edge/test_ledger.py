"""The gap ledger: every second explained exactly once."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.core.coverage import CoverageState, GapReason
from sergek.edge.ledger import Ledger

NOON = datetime(2026, 1, 16, 12, tzinfo=UTC)


def _at(s):
    return NOON + timedelta(seconds=s)


def _told(spans):
    return [
        ((s.from_at - NOON).total_seconds(), (s.until_at - NOON).total_seconds(), s.state, s.reason)
        for s in spans
    ]


def test_analysed_received_and_missing_seconds_become_spans():
    """Ten good seconds, two of overload, three without a packet because of a stall."""
    ledger = Ledger("c", NOON)
    for s in range(12):
        ledger.received(_at(s + 0.5))
        if s < 10:
            ledger.analysed(_at(s + 0.5))
        else:
            ledger.hindered(_at(s + 0.5), GapReason.OVERLOAD)
    ledger.absent(_at(12.2), GapReason.STALLED)
    assert _told(ledger.close(_at(15.9))) == [
        (0, 10, CoverageState.ANALYSED, GapReason.NONE),
        (10, 12, CoverageState.RECEIVED, GapReason.OVERLOAD),
        (12, 15, CoverageState.MISSING, GapReason.STALLED),
    ]


def test_seconds_that_were_late_are_analysed_and_say_so():
    """A remark changes why, not what; a second without a picture is missing all the same."""
    ledger = Ledger("c", NOON)
    for s in (0, 1, 2):
        ledger.received(_at(s + 0.5))
        ledger.analysed(_at(s + 0.5))
    ledger.remarked(_at(1.5), GapReason.LATE)
    ledger.remarked(_at(3.5), GapReason.LATE)
    ledger.absent(_at(3), GapReason.STALLED)
    assert _told(ledger.close(_at(4))) == [
        (0, 1, CoverageState.ANALYSED, GapReason.NONE),
        (1, 2, CoverageState.ANALYSED, GapReason.LATE),
        (2, 3, CoverageState.ANALYSED, GapReason.NONE),
        (3, 4, CoverageState.MISSING, GapReason.STALLED),
    ]


def test_a_span_leaves_after_a_minute_at_the_latest():
    """A crash loses at most the last minute of the ledger."""
    ledger, told = Ledger("c", NOON), []
    for s in range(200):
        ledger.received(_at(s))
        ledger.analysed(_at(s))
        for span in ledger.settled(_at(s), s):
            assert span.seconds <= 60
            assert s - (span.from_at - NOON).total_seconds() <= 64
            told.append(span)
    assert len(told) == 3


def test_the_time_since_a_crash_is_missing_because_the_edge_was_down():
    """The new ledger begins where the stored one ends."""
    ledger = Ledger("c", _at(100.4), covered_until=_at(40))
    ledger.received(_at(101))
    ledger.analysed(_at(101))
    assert _told(ledger.close(_at(102)))[0] == (
        40,
        100,
        CoverageState.MISSING,
        GapReason.EDGE_DOWN,
    )


def test_a_clock_set_forward_leaves_a_gap_that_says_so():
    """The skipped hour is missing and says why; not a second more or less."""
    ledger = Ledger("c", NOON)
    for s in range(10):
        ledger.received(_at(s))
        ledger.analysed(_at(s))
        ledger.settled(_at(s), s)
    told = []
    for s in range(10, 20):
        ledger.received(_at(s + 3600))
        ledger.analysed(_at(s + 3600))
        told += ledger.settled(_at(s + 3600), s)
    told += ledger.close(_at(3620))
    skipped = [span for span in told if span.reason is GapReason.CLOCK_JUMPED]
    assert sum(span.seconds for span in skipped) == 3600
    assert (skipped[0].from_at, skipped[-1].until_at) == (_at(10), _at(3610))


def test_a_clock_that_leaps_ten_years_is_one_span():
    """A wrong battery clock does not keep the edge busy for hours."""
    ledger = Ledger("c", NOON)
    ledger.settled(NOON, 0)
    told = ledger.settled(_at(3.2e8), 1)
    assert len(told) <= 3
    assert sum(span.seconds for span in told) == 3.2e8 - 3


def test_a_clock_set_back_explains_nothing_twice():
    """The repeated time was explained already; the ledger goes on when the clock catches up."""
    ledger, told = Ledger("c", NOON), []
    for s in range(100):
        now = _at(s if s < 50 else s - 20)
        ledger.received(now)
        ledger.analysed(now)
        told += ledger.settled(now, s)
    told += ledger.close(_at(80))
    assert all(a.until_at == b.from_at for a, b in pairwise(told))
    assert told[-1].until_at == _at(80)


steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["receive", "analyse", "hinder", "absent", "tick", "jump", "crash", "wait"]
        ),
        st.floats(0, 90),
        st.sampled_from([r for r in GapReason if r is not GapReason.NONE]),
    ),
    max_size=80,
)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_every_second_is_explained_exactly_once(script):
    """Through stalls, overload, jumping clocks and crashes: spans join without gap or overlap."""
    wall, elapsed, stored = 0.0, 0.0, []
    ledger = Ledger("c", NOON)
    for what, amount, reason in script:
        if what == "receive":
            ledger.received(_at(wall))
        elif what == "analyse":
            ledger.received(_at(wall))
            ledger.analysed(_at(wall))
        elif what == "hinder":
            ledger.hindered(_at(wall), reason)
        elif what == "absent":
            ledger.absent(_at(wall), reason)
        elif what == "tick":
            stored += ledger.settled(_at(wall), elapsed)
        elif what == "jump":
            wall += (amount - 45) * 40
        elif what == "crash":
            wall, elapsed = wall + amount, 0.0
            end = stored[-1].until_at if stored else NOON
            ledger = Ledger("c", _at(wall), covered_until=end)
        else:
            wall, elapsed = wall + amount, elapsed + amount
    stored += ledger.close(_at(wall))
    assert not stored or stored[0].from_at <= NOON
    assert all(a.until_at == b.from_at for a, b in pairwise(stored))
    assert all(span.seconds > 0 for span in stored)
    for span in stored:
        assert (span.reason is GapReason.NONE) == (span.state is CoverageState.ANALYSED)
