"""Speed from a plate's track, with its uncertainty, by two methods.

The camera's pose is known; the plate's true width is. Per picture the angle between the plate's
left and right edge gives its distance, and so its height above the road; the height is the
weighted mean over the track. *First method*: the plate's centre, followed along the plane of
that height, fitted by s + v t + a t²/2. *Second method*: the rate at which the distance found
from the plate's size changes. The first uses where the plate is seen and hardly how its size
changes, the second the reverse, so a bumped camera, a wrong height or a wrong box shows up as
disagreement. Both share the plate's assumed width, which the plate's shape and height guard.

All arrays are batches: B tracks of up to N pictures, with a weight of 0 where there is none.
Every step is elementary, so that the static page can repeat it (docs/ref/evidence.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sergek.core.speed import SpeedInputs
from sergek.traffic.path import Batch, Path, follow

__all__ = ["Batch", "Estimates", "evaluate", "stack"]

Array = NDArray[np.float64]
KMH = 3.6


@dataclass(frozen=True, slots=True)
class Estimates:
    """Per track: metres, seconds, m/s; `u_` is standard uncertainty (k = 1).

    `noise_px` is the scatter of the plate's centre about the fit in pixels, `apart_u_ms` the
    standard uncertainty of the difference between the methods (what moves both alike cancels),
    `budget_ms` the parts of `u_ms`.
    """

    speed_ms: Array
    u_ms: Array
    at_s: Array
    acceleration_ms2: Array
    heading_rad: Array
    path_m: Array
    length_m: Array
    height_m: Array
    u_height_m: Array
    second_ms: Array
    second_u_ms: Array
    apart_u_ms: Array
    noise_px: Array
    budget_ms: dict[str, Array]


def stack(inputs: Sequence[SpeedInputs]) -> Batch:
    """Tracks of one camera as a batch; all must carry the same pose."""
    longest = max(len(x.times_s) for x in inputs)
    pixels = np.zeros((len(inputs), longest, 2, 2))
    times = np.zeros((len(inputs), longest))
    there = np.zeros((len(inputs), longest))
    pose = inputs[0].pose
    for i, one in enumerate(inputs):
        count = len(one.times_s)
        corners = np.array(one.corners).reshape(count, 4, 2)
        pixels[i, :count, 0] = (corners[:, 0] + corners[:, 3]) / 2
        pixels[i, :count, 1] = (corners[:, 1] + corners[:, 2]) / 2
        rows = corners[:, :, 1].mean(axis=1) / pose.height
        times[i, :count] = np.array(one.times_s) + one.readout_s * rows
        there[i, :count] = 1.0
        pixels[i, count:] = pixels[i, 0]
        times[i, count:] = times[i, 0]

    def each(name: str) -> Array:
        return np.array([getattr(one, name) for one in inputs], dtype=float)

    return Batch(
        parameters=np.array(pose.parameters),
        covariance=np.array(pose.covariance).reshape(9, 9),
        size=(pose.width, pose.height),
        pixels=pixels,
        times_s=times,
        there=there,
        width_m=np.array([one.plate.width_mm / 1000 for one in inputs]),
        width_sigma_m=np.array([one.plate.sigma_mm / 1000 for one in inputs]),
        heading_rad=np.radians(each("heading_deg")),
        corner_sigma_px=each("corner_sigma_px"),
        corner_bias_px=each("corner_bias_px"),
        yaw_sigma_rad=np.radians(each("plate_yaw_sigma_deg")),
        time_sigma_s=each("time_sigma_s"),
        rate_sigma=each("rate_sigma"),
    )


def evaluate(batch: Batch) -> Estimates:
    """Speeds of all tracks with their uncertainty, by the law of propagation (JCGM 100:2008, 5).

    Derivatives with respect to pose, plate width, plate yaw and plate height are numerical.
    """
    with np.errstate(all="ignore"):
        return _evaluated(batch)


def _evaluated(batch: Batch) -> Estimates:
    path = follow(batch)
    noise_px = _noise_px(batch, path)
    sigma_px = np.maximum(batch.corner_sigma_px, 2 * noise_px)
    u_height = _height_scatter(batch, path, sigma_px)
    budget, apart = _budget(batch, path, sigma_px, u_height)
    own = _second_scatter(batch, path, sigma_px)
    shared = np.hypot(np.hypot(budget["plate_width"], budget["corner_bias"]), budget["pose"])
    reach = np.where(batch.there[..., None] > 0, path.ground, np.nan)
    spread = np.nanmax(reach, axis=1) - np.nanmin(reach, axis=1)
    return Estimates(
        speed_ms=path.speed,
        u_ms=np.asarray(np.sqrt(sum(part**2 for part in budget.values()))),
        at_s=path.at,
        acceleration_ms2=path.acceleration,
        heading_rad=path.heading,
        path_m=path.ground,
        length_m=np.hypot(spread[:, 0], spread[:, 1]),
        height_m=path.height,
        u_height_m=np.sqrt(u_height**2 + (path.height - batch.parameters[8]) ** 2 * 1e-6),
        second_ms=path.second,
        second_u_ms=np.hypot(own, shared),
        apart_u_ms=np.hypot(own, apart),
        noise_px=noise_px,
        budget_ms=budget,
    )


def _noise_px(batch: Batch, path: Path) -> Array:
    """Scatter of the plate's centre about the fit, in pixels along the road."""
    freedom = np.maximum(np.sum(batch.there, axis=1) - 3, 1)
    # sigma_s belongs to half a pixel: the centre of four corners with one pixel each
    return np.asarray(np.sqrt(np.sum(path.weight * path.residual**2, axis=1) / freedom) / 2)


