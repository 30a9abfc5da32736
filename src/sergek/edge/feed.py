"""One stretch of the stream that is analysed: decode, judge its time, pick what is due."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from sergek.core.errors import Corrupt
from sergek.core.frame import Packet, RawFrame, StreamInfo, StreamRole
from sergek.core.ports import FrameSource
from sergek.edge.assessing import SiteWatch
from sergek.edge.mediatime import MediaClock
from sergek.edge.sampler import Sampler

__all__ = ["DueFrame", "Feed", "Taken"]

# With time stamps that say nothing, decode at the latest after so many packets.
_MOST_HELD = 25


class DueFrame:
    """A picture that is to be analysed, with its judged stream time and whence it came."""

    __slots__ = ("feed", "frame", "media_s")

    def __init__(self, frame: RawFrame, media_s: float, feed: "Feed") -> None:
        self.frame, self.media_s, self.feed = frame, media_s, feed


class Taken(NamedTuple):
    """What a packet gave: pictures completed, those that are due, and whether any was damaged."""

    pictures: int
    due: list[DueFrame]
    damaged: bool


class Feed:
    """The pictures of one run of one stream, as they are due; used by that run's reading thread.

    Packets are held until a picture is due and then decoded in a row: with many cameras a decoder
    that is asked for every single picture finds its code and tables gone from the cache each time.

    `number` counts a camera's feeds. `backlog` gives packets from before it began: they are decoded
    with the first packet taken, so that nothing is missed where another stream broke off.
    Pictures that arrived up to `from_s` are not due. `watch` is the site's over this run, if any.
    """

    def __init__(
        self,
        number: int,
        role: StreamRole,
        source: FrameSource,
        analysed_fps: float,
        *,
        backlog: Callable[[], list[Packet]] | None = None,
        from_s: float = float("-inf"),
        watch: SiteWatch | None = None,
    ) -> None:
        self.number, self.role, self.source = number, role, source
        self.watch = watch
        self._decoder = source.decoder()
        self._stamps = MediaClock(source.info.nominal_fps, realtime=True)
        self._sampler = Sampler(analysed_fps)
        self._backlog, self._from_s = backlog, from_s
        self._held: list[Packet] = []
        self._last: tuple[float, Packet] | None = None
        self._waits_for_key = True
        self._size: tuple[int, int] | None = None
        self.interlaced = False
        self.resized = False

    @property
    def info(self) -> StreamInfo:
        """What the stream says of itself."""
        return self.source.info

    def take(self, packet: Packet) -> Taken:
        """Take one more packet; after a damaged one the next key frame heals.

        Where pictures change their size `resized` becomes true and nothing more comes.
        """
        self._held += [*self._before(packet), packet]
        if not self._may_be_due(packet):
            return Taken(0, [], damaged=False)
        held, self._held = self._held, []
        pictures, due, damaged = 0, list[DueFrame](), False
        for each in held:
            try:
                frames = self._decode(each)
            except Corrupt:
                self._waits_for_key = damaged = True
                continue
            pictures += len(frames)
            due += [DueFrame(frame, at_s, self) for frame, at_s in self._timed(frames)]
        return Taken(pictures, due, damaged)

    def _may_be_due(self, packet: Packet) -> bool:
        if self._last is None or len(self._held) >= _MOST_HELD:
            return True
        at_s, last = self._last
        step_s = packet.arrived_s - last.arrived_s
        if packet.media_s is not None and last.media_s is not None:
            step_s = max(step_s, packet.media_s - last.media_s)
        return self._sampler.would_be_due(at_s + step_s)

    def _timed(self, frames: list[RawFrame]) -> Iterator[tuple[RawFrame, float]]:
        for frame in frames:
            at_s = self._stamps.read(frame.media_s, frame.packet.arrived_s).s
            self._last = at_s, frame.packet
            if self.watch is not None:
                self.watch.timed(frame, at_s)
            if frame.packet.arrived_s > self._from_s and self._sampler.due(at_s):
                yield frame, at_s

    def _before(self, packet: Packet) -> list[Packet]:
        backlog, self._backlog = self._backlog, None
        held = [] if backlog is None else backlog()
        return [old for old in held if old.run_id == packet.run_id and old.index < packet.index]

    def _decode(self, packet: Packet) -> list[RawFrame]:
        if packet.is_key:
            self._waits_for_key = False
        if self._waits_for_key or self.resized:
            return []
        frames = self._decoder.decode(packet)
        if frames:
            size = (frames[0].width, frames[0].height)
            self.resized = self._size not in (None, size)
            self._size, self.interlaced = size, frames[0].interlaced
        return [] if self.resized else frames
