"""One passage at one site: speed, ground path and every rule's verdict. The front door of
`traffic` for the edge: plate corners and times in, measurement and violations out."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from sergek.core.errors import ConfigError
from sergek.core.passage import PassagePlate
from sergek.core.site import Site, Survey
from sergek.core.speed import (
    CameraPose,
    PlateSize,
    PlateTrack,
    Rejection,
    SharpTrack,
    SpeedInputs,
    SpeedMeasurement,
)
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Fact, Violation
from sergek.traffic.calibration import calibrate, ground_at
from sergek.traffic.law.book import LawBook, law_book
from sergek.traffic.measure import Demands, demands_of, measure, plate_size, rejected, towed
from sergek.traffic.rules.judge import judge
from sergek.traffic.rules.verdict import LampChange, PassageFacts, Verdict, lane_at

__all__ = ["Assessment", "Assessor", "SeenPassage", "Sharpener", "speed_json", "violation_json"]

Array = NDArray[np.float64]

# (pose, size of the plate, lane's heading in degrees) → the track with exact corners, or None; it
# looks at the pictures, which this room does not know (`vision.plate_geometry`).
Sharpener = Callable[[CameraPose, PlateSize, float], SharpTrack | None]

# A plate's height where the track is too poor to tell: the middle of what is seen on the road.
_USUAL_HEIGHT_M = 0.6
# Faults after which no rule may accuse; the others only leave the speed unmeasured.
_SILENCING = (Rejection.CAMERA_MOVED, Rejection.CAMERA_UNCHECKED, Rejection.TOWED)
_REMEMBERED = 16


@dataclass(frozen=True, slots=True)
class SeenPassage:
    """A vehicle as the edge saw it: its plate's corners over its way through the picture.

    `happened_at` is the wall time of the track's first picture; `plate_lines` 1 or 2, None when
    the plate's layout is not known; `fault` what `ClockWatch` or the drift alarm says, or that the
    vehicle was seen on a carrier; `checked_at` when the camera last stood as surveyed.
    """

    passage_id: str
    camera_id: str
    vehicle_class: VehicleClass
    track: PlateTrack
    happened_at: datetime
    plate: PassagePlate | None = None
    plate_lines: int | None = 1
    lamps: tuple[LampChange, ...] = ()
    fault: Rejection | None = None
    checked_at: datetime | None = None
    live: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was measured of what was `seen`, and what every rule says; `facts` and `lane` are None
    where nothing could be placed on the road."""

    seen: SeenPassage
    speed: SpeedMeasurement
    inputs: SpeedInputs | None
    facts: PassageFacts | None
    verdicts: tuple[Verdict, ...]
    lane: int | None = None

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Those verdicts that accuse."""
        return tuple(v for v in self.verdicts if isinstance(v, Violation))


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """A measured vehicle and its plate's way over the ground."""

    camera_id: str
    speed: SpeedMeasurement
    times_s: Array
    path_m: Array

    def saw(self, media_s: float) -> bool:
        """Whether its plate was seen about that moment."""
        return bool(self.times_s[0] - 1.0 <= media_s <= self.times_s[-1] + 1.0)

    def place(self, media_s: float) -> Array:
        """Its plate's ground point then, driven on straight beyond what was seen."""
        moment = media_s - self.times_s.mean()
        way = np.polyfit(self.times_s - self.times_s.mean(), self.path_m, 1)
        return np.asarray(way[0] * moment + way[1])


