"""All pictures of one plate laid over each other to a few hundredths of a pixel.

Every picture is straightened onto the plate's own millimetres by a coarse motion, then shifted,
scaled and turned until it fits the mean of all (inverse compositional least squares: S. Baker and
I. Matthews, *Lucas-Kanade 20 years on*, 2004). Brightness and contrast are fitted along, and so is
the difference of sharpness (second derivatives of the mean), which would else pass for scale: a far
picture of a white plate on a dark car looks smaller than it is.

What is left in common to all pictures is a place and a size *in plate millimetres*, the same all
along the track: it moves the speed like a plate of another width, not like a shift of pixels.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Luma
from sergek.traffic.plate_motion import PlateMotion

__all__ = ["Alignment", "Patch", "align", "moved"]

Array = NDArray[np.float64]

STEP_MM = 2.0
MARGIN_MM = (64.0, 24.0)
# How far around the plate pictures are compared: its edge belongs to it, the car behind does not.
_RIM_MM = 6.0
_SOFT = 1.0  # blur of the compared pictures, samples
_ROUNDS, _STEPS = 5, 6
_STILL_MM = 0.02
# Least likeness (correlation) of a picture to the mean, and against the median of all.
_LEAST_LIKE, _LESS_LIKE = 0.6, 0.2


@dataclass(frozen=True, slots=True)
class Patch:
    """Part of a picture's brightness; `origin` is its top left corner on the picture."""

    luma: Luma
    origin: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Alignment:
    """`warps` (n, 4): shift right and down (mm), logarithm of size, turn (rad) of the plate
    against the motion; `like` (n,) each picture's correlation with the mean; `good` (n,) which
    pictures are used; `mean` the plate on its grid of millimetres, `wide_px` (n,) its width."""

    motion: PlateMotion
    times_s: Array
    warps: Array
    like: Array
    good: NDArray[np.bool_]
    mean: NDArray[np.float64]
    wide_px: Array

    @property
    def x_mm(self) -> Array:
        """Where the mean's columns are, from the plate's middle."""
        return _axis(self.motion.plate.width_mm, MARGIN_MM[0])

    @property
    def y_mm(self) -> Array:
        """Where the mean's rows are, from the plate's middle."""
        return _axis(self.motion.plate.height_mm, MARGIN_MM[1])

    def points(self, spots_mm: Array) -> Array:
        """Pixels (n, k, 2) of spots (k, 2) of the aligned plate on every picture."""
        return np.stack(
            [
                self.motion.points(self.times_s[i : i + 1], moved(spots_mm, warp))[0]
                for i, warp in enumerate(self.warps)
            ]
        )


def moved(spots_mm: Array, warp: Array) -> Array:
    """Spots (k, 2) shifted, scaled and turned by a warp."""
    c, s = np.cos(warp[3]), np.sin(warp[3])
    turn = np.exp(warp[2]) * np.array([[c, -s], [s, c]])
    return np.asarray(spots_mm @ turn.T + warp[:2])


def align(patches: list[Patch], motion: PlateMotion, times_s: Array) -> Alignment:
    """Lay the pictures over each other; `patches` and `times_s` run together."""
    sheet = _Sheet(patches, motion, times_s)
    warps = np.zeros((len(patches), 4))
    views = [sheet.view(i, warp) for i, warp in enumerate(warps)]
    outline = sheet.outline(0.0)
    edges = motion.points(times_s, outline)
    wide = np.linalg.norm(edges[:, 1] - edges[:, 0], axis=-1)
    like = np.ones(len(patches))
    for turn in range(_ROUNDS):
        mean = sheet.mean(views, wide ** (4 if turn == 0 else 2) * np.clip(like, 0.01, 1) ** 4)
        target = _Target(mean, sheet)
        for i in range(len(patches)):
            warps[i], views[i], like[i] = target.fit(sheet, i, warps[i], views[i])
    good = like > max(_LEAST_LIKE, float(np.median(like)) - _LESS_LIKE)
    kept = [view for view, fine in zip(views, good, strict=True) if fine]
    mean = sheet.mean(kept, wide[good] ** 2) if kept else sheet.mean(views, wide)
    return Alignment(motion, times_s, warps, like, good, mean, wide)


