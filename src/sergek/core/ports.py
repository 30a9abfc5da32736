"""The seams of the product: what the rooms ask of the world. All are synchronous."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from sergek.core.coverage import Coverage, CoverageState, GapReason
from sergek.core.event import Event, StoredEvent
from sergek.core.evidence import SealedCase
from sergek.core.frame import Image, Packet, RawFrame, StreamInfo
from sergek.core.passage import Passage
from sergek.core.plate import PlateLook, PlateStatus
from sergek.core.road import RoadAct, RoadPrescription
from sergek.core.vehicle import Detection, VehicleClass

__all__ = [
    "Bus",
    "CoverageStore",
    "Detector",
    "EventLog",
    "EvidenceStore",
    "FrameSource",
    "LogHead",
    "OpenSource",
    "PackageReader",
    "PacketDecoder",
    "PassageFilter",
    "PlateReader",
    "ReadStore",
    "RoadPapers",
    "Subscription",
]


class PacketDecoder(Protocol):
    """Turns the packets of one run into pictures; used on one thread at a time."""

    def decode(self, packet: Packet) -> list[RawFrame]:
        """Pictures that the packet completes, possibly none; `Corrupt` if it cannot be decoded."""
        ...

    def flush(self) -> list[RawFrame]:
        """The pictures still held back; afterwards the decoder waits for a key frame."""
        ...


class FrameSource(Protocol):
    """One stream of one camera, for one connection (a *run*).

    Opening happens in the constructor's owner: `packets` yields until the stream ends (returns),
    breaks (`Unavailable`) or is closed from another thread by `close`.
    """

    @property
    def info(self) -> StreamInfo:
        """What the stream says of itself."""
        ...

    def packets(self) -> Iterator[Packet]:
        """Undecoded packets in decode order."""
        ...

    def decoder(self) -> "PacketDecoder":
        """A new decoder for this stream's packets, independent of any other."""
        ...

    def close(self) -> None:
        """End the run; safe from any thread, more than once."""
        ...


class OpenSource(Protocol):
    """Opens a stream by its address; given to the edge by wiring."""

    def __call__(self, url: str, *, loop: bool = False, realtime: bool = True) -> FrameSource:
        """Connect and return with `info` known.

        Raises `ConfigError` where only a person can help (no such file, not a video, audio only),
        `Forbidden` for a wrong user or password, `Unavailable` where a later try may succeed.
        `loop` begins a file anew at its end, `realtime` paces it by its own clock.
        """
        ...


class Detector(Protocol):
    """Finds road users on pictures."""

    @property
    def name(self) -> str:
        """What the model is called in `sergek models`."""
        ...

    def picture_size(self, width: int, height: int, most_wide: int) -> tuple[int, int]:
        """(width, height), even, at which it wants a picture of that size, at most so wide.

        The decoder's form is scaled to it at once: a second scaling would cost more than a tenth
        of the network. `core.frame.fitting_size` is a good answer where it does not matter.
        """
        ...

    def detect(self, frames: Sequence[Image]) -> list[list[Detection]]:
        """Road users per picture, boxes in that picture's pixels, best score first."""
        ...


class PlateReader(Protocol):
    """Finds and reads plates on crops of vehicles or on whole photos."""

    def read(self, pictures: Sequence[Image]) -> list[list[PlateLook]]:
        """Looks per picture in that picture's pixels, most plate-like first; often empty."""
        ...


class LogHead(NamedTuple):
    """The end of a log: the last sequence number (0 if empty) and the last chain digest."""

    seq: int
    digest: str


class EventLog(Protocol):
    """An append-only, hash-chained log of facts."""

    def append(
        self, events: Sequence[Event], *, connection: object | None = None
    ) -> list[StoredEvent]:
        """Store the events that are new, in order, and return those; repeats of an id are dropped.

        Durable on return, or part of the caller's transaction if `connection` (the adapter's own
        handle) is given. Raises `Unavailable` if the disk is full or the database is away.
        """
        ...

    def read(self, after: int, limit: int = 1000) -> list[StoredEvent]:
        """Events with seq > after, in order."""
        ...

    def head(self) -> LogHead:
        """Where the log ends now."""
        ...

    def erase(self, kind: str, before: datetime, *, keep: Collection[str] = ()) -> int:
        """Erase bodies of that kind that happened before; how many. The chain stays whole.

        `keep` names event ids that stay (evidence on hold).
        """
        ...

    def verify(self) -> LogHead:
        """Recompute the whole chain; `Corrupt` names the first event that does not fit."""
        ...


class EvidenceStore(Protocol):
    """Bytes by their SHA-256; written whole or not at all."""

    def put(self, data: bytes) -> str:
        """Store the bytes durably and return their key (hexadecimal SHA-256)."""
        ...

    def get(self, key: str) -> bytes:
        """The bytes; `NotFound` if unknown, `Corrupt` if they no longer match their key."""
        ...

    def delete(self, key: str) -> None:
        """Forget the bytes; unknown keys are nothing."""
        ...

    def has(self, key: str) -> bool:
        """Whether the bytes are here."""
        ...

    def keys(self) -> Iterator[str]:
        """All keys, in no order."""
        ...


