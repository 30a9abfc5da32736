"""From surveyed points to the camera's pose with its covariance.

The pose is the least-squares estimate over all points (Levenberg-Marquardt), each point weighted
by its own pixel and survey uncertainty; what is known of the lens beforehand enters as further
observations. The covariance is the inverse of the normal matrix; where the points scatter by
more than chance allows (two standard deviations of the reduced chi-square) it is scaled up by
that ratio (Birge, 1932), never down.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sergek.core.errors import ConfigError
from sergek.core.site import Channel, Survey, SurveyPoint
from sergek.core.speed import CameraPose
from sergek.traffic.lens import directions, project, rotation_matrix, rotation_vector

__all__ = ["Calibration", "calibrate", "ground_at"]

Array = NDArray[np.float64]

# A point is contradicted by the others when it lies further off than this many of its sigmas
# and further than this many pixels.
_OUTLIER_SIGMAS = 5.0
_OUTLIER_PX = 3.0
# Beyond this share the scale of the road is not known well enough to measure anything.
_WORST_SCALE = 0.03
# Steps for numerical derivatives: focal, k1, k2, rotation vector, position.
_STEPS = np.array([1e-2, 1e-6, 1e-6, 1e-7, 1e-7, 1e-7, 1e-5, 1e-5, 1e-5])


@dataclass(frozen=True, slots=True)
class Calibration:
    """A pose, and how well each point agrees with it (pixels, observed minus expected)."""

    pose: CameraPose
    residuals_px: dict[str, tuple[float, float]]
    chi2_per_freedom: float
    freedom: int

    @property
    def rms_px(self) -> float:
        """Root mean square of all residuals."""
        values = np.array(list(self.residuals_px.values()))
        return float(np.sqrt(np.mean(values**2)))


def calibrate(channel: Channel, survey: Survey) -> Calibration:
    """The pose of a channel from one survey; `ConfigError` if the points cannot carry it."""
    _refuse_unfit(channel, survey)
    size = (channel.width, channel.height)
    fit = _Fit(size, survey)
    best = min((fit.solve(start) for start in _starts(size, survey)), key=fit.cost)
    if not np.isfinite(fit.cost(best)):
        raise ConfigError(f"the points of {channel.camera_id} fit no camera: check their order")
    residuals = fit.pixel_residuals(best)
    _refuse_contradicted(channel, survey, fit, best, residuals)
    freedom = max(2 * len(survey.points) + fit.priors - 9, 1)
    ratio = fit.cost(best) / freedom
    surprising = ratio > 1 + 2 * np.sqrt(2 / freedom)
    covariance = np.linalg.inv(fit.normal(best)) * (ratio if surprising else 1.0)
    pose = CameraPose(
        width=channel.width,
        height=channel.height,
        parameters=tuple(float(x) for x in best),
        covariance=tuple(float(x) for x in (covariance + covariance.T).ravel() / 2),
    )
    _refuse_vague(channel, survey, pose)
    named = {
        p.name: (float(r[0]), float(r[1])) for p, r in zip(survey.points, residuals, strict=True)
    }
    return Calibration(pose, named, float(ratio), freedom)


def ground_at(pose: CameraPose, pixels: Array, height_m: float = 0.0) -> Array:
    """Where the lines of sight through pixels (…, 2) meet the plane z = height_m: (…, 2) metres.

    Lines that do not go down to the plane give NaN.
    """
    parameters = np.array(pose.parameters)
    rays = directions(parameters, (pose.width, pose.height), np.asarray(pixels, dtype=float))
    down = np.where(rays[..., 2] < -1e-9, rays[..., 2], np.nan)
    reach = (height_m - parameters[8]) / down
    return np.asarray(parameters[6:8] + rays[..., :2] * reach[..., None])


class _Fit:
    """Residuals and their derivatives for one survey, whitened."""

    def __init__(self, size: tuple[int, int], survey: Survey) -> None:
        self.size = size
        self.pixels = np.array([p.pixel for p in survey.points])
        self.ground = np.array([p.position_m for p in survey.points])
        self.sigma_px = np.array([p.sigma_px for p in survey.points])
        self.sigma_m = np.array([p.sigma_m for p in survey.points])
        known = [(1, survey.k1, survey.k1_sigma), (2, survey.k2, survey.k2_sigma)]
        if survey.focal_px is not None:
            known.append((0, survey.focal_px, survey.focal_sigma_px))
        self.known = known
        self.priors = len(known)

    def pixel_residuals(self, parameters: Array) -> Array:
        return np.asarray(self.pixels - project(parameters, self.size, self.ground))

    def spread_px(self, parameters: Array) -> Array:
        """Standard uncertainty (n, 2) of each point on the picture, survey error included."""
        moved = np.stack(
            [
                project(parameters, self.size, self.ground + axis * 1e-4)
                - project(parameters, self.size, self.ground)
                for axis in np.eye(3)
            ]
        )
        per_m = np.sqrt(np.sum((moved / 1e-4) ** 2, axis=0))
        return np.asarray(np.hypot(self.sigma_px[:, None], per_m * self.sigma_m[:, None]))

    def residuals(self, parameters: Array, spread: Array) -> Array:
        white = (self.pixel_residuals(parameters) / spread).ravel()
        lens = [(value - parameters[i]) / sigma for i, value, sigma in self.known]
        return np.concatenate([white, lens])

    def jacobian(self, parameters: Array, spread: Array) -> Array:
        columns = []
        for i, step in enumerate(_STEPS):
            shift = np.zeros(9)
            shift[i] = step
            high = self.residuals(parameters + shift, spread)
            low = self.residuals(parameters - shift, spread)
            columns.append((high - low) / (2 * step))
        return np.stack(columns, axis=1)

    def cost(self, parameters: Array) -> float:
        with np.errstate(all="ignore"):
            white = self.residuals(parameters, self.spread_px(parameters))
        total = float(white @ white)
        return total if np.isfinite(total) else np.inf

    def normal(self, parameters: Array) -> Array:
        jacobian = self.jacobian(parameters, self.spread_px(parameters))
        return np.asarray(jacobian.T @ jacobian)

    def solve(self, start: Array) -> Array:
        """Levenberg-Marquardt with Marquardt's scaling (1963), at most 60 steps."""
        at, damping = start, 1e-3
        for _ in range(60):
            with np.errstate(all="ignore"):
                spread = self.spread_px(at)
                white = self.residuals(at, spread)
                jacobian = self.jacobian(at, spread)
            if not (np.isfinite(white).all() and np.isfinite(jacobian).all()):
                return at
            normal, slope = jacobian.T @ jacobian, jacobian.T @ white
            while damping < 1e12:
                step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-12), -slope)
                with np.errstate(all="ignore"):
                    trial = self.residuals(at + step, spread)
                if (
                    at[0] + step[0] > 0
                    and np.nan_to_num(trial @ trial, nan=np.inf) <= white @ white
                ):
                    break
                damping *= 10
            else:
                return at
            at, damping = at + step, max(damping / 10, 1e-12)
            if white @ white - trial @ trial < 1e-10 * (1 + white @ white):
                return at
        return at


