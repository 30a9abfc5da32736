"""A plate of known size carried along a straight way: where its corners must be on each picture.

The coarse model that tells `vision.plate_alignment` where to look. It is not the measurement: its
speed and height are thrown away.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sergek.core.speed import CameraPose, PlateSize
from sergek.traffic.calibration import ground_at
from sergek.traffic.lens import project

__all__ = ["PlateMotion", "fit_motion"]

Array = NDArray[np.float64]

# Taken for granted before a picture is seen (k = 1): height 0.6 ± 0.4 m, lean 0 ± 5°, roll 0 ± 4°,
# heading against the lane's 3°, acceleration 3 m/s²; the rest is not known at all.
_HEIGHT_M = 0.6
_CERTAINTY = (
    1 / np.array([1e4, 1e4, np.radians(3.0), 1e4, 3.0, 0.4, np.radians(5.0), np.radians(4.0)]) ** 2
)
# Corners further off than this many times the usual distance count ever less (Cauchy's weights).
_CAUCHY = 2.4
_STEPS_MOST = 10
_STEPS = np.array([1e-4, 1e-4, 1e-5, 1e-4, 1e-3, 1e-4, 1e-5, 1e-5])


@dataclass(frozen=True, slots=True)
class PlateMotion:
    """`state`: x, y (m) at `when_s`, heading (rad), speed (m/s), acceleration (m/s²), height (m),
    lean (rad, top away from the camera). `off_px` (n,) is how far each picture's corners were
    from the model, root mean square."""

    state: Array
    when_s: float
    facing_rad: float
    pose: CameraPose
    plate: PlateSize
    off_px: Array

    def points(self, times_s: Array, spots_mm: Array) -> Array:
        """Pixels (n, k, 2) of spots (k, 2) of the plate, millimetres right of and below its
        middle, at the times (n,)."""
        return _points(self.state, self, times_s, spots_mm)


def fit_motion(
    pose: CameraPose, plate: PlateSize, times_s: Array, corners: Array, heading_deg: float
) -> PlateMotion | None:
    """The motion that fits corners (n, 4, 2) best, None where nothing sensible does.

    Gauss-Newton over eight unknowns with Cauchy weights per picture.
    """
    model = _first(pose, plate, times_s, corners, heading_deg)
    if model is None:
        return None
    spots = _outline_mm(plate)
    heading = float(model.state[2])

    def gaps(state: Array) -> Array:
        found = _points(state, model, times_s, spots) - corners
        return np.asarray(found.reshape(len(times_s), -1))

    state = model.state
    for _ in range(_STEPS_MOST):
        gap = gaps(state)
        if not np.isfinite(gap).all():
            return None
        off = _off_px(gap)
        scale = max(float(np.median(off)), 0.3)
        root = 1 / np.sqrt(1 + (off / (_CAUCHY * scale)) ** 2) / scale
        rows = zip(np.diag(_STEPS), _STEPS, strict=True)
        slope = np.stack([(gaps(state + row) - gap) / step for row, step in rows], axis=-1)
        jacobian = (slope * root[:, None, None]).reshape(-1, 8)
        normal = jacobian.T @ jacobian + np.diag(_CERTAINTY)
        down = jacobian.T @ (gap * root[:, None]).ravel()
        down += _CERTAINTY * (state - _expected(heading))
        state = state - np.linalg.solve(normal, down)
    gap = gaps(state)
    if not np.isfinite(gap).all():
        return None
    return replace(model, state=state, off_px=_off_px(gap))


def _first(
    pose: CameraPose, plate: PlateSize, times_s: Array, corners: Array, heading_deg: float
) -> PlateMotion | None:
    """A motion from the corners' middles at the usual height."""
    middles = ground_at(pose, corners.mean(axis=1), _HEIGHT_M)
    if not np.isfinite(middles).all():
        return None
    when = float(np.mean(times_s))
    way, place = np.polyfit(times_s - when, middles, 1)
    heading = np.radians(heading_deg)
    ahead = np.array([np.sin(heading), np.cos(heading)])
    away = float((place - np.array(pose.parameters[6:8])) @ ahead) >= 0
    state = np.array([*place, heading, float(way @ ahead), 0.0, _HEIGHT_M, 0.0, 0.0])
    facing = 0.0 if away else float(np.pi)
    return PlateMotion(state, when, facing, pose, plate, np.zeros(len(times_s)))


def _off_px(gap: Array) -> Array:
    return np.asarray(np.sqrt(np.mean(gap**2, axis=1) * 2))


def _expected(heading: float) -> Array:
    return np.array([0.0, 0.0, heading, 0.0, 0.0, _HEIGHT_M, 0.0, 0.0])


def _outline_mm(plate: PlateSize) -> Array:
    x, y = plate.width_mm / 2, plate.height_mm / 2
    return np.array([(-x, -y), (x, -y), (x, y), (-x, y)])


def _points(state: Array, model: PlateMotion, times_s: Array, spots_mm: Array) -> Array:
    x, y, heading, speed, acceleration, height, lean, roll = state
    tau = times_s - model.when_s
    way = speed * tau + acceleration * tau**2 / 2
    look = heading + model.facing_rad
    inward = np.array([np.sin(look), np.cos(look), 0.0])
    right = np.array([np.cos(look), -np.sin(look), 0.0])
    down = -(np.array([0, 0, 1.0]) * np.cos(lean) + inward * np.sin(lean))
    centre = np.stack(
        [x + np.sin(heading) * way, y + np.cos(heading) * way, np.full_like(way, height)], axis=-1
    )
    c, s = np.cos(roll), np.sin(roll)
    level = spots_mm @ np.array([[c, s], [-s, c]])
    local = (level[:, :1] * right + level[:, 1:] * down) / 1000
    pose = model.pose
    return project(
        np.array(pose.parameters), (pose.width, pose.height), centre[:, None] + local[None]
    )
