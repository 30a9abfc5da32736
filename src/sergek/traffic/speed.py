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
from sergek.traffic.lens import directions

__all__ = ["Batch", "Estimates", "evaluate", "stack"]

Array = NDArray[np.float64]
KMH = 3.6


@dataclass(frozen=True, slots=True)
class Batch:
    """Tracks seen by one camera: `pixels` (B, N, 2, 2) are the middles of the plate's left and
    right edge, `times_s` (B, N), `there` (B, N) 1 or 0; the rest one value per track."""

    parameters: Array
    covariance: Array
    size: tuple[int, int]
    pixels: Array
    times_s: Array
    there: Array
    width_m: Array
    width_sigma_m: Array
    heading_rad: Array
    corner_sigma_px: Array
    corner_bias_px: Array
    yaw_sigma_rad: Array
    time_sigma_s: Array
    rate_sigma: Array


@dataclass(frozen=True, slots=True)
class Estimates:
    """Per track: metres, seconds, m/s; `u_` is standard uncertainty (k = 1).

    `noise_px` is the scatter of the plate's centre about the fit in pixels, `second_u_own_ms`
    the part of the second method's uncertainty that it does not share with the first,
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
    second_u_own_ms: Array
    noise_px: Array
    budget_ms: dict[str, Array]


@dataclass(frozen=True, slots=True)
class _Path:
    """One pass of the computation at given parameters."""

    speed: Array
    height: Array
    second: Array
    at: Array
    acceleration: Array
    heading: Array
    ground: Array
    weight: Array
    basis: Array
    normal_inverse: Array
    sigma_s: Array
    residual: Array
    range_m: Array
    angle: Array
    second_weight: Array
    second_tau: Array


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
    path = _follow(batch)
    noise_px = _noise_px(batch, path)
    sigma_px = np.maximum(batch.corner_sigma_px, 2 * noise_px)
    u_height = _height_scatter(batch, path, sigma_px)
    budget = _budget(batch, path, sigma_px, u_height)
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
        second_u_own_ms=own,
        noise_px=noise_px,
        budget_ms=budget,
    )


def _rays(batch: Batch, parameters: Array) -> tuple[Array, Array, Array, Array]:
    """Unit rays left, right and middle, and the sine of the angle between left and right."""
    rays = directions(parameters, batch.size, batch.pixels)
    left, right = rays[..., 0, :], rays[..., 1, :]
    cross = np.cross(left, right)
    sine = np.sqrt(np.sum(cross * cross, axis=-1))
    middle = left + right
    middle = middle / np.sqrt(np.sum(middle * middle, axis=-1))[..., None]
    return left, right, middle, sine


def _follow(
    batch: Batch,
    *,
    parameters: Array | None = None,
    width_m: Array | None = None,
    yaw_rad: float = 0.0,
    heading_from: _Path | None = None,
    height_m: Array | None = None,
) -> _Path:
    """The whole computation once, in rounds, since the heading enters the distance: three from
    the lane's heading, two from one that was found already (for derivatives)."""
    at = batch.parameters if parameters is None else parameters
    width = batch.width_m if width_m is None else width_m
    rays = _rays(batch, at)
    heading = batch.heading_rad if heading_from is None else heading_from.heading
    rounds = 3 if heading_from is None else 2
    for _ in range(rounds):
        path = _round(batch, at, width, rays, heading, yaw_rad, height_m)
        heading = path.heading
    return path


def _round(
    batch: Batch,
    at: Array,
    width: Array,
    rays: tuple[Array, Array, Array, Array],
    heading: Array,
    yaw_rad: float,
    height_m: Array | None,
) -> _Path:
    middle, sine = rays[2], rays[3]
    spot = _spots(width, rays, heading, yaw_rad)
    weight = batch.there * sine**2
    height = at[8] + np.sum(weight * spot[..., 2], axis=1) / np.sum(weight, axis=1)
    if height_m is not None:
        height = height_m
    reach = (height - at[8])[:, None] / middle[..., 2]
    ground = at[6:8] + middle[..., :2] * reach[..., None]
    sigma_s = reach**2 / np.abs(at[8] - height)[:, None] / (2 * at[0])
    omega = batch.there / sigma_s**2
    line = _fit_line(omega, batch.times_s, ground)
    second, second_weight, second_tau, range_m = _second(batch, spot, line)
    return _Path(
        speed=line.fit[:, 1],
        height=height,
        second=second,
        at=line.when,
        acceleration=line.fit[:, 2],
        heading=line.heading,
        ground=ground,
        weight=omega,
        basis=line.basis,
        normal_inverse=line.inverse,
        sigma_s=sigma_s,
        residual=line.residual,
        range_m=range_m,
        angle=sine,
        second_weight=second_weight,
        second_tau=second_tau,
    )


