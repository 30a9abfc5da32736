"""Places on the earth and on the picture."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

__all__ = ["LngLat", "PixelLine", "PixelPoint"]

# Longitude and latitude in degrees, WGS 84, in GeoJSON's order (RFC 7946 §3.1.1).
LngLat = tuple[
    Annotated[float, Field(ge=-180, le=180)],
    Annotated[float, Field(ge=-90, le=90)],
]

# x to the right and y down, in pixels of the main stream's picture.
PixelPoint = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PixelLine:
    """A directed line on the picture, walked from (x1, y1) to (x2, y2)."""

    x1: float
    y1: float
    x2: float
    y2: float

    def side(self, x: float, y: float) -> float:
        """Signed distance (px) of a point: positive to the right of the walker, negative left.

        On a picture y points down, so the cross product's sign is that of a right turn.
        """
        dx, dy = self.x2 - self.x1, self.y2 - self.y1
        length = (dx * dx + dy * dy) ** 0.5
        return float((dx * (y - self.y1) - dy * (x - self.x1)) / length)
