"""One camera's pictures become vehicles: gate, detect, track, cross lines, choose looks."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sergek.core.camera import Camera
from sergek.core.frame import RawFrame
from sergek.core.geo import PixelLine
from sergek.core.ports import Detector
from sergek.core.vehicle import Box, Detection, VehicleClass
from sergek.edge.gate import LumaGate
from sergek.edge.looks import Look, LookShelf, TrackShelf, look_score, sharpness
from sergek.edge.settings import EdgeSettings
from sergek.edge.vehicles import Vehicle
from sergek.traffic.lines import LineWatch, lane_at
from sergek.vision.settings import TrackerSettings
from sergek.vision.tracker import Tracker, TrackState

__all__ = ["Analysed", "CameraAnalysis", "StageTimes"]

# Room around the box: detectors cut bumpers, and a plate's frame helps to find it.
_MARGIN = 0.08


@dataclass(frozen=True, slots=True)
class Analysed:
    """What one picture gave: vehicles seen now (with box) and those whose way is over.

    `persons` are boxes to mask before the picture is shown to anybody, `vehicles` all that the
    detector found, tracked or not.
    """

    media_s: float
    arrived_s: float
    gated: bool
    seen: tuple[tuple[Vehicle, Box], ...]
    finished: tuple[Vehicle, ...]
    persons: tuple[Box, ...] = ()
    vehicles: tuple[Box, ...] = ()


class StageTimes:
    """A running mean of milliseconds per stage, for the camera's page."""

    def __init__(self) -> None:
        self._means: dict[str, float] = {}

    def add(self, stage: str, ms: float) -> None:
        """One more measurement; about the last twenty count."""
        before = self._means.get(stage)
        self._means[stage] = ms if before is None else before + (ms - before) / 20

    def means(self) -> dict[str, float]:
        """Milliseconds per stage, rounded to hundredths."""
        return {stage: round(ms, 2) for stage, ms in self._means.items()}