def _spots(
    width: Array, rays: tuple[Array, Array, Array, Array], heading: Array, yaw_rad: float
) -> Array:
    """Where each plate is as seen from the camera (B, N, 3), from its apparent width alone.

    The plate's edge runs level and across the heading; far_right · right - far_left · left is
    to equal it (least squares over the two distances).
    """
    left, right, middle, sine = rays
    along = np.stack([np.sin(heading), np.cos(heading)], axis=-1)
    # the way one looks when facing the plate: with the vehicle or against it
    facing = np.where(np.sum(middle[:, 0, :2] * along, axis=-1) >= 0, 0.0, np.pi)
    look = heading + facing + yaw_rad
    edge = np.stack([np.cos(look), -np.sin(look), np.zeros_like(look)], axis=-1) * width[:, None]
    to_right = np.sum(right * edge[:, None, :], axis=-1)
    to_left = np.sum(left * edge[:, None, :], axis=-1)
    cosine = np.sum(left * right, axis=-1)
    far_right = (to_right - cosine * to_left) / sine**2
    far_left = (cosine * to_right - to_left) / sine**2
    return np.asarray((far_right[..., None] * right + far_left[..., None] * left) / 2)


@dataclass(frozen=True, slots=True)
class _Line:
    """A straight path with constant acceleration fitted to ground points."""

    when: Array
    heading: Array
    unit: Array
    basis: Array
    inverse: Array
    fit: Array
    residual: Array


def _fit_line(omega: Array, times_s: Array, ground: Array) -> _Line:
    """Weighted least squares of s + v τ + a τ²/2, τ counted from the weighted mean time."""
    total = np.sum(omega, axis=1)
    when = np.sum(omega * times_s, axis=1) / total
    tau = times_s - when[:, None]
    slope = np.sum((omega * tau)[..., None] * ground, axis=1)
    heading = np.arctan2(slope[:, 0], slope[:, 1])
    unit = np.stack([np.sin(heading), np.cos(heading)], axis=-1)
    s = np.sum(ground * unit[:, None, :], axis=-1)
    basis = np.stack([np.ones_like(tau), tau, tau**2 / 2], axis=-1)
    inverse = _inverse3(np.einsum("bn,bni,bnj->bij", omega, basis, basis))
    mean = np.sum(omega * s, axis=1) / total
    right_side = np.einsum("bn,bni->bi", omega * (s - mean[:, None]), basis)
    fit = np.einsum("bij,bj->bi", inverse, right_side)
    residual = s - mean[:, None] - np.einsum("bni,bi->bn", basis, fit)
    return _Line(when, heading, unit, basis, inverse, fit, residual)


def _second(batch: Batch, spot: Array, line: _Line) -> tuple[Array, Array, Array, Array]:
    """The second method: slope of the distance found from the plate's size, its weights, times
    and ranges; the acceleration is the first method's."""
    range_m = np.sqrt(np.sum(spot * spot, axis=-1))
    own = np.sum(spot[..., :2] * line.unit[:, None, :], axis=-1)
    own = own - line.fit[:, 2:] * line.basis[..., 1] ** 2 / 2
    weight = batch.there / range_m**4
    when = np.sum(weight * batch.times_s, axis=1) / np.sum(weight, axis=1)
    tau = batch.times_s - when[:, None]
    slope = np.sum(weight * tau * own, axis=1) / np.sum(weight * tau**2, axis=1)
    return np.asarray(slope), weight, tau, range_m


def _inverse3(m: Array) -> Array:
    """Inverses of symmetric 3 × 3 matrices (…, 3, 3) by cofactors, so that any language can."""
    a, b, c = m[..., 0, 0], m[..., 0, 1], m[..., 0, 2]
    d, e, f = m[..., 1, 1], m[..., 1, 2], m[..., 2, 2]
    rows = [
        [d * f - e * e, c * e - b * f, b * e - c * d],
        [c * e - b * f, a * f - c * c, b * c - a * e],
        [b * e - c * d, b * c - a * e, a * d - b * b],
    ]
    determinant = a * rows[0][0] + b * rows[0][1] + c * rows[0][2]
    return np.asarray(
        np.stack([np.stack(row, axis=-1) for row in rows], axis=-2) / determinant[..., None, None]
    )


