"""One stretch of the stream that is analysed: decode, judge its time, pick what is due."""

from collections.abc import Callable

from sergek.core.errors import Corrupt
from sergek.core.frame import Packet, RawFrame, StreamInfo, StreamRole
from sergek.core.ports import FrameSource
from sergek.edge.assessing import SiteWatch
from sergek.edge.mediatime import MediaClock
from sergek.edge.sampler import Sampler

__all__ = ["DueFrame", "Feed"]


class DueFrame:
    """A picture that is to be analysed, with its judged stream time and whence it came."""

    __slots__ = ("feed", "frame", "media_s")

    def __init__(self, frame: RawFrame, media_s: float, feed: "Feed") -> None:
        self.frame, self.media_s, self.feed = frame, media_s, feed


class Feed:
    """The pictures of one run of one stream, as they are due; used by that run's reading thread.

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
        self._waits_for_key = True
        self._size: tuple[int, int] | None = None
        self.decoded = 0
        self.interlaced = False
        self.resized = False

    @property
    def info(self) -> StreamInfo:
        """What the stream says of itself."""
        return self.source.info

    def take(self, packet: Packet) -> tuple[int, list[DueFrame]]:
        """How many pictures the packet completed, and those that are due.

        Raises `Corrupt` if it cannot be decoded; the next key frame heals. Where pictures change
        their size `resized` becomes true and nothing more comes.
        """
        count, due = 0, list[DueFrame]()
        for each in [*self._before(packet), packet]:
            for frame in self._decode(each):
                count += 1
                media_s = self._stamps.read(frame.media_s, frame.packet.arrived_s).s
                if self.watch is not None:
                    self.watch.timed(frame, media_s)
                if frame.packet.arrived_s > self._from_s and self._sampler.due(media_s):
                    due.append(DueFrame(frame, media_s, self))
        return count, due

    def _before(self, packet: Packet) -> list[Packet]:
        backlog, self._backlog = self._backlog, None
        held = [] if backlog is None else backlog()
        return [old for old in held if old.run_id == packet.run_id and old.index < packet.index]

    def _decode(self, packet: Packet) -> list[RawFrame]:
        if packet.is_key:
            self._waits_for_key = False
        if self._waits_for_key or self.resized:
            return []
        try:
            frames = self._decoder.decode(packet)
        except Corrupt:
            self._waits_for_key = True
            raise
        self.decoded += len(frames)
        if frames:
            size = (frames[0].width, frames[0].height)
            self.resized = self._size not in (None, size)
            self._size, self.interlaced = size, frames[0].interlaced
        return [] if self.resized else frames
