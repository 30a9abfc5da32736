"""An edge worker: several cameras, from ingest to durable passages, in one process."""

import json
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sergek.core.camera import Camera
from sergek.core.clock import Clock, SystemClock
from sergek.core.coverage import GapReason
from sergek.core.disqualification import Disqualification, disqualification_event
from sergek.core.live import subject
from sergek.core.passage import Passage
from sergek.core.ports import Bus, Detector, EventLog, EvidenceStore, OpenSource, PlateReader
from sergek.edge.assessing import SiteWatch
from sergek.edge.camera import CameraWorker
from sergek.edge.drifting import DriftGuard
from sergek.edge.feed import DueFrame
from sergek.edge.reading import PlateVerdict, Reading, drafted, judged
from sergek.edge.recorder import Recorder
from sergek.edge.sealing import Sealing, SitePorts, gathered
from sergek.edge.settings import EdgeSettings
from sergek.edge.vehicles import Vehicle
from sergek.vision.settings import TrackerSettings

__all__ = ["EdgePorts", "EdgeWorker", "run_worker"]

_log = logging.getLogger(__name__)

_TICK_S = 0.25
# Far less than the two seconds at which the ledger sees a jump.
_ONE_MOMENT_S = 0.5
# Pictures that may wait per camera: more would only be older.
_WAITING = 2
# Vehicles that may wait for their plate to be read before fewer looks are taken.
_PATIENCE = 12
# At the end so long vehicles are still measured; of those left only the plate is read once.
_ORDERLY_S = 8.0
# Vehicles that may wait before pictures are left out: each holds pictures of some megabytes.
_MOST_PASSED = 32


@dataclass(frozen=True, slots=True)
class EdgePorts:
    """The world as the edge needs it.

    `readers` has a plate reader per kind of plates that a camera may ask for; without one for
    its kind, or without a `verdict`, a camera reads no plates. `covered_until` is where the stored
    gap ledger of an earlier process ends (`core.ports.CoverageStore`). Cameras in `sites` are
    measured and judged.
    """

    open_source: OpenSource
    detector: Detector
    log: EventLog
    evidence: EvidenceStore
    bus: Bus
    readers: Mapping[str, PlateReader] = field(default_factory=dict)
    verdict: PlateVerdict | None = None
    covered_until: Callable[[str], datetime | None] = lambda _camera_id: None
    sites: SitePorts | None = None
    clock: Clock = field(default_factory=SystemClock)


