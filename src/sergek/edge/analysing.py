"""Every due picture to the analysis of its run, whichever stream it came from."""

import threading
import uuid
from collections import deque
from collections.abc import Iterator, Sequence

from sergek.core.camera import Camera
from sergek.core.clock import Clock
from sergek.core.coverage import GapReason
from sergek.core.frame import StreamRole
from sergek.core.ports import Detector
from sergek.edge.analysis import CameraAnalysis, StageTimes
from sergek.edge.feed import DueFrame, Feed
from sergek.edge.holding import Holding
from sergek.edge.ledger import Ledger
from sergek.edge.live import LiveView
from sergek.edge.looks import Look
from sergek.edge.rates import Rate
from sergek.edge.settings import EdgeSettings
from sergek.edge.vehicles import Vehicle
from sergek.vision.settings import TrackerSettings

__all__ = ["Analysing"]

# A plate that was read for the live picture is read again when the vehicle is so much larger.
_NEARER = 1.4
# Runs whose names may come again: a camera's two streams and what they were before.
_REMEMBERED = 16


class Analysing:
    """The analyses of one camera, one after another; calls come from one thread at a time.

    Another connection, another of the camera's streams or another size of the main stream is
    another analysis with a run id of its own: track numbers never come again. `holding` is there
    where the camera is a site's.
    """

    def __init__(
        self,
        camera: Camera,
        settings: EdgeSettings,
        tracking: TrackerSettings,
        detector: Detector,
        ledger: Ledger,
        live: LiveView,
        clock: Clock,
        holding: Holding | None = None,
    ) -> None:
        self._camera, self._settings, self._tracking = camera, settings, tracking
        self._detector, self._ledger, self._live = detector, ledger, live
        self._holding = holding
        self._fed: Feed | None = None
        self.times = StageTimes()
        self.rate = Rate(clock)
        self._lock = threading.Lock()
        self._analysis: CameraAnalysis | None = None
        self._feed = self._over = 0
        self._used: deque[str] = deque(maxlen=_REMEMBERED)
        self._calls = self.taken = 0
        self._seen: tuple[Vehicle, ...] = ()

    @property
    def running(self) -> bool:
        """Whether vehicles may be on the picture."""
        return self._analysis is not None

    @property
    def network_calls(self) -> int:
        """How often the detector was asked so far."""
        analysis = self._analysis
        return self._calls + (0 if analysis is None else analysis.network_calls)

    @property
    def gate_open_share(self) -> float:
        """Share of the present run's pictures that the motion gate let through."""
        analysis = self._analysis
        return 0.0 if analysis is None else analysis.gate_open_share

    def take(self, due: DueFrame, main_size: tuple[int, int] | None) -> list[Vehicle]:
        """Analyse one picture; the vehicles whose way it ended.

        `main_size` is the main stream's, None while it is unknown.
        """
        captured_at, own = due.frame.packet.captured_at, (due.frame.width, due.frame.height)
        size = own if due.feed.role is StreamRole.MAIN else main_size or own
        with self._lock:
            if due.feed.number < self._feed or due.feed.number == self._over:
                # Its vehicles are passages already.
                self._ledger.hindered(captured_at, GapReason.CLOSED)
                return []
            ended: list[Vehicle] = []
            analysis = self._analysis
            stale = analysis is not None and (
                due.feed.number != self._feed
                or (due.feed.role is StreamRole.SUB and analysis.main_size != size)
            )
            if analysis is None or stale:
                ended = self._end()
                analysis = self._analysis = self._begin(due, size)
            if due.feed.watch is not None:
                due.feed.watch.look(due.frame, due.media_s, captured_at)
            result = analysis.take(due.frame, due.media_s)
            if self._holding is not None and not result.gated:
                self._holding.seen(due.frame, result)
            self._ledger.analysed(captured_at)
            self.rate.count()
            self.taken += 1
            if not result.gated:
                self._seen = tuple(vehicle for vehicle, _ in result.seen)
                self._live.boxes(result.seen, result.arrived_s, *analysis.main_size)
            return [*ended, *self._held(result.finished)]

    def glance(self) -> Vehicle | None:
        """While somebody watches: the nearest vehicle in sight whose plate is worth a read now.

        Each is glanced at once, and again when it has come much nearer.
        """
        if not self._live.watched:
            return None
        legible = [(look.box.width, vehicle) for vehicle, look in self._unread()]
        width, vehicle = max(legible, key=lambda pair: pair[0], default=(0.0, None))
        if vehicle is not None:
            vehicle.glanced_px = width
        return vehicle

    def finish(self) -> list[Vehicle]:
        """Nothing more comes of the present run: the vehicles still on the picture."""
        with self._lock:
            self._over = self._feed
            return self._end()

    def _unread(self) -> Iterator[tuple[Vehicle, Look]]:
        for vehicle in self._seen:
            look = vehicle.shelf.best
            if look is None or look.read:
                continue
            nearer = look.box.width >= _NEARER * vehicle.glanced_px
            if nearer and look.box.width >= self._settings.plate_min_vehicle_px:
                yield vehicle, look

    def _end(self) -> list[Vehicle]:
        analysis, self._analysis, self._seen = self._analysis, None, ()
        if analysis is None:
            return []
        self._calls += analysis.network_calls
        return self._held(analysis.finish())

    def _held(self, vehicles: Sequence[Vehicle]) -> list[Vehicle]:
        """The vehicles with what a case of theirs would need; as they are without a site."""
        feed = self._fed
        if self._holding is None or feed is None or feed.watch is None:
            return list(vehicles)
        return self._holding.held(vehicles, feed.number, feed.info)

    def _begin(self, due: DueFrame, main_size: tuple[int, int]) -> CameraAnalysis:
        self._feed, self._fed = due.feed.number, due.feed
        run_id = due.feed.info.run_id
        if run_id in self._used:
            run_id = uuid.uuid4().hex
        self._used.append(run_id)
        return CameraAnalysis(
            self._camera,
            run_id,
            main_size,
            self._detector,
            self._settings,
            self._tracking,
            crops=due.feed.role is StreamRole.MAIN,
            times=self.times,
        )
