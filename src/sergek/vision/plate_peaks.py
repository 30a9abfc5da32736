"""From the plate locator's maps to plates: peaks of the score map, corners, suppression."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["LOCATOR_HEIGHT", "LOCATOR_STRIDE", "LOCATOR_WIDTH", "OFFSET_PX", "FoundPlate", "peaks"]

# The picture the locator is trained on, the grid of its maps, and the unit of its corner offsets.
LOCATOR_WIDTH = 256
LOCATOR_HEIGHT = 192
LOCATOR_STRIDE = 4
OFFSET_PX = 16.0

_SAME_PLATE_IOU = 0.2


@dataclass(frozen=True, slots=True)
class FoundPlate:
    """A plate's score, 0–1, and its corners (4 × 2 pixels, clockwise from its own top left)."""

    score: float
    corners: NDArray[np.float32]


def peaks(
    score: NDArray[np.float32], offsets: NDArray[np.float32], least: float, most: int = 8
) -> list[FoundPlate]:
    """Plates of one picture from its score map (h × w) and corner offsets (8 × h × w).

    The corners are the score-weighted mean of what the 3 × 3 cells around a peak say; overlapping
    plates leave the better one. Best score first, in pixels of the locator's input.
    """
    top = cv2.dilate(score, np.ones((3, 5), np.uint8))
    ys, xs = np.nonzero((score >= top) & (score >= least))
    order = np.argsort(-score[ys, xs])[: 4 * most]
    found: list[FoundPlate] = []
    boxes: list[tuple[float, float, float, float]] = []
    h, w = score.shape
    for i in order:
        y, x = int(ys[i]), int(xs[i])
        rows, columns = slice(max(0, y - 1), min(h, y + 2)), slice(max(0, x - 1), min(w, x + 2))
        weight = score[rows, columns] ** 2
        grid = np.mgrid[rows, columns].astype(np.float32)
        centre = np.stack([grid[1], grid[0]]) * LOCATOR_STRIDE + LOCATOR_STRIDE / 2
        said = offsets[:, rows, columns].reshape(4, 2, *weight.shape) * OFFSET_PX + centre
        corners = (said * weight).sum((2, 3)) / weight.sum()
        box = (*corners.min(0), *corners.max(0))
        if all(_iou(box, other) < _SAME_PLATE_IOU for other in boxes):
            boxes.append(box)
            found.append(FoundPlate(float(score[y, x]), corners.astype(np.float32)))
        if len(found) == most:
            break
    return found


def _iou(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    shared = wide * high
    whole = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return float(shared / (whole - shared))
