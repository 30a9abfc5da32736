"""One camera at work: its streams, ring, analysis, ledger, live view and what is said of it."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sergek.core.camera import Camera, SourceUrl
from sergek.core.clock import Clock
from sergek.core.coverage import GapReason
from sergek.core.errors import Corrupt
from sergek.core.frame import Packet, RawFrame, StreamInfo, StreamRole
from sergek.core.live import CameraState, CameraStatus
from sergek.core.ports import Bus, Detector, FrameSource, OpenSource, PacketDecoder
from sergek.edge.analysis import CameraAnalysis, StageTimes
from sergek.edge.connection import Condition, Connection
from sergek.edge.ledger import Ledger
from sergek.edge.live import LiveView
from sergek.edge.looks import Look
from sergek.edge.mediatime import MediaClock
from sergek.edge.rates import Rate
from sergek.edge.retrieval import MainPictures
from sergek.edge.ring import PacketRing
from sergek.edge.sampler import Sampler
from sergek.edge.settings import EdgeSettings
from sergek.edge.vehicles import Vehicle
from sergek.vision.settings import TrackerSettings

__all__ = ["CameraWorker", "DueFrame"]

_TZ = ZoneInfo("Asia/Almaty")
# A plate that was read for the live picture is read again when the vehicle is so much larger.
_NEARER = 1.4


class DueFrame:
    """A picture that is to be analysed, with its judged stream time and the stream's figures."""

    __slots__ = ("frame", "info", "media_s")

    def __init__(self, frame: RawFrame, media_s: float, info: StreamInfo) -> None:
        self.frame, self.media_s, self.info = frame, media_s, info


