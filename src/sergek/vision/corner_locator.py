"""Our plate locator: a picture of a vehicle in, plates with their four corners out."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.vision.plate_peaks import LOCATOR_HEIGHT, LOCATOR_WIDTH, FoundPlate, peaks
from sergek.vision.plate_ports import PlateCandidate
from sergek.vision.plate_strips import line_corners
from sergek.vision.plate_weights import WEIGHTS, open_weights
from sergek.vision.plate_window import WINDOW, from_window, rough_window
from sergek.vision.quads import as_corners

__all__ = ["CornerLocator"]

_GREY = 127
# A picture this much larger than the network's input is looked at again at twice the size if
# the first look found nothing sure: a plate on a whole photo may be too small in 256 × 192.
_SECOND_LOOK_BELOW_SCALE = 0.65
_SURE_SCORE = 0.6
_ROUNDS = 3


class CornerLocator:
    """`PlateLocator` of our own: finds plates, then straightens each one's corners.

    One network (256 × 192 pixels) finds plates roughly, a second looks at each at the picture's
    own resolution, moves its corners and says whether it is a plate; the score is the product of
    both. About four milliseconds a vehicle's crop on one thread.
    """

    def __init__(self, least_score: float = 0.3, threads: int = 1, folder: Path = WEIGHTS) -> None:
        self._rough = open_weights("plate_locator", threads, folder)
        self._exact = open_weights("plate_corners", threads, folder)
        self._least = least_score

    @property
    def name(self) -> str:
        """What it is called in `sergek models`."""
        return "sergek-plate-locator"

    def locate(self, pictures: Sequence[Image]) -> list[list[PlateCandidate]]:
        """Candidates per picture in that picture's pixels, best score first."""
        return [[_candidate(plate) for plate in self.find(picture)] for picture in pictures]

    def find(self, picture: Image) -> list[FoundPlate]:
        """Plates of one picture, best score first."""
        h, w = picture.shape[:2]
        scale = min(LOCATOR_WIDTH / w, LOCATOR_HEIGHT / h)
        found = self._look(picture, scale, 1)
        if scale < _SECOND_LOOK_BELOW_SCALE and all(one.score < _SURE_SCORE for one in found):
            found = _merged(found, self._look(picture, 2 * scale, 2))
        return found

    def _look(self, picture: Image, scale: float, times: int) -> list[FoundPlate]:
        """Plates at one scale of the picture, `times` the network's own size."""
        fitted = _fitted(picture, scale, times)
        score, offsets = self._rough.run(None, {"picture": fitted[None]})
        rough = peaks(score[0, 0], offsets[0], self._least)
        exact = [self._straightened(picture, one, scale) for one in rough]
        return sorted((e for e in exact if e.score >= self._least), key=lambda e: -e.score)

    def _straightened(self, picture: Image, rough: FoundPlate, scale: float) -> FoundPlate:
        corners = rough.corners / np.float32(scale)
        chance = 0.0
        for _ in range(_ROUNDS):  # the nearer the window, the surer the corners
            window, at = rough_window(picture, corners)
            said = self._exact.run(None, {"window": window[None, None]})[0][0]
            chance = float(said[0])
            corners = from_window(WINDOW.corners + said[1:].reshape(4, 2) * WINDOW.size, at)
        return FoundPlate((rough.score * chance) ** 0.5, corners)


def _candidate(plate: FoundPlate) -> PlateCandidate:
    return PlateCandidate(
        as_corners(plate.corners), tuple(map(as_corners, line_corners(plate.corners))), plate.score
    )


def _fitted(picture: Image, scale: float, times: int) -> NDArray[np.uint8]:
    """The picture in the top left of the network's input, the rest grey."""
    h, w = picture.shape[:2]
    high, wide = LOCATOR_HEIGHT * times, LOCATOR_WIDTH * times
    size = min(wide, max(1, round(w * scale))), min(high, max(1, round(h * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    room = np.full((high, wide, 3), _GREY, np.uint8)
    room[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=how)
    return room


def _merged(first: list[FoundPlate], second: list[FoundPlate]) -> list[FoundPlate]:
    """Both looks' plates, of two at one place the surer one."""
    kept: list[FoundPlate] = []
    for one in sorted(first + second, key=lambda p: -p.score):
        reach = np.linalg.norm(one.corners[1] - one.corners[0]) / 2
        middle = one.corners.mean(0)
        if all(np.linalg.norm(other.corners.mean(0) - middle) > reach for other in kept):
            kept.append(one)
    return kept
