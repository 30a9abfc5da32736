"""A detector for drawn scenes: every bright patch on a darker ground is a car."""

from collections.abc import Sequence

import cv2
import numpy as np

from sergek.core.frame import Image, fitting_size
from sergek.core.vehicle import Box, Detection, VehicleClass

__all__ = ["BlobDetector"]


class BlobDetector:
    """`core.ports.Detector` for the clips of `testing.rtsp.write_clip`; no weights, 1 ms."""

    def __init__(self, threshold: int = 150, kind: VehicleClass = VehicleClass.CAR) -> None:
        self._threshold = threshold
        self._kind = kind
        self.calls = 0

    @property
    def name(self) -> str:
        """What it is called in lists of models."""
        return "blobs"

    def picture_size(self, width: int, height: int, most_wide: int) -> tuple[int, int]:
        """See `core.ports.Detector.picture_size`: the same shape."""
        return fitting_size(width, height, most_wide)

    def detect(self, frames: Sequence[Image]) -> list[list[Detection]]:
        """Patches of at least 40 pixels, score 0.9."""
        self.calls += 1
        return [self._one(frame) for frame in frames]

    def _one(self, frame: Image) -> list[Detection]:
        bright = np.asarray(cv2.inRange(frame, (self._threshold,) * 3, (255,) * 3), np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(bright)
        found: list[Detection] = []
        for x, y, width, height, area in stats[1:count].tolist():
            if area >= 40:
                box = Box(float(x), float(y), float(x + width), float(y + height))
                found.append(Detection(box, self._kind, 0.9))
        return found