class CameraWorker:
    """Feeds one camera's pictures to the worker and keeps its books.

    With a sub stream that one is analysed and the main stream only kept in the ring; else the
    main stream is decoded once, for both. `offer(worker, due)` hands a picture over for analysis
    and must not block. `analyse` and `finish` are called by one analysis thread at a time.
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
    ) -> None:
        self.camera = camera
        self._settings, self._tracking, self._detector = settings, tracking, detector
        self._clock, self._offer, self._bus = clock, offer, bus
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
        self.times = StageTimes()
        self._lock = threading.Lock()
        self._analysis: CameraAnalysis | None = None
        self._over = ""
        self._calls = 0
        self.decoded = 0
        self._seen: tuple[Vehicle, ...] = ()
        self._size: tuple[int, int] | None = None
        self._decoders: dict[StreamRole, tuple[FrameSource, PacketDecoder]] = {}
        self._stamps = MediaClock(None, realtime=True)
        self._sampler = Sampler(settings.analysed_fps)
        self._waits_for_key = True
        self._main_size: tuple[int, int] | None = None
        self._received, self._analysed = Rate(clock), Rate(clock)
        self._last_picture: datetime | None = None
        self._passages: tuple[str, int] = ("", 0)
        analysed = StreamRole.MAIN if camera.sub is None else StreamRole.SUB
        self._role = analysed
        self.main = self._connection(camera.main, StreamRole.MAIN, open_source)
        self.sub = (
            None
            if camera.sub is None
            else self._connection(camera.sub, StreamRole.SUB, open_source)
        )

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
        """Watchdog and books; several times a second."""
        for connection in self._connections():
            connection.supervise()

    @property
    def network_calls(self) -> int:
        """How often the detector was asked so far."""
        analysis = self._analysis
        return self._calls + (0 if analysis is None else analysis.network_calls)

    def _connections(self) -> list[Connection]:
        return [each for each in (self.main, self.sub) if each is not None]

    # --- on the streams' threads -----------------------------------------------------------

    def _begun(self, role: StreamRole, source: FrameSource) -> None:
        info = source.info
        if role is StreamRole.MAIN:
            self._main_size = (info.width, info.height)
            self.pictures.begun(source)
            self.live.begun(info)
        if role is self._role:
            self._decoders[role] = (source, source.decoder())
            self._stamps = MediaClock(info.nominal_fps, realtime=True)
            self._sampler = Sampler(self._settings.analysed_fps)
            self._waits_for_key = True
            self._size = None

    def _packet(self, role: StreamRole, source: FrameSource, packet: Packet) -> None:
        if role is StreamRole.MAIN:
            self.ring.push(packet)
            self.live.packet(packet)
        if role is not self._role:
            return
        reader, decoder = self._decoders[role]
        if reader is not source:
            return
        self.ledger.received(packet.captured_at)
        self._received.count()
        if packet.is_key:
            self._waits_for_key = False
        if self._waits_for_key:
            return
        try:
            frames = decoder.decode(packet)
        except Corrupt:
            self.ledger.hindered(packet.captured_at, GapReason.DECODE_ERROR)
            self._waits_for_key = True
            return
        self.decoded += len(frames)
        if frames and (frames[0].width, frames[0].height) != self._size:
            if self._size is not None:
                # Another size is another geometry: begin a run that says so from its start.
                (self.sub or self.main).restart()
                return
            self._size = (frames[0].width, frames[0].height)
        for frame in frames:
            self._last_picture = frame.packet.captured_at
            media_s = self._stamps.read(frame.media_s, frame.packet.arrived_s).s
            if self._sampler.due(media_s):
                self._offer(self, DueFrame(frame, media_s, source.info))

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
        with self._lock:
            if due.info.run_id == self._over:
                # Its vehicles are passages already; their track numbers must not come again.
                self.ledger.hindered(due.frame.packet.captured_at, GapReason.CLOSED)
                return []
            ended: list[Vehicle] = []
            analysis = self._analysis
            if analysis is None or analysis.run_id != due.info.run_id:
                if analysis is not None:
                    ended = analysis.finish()
                    self._calls += analysis.network_calls
                analysis = self._analysis = self._begin_analysis(due)
            result = analysis.take(due.frame, due.media_s)
            self.ledger.analysed(due.frame.packet.captured_at)
            self._analysed.count()
            if not result.gated:
                self._seen = tuple(vehicle for vehicle, _ in result.seen)
                self.live.boxes(result.seen, result.arrived_s, *analysis.main_size)
            return [*ended, *result.finished]

    def glance(self) -> Vehicle | None:
        """While somebody watches: the nearest vehicle in sight whose plate is worth a read now.

        Each is glanced at once, and again when it has come much nearer. Where a sub stream is
        analysed the pictures still lie in the ring, and a look that is only shown is not worth
        decoding them.
        """
        if not self.live.watched or self._role is not StreamRole.MAIN:
            return None
        legible = [(look.box.width, vehicle) for vehicle, look in self._unread()]
        width, vehicle = max(legible, key=lambda pair: pair[0], default=(0.0, None))
        if vehicle is not None:
            vehicle.glanced_px = width
        return vehicle

    def _unread(self) -> Iterator[tuple[Vehicle, Look]]:
        for vehicle in self._seen:
            look = vehicle.shelf.best
            if look is None or look.read or look.crop is None:
                continue
            nearer = look.box.width >= _NEARER * vehicle.glanced_px
            if nearer and look.box.width >= self._settings.plate_min_vehicle_px:
                yield vehicle, look

    def ended(self) -> list[Vehicle]:
        """The vehicles of a run that is over, once: they wait for no reconnection."""
        watched = self.sub or self.main
        analysis = self._analysis
        if analysis is None or watched.condition.state is CameraState.LIVE:
            return []
        return self.finish()

    def finish(self) -> list[Vehicle]:
        """Nothing more comes of the present run: the vehicles still on the picture."""
        with self._lock:
            analysis, self._analysis = self._analysis, None
            if analysis is None:
                return []
            self._over = analysis.run_id
            self._calls += analysis.network_calls
            return analysis.finish()

    def _begin_analysis(self, due: DueFrame) -> CameraAnalysis:
        own = (due.frame.width, due.frame.height)
        main_size = own if self._role is StreamRole.MAIN else self._main_size or own
        return CameraAnalysis(
            self.camera,
            due.info.run_id,
            main_size,
            self._detector,
            self._settings,
            self._tracking,
            crops=self._role is StreamRole.MAIN,
            times=self.times,
        )

    # --- books ---------------------------------------------------------------------------------

    def recorded_one(self, at: datetime) -> None:
        """A passage became durable; counted per local day."""
        day = at.astimezone(_TZ).date().isoformat()
        self._passages = (day, self._passages[1] + 1 if self._passages[0] == day else 1)

    def status(self, trouble: str = "") -> CameraStatus:
        """What an officer needs to know now; `trouble` is the recorder's."""
        watched = self.sub or self.main
        condition = watched.condition
        sentence = condition.sentence or trouble
        if condition.state is CameraState.LIVE and self.main.condition.state is not condition.state:
            sentence = f"plates cannot be read: {self.main.condition.sentence or 'no main stream'}"
        source = self.main.source or watched.source
        info = None if source is None else source.info
        analysis = self._analysis
        today = self._clock.now().astimezone(_TZ).date().isoformat()
        return CameraStatus(
            camera_id=self.camera.id,
            at=self._clock.now(),
            state=condition.state,
            reason=GapReason.DISK_FULL if trouble and not condition.sentence else condition.reason,
            sentence=sentence,
            run_id=None if info is None else info.run_id,
            codec=self.live.codec or (None if info is None else info.codec),
            width=None if info is None else info.width,
            height=None if info is None else info.height,
            fps_received=self._received.per_second(),
            fps_analysed=self._analysed.per_second(),
            gate_open_share=0.0 if analysis is None else round(analysis.gate_open_share, 4),
            ring_bytes=self.ring.held_bytes,
            ring_s=round(self.ring.held_s, 2),
            stages_ms=self.times.means(),
            passages_today=self._passages[1] if self._passages[0] == today else 0,
            last_picture_at=self._last_picture,
        )
