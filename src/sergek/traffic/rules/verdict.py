"""What the rules are given and what they answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sergek.core.passage import PassagePlate
from sergek.core.plate import PlateStatus
from sergek.core.site import Site
from sergek.core.speed import Rejection, SpeedMeasurement
from sergek.core.vehicle import VehicleClass
from sergek.core.violation import Fact, Offence, Route, Violation
from sergek.traffic.law.book import LawBook

__all__ = [
    "Cleared",
    "Lamp",
    "LampChange",
    "PassageFacts",
    "Verdict",
    "accuse",
    "excused",
    "lane_at",
]


class Lamp(StrEnum):
    """What a signal head shows; `UNKNOWN` (occluded, too dark, contradictory) accuses nobody."""

    RED = "red"
    RED_AMBER = "red_amber"
    AMBER = "amber"
    GREEN = "green"
    FLASHING = "flashing"
    OFF = "off"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LampChange:
    """From this moment on the head shows this, until its next change."""

    head: str
    media_s: float
    lamp: Lamp


@dataclass(frozen=True, slots=True)
class PassageFacts:
    """One vehicle's passage in ground coordinates.

    `times_s` (N,) and `path_m` (N, 2) follow the middle of the vehicle's end that bears the
    seen plate; `front` says whether that is its front. `happened_at` is the wall time of
    `media_s` = `reference_s`. With a `fault` no rule may accuse; `checked_at` is when the camera
    was last seen to stand as it was surveyed.
    """

    passage_id: str
    camera_id: str
    vehicle_class: VehicleClass
    times_s: NDArray[np.float64]
    path_m: NDArray[np.float64]
    front: bool
    reference_s: float
    happened_at: datetime
    plate: PassagePlate | None = None
    speed: SpeedMeasurement | None = None
    lamps: tuple[LampChange, ...] = ()
    fault: Rejection | None = None
    checked_at: datetime | None = None

    @property
    def plate_text(self) -> str | None:
        """The plate if it was surely read."""
        if self.plate is None or self.plate.status is not PlateStatus.READ:
            return None
        return self.plate.text

    def wall(self, media_s: float) -> datetime:
        """Wall time of a moment of the stream."""
        return self.happened_at + timedelta(seconds=media_s - self.reference_s)


@dataclass(frozen=True, slots=True)
class Cleared:
    """Why there is no violation."""

    offence: Offence
    reason: str


Verdict = Violation | Cleared

_FAULTS = {
    Rejection.CAMERA_MOVED: "the camera has moved since it was calibrated",
    Rejection.CAMERA_UNCHECKED: "for too long nobody could tell whether the camera has moved",
    Rejection.TOWED: "the vehicle rides on or behind another one",
}


def excused(facts: PassageFacts, site: Site, offence: Offence, when: datetime) -> Cleared | None:
    """What stops every rule: a moved camera, a carrier, or a permit that was valid then."""
    if facts.fault is not None:
        return Cleared(offence, _FAULTS.get(facts.fault, str(facts.fault)))
    if facts.plate_text is not None:
        permit = site.permit_at(when, facts.plate_text, offence)
        if permit is not None:
            return Cleared(offence, f"permit: {permit.kind}, {permit.basis}")
    return None


def accuse(
    facts: PassageFacts,
    law: LawBook,
    offence: Offence,
    media_s: float,
    margin: tuple[float, Literal["s", "m"]],
    used: dict[str, Fact],
    route: Route | None = None,
) -> Violation:
    """The violation under the article that held then; without a fine it goes to a protocol."""
    when = facts.wall(media_s)
    provision = law.provision_at(offence, when)
    usual = Route.PROTOCOL if provision.fine_mrp is None else Route.PRESCRIPTION
    return Violation(
        offence=offence,
        article=provision.article,
        route=route or usual,
        media_s=media_s,
        happened_at=when,
        margin=margin[0],
        margin_unit=margin[1],
        facts=used,
    )


def lane_at(site: Site, when: datetime, point_m: Sequence[float]) -> int | None:
    """The lane that holds a ground point, None outside all."""
    for lane in site.lanes:
        if lane.holds(when) and inside(lane.polygon_m, point_m):
            return lane.number
    return None


def inside(polygon_m: Sequence[tuple[float, float]], point_m: Sequence[float]) -> bool:
    """Whether a point lies in a polygon (even-odd rule)."""
    x, y = float(point_m[0]), float(point_m[1])
    odd = False
    x1, y1 = polygon_m[-1]
    for x2, y2 in polygon_m:
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
        x1, y1 = x2, y2
    return odd
