"""The gap ledger's day."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sergek.centre.cameras.ledger import day_bounds, day_of, for_programs, merged
from sergek.testing.examples import NOON, a_span
from sergek.testing.memory import MemoryCoverageStore

ZONE = ZoneInfo("Asia/Almaty")
HOUR = 3600


def _ledger(*spans):
    store = MemoryCoverageStore()
    store.add(spans)
    return store


def test_a_day_begins_at_the_citys_midnight():
    """The day of Taraz begins at 19 o'clock of the day before in Greenwich."""
    since, until = day_bounds(date(2026, 1, 16), ZONE)
    assert since.utctimetuple()[:5] == (2026, 1, 15, 19, 0)
    assert until - since == timedelta(days=1)


def test_every_passed_second_is_counted_once():
    """Analysed, received, missing and unexplained seconds add up to the time that has passed."""
    ledger = _ledger(
        a_span(0, 600),
        a_span(600, 660, state="received", reason="overload"),
        a_span(700, 760, state="missing", reason="stalled"),
    )
    day = day_of(ledger, "abay-1", date(2026, 1, 16), NOON + timedelta(seconds=800), ZONE)
    assert day.totals == {"analysed": 600, "received": 60, "missing": 60}
    assert sum(day.totals.values()) + day.unknown_s == day.passed_s == 17 * HOUR + 800
    assert [gap.reason for gap in day.gaps] == ["stalled", "overload"]


def test_a_short_gap_is_wide_enough_to_be_seen_and_lies_on_top():
    """A gap of one second in a day is drawn at least a pixel wide, after the analysed time."""
    ledger = _ledger(
        a_span(0, 100), a_span(100, 101, state="missing", reason="closed"), a_span(101, 500)
    )
    day = day_of(ledger, "abay-1", date(2026, 1, 16), NOON + timedelta(hours=1), ZONE)
    last = day.strips[-1]
    assert last.span.state == "missing"
    assert last.width >= 1 / 1200 - 1e-5


def test_a_day_in_the_future_has_nothing():
    """No seconds have passed of tomorrow, and nothing divides by them."""
    day = day_of(_ledger(), "abay-1", date(2026, 1, 18), NOON, ZONE)
    assert (day.passed_s, day.unknown_s, day.share) == (0, 0, 0.0)


@given(st.lists(st.tuples(st.integers(1, 500), st.booleans()), max_size=30), st.data())
def test_merging_loses_no_second(lengths, data):
    """Merged spans cover the same seconds with the same states, and no neighbours are alike."""
    spans, at = [], 0
    for length, whole in lengths:
        more = {} if whole else {"state": "missing", "reason": "stalled"}
        spans.append(a_span(at, at + length, **more))
        at += length
    begin = data.draw(st.integers(0, at))
    end = data.draw(st.integers(begin, at))
    since, until = NOON + timedelta(seconds=begin), NOON + timedelta(seconds=end)
    result = merged(spans, since, until)
    assert sum(span.seconds for span in result) == end - begin
    pairs = list(pairwise(result))
    assert all(one.until_at == other.from_at for one, other in pairs)
    assert all(one.state != other.state for one, other in pairs)


def test_programs_get_counts_by_reason_and_the_unexplained():
    """The API's answer counts each state and reason and says what nothing explains."""
    ledger = _ledger(a_span(0, 60), a_span(60, 90, state="missing", reason="unreachable"))
    until = NOON + timedelta(seconds=100)
    answer = for_programs(ledger, "abay-1", NOON, until, until)
    assert answer["seconds"] == [
        {"state": "analysed", "reason": "none", "seconds": 60},
        {"state": "missing", "reason": "unreachable", "seconds": 30},
    ]
    assert answer["unexplained_s"] == 10
    assert len(answer["spans"]) == 2
