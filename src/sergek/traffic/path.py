"""Following plates over the road at given camera parameters; the inner part of `traffic.speed`.

All arrays are batches: B tracks of up to N pictures, with a weight of 0 where there is none.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sergek.traffic.lens import directions

__all__ = ["Batch", "Path", "follow"]

Array = NDArray[np.float64]


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
class Path:
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


def _rays(batch: Batch, parameters: Array) -> tuple[Array, Array, Array, Array]:
    """Unit rays left, right and middle, and the sine of the angle between left and right."""
    rays = directions(parameters, batch.size, batch.pixels)
    left, right = rays[..., 0, :], rays[..., 1, :]
    cross = np.cross(left, right)
    sine = np.sqrt(np.sum(cross * cross, axis=-1))
    middle = left + right
    middle = middle / np.sqrt(np.sum(middle * middle, axis=-1))[..., None]
    return left, right, middle, sine


def follow(
    batch: Batch,
    *,
    parameters: Array | None = None,
    width_m: Array | None = None,
    yaw_rad: float = 0.0,
    heading_from: Path | None = None,
    height_m: Array | None = None,
) -> Path:
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
) -> Path:
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
    return Path(
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
