"""Facts become durable in order, whatever the disk does."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from sergek.core.clock import SystemClock
from sergek.core.coverage import Coverage, CoverageState
from sergek.core.errors import Corrupt, Unavailable
from sergek.core.passage import Passage, passage_id
from sergek.core.vehicle import Box, VehicleClass
from sergek.edge.reading import Draft, DraftPicture
from sergek.edge.recorder import Recorder
from sergek.edge.settings import EdgeSettings
from sergek.testing.memory import MemoryEventLog, MemoryEvidenceStore

NOON = datetime(2026, 1, 16, 12, tzinfo=UTC)


def _draft(track, size=1000):
    passage = Passage(
        passage_id=passage_id("c", "r", track),
        camera_id="c",
        run_id="r",
        track_id=track,
        vehicle_class=VehicleClass.CAR,
        class_score=1.0,
        entered_at=NOON,
        left_at=NOON,
        entered_s=0,
        left_s=1,
    )
    picture = DraftPicture(bytes([track % 256]) * size, "vehicle", 0.5, Box(1, 2, 3, 4))
    return Draft(passage, (picture,))


class _Disk(MemoryEvidenceStore):
    """A store on a disk that is full while `full` is set."""

    full = False
    damaged = False

    def put(self, data):
        if self.damaged:
            raise Corrupt("the store is not what was written")
        if self.full:
            raise Unavailable("the disk is full: free some space")
        return super().put(data)


def _until(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()


@pytest.fixture
def parts():
    log, disk = MemoryEventLog(), _Disk()
    settings = EdgeSettings(record_retry_s=0.05, pending_max_bytes=1024 * 1024)
    recorder = Recorder(log, disk, settings, SystemClock())
    recorder.start()
    yield log, disk, recorder
    disk.full = False
    recorder.stop()


def test_bytes_are_stored_before_the_passage_that_names_them(parts):
    """Every key in the log is in the store."""
    log, disk, recorder = parts
    for track in range(20):
        recorder.put(_draft(track))
    _until(lambda: recorder.waiting == 0)
    stored = log.read(0)
    assert len(stored) == 20
    for event in stored:
        for picture in event.event.body["pictures"]:
            assert disk.get(picture["key"])


def test_a_full_disk_delays_and_loses_nothing(parts):
    """One sentence while it lasts; afterwards everything is there, in order."""
    log, disk, recorder = parts
    disk.full = True
    for track in range(10):
        recorder.put(_draft(track))
    _until(lambda: recorder.fault)
    assert recorder.fault == "the disk is full: free some space"
    assert recorder.waiting == 10
    disk.full = False
    _until(lambda: recorder.waiting == 0)
    assert [e.event.body["track_id"] for e in log.read(0)] == list(range(10))
    assert not recorder.fault


def test_when_memory_for_waiting_facts_is_used_up_it_says_so(parts):
    """`full` asks for fewer facts instead of losing any."""
    _, disk, recorder = parts
    disk.full = True
    for track in range(12):
        recorder.put(_draft(track, 100_000))
    assert recorder.full
    disk.full = False
    _until(lambda: recorder.waiting == 0)
    assert not recorder.full


def test_the_gap_ledger_goes_the_same_way(parts):
    """A span is one event; repeating it is nothing."""
    log, _, recorder = parts
    span = Coverage(
        camera_id="c",
        from_at=NOON,
        until_at=NOON + timedelta(seconds=60),
        state=CoverageState.MISSING,
        reason="stalled",
    )
    recorder.cover([span, span])
    _until(lambda: recorder.waiting == 0)
    assert [e.kind for e in log.read(0)] == ["coverage.recorded"]


def test_a_damaged_store_loses_nothing_and_is_said(parts):
    """Drafts wait while the store is damaged; once it is mended they are recorded."""
    log, disk, recorder = parts
    disk.damaged = True
    recorder.put(_draft(7))
    _until(lambda: "not what was written" in recorder.fault)
    assert log.head().seq == 0
    disk.damaged = False
    _until(lambda: log.head().seq == 1)
    _until(lambda: recorder.waiting == 0)
    assert recorder.fault == ""