class Assessor:
    """Judges passages of one site; calibrations are computed once per survey.

    `site` may be replaced by what it became after an act: the next passage is judged by that.

    The last measured vehicles are remembered: one that keeps its place to another and whose plate
    stands much higher or lower is towed. Any number of threads may ask.
    """

    def __init__(self, site: Site, law: LawBook | None = None) -> None:
        self.site = site
        self._law = law or law_book()
        self._poses: list[tuple[str, Survey, CameraPose]] = []
        self._recent: deque[_Measured] = deque(maxlen=_REMEMBERED)
        self._lock = threading.Lock()

    def pose_at(self, camera_id: str, when: datetime) -> CameraPose:
        """The pose that held; `ConfigError` if the camera was not calibrated then."""
        survey = self.site.survey_at(camera_id, when)
        for name, known, pose in self._poses:
            if name == camera_id and known is survey:
                return pose
        pose = calibrate(self.site.channel(camera_id), survey).pose
        self._poses.append((camera_id, survey, pose))
        return pose

    def assess(
        self,
        seen: SeenPassage,
        demands: Demands | None = None,
        sharpen: Sharpener | None = None,
    ) -> Assessment:
        """The measurement and all verdicts for one passage."""
        try:
            pose = self.pose_at(seen.camera_id, seen.happened_at)
        except ConfigError:
            speed = rejected(Rejection.NOT_CALIBRATED, len(seen.track.corners))
            return Assessment(seen, speed, None, None, ())
        times = [t for t in seen.track.media_s if t is not None]
        if len(times) < 2 or len(times) < len(seen.track.media_s):
            missing = len(times) < len(seen.track.media_s)
            reason = Rejection.PTS_MISSING if missing else Rejection.TOO_FEW_FRAMES
            return Assessment(seen, rejected(reason, len(times)), None, None, ())
        path = plate_path(pose, seen.track, _USUAL_HEIGHT_M)
        speed, inputs = self._measured(seen, pose, path, demands, sharpen)
        if speed.height_m is not None:
            path = plate_path(pose, seen.track, speed.height_m)
        if self._is_towed(_Measured(seen.camera_id, speed, np.array(times), path)):
            speed, inputs = rejected(Rejection.TOWED, speed.frames), None
        faults = (seen.fault, speed.reason)
        facts = PassageFacts(
            passage_id=seen.passage_id,
            camera_id=seen.camera_id,
            vehicle_class=seen.vehicle_class,
            times_s=np.array(times),
            path_m=path,
            front=_comes_nearer(seen.track),
            reference_s=times[0],
            happened_at=seen.happened_at,
            plate=seen.plate,
            speed=speed,
            lamps=seen.lamps,
            fault=next((fault for fault in faults if fault in _SILENCING), None),
            checked_at=seen.checked_at,
        )
        lane = lane_at(self.site, seen.happened_at, path[len(path) // 2])
        return Assessment(
            seen, speed, inputs, facts, tuple(judge(facts, self.site, self._law)), lane
        )

    def _is_towed(self, mine: "_Measured") -> bool:
        if mine.speed.kmh is None or mine.speed.media_s is None:
            return False
        with self._lock:
            others = [each for each in self._recent if each.camera_id == mine.camera_id]
            self._recent.append(mine)
        at_s = mine.speed.media_s
        ahead = mine.path_m[-1] - mine.path_m[0]
        along = ahead / np.hypot(*ahead)
        level = np.array([[along[1], -along[0]], along])
        around = [(each.speed, level @ each.place(at_s)) for each in others if each.saw(at_s)]
        return towed((mine.speed, level @ mine.place(at_s)), around)

    def _measured(
        self,
        seen: SeenPassage,
        pose: CameraPose,
        path: Array,
        demands: Demands | None,
        sharpen: Sharpener | None,
    ) -> tuple[SpeedMeasurement, SpeedInputs | None]:
        count = len(seen.track.corners)
        if seen.fault is not None:
            return rejected(seen.fault, count), None
        if not np.isfinite(path).all():
            return rejected(Rejection.NOT_RIGID, count), None
        if self._changes_lane(path, seen.happened_at):
            return rejected(Rejection.LANE_CHANGE, count), None
        lines = seen.plate_lines
        size = None if lines is None else plate_size(seen.vehicle_class, lines)
        channel = self.site.channel(seen.camera_id)
        heading = self._heading_deg(path, seen.happened_at)
        demands = demands or demands_of(channel)
        track = seen.track
        sharp = sharpen(pose, size, heading) if sharpen is not None and size is not None else None
        if sharp is not None:
            track = sharp.track
            demands = replace(
                demands,
                corner_sigma_px=sharp.corner_sigma_px,
                corner_bias_px=sharp.corner_bias_px,
            )
        return measure(track, pose, channel, size, heading, live=seen.live, demands=demands)

    def _changes_lane(self, path: Array, when: datetime) -> bool:
        lanes = {lane_at(self.site, when, path[i]) for i in (0, len(path) // 2, -1)}
        return len(lanes - {None}) > 1

    def _heading_deg(self, path: Array, when: datetime) -> float:
        """The lane's direction where the vehicle is; turned round if it drives against it."""
        way = path[-1] - path[0]
        driven = float(np.degrees(np.arctan2(way[0], way[1])))
        number = lane_at(self.site, when, path[len(path) // 2])
        for lane in self.site.lanes:
            if lane.number == number and lane.holds(when):
                against = abs((driven - lane.heading_deg + 180) % 360 - 180) > 90
                return (lane.heading_deg + 180 * against) % 360
        return driven % 360


def plate_path(pose: CameraPose, track: PlateTrack, height_m: float) -> Array:
    """Ground points (N, 2) under the plate's middle, the plate being that high."""
    middles = np.array(track.corners, dtype=float).mean(axis=1)
    return ground_at(pose, middles, height_m)


def _comes_nearer(track: PlateTrack) -> bool:
    """Whether the plate grows: then it is the vehicle's front."""
    corners = np.array(track.corners, dtype=float)
    wide = np.linalg.norm(corners[:, 1] + corners[:, 2] - corners[:, 0] - corners[:, 3], axis=1)
    order = np.arange(len(wide)) - (len(wide) - 1) / 2
    return bool(order @ wide > 0)


def speed_json(speed: SpeedMeasurement) -> dict[str, str | float | None]:
    """The `speed` of a passage as `sergek watch` prints it."""
    return {
        "kmh": None if speed.kmh is None else round(speed.kmh, 2),
        "u_kmh": None if speed.u_kmh is None else round(speed.u_kmh, 2),
        "status": speed.status,
        "reason": None if speed.reason is None else str(speed.reason),
    }


def violation_json(violations: Sequence[Violation]) -> list[dict[str, Fact | dict[str, Fact]]]:
    """The `violations` of a passage as `sergek watch` prints them."""
    return [
        {
            "offence": str(v.offence),
            "article": v.article,
            "media_s": round(v.media_s, 3),
            "limit_kmh": v.limit_kmh,
            "margin": f"{v.margin:.2f} {v.margin_unit}",
            "facts": v.facts,
            "package": v.package,
        }
        for v in violations
    ]
