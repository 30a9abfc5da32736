"""From four corners to what the plate reader reads: one grey strip per line of text."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image

__all__ = [
    "STRIP_HEIGHT",
    "STRIP_WIDTH",
    "Strip",
    "is_two_line",
    "line_corners",
    "strip_homographies",
    "strips",
]

STRIP_WIDTH = 160
STRIP_HEIGHT = 32

# A strip shows a little more than the plate, so that a corner a few pixels off loses no letter.
_MARGIN_X_PX = 5.0
_MARGIN_Y_PX = 2.5
# A line of a two-line plate is about 280 mm long where one-line plates are 520 mm: drawn to the
# same scale it fills this much of the strip; the rest is its own right edge, smeared.
_SHORT_WIDTH = 96
# Each line's share of a two-line plate's height, with some of the other line as a margin.
_LINE_SPANS = ((0.0, 0.52), (0.46, 1.0))
# One-line plates are 4.6 times as wide as high and 2.3 when seen 60° from the side; two-line
# plates 1.4 to 1.8 and at most 2.1 when seen 30° from above.
_TWO_LINE_BELOW = 2.3
# American plates are 2.0 times as wide as high and have one line: for readers of any country
# only what is squarer is split.
_SPLIT_BELOW = 1.7

# Our pixels count from the picture's edge, OpenCV's from the first pixel's centre.
_FORTH = np.array([(1, 0, 0.5), (0, 1, 0.5), (0, 0, 1)])
_BACK = np.array([(1, 0, -0.5), (0, 1, -0.5), (0, 0, 1)])

CornerPixels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Strip:
    """One line of text: 32 × 160 grey pixels, and the homography from picture to strip."""

    pixels: NDArray[np.uint8]
    homography: NDArray[np.float64]


def is_two_line(corners: CornerPixels) -> bool:
    """Whether a plate of these corners (4 × 2, clockwise from top left) has two lines."""
    return _aspect(corners) < _TWO_LINE_BELOW


def _aspect(corners: CornerPixels) -> float:
    top, right, bottom, left = np.linalg.norm(corners - np.roll(corners, -1, 0), axis=1)
    return float((top + bottom) / max(left + right, 1e-6))


def line_corners(corners: CornerPixels) -> list[CornerPixels]:
    """The corners of each line of a plate squarer than any with one line; else none."""
    if _aspect(corners) >= _SPLIT_BELOW:
        return []
    left, right = corners[3] - corners[0], corners[2] - corners[1]
    return [
        np.stack([
            corners[0] + upper * left, corners[1] + upper * right,
            corners[1] + lower * right, corners[0] + lower * left,
        ])
        for upper, lower in _LINE_SPANS
    ]  # fmt: skip


def strip_homographies(corners: CornerPixels, two_line: bool) -> list[NDArray[np.float64]]:
    """Picture to strip, one per line of text, top line first."""
    wide = _SHORT_WIDTH if two_line else STRIP_WIDTH
    spans = _LINE_SPANS if two_line else ((0.0, 1.0),)
    found = []
    for upper, lower in spans:
        y_scale = (STRIP_HEIGHT - 2 * _MARGIN_Y_PX) / (lower - upper)
        top, bottom = _MARGIN_Y_PX - upper * y_scale, _MARGIN_Y_PX + (1 - upper) * y_scale
        x1, x2 = _MARGIN_X_PX, wide - _MARGIN_X_PX
        target = np.array([(x1, top), (x2, top), (x2, bottom), (x1, bottom)], np.float32)
        at = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
        found.append(np.asarray(at, np.float64))
    return found


def strips(picture: Image, corners: CornerPixels, two_line: bool | None = None) -> list[Strip]:
    """Grey strips of a plate, top line first; `two_line` None decides by the plate's shape."""
    if two_line is None:
        two_line = is_two_line(corners)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture
    wide = _SHORT_WIDTH if two_line else STRIP_WIDTH
    found = []
    shrink = float(np.linalg.norm(corners[1] - corners[0])) / wide
    if shrink > 1.6:  # keeps a large plate free of aliasing
        grey = cv2.GaussianBlur(grey, (0, 0), 0.4 * shrink)
    for at in strip_homographies(corners, two_line):
        size = (wide, STRIP_HEIGHT)
        line = cv2.warpPerspective(
            grey, _BACK @ at @ _FORTH, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        if wide < STRIP_WIDTH:
            gap = STRIP_WIDTH - wide
            line = cv2.copyMakeBorder(line, 0, 0, 0, gap, cv2.BORDER_REPLICATE)
        found.append(Strip(np.asarray(line, np.uint8), at))
    return found
