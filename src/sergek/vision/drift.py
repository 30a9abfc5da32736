"""Whether a camera still looks where it was calibrated: fixed background against a reference.

Patches around strong corners outside the road are looked for in the new picture by normalised
correlation of their gradients, which survive dusk and dirt better than brightness does. The
median shift of those found is the camera's. Vehicles and people cover some patches for a while;
the median and three checks in a row keep them from raising an alarm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image

__all__ = ["DriftReferences", "DriftState", "DriftWatch", "Reference", "Shift"]

Field = NDArray[np.float32]

_PATCH = 24  # half side of a patch, px
_REACH = 40  # how far a shift is looked for, px
_PATCHES = 40
_LIKE = 0.6  # correlation from which a patch counts as found
_LEAST = 6  # patches that must agree
_ROWS = 3  # checks in a row before the state changes


class DriftState(StrEnum):
    """`STEADY` may measure; `MOVED` and `UNKNOWN` (too dark, fog, covered) may not."""

    STEADY = "steady"
    MOVED = "moved"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Shift:
    """The picture's shift in pixels and on how many patches it rests."""

    dx_px: float
    dy_px: float
    patches: int

    @property
    def length_px(self) -> float:
        """How far."""
        return float(np.hypot(self.dx_px, self.dy_px))


@dataclass(frozen=True, slots=True)
class Reference:
    """What a survey's first picture looked like, when the camera last agreed with it, and whether
    it was found moved since: then only a new survey helps."""

    picture: Image
    last_good_at: datetime
    moved: bool


class DriftReferences(Protocol):
    """Where references outlive the process: a bumped camera must not become its own measure."""

    def load(self, camera_id: str, survey: str) -> Reference | None:
        """The reference of that camera's survey, if there is one."""
        ...

    def keep(self, camera_id: str, survey: str, reference: Reference) -> None:
        """Durably remember the picture and the rest."""
        ...

    def note(self, camera_id: str, survey: str, last_good_at: datetime, *, moved: bool) -> None:
        """Remember the latest finding on a reference that is kept."""
        ...


class DriftWatch:
    """Compares pictures of one camera with the one it was calibrated on.

    `busy` are polygons (pixels) where things move, e.g. the lanes; `limit_px` is the shift from
    which the calibration no longer holds. Feed `check` every `every_s` seconds or more rarely:
    three checks in a row decide, so that at 5 s a bump is noticed within 15 s.
    """

    every_s = 5.0

    def __init__(
        self,
        reference: Image,
        busy: Sequence[Sequence[tuple[float, float]]] = (),
        limit_px: float = 4.0,
    ) -> None:
        self._limit_px = limit_px
        self._field = _edges(reference)
        self._spots = _corners(reference, busy)
        self.state = DriftState.UNKNOWN if len(self._spots) < _LEAST else DriftState.STEADY
        self._row: list[DriftState] = []

    @property
    def patches(self) -> int:
        """How many patches the reference offers; under six the camera cannot be watched."""
        return len(self._spots)

    @property
    def found(self) -> DriftState:
        """What the last check alone found."""
        return self._row[-1] if self._row else self.state

    def check(self, picture: Image) -> DriftState:
        """Look at a picture; the state changes after three equal findings in a row."""
        shift = self.shift(picture)
        found = DriftState.UNKNOWN
        if shift is not None:
            moved = shift.length_px > self._limit_px
            found = DriftState.MOVED if moved else DriftState.STEADY
        self._row = [*self._row[1 - _ROWS :], found]
        if len(self._row) == _ROWS and set(self._row) == {found}:
            self.state = found
        return self.state

    def shift(self, picture: Image) -> Shift | None:
        """The camera's shift, or None if too few patches are found to tell."""
        now = _edges(picture)
        if now.shape != self._field.shape:
            return None
        moves = [move for spot in self._spots if (move := self._move(now, spot)) is not None]
        if len(moves) < _LEAST:
            return None
        table = np.array(moves)
        middle = np.median(table, axis=0)
        agree = np.hypot(*(table - middle).T) < 2.0
        if agree.sum() < max(_LEAST, 0.5 * len(moves)):
            return None
        dx, dy = table[agree].mean(axis=0)
        return Shift(float(dx), float(dy), int(agree.sum()))

    def _move(self, now: Field, spot: tuple[int, int]) -> tuple[float, float] | None:
        x, y = spot
        patch = self._field[y - _PATCH : y + _PATCH, x - _PATCH : x + _PATCH]
        wide = _PATCH + _REACH
        area = now[y - wide : y + wide, x - wide : x + wide]
        like = cv2.matchTemplate(area, patch, cv2.TM_CCOEFF_NORMED)
        _, best, _, (at_x, at_y) = cv2.minMaxLoc(like)
        if best < _LIKE:
            return None
        return float(at_x - _REACH), float(at_y - _REACH)


def _edges(picture: Image) -> Field:
    """Strength of the brightness gradient, compressed so that lamps do not rule it."""
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    dx = cv2.Sobel(grey, cv2.CV_32F, 1, 0)
    dy = cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return np.asarray(np.log1p(cv2.magnitude(dx, dy)), dtype=np.float32)


def _corners(
    reference: Image, busy: Sequence[Sequence[tuple[float, float]]]
) -> list[tuple[int, int]]:
    grey = cv2.cvtColor(reference, cv2.COLOR_BGR2GRAY)
    margin = _PATCH + _REACH
    mask = np.zeros(grey.shape, np.uint8)
    mask[margin:-margin, margin:-margin] = 255
    for polygon in busy:
        cv2.fillPoly(mask, [np.array(polygon, dtype=np.int32)], 0)
    found = cv2.goodFeaturesToTrack(grey, _PATCHES, 0.02, 2 * _PATCH, mask=mask)
    # OpenCV returns None where there is no corner at all
    return [(int(x), int(y)) for x, y in np.array([] if found is None else found).reshape(-1, 2)]