class PackageReader(Protocol):
    """Opens sealed evidence packages and verifies them against the keys that may be trusted."""

    def open(self, data: bytes) -> SealedCase:
        """The package with every check made; never raises for what is in it."""
        ...


class PassageFilter(NamedTuple):
    """Which passages a list shows. There is no filter by plate text: that needs a case."""

    cameras: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    vehicle_class: VehicleClass | None = None
    plate_status: PlateStatus | None = None

    def fits(self, passage: Passage) -> bool:
        """Whether the passage belongs to the list."""
        status = passage.plate.status if passage.plate else PlateStatus.NONE
        return (
            (self.cameras is None or passage.camera_id in self.cameras)
            and (self.since is None or passage.entered_at >= self.since)
            and (self.until is None or passage.entered_at < self.until)
            and self.vehicle_class in (None, passage.vehicle_class)
            and self.plate_status in (None, status)
        )


class ReadStore(Protocol):
    """Passages, for lists and later for search."""

    def add(self, passages: Sequence[Passage], *, connection: object | None = None) -> int:
        """Store the new ones; how many were new."""
        ...

    def get(self, passage_id: str) -> Passage:
        """One passage, or `NotFound`."""
        ...

    def find(
        self, wanted: PassageFilter, *, before: tuple[datetime, str] | None = None, limit: int = 50
    ) -> list[Passage]:
        """Newest first by (entered_at, passage_id); `before` continues a list."""
        ...

    def count(self, wanted: PassageFilter) -> int:
        """How many passages fit."""
        ...

    def seen(
        self, plates: Collection[str], since: datetime, until: datetime, *, limit: int = 50
    ) -> list[Passage]:
        """Passages in [since, until) with surely read plates out of these, newest first.

        Asked only for a case; lists have no such filter.
        """
        ...

    def hold(
        self,
        passage_ids: Sequence[str],
        case_id: str,
        *,
        keys: Sequence[str] = (),
        connection: object | None = None,
    ) -> None:
        """Keep these passages while the case is open, however old they get.

        `keys` name bytes of the case (its package, a copy): they are erased with the passages.
        """
        ...

    def release(self, case_id: str, *, connection: object | None = None) -> None:
        """End the holds of a case: its passages expire with their own time again."""
        ...

    def held(self, before: datetime) -> list[str]:
        """Ids of passages that entered before and belong to a case."""
        ...

    def holders(self, before: datetime) -> list[str]:
        """Ids of the cases that keep passages which entered before."""
        ...

    def expire(self, before: datetime) -> list[str]:
        """Erase passages that entered before and belong to no case.

        Returns the keys of pictures that nothing needs any more, those of an earlier run that
        was cut short among them, until `forgotten` takes them off.
        """
        ...

    def forgotten(self, keys: Sequence[str]) -> None:
        """The bytes of these expired pictures are deleted."""
        ...


class CoverageStore(Protocol):
    """The gap ledger: for every camera, spans of whole seconds with a state and a reason."""

    def add(self, spans: Sequence[Coverage], *, connection: object | None = None) -> int:
        """Store spans; one that begins in the same second as a stored one is dropped. How many."""
        ...

    def find(self, camera_id: str, since: datetime, until: datetime) -> list[Coverage]:
        """Spans that touch [since, until), in order of time, not clipped."""
        ...

    def seconds(
        self, camera_id: str, since: datetime, until: datetime
    ) -> Mapping[tuple[CoverageState, GapReason], int]:
        """Seconds per state and reason inside [since, until); what no span explains is left out."""
        ...

    def covered_until(self, camera_id: str) -> datetime | None:
        """Where the camera's last span ends."""
        ...


class Subscription(Protocol):
    """Listening to a subject of the bus."""

    def close(self) -> None:
        """Stop; safe more than once."""
        ...


class Bus(Protocol):
    """What is said about now (`core.live`): heard by whoever listens, kept by nobody."""

    def publish(self, subject: str, data: bytes) -> None:
        """Say it; returns at once, from any thread. Dropped while the bus is away."""
        ...

    def subscribe(self, subject: str, heard: Callable[[str, bytes], None]) -> Subscription:
        """Call `heard(subject, data)` for every message; `*` is one token, a last `>` the rest.

        Calls come one at a time on the bus's own thread: `heard` returns quickly and never raises.
        """
        ...


class RoadPapers(Protocol):
    """Prints what a survey of streets ends in; PDF bytes, the same for the same content."""

    def act(self, act: RoadAct) -> bytes:
        """The act of a survey in Kazakh and Russian."""
        ...

    def prescription(self, prescription: RoadPrescription) -> bytes:
        """The prescription to the owner of a road in Kazakh and Russian."""
        ...