class EdgeWorker:
    """Owns cameras: `start`, `stop`; all else happens on its threads."""

    def __init__(
        self,
        settings: EdgeSettings,
        cameras: Sequence[Camera],
        ports: EdgePorts,
        tracking: TrackerSettings | None = None,
    ) -> None:
        self._settings, self._ports = settings, ports
        self.recorder = Recorder(
            ports.log, ports.evidence, settings, ports.clock, recorded=self._recorded
        )
        self._sealing = None
        if ports.sites is not None:
            self._sealing = Sealing(ports.sites.seal, self.recorder.put)
        self.cameras = {
            camera.id: CameraWorker(
                camera,
                self._settings_of(camera),
                tracking or TrackerSettings(),
                ports.detector,
                ports.open_source,
                ports.bus,
                ports.clock,
                offer=self._offer,
                covered_until=ports.covered_until(camera.id),
                begin_watch=self._watching(camera),
            )
            for camera in cameras
        }
        self._readings = {
            camera.id: Reading(
                camera,
                ports.readers.get(camera.plates),
                ports.verdict,
                self._settings_of(camera),
            )
            for camera in cameras
        }
        self._due: dict[str, deque[DueFrame]] = {camera.id: deque() for camera in cameras}
        self._turns: deque[str] = deque()
        self._busy: set[str] = set()
        self._work = threading.Condition()
        # What the plate reader does next; True: the vehicle's way is over, make it a passage.
        self._passed: queue.SimpleQueue[tuple[CameraWorker, Vehicle, bool] | None] = (
            queue.SimpleQueue()
        )
        self._stopping = threading.Event()
        self._stop_by_s = float("inf")
        self._threads: list[threading.Thread] = []

    def _settings_of(self, camera: Camera) -> EdgeSettings:
        judged_here = self._ports.sites is not None and camera.id in self._ports.sites.sites
        return self._settings.of_site() if judged_here else self._settings

    def _watching(self, camera: Camera) -> Callable[[], SiteWatch] | None:
        """What begins the site's watch over a new run of the camera; None without a site."""
        ports = self._ports.sites
        if ports is None or camera.id not in ports.sites:
            return None
        site_now = partial(ports.sites.of, camera.id)
        guard = DriftGuard(
            site_now().id,
            camera.id,
            ports.references,
            self._disqualified,
            every_s=self._settings.drift_every_s,
        )
        return partial(SiteWatch, site_now, camera.id, ports.lines_of, live=True, guard=guard)

    def _disqualified(self, found: Disqualification) -> None:
        _log.warning("camera %s moved by %.1f px", found.camera_id, found.shift_px)
        self.recorder.note(disqualification_event(found))

    def start(self) -> None:
        """Open every camera and begin."""
        self.recorder.start()
        if self._sealing is not None:
            self._sealing.start()
        jobs = [(self._analyse, f"analysis-{n}") for n in range(self._settings.analysis_threads)]
        jobs += [(self._read_plates, "plates"), (self._tick, "supervisor")]
        for job, name in jobs:
            thread = threading.Thread(target=job, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)
        self._ports.bus.subscribe(subject("watch", "*"), self._watch)
        self._ports.bus.subscribe(subject("restart", "*"), self._restart)
        for camera in self.cameras.values():
            camera.start()

    def stop(self) -> int:
        """Close every camera and make durable what is known; how many facts could not be."""
        for camera in self.cameras.values():
            camera.stop()
        self._stop_by_s = self._ports.clock.monotonic_s() + _ORDERLY_S
        self._stopping.set()
        with self._work:
            self._work.notify_all()
        for thread in self._threads:
            if thread.name != "plates":
                thread.join(10)
        for camera in self.cameras.values():
            for vehicle in camera.finish():
                self._passed.put((camera, vehicle, True))
            self.recorder.cover(camera.ledger.close(self._ports.clock.now()))
        self._passed.put(None)
        for thread in self._threads:
            thread.join(20)
        if self._sealing is not None:
            self._sealing.stop()
        return self.recorder.stop()

    @property
    def busy(self) -> bool:
        """Whether pictures or vehicles wait to be dealt with, or are being dealt with."""
        with self._work:
            waiting = any(self._due.values()) or bool(self._busy)
        return waiting or not self._passed.empty()

    # --- pictures: any camera's turn, one thread per camera at a time ------------------------

    def _offer(self, camera: CameraWorker, due: DueFrame) -> None:
        captured_at = due.frame.packet.captured_at
        if self.recorder.full:
            camera.ledger.hindered(captured_at, GapReason.DISK_FULL)
            return
        if self._passed.qsize() > _MOST_PASSED:
            camera.ledger.hindered(captured_at, GapReason.OVERLOAD)
            return
        name = camera.camera.id
        with self._work:
            waiting = self._due[name]
            if len(waiting) >= _WAITING:
                late = waiting.popleft()
                camera.ledger.hindered(late.frame.packet.captured_at, GapReason.OVERLOAD)
            waiting.append(due)
            if name not in self._busy and name not in self._turns:
                self._turns.append(name)
                self._work.notify()

    def _next(self) -> tuple[CameraWorker, DueFrame] | None:
        with self._work:
            while not self._turns:
                if self._stopping.is_set():
                    return None
                self._work.wait(0.5)
            name = self._turns.popleft()
            self._busy.add(name)
            return self.cameras[name], self._due[name].popleft()

    def _done(self, name: str) -> None:
        with self._work:
            self._busy.discard(name)
            if self._due[name]:
                self._turns.append(name)
                self._work.notify()

    def _analyse(self) -> None:
        while (turn := self._next()) is not None:
            camera, due = turn
            for vehicle in camera.analyse(due):
                self._passed.put((camera, vehicle, True))
            # Plates for the live picture are read when nothing else waits.
            near = camera.analysing.glance() if self._passed.empty() else None
            if near is not None:
                self._passed.put((camera, near, False))
            self._done(camera.camera.id)

    # --- plates and passages --------------------------------------------------------------------

    def _read_plates(self) -> None:
        while (item := self._passed.get()) is not None:
            camera, vehicle, over = item
            if not over:
                camera.pictures.glance(vehicle)
                self._readings[camera.camera.id].read(vehicle, 1)
                continue
            began_s = self._ports.clock.monotonic_s()
            most = self._looks_worth(camera.camera)
            camera.pictures.fill(vehicle, most)
            self._readings[camera.camera.id].read(vehicle, most)
            camera.analysing.times.add("read", vehicle.stages_ms.get("read", 0.0))
            best = vehicle.shelf.best
            since_s = began_s if best is None else best.arrived_s
            vehicle.stages_ms.update(camera.analysing.times.means())
            self._finish(camera, vehicle, self._ports.clock.monotonic_s() - since_s)

    def _looks_worth(self, camera: Camera) -> int:
        """How many looks at a vehicle are worth their time now: one, where no plate is read."""
        wanted = self._settings_of(camera)
        if camera.plates == "none":
            return 1
        if self._ports.clock.monotonic_s() > self._stop_by_s:
            return 1
        hurried = self._passed.qsize() >= _PATIENCE
        return wanted.hurried_looks if hurried else wanted.looks_per_vehicle

    def _finish(self, camera: CameraWorker, vehicle: Vehicle, after_s: float) -> None:
        draft = drafted(camera.camera, vehicle, after_s)
        watch = None if vehicle.held is None else camera.watch_of(vehicle.held.feed)
        if watch is None or self._sealing is None:
            self.recorder.put(draft)
            return
        draft = judged(draft, watch.assess(vehicle, draft.passage), watch.site.id)
        self._sealing.put(draft, gathered(draft, vehicle, watch, self._settings))

    def _recorded(self, passage: Passage) -> None:
        self.cameras[passage.camera_id].recorded_one(self._ports.clock.now())

    # --- supervision ------------------------------------------------------------------------------

    def _tick(self) -> None:
        said_s = 0.0
        while not self._stopping.wait(_TICK_S):
            for camera in self.cameras.values():
                camera.supervise()
                for vehicle in camera.ended():
                    self._passed.put((camera, vehicle, True))
            now_s = self._ports.clock.monotonic_s()
            if now_s - said_s < 1.0:
                continue
            said_s = now_s
            trouble = self.recorder.fault
            for camera in self.cameras.values():
                self.recorder.cover(camera.ledger.settled(*self._clocks()))
                status = camera.status(trouble)
                self._ports.bus.publish(
                    subject("status", camera.camera.id), status.model_dump_json().encode()
                )

    def _clocks(self) -> tuple[datetime, float]:
        """Wall and monotonic time of one moment: a thread that had to wait in between for its turn
        would take that for a clock that was set."""
        while True:
            before_s, now = self._ports.clock.monotonic_s(), self._ports.clock.now()
            after_s = self._ports.clock.monotonic_s()
            if after_s - before_s < _ONE_MOMENT_S:
                return now, after_s

    def _watch(self, heard: str, _: bytes) -> None:
        camera = self.cameras.get(heard.rsplit(".", 1)[-1])
        if camera is not None:
            camera.live.watch()

    def _restart(self, heard: str, _: bytes) -> None:
        camera = self.cameras.get(heard.rsplit(".", 1)[-1])
        if camera is not None:
            camera.restart()


def run_worker(
    settings: EdgeSettings,
    cameras: Sequence[Camera],
    ports: EdgePorts,
    stop: threading.Event,
    tracking: TrackerSettings | None = None,
) -> int:
    """Run a worker until `stop` is set; how many facts could not be made durable at the end."""
    worker = EdgeWorker(settings, cameras, ports, tracking)
    worker.start()
    _log.info("edge worker runs: %s", json.dumps(sorted(worker.cameras)))
    stop.wait()
    return worker.stop()
