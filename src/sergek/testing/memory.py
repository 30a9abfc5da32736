"""The ports in memory: for tests that are about something else than storage."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sergek.core.clock import Clock, SystemClock
from sergek.core.coverage import Coverage, CoverageState, GapReason, seconds_within
from sergek.core.errors import Corrupt, NotFound
from sergek.core.event import GENESIS, Event, StoredEvent, chain_digest
from sergek.core.passage import Passage
from sergek.core.plate import PlateStatus
from sergek.core.ports import LogHead, PassageFilter

__all__ = [
    "HandClock",
    "MemoryBus",
    "MemoryCoverageStore",
    "MemoryEventLog",
    "MemoryEvidenceStore",
    "MemoryReadStore",
]


@dataclass
class HandClock:
    """A clock that moves when told to."""

    wall: datetime = datetime(2026, 1, 16, 9, tzinfo=UTC)
    elapsed_s: float = 0.0

    def now(self) -> datetime:
        """The wall time it was set to."""
        return self.wall

    def monotonic_s(self) -> float:
        """Seconds it was moved by."""
        return self.elapsed_s

    def move(self, seconds: float) -> None:
        """Let both clocks run on."""
        self.wall += timedelta(seconds=seconds)
        self.elapsed_s += seconds


class MemoryEventLog:
    """`core.ports.EventLog` in a list."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._stored: list[StoredEvent] = []
        self._ids: set[str] = set()

    def append(
        self, events: Sequence[Event], *, connection: object | None = None
    ) -> list[StoredEvent]:
        """See `core.ports.EventLog.append`."""
        added: list[StoredEvent] = []
        for event in events:
            if event.event_id in self._ids:
                continue
            self._ids.add(event.event_id)
            head, body_digest = self.head(), event.body_digest()
            stored = StoredEvent(
                seq=head.seq + 1,
                event_id=event.event_id,
                kind=event.kind,
                stored_at=self._clock.now(),
                body_digest=body_digest,
                digest=chain_digest(head.digest, body_digest),
                event=event,
            )
            self._stored.append(stored)
            added.append(stored)
        return added

    def read(self, after: int, limit: int = 1000) -> list[StoredEvent]:
        """See `core.ports.EventLog.read`."""
        return self._stored[after : after + limit]

    def head(self) -> LogHead:
        """See `core.ports.EventLog.head`."""
        last = self._stored[-1] if self._stored else None
        return LogHead(last.seq, last.digest) if last else LogHead(0, GENESIS)

    def erase(self, kind: str, before: datetime, *, keep: Collection[str] = ()) -> int:
        """See `core.ports.EventLog.erase`."""
        erased = 0
        for i, stored in enumerate(self._stored):
            event = stored.event
            if event is None or stored.event_id in keep:
                continue
            if event.kind == kind and event.happened_at < before:
                self._stored[i] = stored.model_copy(update={"event": None})
                erased += 1
        return erased

    def verify(self) -> LogHead:
        """See `core.ports.EventLog.verify`."""
        digest = GENESIS
        for stored in self._stored:
            digest = chain_digest(digest, stored.body_digest)
            event = stored.event
            if digest != stored.digest or (event and event.body_digest() != stored.body_digest):
                raise Corrupt(f"Event {stored.seq} of the log is not what was written.")
        return self.head()


class MemoryEvidenceStore:
    """`core.ports.EvidenceStore` in a dictionary."""

    def __init__(self) -> None:
        self._data: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        """See `core.ports.EvidenceStore.put`."""
        key = hashlib.sha256(data).hexdigest()
        self._data[key] = bytes(data)
        return key

    def get(self, key: str) -> bytes:
        """See `core.ports.EvidenceStore.get`."""
        if key not in self._data:
            raise NotFound("There is no such evidence; it may have expired.")
        return self._data[key]

    def delete(self, key: str) -> None:
        """See `core.ports.EvidenceStore.delete`."""
        self._data.pop(key, None)

    def has(self, key: str) -> bool:
        """See `core.ports.EvidenceStore.has`."""
        return key in self._data

    def keys(self) -> Iterator[str]:
        """See `core.ports.EvidenceStore.keys`."""
        yield from list(self._data)


def _order(passage: Passage) -> tuple[datetime, str]:
    return passage.entered_at, passage.passage_id


