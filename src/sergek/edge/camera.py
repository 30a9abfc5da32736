"""One camera at work: its streams, ring, analysis, ledger, live view and what is said of it."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from sergek.core.camera import Camera, SourceUrl
from sergek.core.clock import Clock
from sergek.core.coverage import GapReason
from sergek.core.frame import Packet, StreamRole
from sergek.core.live import CameraState, CameraStatus
from sergek.core.ports import Bus, Detector, FrameSource, OpenSource
from sergek.edge.analysing import Analysing
from sergek.edge.assessing import SiteWatch
from sergek.edge.choice import StreamChoice
from sergek.edge.connection import Condition, Connection
from sergek.edge.feed import DueFrame, Feed
from sergek.edge.holding import Holding
from sergek.edge.lateness import Lateness
from sergek.edge.ledger import Ledger
from sergek.edge.live import LiveView
from sergek.edge.rates import Rate
from sergek.edge.retrieval import MainPictures
from sergek.edge.ring import PacketRing
from sergek.edge.settings import EdgeSettings
from sergek.edge.vehicles import Vehicle
from sergek.vision.settings import TrackerSettings

__all__ = ["CameraWorker"]

_TZ = ZoneInfo("Asia/Almaty")
_INTERLACED = "the stream is interlaced, which costs detail: set the camera to progressive pictures"


class CameraWorker:
    """Feeds one camera's pictures to the worker and keeps its books.

    With a sub stream that one is analysed and the main stream only kept in the ring; without
    one, or while it is lost, the main stream is decoded once, for both. `offer(worker, due)`
    hands a picture over for analysis and must not block. `analyse` and `finish` are called by one
    analysis thread at a time. With `begin_watch` the camera is a site's: its main stream alone is
    analysed, and each run gets a watch of its own.
    """

    def __init__(
        self,
        camera: Camera,
        settings: EdgeSettings,
        tracking: TrackerSettings,
        detector: Detector,
        open_source: OpenSource,
        bus: Bus,
        clock: Clock,
        *,
        offer: Callable[["CameraWorker", DueFrame], None],
        covered_until: datetime | None = None,
        begin_watch: Callable[[], SiteWatch] | None = None,
    ) -> None:
        self.camera, self._begin_watch = camera, begin_watch
        sub = camera.sub if begin_watch is None else None
        self._settings, self._clock, self._offer = settings, clock, offer
        self.ring = PacketRing(settings.ring_s, settings.ring_max_bytes)
        self.live = LiveView(camera.id, bus, self.ring, clock)
        self.pictures = MainPictures(self.ring)
        self.ledger = Ledger(
            camera.id,
            clock.now(),
            covered_until=covered_until,
            settle_s=settings.ledger_settle_s,
            max_span_s=settings.ledger_span_s,
        )
        self.analysing = Analysing(
            camera,
            settings,
            tracking,
            detector,
            self.ledger,
            self.live,
            clock,
            holding=None if begin_watch is None else Holding(self.ring, settings),
        )
        self._choice = StreamChoice(
            has_sub=sub is not None,
            lost_s=settings.sub_lost_s,
            back_s=settings.sub_back_s,
        )
        self._role = StreamRole.MAIN if sub is None else StreamRole.SUB
        self._feed: Feed | None = None
        # The sub stream's next feed, until its first picture is there.
        self._coming: Feed | None = None
        self._feeds = 0
        self._watches: dict[int, SiteWatch] = {}
        self._late = {role: Lateness(settings.late_s) for role in StreamRole}
        self._last_arrival_s = 0.0
        self.decoded = 0
        self._main_size: tuple[int, int] | None = None
        self._received = Rate(clock)
        self._last_picture: datetime | None = None
        self._passages: tuple[str, int] = ("", 0)
        self.main = self._connection(camera.main, StreamRole.MAIN, open_source)
        self.sub = None if sub is None else self._connection(sub, StreamRole.SUB, open_source)

    def _connection(self, url: str, role: StreamRole, open_source: OpenSource) -> Connection:
        return Connection(
            url.secret() if isinstance(url, SourceUrl) else url,
            open_source,
            self._settings,
            self._clock,
            begun=lambda source: self._begun(role, source),
            packet=lambda source, packet: self._packet(role, source, packet),
            changed=lambda condition: self._changed(role, condition),
            loop=self.camera.loop,
            name=f"{self.camera.id}-{role}",
        )

    def start(self) -> None:
        """Open the streams."""
        self.ledger.absent(self._clock.now(), GapReason.STARTING)
        for connection in self._connections():
            connection.start()

    def stop(self) -> None:
        """Close the streams."""
        for connection in self._connections():
            connection.stop()

    def restart(self) -> None:
        """Open the streams anew."""
        for connection in self._connections():
            connection.restart()

    def supervise(self) -> None:
        """Watchdog, choice of the stream, and books; several times a second."""
        for connection in self._connections():
            connection.supervise()
        if self.sub is None:
            return
        states = self.main.condition.state, self.sub.condition.state
        wanted = self._choice.wanted(self._role, *states, self._clock.monotonic_s())
        if wanted is StreamRole.MAIN and self._role is StreamRole.SUB:
            self._fall_back()
        elif wanted is StreamRole.SUB and self._role is StreamRole.MAIN and self._coming is None:
            source = self.sub.source
            self._coming = None if source is None else self._new_feed(StreamRole.SUB, source)

    def _connections(self) -> list[Connection]:
        return [each for each in (self.main, self.sub) if each is not None]

    @property
    def _analysed(self) -> Connection:
        """The stream that is analysed now."""
        return self.main if self._role is StreamRole.MAIN or self.sub is None else self.sub

    # --- on the streams' threads -----------------------------------------------------------

    def _begun(self, role: StreamRole, source: FrameSource) -> None:
        info = source.info
        self._late[role] = Lateness(self._settings.late_s)
        if role is StreamRole.MAIN:
            self._main_size = (info.width, info.height)
            self.pictures.begun(source)
            self.live.begun(info)
        else:
            self._coming = None
        if role is self._role:
            self._feed = self._new_feed(role, source)

    def _new_feed(self, role: StreamRole, source: FrameSource) -> Feed:
        self._feeds += 1
        watch = None if self._begin_watch is None else self._begin_watch()
        if watch is not None:
            # Vehicles of the feed before may still be on their way to be assessed.
            self._watches = dict([*list(self._watches.items())[-5:], (self._feeds, watch)])
        return Feed(self._feeds, role, source, self._settings.analysed_fps, watch=watch)

    def watch_of(self, feed: int) -> SiteWatch | None:
        """The site's watch over that feed; None for a camera without a site."""
        return self._watches.get(feed)

    def _fall_back(self) -> None:
        """The sub stream is lost: go on with the main one, from where it broke off."""
        source, lost_s = self.main.source, self._last_arrival_s
        if source is None:
            return
        self._feeds += 1
        self._feed = Feed(
            self._feeds,
            StreamRole.MAIN,
            source,
            self._settings.analysed_fps,
            backlog=lambda: self.ring.between(lost_s, self._clock.monotonic_s()),
            from_s=lost_s,
        )
        self._take_over(StreamRole.MAIN)

    def _take_over(self, role: StreamRole) -> None:
        self._role = role
        self._changed(role, self._analysed.condition)

    def _packet(self, role: StreamRole, source: FrameSource, packet: Packet) -> None:
        late = self._late[role].packet(packet)
        if role is StreamRole.MAIN:
            self.ring.push(packet)
            self.live.packet(packet)
        coming, feed = self._coming, self._feed
        if coming is not None and coming.source is source:
            self._try(coming, packet)
        elif feed is not None and feed.source is source:
            self._last_arrival_s = packet.arrived_s
            self.ledger.received(packet.captured_at)
            if late is not None:
                self.ledger.remarked(packet.captured_at, GapReason.LATE)
            self._received.count()
            self._take(feed, packet)

    def _try(self, coming: Feed, packet: Packet) -> None:
        """The sub stream is back: its first picture takes over from the main stream."""
        if self._take(coming, packet):
            self._feed, self._coming = coming, None
            self._take_over(StreamRole.SUB)

    def _take(self, feed: Feed, packet: Packet) -> int:
        """How many pictures the packet gave; those that are due are offered for analysis."""
        count, due, damaged = feed.take(packet)
        if damaged:
            self.ledger.hindered(packet.captured_at, GapReason.DECODE_ERROR)
        if feed.resized:
            # Another size is another geometry: begin a run that says so from its start.
            (self.main if feed.role is StreamRole.MAIN else self.sub or self.main).restart()
            return 0
        self.decoded += count
        if count:
            self._last_picture = packet.captured_at
        for each in due:
            self._offer(self, each)
        return count

    def _changed(self, role: StreamRole, condition: Condition) -> None:
        if role is self._role:
            reason = condition.reason
            if condition.state is CameraState.LIVE:
                # A silence on an open connection is a stall, until the watchdog says more.
                reason = GapReason.STALLED
            self.ledger.absent(self._clock.now(), reason)

    # --- on an analysis thread ---------------------------------------------------------------

    def analyse(self, due: DueFrame) -> list[Vehicle]:
        """Analyse one picture; the vehicles whose way it ended."""
        return self.analysing.take(due, self._main_size)

    def ended(self) -> list[Vehicle]:
        """The vehicles of a run that is over, once: they wait for no reconnection."""
        if not self.analysing.running or self._analysed.condition.state is CameraState.LIVE:
            return []
        return self.analysing.finish()

    def finish(self) -> list[Vehicle]:
        """Nothing more comes of the present run: the vehicles still on the picture."""
        return self.analysing.finish()

    # --- books ---------------------------------------------------------------------------------

    def recorded_one(self, at: datetime) -> None:
        """A passage became durable; counted per local day."""
        day = at.astimezone(_TZ).date().isoformat()
        self._passages = (day, self._passages[1] + 1 if self._passages[0] == day else 1)

    def status(self, trouble: str = "") -> CameraStatus:
        """What an officer needs to know now; `trouble` is the recorder's."""
        analysed = self._analysed
        reason, sentence = self._remark(trouble)
        source = self.main.source or analysed.source
        info = None if source is None else source.info
        today = self._clock.now().astimezone(_TZ).date().isoformat()
        return CameraStatus(
            camera_id=self.camera.id,
            at=self._clock.now(),
            state=analysed.condition.state,
            reason=reason,
            sentence=sentence,
            run_id=None if info is None else info.run_id,
            codec=self.live.codec or (None if info is None else info.codec),
            width=None if info is None else info.width,
            height=None if info is None else info.height,
            fps_received=self._received.per_second(),
            fps_analysed=self.analysing.rate.per_second(),
            gate_open_share=round(self.analysing.gate_open_share, 4),
            ring_bytes=self.ring.held_bytes,
            ring_s=round(self.ring.held_s, 2),
            stages_ms=self.analysing.times.means(),
            passages_today=self._passages[1] if self._passages[0] == today else 0,
            last_picture_at=self._last_picture,
        )

    def _remark(self, trouble: str) -> tuple[GapReason, str]:
        """What is amiss, the gravest first, and a sentence that says so."""
        condition, late = self._analysed.condition, self._late[self._role].late
        if condition.state is not CameraState.LIVE or condition.sentence:
            return condition.reason, condition.sentence
        if trouble:
            return GapReason.DISK_FULL, trouble
        if late is not None:
            return GapReason.LATE, late.sentence
        if self.sub is not None and self._role is StreamRole.MAIN:
            why = self.sub.condition.sentence or "no sub stream"
            return GapReason.SUB_LOST, f"the main stream is analysed instead of the other: {why}"
        if self.main.condition.state is not CameraState.LIVE:
            why = self.main.condition.sentence or "no main stream"
            return GapReason.MAIN_LOST, f"plates cannot be read: {why}"
        feed = self._feed
        return GapReason.NONE, _INTERLACED if feed is not None and feed.interlaced else ""
