"""Constant-velocity Kalman filters of many boxes at once, in closed form.

Each of centre x, centre y, width and height of each box is one filter of two states (value and
speed per second), so a step is a handful of array operations whatever the number of tracks.
Noise grows with the box: a near vehicle moves more pixels. Kalman 1960; the white-acceleration
process noise is Bar-Shalom et al., "Estimation with Applications to Tracking", §6.3.2.
"""

import numpy as np
from numpy.typing import NDArray

from sergek.vision.suppression import Boxes

__all__ = ["BoxFilters"]

_Rows = NDArray[np.float64]

# Standard deviations in shares of the box's own size: of a detected coordinate, of the unknown
# speed of a new track (sizes per second) and of acceleration (sizes per second squared).
_MEASURED, _NEW_SPEED, _ACCELERATION = 0.05, 2.5, 1.5
# An unseen box keeps moving but soon stops growing or shrinking.
_GROWTH_HALF_LIFE_S = 0.3


def _rows(boxes: Boxes) -> _Rows:
    low, high = boxes[:, :2], boxes[:, 2:]
    return np.concatenate([(low + high) / 2, high - low], axis=1)


class BoxFilters:
    """The filters of all tracks, one row each, in the order they were added."""

    def __init__(self) -> None:
        self._value = np.zeros((0, 4))
        self._speed = np.zeros((0, 4))
        self._var = np.zeros((0, 3, 4))

    def __len__(self) -> int:
        return len(self._value)

    @property
    def boxes(self) -> Boxes:
        """N × 4 boxes (x1, y1, x2, y2)."""
        half = np.maximum(self._value[:, 2:], 1.0) / 2
        return np.concatenate([self._value[:, :2] - half, self._value[:, :2] + half], axis=1)

    @property
    def speeds(self) -> _Rows:
        """N × 2 speeds of the centres, pixels per second."""
        return self._speed[:, :2]

    def predict(self, step_s: float, seen: NDArray[np.bool_]) -> None:
        """Move every box on by `step_s`; `seen` says which were seen at the last step."""
        self._speed[~seen, 2:] *= 0.5 ** (step_s / _GROWTH_HALF_LIFE_S)
        self._value = self._value + self._speed * step_s
        self._value[:, 2:] = np.maximum(self._value[:, 2:], 1.0)
        noise = (self._size() * _ACCELERATION) ** 2
        p0, p1, p2 = self._var[:, 0], self._var[:, 1], self._var[:, 2]
        self._var = np.stack(
            [
                p0 + 2 * step_s * p1 + step_s**2 * p2 + noise * step_s**4 / 4,
                p1 + step_s * p2 + noise * step_s**3 / 2,
                p2 + noise * step_s**2,
            ],
            axis=1,
        )

    def correct(self, rows: NDArray[np.intp], boxes: Boxes) -> None:
        """Take the detected boxes into the named rows."""
        error = _rows(boxes) - self._value[rows]
        var = self._var[rows]
        total = var[:, 0] + (self._size()[rows] * _MEASURED) ** 2
        gain, speed_gain = var[:, 0] / total, var[:, 1] / total
        self._value[rows] += gain * error
        self._speed[rows] += speed_gain * error
        self._var[rows] = np.stack(
            [var[:, 0] * (1 - gain), var[:, 1] * (1 - gain), var[:, 2] - speed_gain * var[:, 1]],
            axis=1,
        )

    def add(self, boxes: Boxes) -> None:
        """Begin a filter per box, at rest."""
        rows = _rows(boxes)
        size = np.tile(np.maximum(rows[:, 2:], 1.0), 2)
        first = np.stack(
            [(size * _MEASURED) ** 2, np.zeros_like(size), (size * _NEW_SPEED) ** 2], axis=1
        )
        self._value = np.concatenate([self._value, rows])
        self._speed = np.concatenate([self._speed, np.zeros_like(rows)])
        self._var = np.concatenate([self._var, first])

    def rest(self) -> None:
        """Nothing moves: all speeds become zero, and as unsure as a new track's are sure."""
        self._speed[:] = 0.0
        self._var[:, 1] = 0.0

    def keep(self, kept: NDArray[np.bool_]) -> None:
        """Drop the rows that are not kept."""
        self._value, self._speed, self._var = (
            self._value[kept],
            self._speed[kept],
            self._var[kept],
        )

    def _size(self) -> _Rows:
        return np.tile(np.maximum(self._value[:, 2:], 1.0), 2)
