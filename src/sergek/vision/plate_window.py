"""The window around a rough place of a plate in which its corners are found exactly."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image

__all__ = ["WINDOW", "Window", "from_window", "rough_window", "to_window"]


@dataclass(frozen=True)
class Window:
    """Its size in pixels (width, height) and where in it the rough corners are put."""

    size: NDArray[np.float32]
    corners: NDArray[np.float32]


def _window(width: int, height: int, margin_x: float, margin_y: float) -> Window:
    x1, y1, x2, y2 = margin_x, margin_y, width - margin_x, height - margin_y
    corners = np.array([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], np.float32)
    return Window(np.array((width, height), np.float32), corners)


# A fifth of the plate's width and half its height on each side: twice the locator's error.
WINDOW = _window(128, 48, 18.0, 12.0)

# Our pixels count from the picture's edge, OpenCV's from the first pixel's centre.
_FORTH = np.array([(1, 0, 0.5), (0, 1, 0.5), (0, 0, 1)])
_BACK = np.array([(1, 0, -0.5), (0, 1, -0.5), (0, 0, 1)])


def rough_window(
    picture: Image, rough: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The window (48 × 128 grey) around rough corners, and the homography into it."""
    at = np.asarray(cv2.getPerspectiveTransform(rough.astype(np.float32), WINDOW.corners))
    low = np.floor(rough.min(0)).astype(int)
    high = np.ceil(rough.max(0)).astype(int)
    reach = (high - low) // 2 + 4
    x1, y1 = np.maximum(low - reach, 0)
    x2, y2 = np.minimum(high + reach, (picture.shape[1], picture.shape[0]))
    part = picture[y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)]
    grey = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY)
    shrink = float(np.linalg.norm(rough[1] - rough[0]) / (WINDOW.corners[1] - WINDOW.corners[0])[0])
    if shrink > 1.6:  # keeps a large plate free of aliasing
        grey = cv2.GaussianBlur(grey, (0, 0), 0.4 * shrink)
    shift = np.array([(1, 0, x1), (0, 1, y1), (0, 0, 1)], np.float64)
    size = int(WINDOW.size[0]), int(WINDOW.size[1])
    pixels = cv2.warpPerspective(
        grey, _BACK @ at @ shift @ _FORTH, size,
        flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(pixels, np.uint8), np.asarray(at, np.float64)


def to_window(points: NDArray[np.float32], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of the picture (n × 2) in the window."""
    moved = np.c_[points, np.ones(len(points))] @ at.T
    return np.asarray(moved[:, :2] / moved[:, 2:], np.float64)


def from_window(points: NDArray[np.float32], at: NDArray[np.float64]) -> NDArray[np.float32]:
    """Points of the window (n × 2) on the picture."""
    moved = np.c_[points, np.ones(len(points))] @ np.linalg.inv(at).T
    return np.asarray(moved[:, :2] / moved[:, 2:], np.float32)
