"""What every adapter of the storage ports must do, whatever it is made of.

A test module subclasses a contract (`class TestLog(EventLogContract)`) and provides a fixture of
the argument's name that returns a fresh, empty adapter.
"""

import hashlib
from datetime import timedelta
from typing import Any

from sergek.core.coverage import CoverageState, GapReason
from sergek.core.errors import NotFound
from sergek.core.event import GENESIS, chain_digest
from sergek.core.plate import PlateStatus
from sergek.core.ports import (
    CoverageStore,
    EventLog,
    EvidenceStore,
    LogHead,
    PassageFilter,
    ReadStore,
)
from sergek.core.vehicle import VehicleClass
from sergek.testing.examples import NOON, a_passage, a_span, an_event, refused

__all__ = [
    "CoverageStoreContract",
    "EventLogContract",
    "EvidenceStoreContract",
    "ReadStoreContract",
]

_ALL = PassageFilter()
_KEYS = [hashlib.sha256(bytes([i])).hexdigest() for i in range(4)]


class EventLogContract:
    """Contract of `core.ports.EventLog`; fixture `log`."""

    def test_an_empty_log_ends_at_genesis(self, log: EventLog) -> None:
        """Nothing stored: sequence 0, the genesis digest, nothing to read, and it verifies."""
        assert log.head() == LogHead(0, GENESIS)
        assert log.read(0) == []
        assert log.verify() == LogHead(0, GENESIS)

    def test_events_come_back_as_they_went_in(self, log: EventLog) -> None:
        """Order, bodies, floats, Cyrillic and microseconds survive."""
        events = [
            an_event(1, happened_at=NOON + timedelta(microseconds=1)),
            an_event(
                2, subject="абай", actor="т. Ахметов", body={"x": [1, 0.1, None, {"y": "\0ы"}]}
            ),
            an_event(3, body={}),
        ]
        added = log.append(events)
        assert [stored.event for stored in added] == events
        assert [stored.event for stored in log.read(0)] == events
        assert [stored.seq for stored in log.read(0)] == [1, 2, 3]

    def test_the_chain_covers_each_event_and_the_one_before(self, log: EventLog) -> None:
        """Each digest is that of the digest before and the event's own."""
        log.append([an_event(1)])
        log.append([an_event(2)])
        first, second = log.read(0)
        assert first.digest == chain_digest(GENESIS, an_event(1).body_digest())
        assert second.digest == chain_digest(first.digest, an_event(2).body_digest())
        assert log.head() == log.verify() == LogHead(2, second.digest)

    def test_a_repeat_is_nothing(self, log: EventLog) -> None:
        """An id stored before, or twice in one call, is stored once; only new ones return."""
        log.append([an_event(1)])
        added = log.append([an_event(1), an_event(2), an_event(2), an_event(1)])
        assert [stored.seq for stored in added] == [2]
        assert log.append([an_event(2)]) == []
        assert log.append([]) == []
        assert log.head().seq == 2

    def test_reading_goes_on_from_a_sequence_number(self, log: EventLog) -> None:
        """`after` and `limit` page through the log without loss or overlap."""
        log.append([an_event(i) for i in range(1, 8)])
        pages = [log.read(0, 3), log.read(3, 3), log.read(6, 3), log.read(7, 3)]
        assert [[stored.seq for stored in page] for page in pages] == [
            [1, 2, 3],
            [4, 5, 6],
            [7],
            [],
        ]

    def test_erasing_leaves_id_kind_and_digests(self, log: EventLog) -> None:
        """Bodies of that kind before that time go, kept ids stay, and the chain verifies."""
        log.append([an_event(i) for i in range(1, 5)])
        log.append([an_event(5, kind="camera.added", happened_at=NOON)])
        before = log.read(0)
        keep = [an_event(2).event_id]
        assert log.erase("passage.recorded", NOON + timedelta(seconds=4), keep=keep) == 2
        assert log.erase("passage.recorded", NOON + timedelta(seconds=4), keep=keep) == 0
        after = log.read(0)
        assert [stored.seq for stored in after if stored.event is None] == [1, 3]
        assert [(s.event_id, s.kind, s.digest) for s in after] == [
            (s.event_id, s.kind, s.digest) for s in before
        ]
        assert log.verify() == log.head()

    def test_an_erased_event_does_not_come_back(self, log: EventLog) -> None:
        """Delivered again after its body was erased, an event is still a repeat."""
        log.append([an_event(1)])
        log.erase("passage.recorded", NOON + timedelta(days=1))
        assert log.append([an_event(1)]) == []
        assert log.read(0)[0].event is None