def _budget(
    batch: Batch, path: Path, sigma_px: Array, u_height: Array
) -> tuple[dict[str, Array], Array]:
    """Standard uncertainties of the speed (m/s) by source; and that of the difference between
    the methods (second less first), without the second's own noise."""
    width = _slopes(batch, path, width_m=batch.width_m * 1.001) / (batch.width_m * 0.001)
    yaw = _slopes(batch, path, yaw_rad=1e-3) / 1e-3
    raised = _slopes(batch, path, height_m=path.height + 0.01) / 0.01
    pose = _pose_parts(batch, path)
    jitter = _fit_scatter(batch, path, sigma_px, jitter=True)
    bias = _bias_of_width(batch, path)
    noise = _fit_scatter(batch, path, sigma_px, jitter=False)
    budget = {
        "pose": pose[0],
        "plate_width": np.abs(width[0]) * batch.width_sigma_m,
        "plate_yaw": np.abs(yaw[0]) * batch.yaw_sigma_rad,
        "plate_height": np.abs(raised[0]) * u_height,
        "corner_bias": np.abs(width[0]) * bias,
        "pixel_noise": noise,
        "time": np.hypot(jitter, path.speed * batch.rate_sigma),
    }
    # an edge that is off by a constant number of pixels counts twice in the rate of size
    twice = np.abs(width[1]) * batch.width_sigma_m, np.abs(width[0]) * bias
    parts = [pose[1], *twice, yaw[1] * batch.yaw_sigma_rad, raised[1] * u_height, noise]
    return budget, np.asarray(np.sqrt(sum(part**2 for part in parts)))


def _pose_parts(batch: Batch, path: Path) -> Array:
    """What the pose's covariance does to the speed and to the methods' difference (2, B)."""
    spread = np.sqrt(np.diag(batch.covariance))
    slopes = np.zeros((9, 2, len(path.speed)))
    for i in np.flatnonzero(spread > 0):
        shifted = batch.parameters.copy()
        shifted[i] += 0.1 * spread[i]
        slopes[i] = _slopes(batch, path, parameters=shifted) / (0.1 * spread[i])
    return np.asarray(np.sqrt(np.einsum("ikb,ij,jkb->kb", slopes, batch.covariance, slopes)))


def _slopes(batch: Batch, path: Path, **change: Array | float) -> Array:
    """By how much a change moves the speed, and the second method against the first (2, B)."""
    moved = follow(batch, heading_from=path, **change)  # type: ignore[arg-type]
    apart = (moved.second - path.second) - (moved.speed - path.speed)
    return np.stack([moved.speed - path.speed, apart])


def _height_scatter(batch: Batch, path: Path, sigma_px: Array) -> Array:
    """Standard uncertainty of the mean height from the noise of the plate's edges."""
    drop = np.abs(batch.parameters[8] - path.height)
    return np.asarray(
        drop * sigma_px / batch.parameters[0] / np.sqrt(np.sum(batch.there * path.angle**2, axis=1))
    )


def _bias_of_width(batch: Batch, path: Path) -> Array:
    """By how many metres too wide the plate seems if each edge is off outwards by the bias."""
    count = np.sum(batch.there, axis=1)
    seen_px = np.sum(batch.there * path.angle, axis=1) / count * batch.parameters[0]
    return np.asarray(batch.width_m * 2 * batch.corner_bias_px / seen_px)


def _fit_scatter(batch: Batch, path: Path, sigma_px: Array, *, jitter: bool) -> Array:
    """Standard uncertainty of the fitted speed from the centre's noise or from time jitter."""
    if jitter:
        variance = np.broadcast_to(
            (path.speed * batch.time_sigma_s)[:, None] ** 2, path.sigma_s.shape
        )
    else:
        variance = (path.sigma_s * sigma_px[:, None]) ** 2
    influence = np.einsum("bj,bnj->bn", path.normal_inverse[:, 1, :], path.basis) * path.weight
    return np.asarray(np.sqrt(np.sum(influence**2 * variance, axis=1)))


def _second_scatter(batch: Batch, path: Path, sigma_px: Array) -> Array:
    sigma = path.range_m**2 * (sigma_px / batch.parameters[0] / batch.width_m)[:, None]
    spread = np.sum(path.second_weight * path.second_tau**2, axis=1)
    influence = path.second_weight * path.second_tau / spread[:, None]
    return np.asarray(np.sqrt(np.sum((influence * sigma) ** 2, axis=1)))