def _refuse_unfit(channel: Channel, survey: Survey) -> None:
    where = f"camera {channel.camera_id}"
    if len(survey.points) < 4:
        raise ConfigError(f"{where}: {len(survey.points)} points; at least 4 are needed")
    names = [p.name for p in survey.points]
    if len(set(names)) != len(names):
        raise ConfigError(f"{where}: two points share a name")
    ground = np.array([p.position_m[:2] for p in survey.points])
    spread = np.linalg.svd(ground - ground.mean(axis=0), compute_uv=False)
    if spread[1] < 0.02 * spread[0]:
        raise ConfigError(f"{where}: the points lie on one line; add some to its side")
    if len(survey.points) == 4:
        _refuse_three_in_line(where, survey.points)
    named = {p.name: np.array(p.position_m) for p in survey.points}
    for distance in survey.distances:
        one, other = distance.between
        missing = [name for name in (one, other) if name not in named]
        if missing:
            raise ConfigError(f"{where}: a distance names the unknown point {missing[0]!r}")
        found = float(np.linalg.norm(named[one] - named[other]))
        if abs(found - distance.metres) > 3 * distance.sigma_m + 1e-9:
            raise ConfigError(
                f"{where}: {one}–{other} is {distance.metres:.2f} m by tape but "
                f"{found:.2f} m by the coordinates: one of them is wrong"
            )


def _refuse_three_in_line(where: str, points: tuple[SurveyPoint, ...]) -> None:
    for left_out in range(4):
        three = [p for i, p in enumerate(points) if i != left_out]
        ground = np.array([p.position_m[:2] for p in three])
        spread = np.linalg.svd(ground - ground.mean(axis=0), compute_uv=False)
        if spread[1] < 0.02 * spread[0]:
            names = ", ".join(p.name for p in three)
            raise ConfigError(f"{where}: {names} lie on one line; with 4 points no 3 may")