class CameraAnalysis:
    """The analysis of one run of one camera; calls come from one thread at a time.

    All boxes are in main-stream pixels of size `main_size`, whichever stream is analysed.
    `crops` says that the analysed pictures are the main stream's own, so that looks are cut
    at once; otherwise a look only remembers when and where.
    """

    def __init__(
        self,
        camera: Camera,
        run_id: str,
        main_size: tuple[int, int],
        detector: Detector,
        settings: EdgeSettings,
        tracking: TrackerSettings,
        *,
        crops: bool,
        times: StageTimes | None = None,
        clock_ms: Callable[[], float] = lambda: time.perf_counter() * 1e3,
    ) -> None:
        self._camera, self._run_id, self._main_size = camera, run_id, main_size
        self._detector, self._settings, self._crops = detector, settings, crops
        self._gate = LumaGate(settings.gate_hold_s, settings.gate_refresh_s)
        self._tracker = Tracker(tracking)
        self._lines = LineWatch([PixelLine(*line) for line in camera.lines])
        self._vehicles: dict[int, Vehicle] = {}
        self._times = times or StageTimes()
        self._clock_ms = clock_ms
        self.network_calls = 0

    @property
    def run_id(self) -> str:
        """The run whose pictures these are."""
        return self._run_id

    @property
    def main_size(self) -> tuple[int, int]:
        """Width and height of the main stream's picture: what boxes are measured on."""
        return self._main_size

    @property
    def gate_open_share(self) -> float:
        """Share of the pictures that the motion gate let through."""
        return self._gate.open_share if self._settings.gate else 1.0

    def take(self, frame: RawFrame, media_s: float) -> Analysed:
        """Analyse one picture; `media_s` is the judged stream time."""
        began = self._clock_ms()
        if self._settings.gate and not self._gate.lets_through(frame.luma(), media_s):
            self._times.add("gate", self._clock_ms() - began)
            self._tracker.pause(media_s)
            return Analysed(media_s, frame.packet.arrived_s, gated=True, seen=(), finished=())
        gated_ms = self._clock_ms()
        found = self._detect(frame)
        detected_ms = self._clock_ms()
        states = self._tracker.update(found, media_s)
        persons = tuple(d.box for d in found if d.vehicle_class is VehicleClass.PERSON)
        vehicles = tuple(d.box for d in found if d.vehicle_class is not VehicleClass.PERSON)
        result = self._follow(states, frame, media_s, persons, vehicles)
        ended = self._clock_ms()
        for stage, ms in (
            ("gate", gated_ms - began),
            ("detect", detected_ms - gated_ms),
            ("track", ended - detected_ms),
        ):
            self._times.add(stage, ms)
        return result

    def finish(self) -> list[Vehicle]:
        """The run is over: every vehicle still on the picture, as it is."""
        return self._ended(self._tracker.finish())

    def _detect(self, frame: RawFrame) -> list[Detection]:
        most = self._settings.detection_width_px
        width, height = self._detector.picture_size(frame.width, frame.height, most)
        self.network_calls += 1
        found = self._detector.detect([frame.image(width, height)])[0]
        sx, sy = self._main_size[0] / width, self._main_size[1] / height
        return [Detection(d.box.scaled(sx, sy), d.vehicle_class, d.score) for d in found]

    def _follow(
        self,
        states: Sequence[TrackState],
        frame: RawFrame,
        media_s: float,
        persons: tuple[Box, ...],
        vehicles: tuple[Box, ...],
    ) -> Analysed:
        seen: list[tuple[Vehicle, Box]] = []
        # A vehicle that the detector missed on this picture still bears its own plate.
        known = vehicles + tuple(state.box for state in states if not state.finished)
        for state in states:
            if state.finished or state.detection is None:
                continue
            vehicle = self._known(state, frame, media_s)
            self._update(vehicle, state, frame, media_s)
            self._look(vehicle, state.box, frame, media_s, persons, known)
            if vehicle.confirmed:
                seen.append((vehicle, state.box))
        ended = self._ended([state for state in states if state.finished])
        return Analysed(
            media_s,
            frame.packet.arrived_s,
            gated=False,
            seen=tuple(seen),
            finished=tuple(ended),
            persons=persons,
            vehicles=vehicles,
        )

    def _known(self, state: TrackState, frame: RawFrame, media_s: float) -> Vehicle:
        if state.track_id not in self._vehicles:
            at = frame.packet.captured_at
            shelf = TrackShelf if self._settings.every_look else LookShelf
            self._vehicles[state.track_id] = Vehicle(
                track_id=state.track_id,
                run_id=self._run_id,
                first_box=state.box,
                first_s=media_s,
                first_at=at,
                shelf=shelf(self._settings.looks_per_vehicle, self._settings.look_gap_s),
                last_s=media_s,
                last_at=at,
                vehicle_class=state.vehicle_class,
            )
        return self._vehicles[state.track_id]

    def _update(self, vehicle: Vehicle, state: TrackState, frame: RawFrame, media_s: float) -> None:
        vehicle.moved(state.box, media_s, frame.packet.captured_at)
        vehicle.vehicle_class, vehicle.class_score = state.vehicle_class, state.class_score
        vehicle.confirmed = state.confirmed
        vehicle.crossings += self._lines.moved(state.track_id, state.box.centre, media_s)
        foot = ((state.box.x1 + state.box.x2) / 2, state.box.y2)
        lane = lane_at(self._camera.lanes, foot)
        if lane is not None:
            vehicle.lanes[lane] += 1

    def _look(
        self,
        vehicle: Vehicle,
        box: Box,
        frame: RawFrame,
        media_s: float,
        persons: tuple[Box, ...],
        vehicles: tuple[Box, ...],
    ) -> None:
        width, height = self._main_size
        box = box.clipped(width, height)
        if box.width < 8 or box.height < 8:
            return
        scale = (frame.width / width, frame.height / height)
        score = look_score(box, sharpness(frame, box, scale), width, height)
        if not vehicle.shelf.wants(media_s, score, box):
            return
        if self._crops and (frame.width, frame.height) != self._main_size:
            # The picture changed its size within the run: boxes are in pixels of the first one.
            return
        packet = frame.packet
        look = Look(
            box,
            media_s,
            packet.arrived_s,
            score,
            packet.index,
            persons=persons,
            vehicles=vehicles,
        )
        if self._crops:
            look.frame = frame
            look.cut(frame, _MARGIN)
        vehicle.shelf.put(look)

    def _ended(self, states: Sequence[TrackState]) -> list[Vehicle]:
        ended: list[Vehicle] = []
        for state in states:
            self._lines.forget(state.track_id)
            vehicle = self._vehicles.pop(state.track_id, None)
            if vehicle is not None and vehicle.passed(self._settings):
                ended.append(vehicle)
        return ended
