"""One channel of a site over one run: lamps and drift watched, finished vehicles assessed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import cv2
import numpy as np

from sergek.core.errors import ConfigError
from sergek.core.frame import RawFrame
from sergek.core.passage import Passage
from sergek.core.plate import Corners
from sergek.core.site import Site
from sergek.core.speed import CameraPose, PlateSize, PlateTrack, Rejection, SharpTrack
from sergek.edge.looks import Look
from sergek.edge.vehicles import Vehicle
from sergek.traffic.assess import Assessment, Assessor, SeenPassage
from sergek.traffic.lens import project
from sergek.traffic.timebase import ClockWatch
from sergek.vision.drift import DriftState, DriftWatch
from sergek.vision.lamps import LampWatch
from sergek.vision.plate_alignment import Patch
from sergek.vision.plate_geometry import sharpened

__all__ = ["SiteWatch"]

_KEPT_S = 180.0


class SiteWatch:
    """Feed it every analysed picture, then every vehicle whose way is over.

    `lines_of` tells how many lines a layout has (None: unknown); `started_at` replaces the
    pictures' own wall time, for recordings. The first picture is the reference for drift.
    """

    def __init__(
        self,
        site: Site,
        camera_id: str,
        lines_of: Callable[[str], int | None],
        *,
        live: bool,
        started_at: datetime | None = None,
    ) -> None:
        self._site, self._camera_id, self._lines_of = site, camera_id, lines_of
        self._live, self._started_at = live, started_at
        self._assessor = Assessor(site)
        self._clock = ClockWatch()
        self._stamps: dict[float, tuple[int, float | None]] = {}
        self._count = 0
        self._first_s: float | None = None
        self._lamps = [LampWatch(h) for h in site.heads if h.camera_id == camera_id]
        self._drift: DriftWatch | None = None
        self._drift_s = 0.0

    def timed(self, frame: RawFrame, media_s: float) -> None:
        """Remember a picture's own stamp under its judged stream time; every picture, in order."""
        raw = frame.media_s
        if self._first_s is None:
            self._first_s = raw
        own = None if raw is None or self._first_s is None else raw - self._first_s
        self._stamps[media_s] = (self._count, own)
        self._count += 1
        if self._live:
            self._clock.note(own, frame.packet.arrived_s)
        while self._stamps and media_s - next(iter(self._stamps)) > _KEPT_S:
            del self._stamps[next(iter(self._stamps))]

    def look(self, frame: RawFrame, media_s: float, at: datetime) -> None:
        """Watch lamps and background on an analysed picture."""
        due = self._drift is None or media_s - self._drift_s >= DriftWatch.every_s
        if not due and not self._lamps:
            return
        image = frame.image()
        for lamp in self._lamps:
            lamp.look(image, media_s)
            lamp.forget(media_s - _KEPT_S)
        if self._drift is None:
            self._drift = DriftWatch(image, self._busy(self._started_at or at))
            self._drift_s = media_s
        elif due:
            self._drift.check(image)
            self._drift_s = media_s

    def assess(self, vehicle: Vehicle, passage: Passage) -> Assessment:
        """The measurement and verdicts for a vehicle that is gone."""
        looks = sorted(vehicle.plate_looks, key=lambda pair: pair[0].media_s)
        stamps = [self._stamps.get(look.media_s, (0, None)) for look, _ in looks]
        track = PlateTrack(
            frame_index=tuple(index for index, _ in stamps),
            media_s=tuple(own for _, own in stamps),
            arrived_s=tuple(look.arrived_s for look, _ in looks),
            corners=tuple(_on_picture(look, plate.corners) for look, plate in looks),
        )
        begun = looks[0][0].media_s if looks else vehicle.first_s
        if self._started_at is not None:
            happened_at = self._started_at + timedelta(seconds=begun)
        else:
            happened_at = vehicle.first_at + timedelta(seconds=begun - vehicle.first_s)
        layout = passage.plate.layout if passage.plate is not None else None
        seen = SeenPassage(
            passage_id=passage.passage_id,
            camera_id=self._camera_id,
            vehicle_class=passage.vehicle_class,
            track=track,
            happened_at=happened_at,
            plate=passage.plate,
            plate_lines=None if layout is None else self._lines_of(layout),
            lamps=tuple(change for lamp in self._lamps for change in lamp.changes),
            fault=self._fault(),
            live=self._live,
        )

        def sharpen(pose: CameraPose, size: PlateSize, heading_deg: float) -> SharpTrack | None:
            crops = [(look.crop, look.origin) for look, _ in looks if look.crop is not None]
            if len(crops) < len(looks):
                return None
            patches = [
                Patch(np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.uint8), origin)
                for crop, origin in crops
            ]
            return sharpened(track, patches, pose, size, heading_deg)

        return self._assessor.assess(seen, sharpen=sharpen)

    def _fault(self) -> Rejection | None:
        if self._drift is not None and self._drift.state is DriftState.MOVED:
            return Rejection.CAMERA_MOVED
        return self._clock.fault() if self._live else None

    def _busy(self, when: datetime) -> list[list[tuple[float, float]]]:
        """The lanes on the picture: where things move and no background is looked for."""
        try:
            pose = self._assessor.pose_at(self._camera_id, when)
        except ConfigError:
            return []
        size = (pose.width, pose.height)
        found = []
        for lane in self._site.lanes:
            ground = np.array([(x, y, 0.0) for x, y in lane.polygon_m])
            pixels = project(np.array(pose.parameters), size, ground)
            if np.isfinite(pixels).all():
                near = np.clip(pixels, -1e4, 1e4)
                found.append([(float(x), float(y)) for x, y in near])
        return found


def _on_picture(look: Look, corners: Corners) -> Corners:
    x0, y0 = look.origin
    a, b, c, d = ((x + x0, y + y0) for x, y in corners)
    return a, b, c, d