class EvidenceStoreContract:
    """Contract of `core.ports.EvidenceStore`; fixture `evidence`."""

    def test_bytes_come_back_by_their_digest(self, evidence: EvidenceStore) -> None:
        """The key is the SHA-256; empty and large contents come back whole."""
        for data in (b"", b"picture", bytes(range(256)) * 8192):
            key = evidence.put(data)
            assert key == hashlib.sha256(data).hexdigest()
            assert evidence.has(key)
            assert evidence.get(key) == data

    def test_the_same_bytes_are_stored_once(self, evidence: EvidenceStore) -> None:
        """Storing again is nothing."""
        assert evidence.put(b"twice") == evidence.put(b"twice")
        assert len(list(evidence.keys())) == 1

    def test_deleted_bytes_are_gone(self, evidence: EvidenceStore) -> None:
        """After deletion they are not found; deleting again is nothing."""
        key = evidence.put(b"old")
        evidence.delete(key)
        evidence.delete(key)
        assert not evidence.has(key)
        assert list(evidence.keys()) == []
        refused(NotFound, evidence.get, key)

    def test_unknown_keys_are_not_found(self, evidence: EvidenceStore) -> None:
        """A digest never stored is `NotFound`."""
        refused(NotFound, evidence.get, "0" * 64)
        assert not evidence.has("0" * 64)

    def test_keys_lists_everything(self, evidence: EvidenceStore) -> None:
        """Every stored key is listed."""
        stored = {evidence.put(bytes([i])) for i in range(5)}
        assert set(evidence.keys()) == stored


class ReadStoreContract:
    """Contract of `core.ports.ReadStore`; fixture `reads`."""

    def test_a_passage_comes_back_whole(self, reads: ReadStore) -> None:
        """What is stored is what is read; a repeat is nothing."""
        passage = _with_pictures(1, _KEYS[:2])
        assert reads.add([passage]) == 1
        assert reads.add([passage, passage]) == 0
        assert reads.get(passage.passage_id) == passage
        refused(NotFound, reads.get, "0" * 32)

    def test_newest_first_page_by_page(self, reads: ReadStore) -> None:
        """Pages continue where the one before ended, also among equal times."""
        same_time = [a_passage(i, entered_at=NOON, left_at=NOON) for i in range(1, 6)]
        newer = a_passage(9)
        assert reads.add([*same_time, newer]) == 6
        first = reads.find(_ALL, limit=2)
        assert first[0] == newer
        seen = list(first)
        while page := reads.find(_ALL, before=(seen[-1].entered_at, seen[-1].passage_id), limit=2):
            seen += page
        by_id = sorted(same_time, key=lambda passage: passage.passage_id, reverse=True)
        assert seen == [newer, *by_id]

    def test_filters_narrow_the_list_and_the_count(self, reads: ReadStore) -> None:
        """Camera, time, class and plate state narrow together; no plate counts as `none`."""
        reads.add(
            [
                a_passage(1),
                a_passage(2, vehicle_class="bus"),
                a_passage(3, camera_id="tole-bi-2"),
                a_passage(4, plate=_plate("read")),
                a_passage(5, plate=_plate("unsure")),
            ]
        )
        wanted: list[tuple[PassageFilter, list[int]]] = [
            (_ALL, [5, 4, 3, 2, 1]),
            (PassageFilter(cameras=("tole-bi-2",)), [3]),
            (PassageFilter(cameras=()), []),
            (PassageFilter(since=NOON + timedelta(seconds=4)), [5, 4]),
            (PassageFilter(until=NOON + timedelta(seconds=2)), [1]),
            (PassageFilter(vehicle_class=VehicleClass.BUS), [2]),
            (PassageFilter(plate_status=PlateStatus.READ), [4]),
            (PassageFilter(plate_status=PlateStatus.NONE, cameras=("abay-1",)), [2, 1]),
        ]
        for one, tracks in wanted:
            assert [passage.track_id for passage in reads.find(one)] == tracks
            assert reads.count(one) == len(tracks)

    def test_a_case_asks_where_plates_were_seen(self, reads: ReadStore) -> None:
        """Only surely read plates out of those asked for, in that time, newest first."""
        other = _plate("read") | {"text": "777XYZ08"}
        reads.add(
            [
                a_passage(1, plate=_plate("read")),
                a_passage(2, plate=_plate("unsure")),
                a_passage(3, plate=other),
                a_passage(4, plate=_plate("read")),
                a_passage(5),
            ]
        )
        since, until = NOON, NOON + timedelta(seconds=4)

        def tracks(*plates: str, limit: int = 50) -> list[int]:
            found = reads.seen(plates, since, until + timedelta(seconds=1), limit=limit)
            return [passage.track_id for passage in found]

        assert tracks("123ABC08", "777XYZ08") == [4, 3, 1]
        assert tracks("123ABC08", limit=1) == [4]
        assert tracks() == tracks("999ZZZ08") == []
        assert [p.track_id for p in reads.seen(["123ABC08"], since, until)] == [1]

    def test_old_passages_expire_with_their_pictures(self, reads: ReadStore) -> None:
        """Older ones go; a picture that a younger passage shares stays."""
        reads.add([_with_pictures(1, _KEYS[:2]), _with_pictures(2, _KEYS[1:3])])
        assert reads.expire(NOON + timedelta(seconds=2)) == [_KEYS[0]]
        assert [passage.track_id for passage in reads.find(_ALL)] == [2]
        assert reads.expire(NOON) == [_KEYS[0]], "named until its bytes are deleted"
        reads.forgotten([_KEYS[0]])
        assert reads.expire(NOON) == []

    def test_a_case_holds_its_passages(self, reads: ReadStore) -> None:
        """A held passage outlives its term until every case has released it; what belongs to a
        case goes with its passage."""
        old, late = _with_pictures(1, _KEYS[:1]), NOON + timedelta(days=40)
        reads.add([old, a_passage(2)])
        reads.hold([old.passage_id], "case-7")
        reads.hold([old.passage_id], "case-7")
        reads.hold([old.passage_id], "case-8", keys=_KEYS[3:])
        assert reads.held(late) == [old.passage_id]
        assert sorted(reads.holders(late)) == ["case-7", "case-8"]
        assert reads.holders(old.entered_at) == []
        assert reads.expire(late) == []
        assert reads.find(_ALL) == [old]
        reads.release("case-7")
        assert reads.holders(late) == ["case-8"]
        assert reads.expire(late) == []
        reads.release("case-8")
        assert reads.held(late) == []
        assert sorted(reads.expire(late)) == sorted([_KEYS[0], _KEYS[3]])
        refused(NotFound, reads.hold, [old.passage_id], "case-9")

    def test_a_picture_needed_again_is_no_longer_expired(self, reads: ReadStore) -> None:
        """A new passage with the same picture takes it off the list of deletions."""
        reads.add([_with_pictures(1, _KEYS[:1])])
        assert reads.expire(NOON + timedelta(seconds=2)) == _KEYS[:1]
        reads.add([_with_pictures(5, _KEYS[:1])])
        assert reads.expire(NOON) == []


