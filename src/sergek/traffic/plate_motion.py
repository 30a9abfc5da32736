"""A plate of known size carried along a straight way: where its corners must be on each picture.

The coarse model that tells `vision.plate_alignment` where to look. It is not the measurement: its
speed and height are thrown away.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sergek.core.speed import CameraPose, PlateSize
from sergek.traffic.calibration import ground_at
from sergek.traffic.lens import project

__all__ = ["PlateMotion", "fit_motion"]

Array = NDArray[np.float64]

# What is taken for granted before a picture is seen (k = 1): height above the road, lean back.
_HEIGHT_M, _HEIGHT_SIGMA_M = 0.6, 0.4
_LEAN_SIGMA_RAD = np.radians(5.0)
_ACCELERATION_SIGMA_MS2 = 3.0
# Corners further off than this many times the usual distance count ever less (Cauchy's weights).
_CAUCHY = 2.4
_STEPS = np.array([1e-4, 1e-4, 1e-5, 1e-4, 1e-3, 1e-4, 1e-5])


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

    Levenberg-Marquardt over seven unknowns with Cauchy weights per picture.
    """
    when = float(np.mean(times_s))
    middles = ground_at(pose, corners.mean(axis=1), _HEIGHT_M)
    if not np.isfinite(middles).all():
        return None
    tau = times_s - when
    line = np.polyfit(tau, middles, 1)
    heading = np.radians(heading_deg)
    ahead = np.array([np.sin(heading), np.cos(heading)])
    here = np.array(pose.parameters[6:8])
    away = float((line[1] - here) @ ahead) >= 0
    model = PlateMotion(
        np.array([*line[1], heading, float(line[0] @ ahead), 0.0, _HEIGHT_M, 0.0]),
        when, 0.0 if away else np.pi, pose, plate, np.zeros(len(times_s)),
    )  # fmt: skip
    spots = _outline_mm(plate)

    def gaps(state: Array) -> Array:
        return np.asarray((_points(state, model, times_s, spots) - corners).reshape(len(tau), -1))

    state, weight = model.state, np.ones(len(tau))
    for _ in range(12):
        gap = gaps(state)
        if not np.isfinite(gap).all():
            return None
        off = np.sqrt(np.mean(gap**2, axis=1) * 2)
        scale = max(float(np.median(off)), 0.3)
        weight = 1 / (1 + (off / (_CAUCHY * scale)) ** 2)
        slope = np.stack(
            [(gaps(state + row) - gap) / step for row, step in zip(np.diag(_STEPS), _STEPS)], axis=-1
        )
        root = np.sqrt(weight)[:, None] / scale
        jacobian = np.concatenate([(slope * root[..., None]).reshape(-1, 7), _prior_slope()])
        rest = np.concatenate([(gap * root).ravel(), _prior(state, heading)])
        step = np.linalg.lstsq(jacobian, -rest, rcond=None)[0]
        state = state + step
        if np.abs(step / (_STEPS * 100)).max() < 0.01:
            break
    gap = gaps(state)
    off = np.sqrt(np.mean(gap**2, axis=1) * 2)
    return PlateMotion(state, when, model.facing_rad, pose, plate, off)


def _prior(state: Array, heading: float) -> Array:
    return np.array(
        [
            (state[2] - heading) / np.radians(3.0),
            state[4] / _ACCELERATION_SIGMA_MS2,
            (state[5] - _HEIGHT_M) / _HEIGHT_SIGMA_M,
            state[6] / _LEAN_SIGMA_RAD,
        ]
    )


def _prior_slope() -> Array:
    rows = np.zeros((4, 7))
    rows[0, 2] = 1 / np.radians(3.0)
    rows[1, 4] = 1 / _ACCELERATION_SIGMA_MS2
    rows[2, 5] = 1 / _HEIGHT_SIGMA_M
    rows[3, 6] = 1 / _LEAN_SIGMA_RAD
    return rows


def _outline_mm(plate: PlateSize) -> Array:
    x, y = plate.width_mm / 2, plate.height_mm / 2
    return np.array([(-x, -y), (x, -y), (x, y), (-x, y)])


def _points(state: Array, model: PlateMotion, times_s: Array, spots_mm: Array) -> Array:
    x, y, heading, speed, acceleration, height, lean = state
    tau = times_s - model.when_s
    way = speed * tau + acceleration * tau**2 / 2
    look = heading + model.facing_rad
    inward = np.array([np.sin(look), np.cos(look), 0.0])
    right = np.array([np.cos(look), -np.sin(look), 0.0])
    down = -(np.array([0, 0, 1.0]) * np.cos(lean) + inward * np.sin(lean))
    centre = np.stack(
        [x + np.sin(heading) * way, y + np.cos(heading) * way, np.full_like(way, height)], axis=-1
    )
    local = (spots_mm[:, :1] * right + spots_mm[:, 1:] * down) / 1000
    pose = model.pose
    return project(
        np.array(pose.parameters), (pose.width, pose.height), centre[:, None] + local[None]
    )
