"""Four corners on a picture: measured, grown, joined, straightened."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.core.plate import Corners
from sergek.core.vehicle import Box

__all__ = ["Quad", "as_corners", "bounds", "grown", "joined", "sides", "straightened", "upright"]

# 4 × 2 pixels, clockwise from top left.
Quad = NDArray[np.float64]


def as_corners(quad: NDArray[np.floating]) -> Corners:
    """Four corners (4, 2) as plain numbers."""
    a, b, c, d = ((float(x), float(y)) for x, y in quad)
    return a, b, c, d


def upright(centre: tuple[float, float], size: tuple[float, float], angle_deg: float) -> Quad:
    """Corners of a turned rectangle, named so that its top left is what a reader calls so.

    The angle is brought within ±45°, as text on a road camera's picture stands.
    """
    wide, high = size
    while angle_deg > 45:
        angle_deg, wide, high = angle_deg - 90, high, wide
    while angle_deg <= -45:
        angle_deg, wide, high = angle_deg + 90, high, wide
    turn = np.deg2rad(angle_deg)
    along = np.array([np.cos(turn), np.sin(turn)]) * wide / 2
    down = np.array([-np.sin(turn), np.cos(turn)]) * high / 2
    at = np.array(centre)
    return np.stack([at - along - down, at + along - down, at + along + down, at - along + down])


def sides(quad: Quad) -> tuple[float, float]:
    """Mean width and height in pixels."""
    top, right, bottom, left = np.linalg.norm(quad - np.roll(quad, -1, axis=0), axis=1)
    return float(top + bottom) / 2, float(left + right) / 2


def bounds(quad: Quad) -> Box:
    """The upright box around the corners."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    return Box(float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def grown(quad: Quad, across: float, down: float) -> Quad:
    """Each side moved outwards by that share of the height."""
    wide, high = sides(quad)
    along = (quad[1] - quad[0] + quad[2] - quad[3]) / 2 / max(wide, 1e-6) * high * across
    below = (quad[3] - quad[0] + quad[2] - quad[1]) / 2 * down
    return np.stack(
        [
            quad[0] - along - below,
            quad[1] + along - below,
            quad[2] + along + below,
            quad[3] - along + below,
        ]
    )


def joined(quads: list[Quad]) -> Quad:
    """The smallest turned rectangle around all of them, turned as the widest one is."""
    widest = max(quads, key=lambda quad: sides(quad)[0])
    along = widest[1] - widest[0]
    along = along / max(float(np.linalg.norm(along)), 1e-6)
    down = np.array([-along[1], along[0]])
    points = np.concatenate(quads)
    x, y = points @ along, points @ down
    return np.stack(
        [
            along * x.min() + down * y.min(),
            along * x.max() + down * y.min(),
            along * x.max() + down * y.max(),
            along * x.min() + down * y.max(),
        ]
    )


def straightened(picture: Image, quad: Quad, height_px: int, max_width_px: int) -> Image:
    """What is within the corners, as an upright picture of that height."""
    wide, high = sides(quad)
    width_px = int(np.clip(round(wide / max(high, 1e-6) * height_px), 8, max_width_px))
    target = np.array(
        [(0, 0), (width_px, 0), (width_px, height_px), (0, height_px)], dtype=np.float32
    )
    at = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    how = cv2.INTER_CUBIC if high < height_px else cv2.INTER_AREA
    strip: Image = cv2.warpPerspective(
        picture, at, (width_px, height_px), flags=how, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.uint8)
    return strip
