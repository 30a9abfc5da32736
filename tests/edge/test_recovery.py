"""Where an earlier process left off."""

from datetime import UTC, datetime, timedelta

from sergek.core.coverage import Coverage, CoverageState, coverage_event
from sergek.core.event import Event, derive_id
from sergek.edge.recovery import covered_until
from sergek.testing.memory import MemoryEventLog

NOON = datetime(2026, 1, 16, 12, tzinfo=UTC)


def _span(camera, minute):
    at = NOON + timedelta(minutes=minute)
    return coverage_event(
        Coverage(
            camera_id=camera,
            from_at=at,
            until_at=at + timedelta(minutes=1),
            state=CoverageState.MISSING,
            reason="stalled",
        )
    )


def test_the_last_entry_of_each_camera_counts():
    """Whatever else was logged since, also more than one reading of the log holds."""
    log = MemoryEventLog()
    log.append([_span("a", 0), _span("b", 1), _span("a", 2)])
    log.append(
        [
            Event(event_id=derive_id(i), kind="x.y", subject="a", happened_at=NOON, body={})
            for i in range(1200)
        ]
    )
    found = covered_until(log, {"a", "b", "c"})
    assert found == {"a": NOON + timedelta(minutes=3), "b": NOON + timedelta(minutes=2)}


def test_an_empty_log_knows_nothing():
    """The first start."""
    assert covered_until(MemoryEventLog(), {"a"}) == {}