class _Sheet:
    """The grid of plate millimetres and the way from it to each picture."""

    def __init__(self, patches: list[Patch], motion: PlateMotion, times_s: Array) -> None:
        self._patches, self._motion, self._times_s = patches, motion, times_s
        plate = motion.plate
        x, y = _axis(plate.width_mm, MARGIN_MM[0]), _axis(plate.height_mm, MARGIN_MM[1])
        self.size = len(x), len(y)
        self.x, self.y = np.meshgrid(x, y)
        self.inside = (np.abs(self.x) < plate.width_mm / 2 + _RIM_MM) & (
            np.abs(self.y) < plate.height_mm / 2 + _RIM_MM
        )
        nx, ny = self.size
        self._grid = np.array([(0, 0), (nx, 0), (nx, ny), (0, ny)], np.float32) - np.float32(0.5)

    def outline(self, margin: float) -> Array:
        """The plate's rectangle grown by a share of the grid's margin, clockwise (4, 2)."""
        plate = self._motion.plate
        x = plate.width_mm / 2 + margin * MARGIN_MM[0]
        y = plate.height_mm / 2 + margin * MARGIN_MM[1]
        return np.array([(-x, -y), (x, -y), (x, y), (-x, y)])

    def view(self, i: int, warp: Array) -> NDArray[np.float32]:
        """Picture i on the grid."""
        patch = self._patches[i]
        spots = moved(self.outline(1.0), warp)
        quad = self._motion.points(self._times_s[i : i + 1], spots)[0]
        # Our pixels count from the picture's edge, OpenCV's from the first pixel's centre.
        quad = (quad - np.array(patch.origin) - 0.5).astype(np.float32)
        onto = cv2.getPerspectiveTransform(self._grid, quad)
        how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        flat = cv2.warpPerspective(
            patch.luma, onto, self.size, flags=how, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(flat, np.float32)

    def mean(self, views: list[NDArray[np.float32]], weight: Array) -> NDArray[np.float64]:
        """The weighted mean of the views after bringing each to one brightness and contrast."""
        level = [_levels(view[self.inside]) for view in views]
        share = weight / weight.sum()
        total = sum(w * (v - m) / s for w, v, (m, s) in zip(share, views, level, strict=True))
        brightness = sum(w * m for w, (m, _) in zip(share, level, strict=True))
        contrast = sum(w * s for w, (_, s) in zip(share, level, strict=True))
        return np.asarray(total * contrast + brightness, np.float64)


class _Target:
    """What a picture is fitted to, and how it answers to small warps."""

    def __init__(self, mean: NDArray[np.float64], sheet: _Sheet) -> None:
        middle, spread = _levels(mean[sheet.inside])
        soft = cv2.GaussianBlur((mean - middle) / spread, (0, 0), _SOFT)
        down, right = np.gradient(soft, STEP_MM)
        columns = [
            right,
            down,
            right * sheet.x + down * sheet.y,
            down * sheet.x - right * sheet.y,
            soft,
            np.ones_like(soft),
            np.gradient(right, STEP_MM, axis=1),
            np.gradient(down, STEP_MM, axis=0),
        ]
        self._inside = sheet.inside
        answer = np.stack(columns, axis=-1)[sheet.inside]
        self._wanted = soft[sheet.inside]
        self._solve = np.linalg.solve(answer.T @ answer, answer.T)

    def fit(
        self, sheet: _Sheet, i: int, warp: Array, view: NDArray[np.float32]
    ) -> tuple[Array, NDArray[np.float32], float]:
        """The warp that brings picture i onto the mean, its view, and their correlation."""
        for _ in range(_STEPS):
            step = (self._solve @ (self._seen(view) - self._wanted))[:4]
            warp = warp - step
            if not np.isfinite(warp).all() or np.abs(warp[:2]).max() > 60 or abs(warp[2]) > 0.3:
                return np.zeros(4), sheet.view(i, np.zeros(4)), 0.0
            view = sheet.view(i, warp)
            if np.abs(step[:2]).max() < _STILL_MM and abs(step[2]) < 1e-4:
                break
        seen, wanted = self._seen(view), self._wanted
        both = float(np.sqrt((seen @ seen) * (wanted @ wanted)))
        # A picture without any contrast is like nothing.
        return warp, view, float(seen @ wanted) / both if both > 0 else 0.0

    def _seen(self, view: NDArray[np.float32]) -> Array:
        soft = cv2.GaussianBlur(view, (0, 0), _SOFT)[self._inside].astype(np.float64)
        middle, spread = _levels(soft)
        return np.asarray((soft - middle) / spread)


def _levels(values: NDArray[np.float32] | Array) -> tuple[float, float]:
    return float(values.mean()), max(float(values.std()), 1.0)


def _axis(length_mm: float, margin_mm: float) -> Array:
    count = int((length_mm + 2 * margin_mm) / STEP_MM)
    return np.asarray((np.arange(count) + 0.5) * STEP_MM - length_mm / 2 - margin_mm)