def _noise_px(batch: Batch, path: _Path) -> Array:
    """Scatter of the plate's centre about the fit, in pixels along the road."""
    freedom = np.maximum(np.sum(batch.there, axis=1) - 3, 1)
    # sigma_s belongs to half a pixel: the centre of four corners with one pixel each
    return np.asarray(np.sqrt(np.sum(path.weight * path.residual**2, axis=1) / freedom) / 2)


def _budget(batch: Batch, path: _Path, sigma_px: Array, u_height: Array) -> dict[str, Array]:
    """Standard uncertainties of the speed (m/s) by source."""
    width = _slope(batch, path, width_m=batch.width_m * 1.001) / (batch.width_m * 0.001)
    yaw = _slope(batch, path, yaw_rad=1e-3) / 1e-3
    raised = _follow(batch, heading_from=path, height_m=path.height + 0.01)
    per_m = (raised.speed - path.speed) / 0.01
    jitter = _fit_scatter(batch, path, sigma_px, jitter=True)
    return {
        "pose": _pose_part(batch, path),
        "plate_width": np.abs(width) * batch.width_sigma_m,
        "plate_yaw": np.abs(yaw) * batch.yaw_sigma_rad,
        "plate_height": np.abs(per_m) * u_height,
        "corner_bias": np.abs(width) * _bias_of_width(batch, path),
        "pixel_noise": _fit_scatter(batch, path, sigma_px, jitter=False),
        "time": np.hypot(jitter, path.speed * batch.rate_sigma),
    }


def _pose_part(batch: Batch, path: _Path) -> Array:
    spread = np.sqrt(np.diag(batch.covariance))
    slopes = np.zeros((9, len(path.speed)))
    for i in range(9):
        if spread[i] > 0:
            shifted = batch.parameters.copy()
            shifted[i] += 0.1 * spread[i]
            slopes[i] = (
                _follow(batch, heading_from=path, parameters=shifted).speed - path.speed
            ) / (0.1 * spread[i])
    return np.asarray(np.sqrt(np.einsum("ib,ij,jb->b", slopes, batch.covariance, slopes)))


def _slope(batch: Batch, path: _Path, **change: Array | float) -> Array:
    moved = _follow(batch, heading_from=path, **change)  # type: ignore[arg-type]
    return np.asarray(moved.speed - path.speed)


def _height_scatter(batch: Batch, path: _Path, sigma_px: Array) -> Array:
    """Standard uncertainty of the mean height from the noise of the plate's edges."""
    drop = np.abs(batch.parameters[8] - path.height)
    return np.asarray(
        drop * sigma_px / batch.parameters[0] / np.sqrt(np.sum(batch.there * path.angle**2, axis=1))
    )


def _bias_of_width(batch: Batch, path: _Path) -> Array:
    """By how many metres too wide the plate seems if each edge is off outwards by the bias."""
    count = np.sum(batch.there, axis=1)
    seen_px = np.sum(batch.there * path.angle, axis=1) / count * batch.parameters[0]
    return np.asarray(batch.width_m * 2 * batch.corner_bias_px / seen_px)


def _fit_scatter(batch: Batch, path: _Path, sigma_px: Array, *, jitter: bool) -> Array:
    """Standard uncertainty of the fitted speed from the centre's noise or from time jitter."""
    if jitter:
        variance = np.broadcast_to(
            (path.speed * batch.time_sigma_s)[:, None] ** 2, path.sigma_s.shape
        )
    else:
        variance = (path.sigma_s * sigma_px[:, None]) ** 2
    influence = np.einsum("bj,bnj->bn", path.normal_inverse[:, 1, :], path.basis) * path.weight
    return np.asarray(np.sqrt(np.sum(influence**2 * variance, axis=1)))


def _second_scatter(batch: Batch, path: _Path, sigma_px: Array) -> Array:
    sigma = path.range_m**2 * (sigma_px / batch.parameters[0] / batch.width_m)[:, None]
    spread = np.sum(path.second_weight * path.second_tau**2, axis=1)
    influence = path.second_weight * path.second_tau / spread[:, None]
    return np.asarray(np.sqrt(np.sum((influence * sigma) ** 2, axis=1)))