class CoverageStoreContract:
    """Contract of `core.ports.CoverageStore`; fixture `ledger`."""

    def test_spans_come_back_in_order_of_time(self, ledger: CoverageStore) -> None:
        """Spans that touch the asked time come back unclipped; a repeat is nothing."""
        spans = [
            a_span(10, 20, state="missing", reason="stalled"),
            a_span(0, 10),
            a_span(0, 10, camera_id="tole-bi-2"),
        ]
        assert ledger.add(spans) == 3
        assert ledger.add([a_span(0, 99)]) == 0
        found = ledger.find("abay-1", NOON + timedelta(seconds=9), NOON + timedelta(seconds=60))
        assert found == [spans[1], spans[0]]
        end = NOON + timedelta(seconds=10)
        assert ledger.find("abay-1", end, end + timedelta(seconds=1)) == [spans[0]]

    def test_seconds_are_counted_inside_the_asked_time(self, ledger: CoverageStore) -> None:
        """Only the part of a span that lies inside counts."""
        ledger.add([a_span(0, 10), a_span(10, 20, state="missing", reason="stalled")])
        ledger.add([a_span(20, 60)])
        since, until = NOON + timedelta(seconds=5), NOON + timedelta(seconds=30)
        assert ledger.seconds("abay-1", since, until) == {
            (CoverageState.ANALYSED, GapReason.NONE): 15,
            (CoverageState.MISSING, GapReason.STALLED): 10,
        }

    def test_it_knows_where_a_camera_ends(self, ledger: CoverageStore) -> None:
        """The end of the last span, or nothing for a camera never seen."""
        ledger.add([a_span(20, 30), a_span(0, 10)])
        assert ledger.covered_until("abay-1") == NOON + timedelta(seconds=30)
        assert ledger.covered_until("tole-bi-2") is None


def _with_pictures(track_id: int, keys: list[str]) -> Any:
    pictures = tuple({"key": key, "kind": "vehicle", "media_s": None} for key in keys)
    return a_passage(track_id, pictures=pictures)


def _plate(status: str) -> dict[str, Any]:
    return {
        "text": "123ABC08",
        "raw": ("123A8C08", "123ABC08"),
        "layout": "kz-2012",
        "confidence": 0.9,
        "status": status,
    }