def _refuse_contradicted(
    channel: Channel, survey: Survey, fit: _Fit, best: Array, residuals: Array
) -> None:
    off = np.sqrt(np.sum(residuals**2, axis=1))
    limit = np.maximum(_OUTLIER_SIGMAS * fit.spread_px(best).max(axis=1), _OUTLIER_PX)
    worst = int(np.argmax(off / limit))
    if off[worst] > limit[worst]:
        raise ConfigError(
            f"camera {channel.camera_id}: point {survey.points[worst].name} lies "
            f"{off[worst]:.1f} px from where the other points put it: measure or click it again"
        )


def _refuse_vague(channel: Channel, survey: Survey, pose: CameraPose) -> None:
    """Refuse a pose whose scale at the middle of the points is hardly known."""
    share = scale_uncertainty(pose, np.array([p.pixel for p in survey.points]).mean(axis=0))
    if not share < _WORST_SCALE:
        raise ConfigError(
            f"camera {channel.camera_id}: the points fix the scale of the road only to "
            f"{100 * share:.0f} %: spread them further apart or give the focal length"
        )


def scale_uncertainty(pose: CameraPose, pixel: Array) -> float:
    """Relative standard uncertainty of a length along the road near that pixel."""
    probe = pixel + np.array([[0.0, -10.0], [0.0, 10.0]])
    at = np.array(pose.parameters)
    covariance = np.array(pose.covariance).reshape(9, 9)

    def length(parameters: Array) -> float:
        ends = ground_at(pose.model_copy(update={"parameters": tuple(parameters)}), probe)
        return float(np.linalg.norm(ends[1] - ends[0]))

    middle = length(at)
    slope = np.array([(length(at + row) - length(at - row)) / 2 for row in np.diag(_STEPS)])
    slope = slope / _STEPS / middle
    return float(np.sqrt(slope @ covariance @ slope))


def _starts(size: tuple[int, int], survey: Survey) -> list[Array]:
    """Poses to start from: the points' homography taken apart for several focal lengths."""
    pixels = np.array([p.pixel for p in survey.points]) - np.array(size) / 2
    ground = np.array([p.position_m[:2] for p in survey.points])
    homography = _homography(ground, pixels / size[0])
    focals = [0.5, 0.8, 1.2, 1.8, 2.7, 4.0, 6.0]
    exact = _focal_of(homography)
    if exact is not None:
        focals.insert(0, exact)
    if survey.focal_px is not None:
        focals = [survey.focal_px / size[0]]
    starts = []
    for focal in focals:
        for sign in (1.0, -1.0):
            start = _pose_of(homography * sign, focal)
            if start is not None:
                starts.append(np.concatenate([[focal * size[0], survey.k1, survey.k2], start]))
    if not starts:
        raise ConfigError("the points show no road seen from above: check their order")
    return starts


def _homography(ground: Array, flat: Array) -> Array:
    """The 3 × 3 map from ground (x, y) to picture, by the normalised direct linear transform."""
    centre, spread = ground.mean(axis=0), max(float(ground.std()), 1e-9)
    near = (ground - centre) / spread
    rows = []
    for (x, y), (u, v) in zip(near, flat, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, -u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, -v])
    last = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)
    back = np.array([[1, 0, -centre[0]], [0, 1, -centre[1]], [0, 0, spread]]) / spread
    return np.asarray(last @ back)


def _focal_of(h: Array) -> float | None:
    """The focal length for which the homography's first two columns are orthogonal."""
    top = -(h[0, 0] * h[0, 1] + h[1, 0] * h[1, 1])
    bottom = h[2, 0] * h[2, 1]
    if abs(bottom) < 1e-12 or top / bottom <= 0:
        return None
    focal = float(np.sqrt(top / bottom))
    return focal if 0.2 < focal < 20 else None


def _pose_of(homography: Array, focal: float) -> Array | None:
    """Rotation vector and position of the camera above the road that shows this homography."""
    columns = np.diag([1 / focal, 1 / focal, 1]) @ homography
    scale = 2 / (np.linalg.norm(columns[:, 0]) + np.linalg.norm(columns[:, 1]))
    first, second, shift = (columns * scale).T
    left, _, right = np.linalg.svd(np.stack([first, second, np.cross(first, second)], axis=1))
    turn = left @ np.diag([1, 1, np.linalg.det(left @ right)]) @ right
    position = -turn.T @ shift
    if position[2] <= 0:
        return None
    vector = rotation_vector(turn)
    assert np.allclose(rotation_matrix(vector), turn, atol=1e-6)
    return np.concatenate([vector, position])
