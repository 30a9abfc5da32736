"""Erasing what is over its term."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from sergek.adapters.disk.evidence import DiskEvidenceStore
from sergek.adapters.retention import Erased, erase_expired, erase_forwarded
from sergek.adapters.sql.event_log import SqlEventLog
from sergek.adapters.sql.intake import Intake
from sergek.adapters.sql.read_store import SqlReadStore
from sergek.core.event import Event
from sergek.core.passage import passage_event
from sergek.core.ports import PassageFilter
from sergek.testing.examples import NOON, a_passage, an_event
from sergek.testing.memory import HandClock, MemoryEvidenceStore

TERM = timedelta(days=30)


def test_passages_expire_after_their_term_unless_a_case_holds_them(engine: Engine) -> None:
    """Thirty days on: list, log body and picture are gone, a held one stays, the chain verifies."""
    clock = HandClock(NOON)
    log = SqlEventLog(engine, clock)
    reads, evidence, intake = SqlReadStore(engine), MemoryEvidenceStore(), Intake(engine, log)
    keys: list[str] = []
    for number in (1, 2, 3):
        keys.append(evidence.put(b"picture %d" % number))
        picture = {"key": keys[-1], "kind": "vehicle", "media_s": None}
        intake.append([passage_event(a_passage(number, pictures=(picture,)))])
    intake.append([an_event(9, kind="person.signed_in", happened_at=NOON)])
    reads.hold([a_passage(2).passage_id], "case-1")

    clock.move(timedelta(days=30).total_seconds() + 1)
    assert erase_expired(log, reads, evidence, clock.now() - TERM) == Erased(0, 0)
    clock.move(5)
    assert erase_expired(log, reads, evidence, clock.now() - TERM) == Erased(2, 2)
    assert erase_expired(log, reads, evidence, clock.now() - TERM) == Erased(0, 0)

    assert [passage.track_id for passage in reads.find(PassageFilter())] == [2]
    assert list(evidence.keys()) == [keys[1]]
    assert [stored.event is None for stored in log.read(0)] == [True, False, True, False]
    assert log.verify().seq == 4

    reads.release("case-1")
    assert erase_expired(log, reads, evidence, clock.now() - TERM) == Erased(1, 1)
    assert list(evidence.keys()) == []
    # The edge sends an old passage again: the erased one does not come back.
    intake.append([passage_event(a_passage(1))])
    assert reads.count(PassageFilter()) == 0


def test_an_erasure_cut_short_is_finished_later(engine: Engine) -> None:
    """A crash between list and disk leaves no picture behind."""
    log = SqlEventLog(engine)
    reads, evidence, intake = SqlReadStore(engine), MemoryEvidenceStore(), Intake(engine, log)
    key = evidence.put(b"picture")
    picture = {"key": key, "kind": "vehicle", "media_s": None}
    intake.append([passage_event(a_passage(1, pictures=(picture,)))])
    reads.expire(NOON + TERM)  # and here the power went
    assert erase_expired(log, reads, evidence, NOON + TERM) == Erased(1, 1)
    assert not evidence.has(key)


def test_erased_bodies_leave_no_trace_in_the_file(tmp_path: Path, sqlite_engine: Engine) -> None:
    """After erasure and a checkpoint the database file no longer holds the plate."""
    intake = Intake(sqlite_engine, SqlEventLog(sqlite_engine))
    plate = {"text": "777ZZZ08", "raw": (), "layout": None, "confidence": 1, "status": "read"}
    intake.append([passage_event(a_passage(1, plate=plate))])
    reads, log = SqlReadStore(sqlite_engine), SqlEventLog(sqlite_engine)
    erase_expired(log, reads, MemoryEvidenceStore(), NOON + TERM)
    with sqlite_engine.connect() as connection:
        connection.rollback()
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined]
    assert b"777ZZZ08" not in b"".join(path.read_bytes() for path in tmp_path.glob("facts.db*"))


@pytest.fixture
def edge(tmp_path: Path, sqlite_engine: Engine) -> tuple[HandClock, SqlEventLog, DiskEvidenceStore]:
    clock = HandClock(NOON)
    return clock, SqlEventLog(sqlite_engine, clock), DiskEvidenceStore(tmp_path / "evidence", 0)


def record(clock: HandClock, log: SqlEventLog, evidence: DiskEvidenceStore, number: int) -> Event:
    key = evidence.put(b"picture %d" % number)
    path = next(evidence._root.glob(f"??/??/{key}"))
    os.utime(path, (clock.now().timestamp(),) * 2)
    picture = {"key": key, "kind": "vehicle", "media_s": None}
    event = passage_event(a_passage(number, pictures=(picture,)))
    log.append([event])
    return event


def test_an_edge_erases_only_what_it_has_forwarded(edge) -> None:
    """Old and forwarded goes; what still waits keeps its body and its picture."""
    clock, log, evidence = edge
    for number in (1, 2, 3):
        record(clock, log, evidence, number)
        clock.move(3 * 3600)
    clock.move(48 * 3600)
    day_ago = clock.now() - timedelta(hours=24)
    assert erase_forwarded(log, evidence, day_ago, forwarded=0) == Erased(0, 0)
    assert erase_forwarded(log, evidence, day_ago, forwarded=2) == Erased(2, 2)
    assert [stored.event is None for stored in log.read(0)] == [True, True, False]
    assert len(list(evidence.keys())) == 1
    young = record(clock, log, evidence, 4)
    assert erase_forwarded(log, evidence, day_ago, forwarded=4) == Erased(1, 1)
    assert [stored.event for stored in log.read(3)] == [young]
    assert log.verify().seq == 4


def test_a_picture_stored_again_is_young_again(edge) -> None:
    """The same bytes of a later passage are not erased with the earlier one."""
    clock, _, evidence = edge
    key = evidence.put(b"same")
    path = next(evidence._root.glob(f"??/??/{key}"))
    os.utime(path, (0, 0))
    assert evidence.older_than(NOON) == [key]
    evidence.put(b"same")
    assert evidence.older_than(NOON) == []
    assert clock.now() == NOON