class MemoryReadStore:
    """`core.ports.ReadStore` in dictionaries."""

    def __init__(self) -> None:
        self._passages: dict[str, Passage] = {}
        self._holds: set[tuple[str, str]] = set()
        self._keys: dict[str, set[str]] = {}
        self._expired: set[str] = set()

    def add(self, new: Sequence[Passage], *, connection: object | None = None) -> int:
        """See `core.ports.ReadStore.add`."""
        added = [p for p in new if p.passage_id not in self._passages]
        self._passages.update({p.passage_id: p for p in reversed(added)})
        self._expired -= {picture.key for p in added for picture in p.pictures}
        return len({p.passage_id for p in added})

    def get(self, passage_id: str) -> Passage:
        """See `core.ports.ReadStore.get`."""
        if passage_id not in self._passages:
            raise NotFound("There is no such passage; it may have expired.")
        return self._passages[passage_id]

    def find(
        self, wanted: PassageFilter, *, before: tuple[datetime, str] | None = None, limit: int = 50
    ) -> list[Passage]:
        """See `core.ports.ReadStore.find`."""
        fitting = (p for p in self._passages.values() if wanted.fits(p))
        newest_first = sorted(fitting, key=_order, reverse=True)
        return [p for p in newest_first if before is None or _order(p) < before][:limit]

    def count(self, wanted: PassageFilter) -> int:
        """See `core.ports.ReadStore.count`."""
        return sum(wanted.fits(p) for p in self._passages.values())

    def seen(
        self, plates: Collection[str], since: datetime, until: datetime, *, limit: int = 50
    ) -> list[Passage]:
        """See `core.ports.ReadStore.seen`."""
        wanted = PassageFilter(since=since, until=until, plate_status=PlateStatus.READ)
        found = self.find(wanted, limit=len(self._passages))
        return [p for p in found if p.plate is not None and p.plate.text in plates][:limit]

    def hold(
        self,
        passage_ids: Sequence[str],
        case_id: str,
        *,
        keys: Sequence[str] = (),
        connection: object | None = None,
    ) -> None:
        """See `core.ports.ReadStore.hold`."""
        for passage_id in passage_ids:
            self.get(passage_id)
            self._keys.setdefault(passage_id, set()).update(keys)
        self._holds |= {(case_id, passage_id) for passage_id in passage_ids}

    def release(self, case_id: str, *, connection: object | None = None) -> None:
        """See `core.ports.ReadStore.release`."""
        self._holds = {hold for hold in self._holds if hold[0] != case_id}

    def held(self, before: datetime) -> list[str]:
        """See `core.ports.ReadStore.held`."""
        kept = {passage_id for _, passage_id in self._holds}
        return [
            p.passage_id
            for p in self._passages.values()
            if p.entered_at < before and p.passage_id in kept
        ]

    def holders(self, before: datetime) -> list[str]:
        """See `core.ports.ReadStore.holders`."""
        old = set(self.held(before))
        return sorted({case_id for case_id, passage_id in self._holds if passage_id in old})

    def expire(self, before: datetime) -> list[str]:
        """See `core.ports.ReadStore.expire`."""
        kept = set(self.held(before))
        old = [p for p in self._passages.values() if p.entered_at < before]
        gone = [p for p in old if p.passage_id not in kept]
        for passage in gone:
            del self._passages[passage.passage_id]
            self._expired |= self._keys.pop(passage.passage_id, set())
        needed = {picture.key for p in self._passages.values() for picture in p.pictures}
        self._expired |= {picture.key for p in gone for picture in p.pictures} - needed
        return sorted(self._expired)

    def forgotten(self, keys: Sequence[str]) -> None:
        """See `core.ports.ReadStore.forgotten`."""
        self._expired -= set(keys)


class MemoryCoverageStore:
    """`core.ports.CoverageStore` in a dictionary."""

    def __init__(self) -> None:
        self._spans: dict[tuple[str, datetime], Coverage] = {}

    def add(self, spans: Sequence[Coverage], *, connection: object | None = None) -> int:
        """See `core.ports.CoverageStore.add`."""
        before = len(self._spans)
        for span in spans:
            self._spans.setdefault((span.camera_id, span.from_at), span)
        return len(self._spans) - before

    def find(self, camera_id: str, since: datetime, until: datetime) -> list[Coverage]:
        """See `core.ports.CoverageStore.find`."""
        return sorted(
            (
                span
                for span in self._spans.values()
                if span.camera_id == camera_id and span.until_at > since and span.from_at < until
            ),
            key=lambda span: span.from_at,
        )

    def seconds(
        self, camera_id: str, since: datetime, until: datetime
    ) -> Mapping[tuple[CoverageState, GapReason], int]:
        """See `core.ports.CoverageStore.seconds`."""
        return seconds_within(self.find(camera_id, since, until), since, until)

    def covered_until(self, camera_id: str) -> datetime | None:
        """See `core.ports.CoverageStore.covered_until`."""
        ends = [span.until_at for span in self._spans.values() if span.camera_id == camera_id]
        return max(ends, default=None)


@dataclass
class MemoryBus:
    """`core.ports.Bus` within one process; delivers on the publisher's thread."""

    _ears: list["_Ear"] = field(default_factory=list)

    def publish(self, subject: str, data: bytes) -> None:
        """See `core.ports.Bus.publish`."""
        for ear in list(self._ears):
            if ear.hears(subject):
                ear.heard(subject, data)

    def subscribe(self, subject: str, heard: Callable[[str, bytes], None]) -> "_Ear":
        """See `core.ports.Bus.subscribe`."""
        ear = _Ear(self._ears, subject.split("."), heard)
        self._ears.append(ear)
        return ear


@dataclass(eq=False)
class _Ear:
    ears: list["_Ear"]
    pattern: list[str]
    heard: Callable[[str, bytes], None]

    def hears(self, subject: str) -> bool:
        tokens = subject.split(".")
        for i, wanted in enumerate(self.pattern):
            if wanted == ">":
                return i < len(tokens)
            if i >= len(tokens) or wanted not in ("*", tokens[i]):
                return False
        return len(tokens) == len(self.pattern)

    def close(self) -> None:
        if self in self.ears:
            self.ears.remove(self)
