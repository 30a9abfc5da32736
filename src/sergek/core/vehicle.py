"""Vehicles as a picture shows them: class, box, detection."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Box", "Detection", "VehicleClass"]


class VehicleClass(StrEnum):
    """What kind of road user was seen.

    `PERSON` exists for masking only: a person gets no track, no passage and no stored crop.
    """

    CAR = "car"
    VAN = "van"
    TRUCK = "truck"
    BUS = "bus"
    MOTORCYCLE = "motorcycle"
    BICYCLE = "bicycle"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle on a picture, corners in pixels, x2 > x1 and y2 > y1."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.y2 - self.y1

    @property
    def centre(self) -> tuple[float, float]:
        """Centre (x, y) in pixels."""
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2

    @property
    def area(self) -> float:
        """Area in square pixels."""
        return max(0.0, self.width) * max(0.0, self.height)

    def iou(self, other: "Box") -> float:
        """Intersection over union with another box, 0 to 1."""
        wide = min(self.x2, other.x2) - max(self.x1, other.x1)
        high = min(self.y2, other.y2) - max(self.y1, other.y1)
        if wide <= 0 or high <= 0:
            return 0.0
        shared = wide * high
        return shared / (self.area + other.area - shared)

    def scaled(self, sx: float, sy: float) -> "Box":
        """The same box on a picture `sx`, `sy` times as wide and high."""
        return Box(self.x1 * sx, self.y1 * sy, self.x2 * sx, self.y2 * sy)

    def clipped(self, width: int, height: int) -> "Box":
        """The part of the box inside a picture of that size."""
        return Box(
            min(max(self.x1, 0.0), width),
            min(max(self.y1, 0.0), height),
            min(max(self.x2, 0.0), width),
            min(max(self.y2, 0.0), height),
        )


@dataclass(frozen=True, slots=True)
class Detection:
    """One road user found on one picture; `score` is the detector's own, 0 to 1."""

    box: Box
    vehicle_class: VehicleClass
    score: float
