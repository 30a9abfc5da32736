"""One channel of a site over one run: lamps and drift watched, finished vehicles assessed."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import numpy as np

from sergek.core.errors import ConfigError
from sergek.core.frame import Image, RawFrame
from sergek.core.passage import Passage
from sergek.core.plate import Corners, PlateLook
from sergek.core.site import Site
from sergek.core.speed import PlateTrack, Rejection
from sergek.core.violation import Violation
from sergek.edge.drifting import DriftGuard, MemoryReferences
from sergek.edge.looks import Look
from sergek.edge.strip import HeadWatch, signal_strip
from sergek.edge.vehicles import Vehicle
from sergek.traffic.assess import Assessment, Assessor, SeenPassage
from sergek.traffic.lens import project
from sergek.traffic.timebase import ClockWatch
from sergek.vision.plate_geometry import sharpener

__all__ = ["SiteWatch"]

_KEPT_S = 180.0
# A step of the source's clock that differs so much from the judged one begins it anew.
_NEW_EPOCH_S = 0.5
_UNSTAMPED: tuple[int, float | None, int] = (0, None, 0)


class SiteWatch:
    """Feed it every picture (`timed`), every analysed one (`look`), then every vehicle whose way
    is over (`assess`); the three may come from different threads.

    `site_now` is asked anew for every vehicle, so that what was decided about the site during the
    run holds; `lines_of` tells how many lines a layout has (None: unknown); `started_at` replaces
    the pictures' own wall time, for recordings. `guard` outlives the run; without one the first
    picture is the reference for drift.
    """

    def __init__(
        self,
        site_now: Callable[[], Site],
        camera_id: str,
        lines_of: Callable[[str], int | None],
        *,
        live: bool,
        started_at: datetime | None = None,
        guard: DriftGuard | None = None,
    ) -> None:
        self._site_now, self._camera_id, self._lines_of = site_now, camera_id, lines_of
        self._live, self._started_at = live, started_at
        site = site_now()
        self._assessor = Assessor(site)
        self._clock = ClockWatch()
        self._stamps: dict[float, tuple[int, float | None, int]] = {}
        self._count = 0
        self._epoch = _Epoch()
        self._heads = [HeadWatch(h) for h in site.heads if h.camera_id == camera_id]
        self._guard = guard or DriftGuard(site.id, camera_id, MemoryReferences(), lambda _: None)
        self._lock = threading.Lock()

    @property
    def site(self) -> Site:
        """The site as it stands now."""
        return self._site_now()

    def timed(self, frame: RawFrame, media_s: float) -> None:
        """Remember a picture's own stamp under its judged stream time; every picture, in order."""
        own = self._epoch.own(frame.media_s, media_s)
        with self._lock:
            self._stamps[media_s] = (self._count, own, self._epoch.number)
            self._count += 1
            if self._live:
                self._clock.note(own, frame.packet.arrived_s)
            while self._stamps and media_s - next(iter(self._stamps)) > _KEPT_S:
                del self._stamps[next(iter(self._stamps))]

    def look(self, frame: RawFrame, media_s: float, at: datetime) -> None:
        """Watch lamps and background on an analysed picture."""
        with self._lock:
            _, own, _ = self._stamps.get(media_s, _UNSTAMPED)
            if own is not None:
                for head in self._heads:
                    head.look(frame, own)
        now_s = frame.packet.arrived_s if self._live else media_s
        if not self._guard.due(now_s):
            return
        when = at if self._started_at is None else self._started_at + timedelta(seconds=media_s)
        try:
            survey = self.site.survey_at(self._camera_id, when)
        except ConfigError:
            return
        self._guard.look(frame, survey, self._busy(when), now_s, when)

    def assess(self, vehicle: Vehicle, passage: Passage) -> Assessment:
        """The measurement and verdicts for a vehicle that is gone."""
        looks = sorted(vehicle.plate_looks, key=lambda pair: pair[0].media_s)
        with self._lock:
            stamps = [self._stamps.get(look.media_s, _UNSTAMPED) for look, _ in looks]
            lamps = tuple(change for head in self._heads for change in head.lamps.changes)
            clock = self._clock.fault() if self._live else None
        # Seen before and after the source's clock began anew: no time of it can be believed.
        torn = len({epoch for _, _, epoch in stamps}) > 1
        track = PlateTrack(
            frame_index=tuple(index for index, _, _ in stamps),
            media_s=tuple(None if torn else own for _, own, _ in stamps),
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
            lamps=lamps,
            fault=_towed(looks) or self._guard.fault(happened_at) or clock,
            checked_at=self._guard.last_good_at,
            live=self._live,
        )
        crops = [(look.crop, look.origin) for look, _ in looks if look.crop is not None]
        self._assessor.site = self._site_now()
        return self._assessor.assess(seen, sharpen=sharpener(track, crops))

    def strip(self, violation: Violation) -> Image | None:
        """The signal strip of a violation that rests on a signal head; else None."""
        used = violation.facts
        name, red_s, crossed_s = used.get("head"), used.get("red_since_s"), violation.media_s
        if not isinstance(red_s, float):
            return None
        for head in self._heads:
            if head.head.name == name:
                with self._lock:
                    shown = head.between(red_s - 2.0, crossed_s + 2.0)
                return signal_strip(shown, crossed_s, red_s)
        return None

    def _busy(self, when: datetime) -> list[list[tuple[float, float]]]:
        """The lanes on the picture: where things move and no background is looked for."""
        try:
            pose = self._assessor.pose_at(self._camera_id, when)
        except ConfigError:
            return []
        size = (pose.width, pose.height)
        found = []
        for lane in self.site.lanes:
            ground = np.array([(x, y, 0.0) for x, y in lane.polygon_m])
            pixels = project(np.array(pose.parameters), size, ground)
            if np.isfinite(pixels).all():
                near = np.clip(pixels, -1e4, 1e4)
                found.append([(float(x), float(y)) for x, y in near])
        return found


class _Epoch:
    """The source's own clock on one axis: it begins anew where a file is looped or a camera
    restarts, and goes on from the judged time; within an epoch nothing is repaired."""

    def __init__(self) -> None:
        self.number = 0
        self._offset_s: float | None = None
        self._before: tuple[float, float] | None = None

    def own(self, raw_s: float | None, judged_s: float) -> float | None:
        """The picture's own time, None if it has none."""
        if raw_s is None:
            return None
        if self._before is not None:
            step = (raw_s - self._before[0]) - (judged_s - self._before[1])
            if abs(step) > _NEW_EPOCH_S:
                self.number += 1
                self._offset_s = judged_s - raw_s
        if self._offset_s is None:
            self._offset_s = judged_s - raw_s
        self._before = (raw_s, judged_s)
        return raw_s + self._offset_s


def _towed(looks: Sequence[tuple[Look, PlateLook]]) -> Rejection | None:
    carried = sum(look.is_carried for look, _ in looks)
    return Rejection.TOWED if carried > len(looks) / 2 else None


def _on_picture(look: Look, corners: Corners) -> Corners:
    x0, y0 = look.origin
    a, b, c, d = ((x + x0, y + y0) for x, y in corners)
    return a, b, c, d
