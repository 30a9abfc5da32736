"""A vehicle whose way is over becomes a passage: read its plate, choose its pictures."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from sergek.core.camera import Camera
from sergek.core.frame import Image
from sergek.core.passage import Passage, PassagePlate, Timing, passage_id
from sergek.core.plate import PlateLook, PlateRead, PlateStatus
from sergek.core.ports import PlateReader
from sergek.core.vehicle import Box, VehicleClass
from sergek.core.violation import Violation
from sergek.edge.looks import Look
from sergek.edge.pictures import encoded, masked, reduced
from sergek.edge.settings import EdgeSettings
from sergek.edge.vehicles import Vehicle
from sergek.traffic.assess import Assessment

__all__ = ["Draft", "DraftPicture", "FoundCase", "PlateVerdict", "Reading", "drafted", "judged"]

# (looks, "kz" or "any", day) → what they say together; given by wiring from `traffic.plate_vote`.
PlateVerdict = Callable[[Sequence[PlateLook], Literal["kz", "any"], date], PlateRead]

_TZ = ZoneInfo("Asia/Almaty")
_OVERVIEW_WIDTH_PX = 1280
# Enough agreement to stop paying for more looks.
_SURE = 0.97
_LEAST_READS = 2
_VOTERS = 6


@dataclass(frozen=True, slots=True)
class DraftPicture:
    """A picture that is not stored yet; box in main-stream pixels."""

    data: bytes
    kind: Literal["overview", "vehicle", "plate"]
    media_s: float
    box: Box


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A violation and the bytes of its package; None where there is none."""

    violation: Violation
    package: bytes | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A passage whose pictures and packages are still bytes in memory; `site_id` names the site
    that judged it."""

    passage: Passage
    pictures: tuple[DraftPicture, ...]
    assessment: Assessment | None = None
    site_id: str = ""
    cases: tuple[FoundCase, ...] = ()

    @property
    def held_bytes(self) -> int:
        """Memory it takes until it is recorded."""
        packages = sum(len(case.package or b"") for case in self.cases)
        return sum(len(picture.data) for picture in self.pictures) + packages + 4096


def judged(draft: Draft, assessment: Assessment, site_id: str) -> Draft:
    """The draft with what was measured and found; its lane is the site's where that is known."""
    lane = draft.passage.lane if assessment.lane is None else assessment.lane
    passage = draft.passage.model_copy(update={"speed": assessment.speed, "lane": lane})
    return replace(draft, passage=passage, assessment=assessment, site_id=site_id)


class Reading:
    """Reads the plates of one camera's vehicles; used by any number of threads."""

    def __init__(
        self,
        camera: Camera,
        reader: PlateReader | None,
        verdict: PlateVerdict | None,
        settings: EdgeSettings,
    ) -> None:
        self._plates: Literal["kz", "any"] = "any" if camera.plates == "any" else "kz"
        wanted = camera.plates != "none"
        self._reader = reader if wanted else None
        self._verdict = verdict if wanted else None
        self._settings = settings

    def read(self, vehicle: Vehicle, most: int) -> None:
        """Read up to `most` more looks, best first; ends early when the plate is sure."""
        if self._reader is None:
            return
        if vehicle.vehicle_class is VehicleClass.BICYCLE:
            return
        began = time.perf_counter()
        for look in vehicle.shelf.looks:
            sure = vehicle.plate is not None and (
                vehicle.plate.status is PlateStatus.READ and vehicle.plate.confidence >= _SURE
            )
            if sure and vehicle.reads >= _LEAST_READS and not self._settings.every_look:
                break
            if most <= 0:
                break
            if look.read or look.crop is None:
                continue
            if look.box.width < self._settings.plate_min_vehicle_px:
                continue
            most -= 1
            self._read_look(vehicle, look, look.crop)
        ms = (time.perf_counter() - began) * 1e3
        vehicle.stages_ms["read"] = vehicle.stages_ms.get("read", 0.0) + ms

    def _read_look(self, vehicle: Vehicle, look: Look, crop: Image) -> None:
        if self._reader is None or self._verdict is None:
            return
        look.read = True
        vehicle.reads += 1
        found = [plate for plate in self._reader.read([crop])[0] if not look.is_anothers(plate.box)]
        if found:
            vehicle.plate_looks.append((look, found[0]))
        nearest = sorted(
            (plate for _, plate in vehicle.plate_looks), key=lambda plate: -plate.box.width
        )
        # Far looks place the plate, but a dozen blurred ones would outvote the legible few.
        if vehicle.plate is None or any(plate in found[:1] for plate in nearest[:_VOTERS]):
            day = vehicle.first_at.astimezone(_TZ).date()
            vehicle.plate = self._verdict(nearest[:_VOTERS], self._plates, day)


def drafted(camera: Camera, vehicle: Vehicle, now_after_s: float) -> Draft:
    """The vehicle as a passage with its pictures, persons masked; best picture first."""
    best = vehicle.shelf.best
    pictures: list[DraftPicture] = []
    if best is not None and best.crop is not None and best.crop.size:
        whole = masked(best.crop, best.persons, best.origin)
        pictures.append(DraftPicture(encoded(whole), "vehicle", best.media_s, best.box))
    plate = _plate_picture(vehicle)
    if plate is not None:
        pictures.append(plate)
    if best is not None and best.frame is not None:
        whole = reduced(masked(best.frame.image(), best.persons), _OVERVIEW_WIDTH_PX)
        pictures.append(DraftPicture(encoded(whole, 80), "overview", best.media_s, best.box))
    stages = {stage: round(ms, 1) for stage, ms in vehicle.stages_ms.items()}
    passage = Passage(
        passage_id=passage_id(camera.id, vehicle.run_id, vehicle.track_id),
        camera_id=camera.id,
        run_id=vehicle.run_id,
        track_id=vehicle.track_id,
        vehicle_class=vehicle.vehicle_class,
        class_score=min(1.0, vehicle.class_score),
        entered_at=vehicle.first_at,
        left_at=vehicle.last_at,
        entered_s=vehicle.first_s,
        left_s=vehicle.last_s,
        lane=vehicle.lane,
        crossings=tuple(vehicle.crossings),
        plate=None if vehicle.plate is None else PassagePlate.of(vehicle.plate),
        timing=Timing(stages_ms=stages, recorded_after_s=round(now_after_s, 3)),
    )
    return Draft(passage, tuple(pictures))


def _plate_picture(vehicle: Vehicle) -> DraftPicture | None:
    """The plate itself from the look where it was found best, a little of the car around it."""
    if not vehicle.plate_looks or vehicle.plate is None or vehicle.plate.text is None:
        return None
    look, plate = max(vehicle.plate_looks, key=lambda pair: pair[1].found_score * pair[1].box.area)
    if look.crop is None:
        return None
    height, width = look.crop.shape[:2]
    dx, dy = 0.15 * plate.box.width, 0.3 * plate.box.height
    near = Box(plate.box.x1 - dx, plate.box.y1 - dy, plate.box.x2 + dx, plate.box.y2 + dy).clipped(
        width, height
    )
    part = look.crop[int(near.y1) : int(near.y2) + 1, int(near.x1) : int(near.x2) + 1]
    if part.shape[0] < 4 or part.shape[1] < 8:
        return None
    x, y = look.origin
    box = Box(plate.box.x1 + x, plate.box.y1 + y, plate.box.x2 + x, plate.box.y2 + y)
    return DraftPicture(encoded(part, 92), "plate", look.media_s, box)
