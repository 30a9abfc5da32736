"""Where a plate ends to the left and right, from the mean of its aligned pictures.

Along rows without characters a plate's end is a known sequence of tones: the car, a white margin,
the frame line's ink, the white ground. Shown as a camera does it is fitted to the picture: the
place of the end, the line's distance, the blur and the tones. On a white car the end itself cannot
be seen and the line with what is known of its distance tells where it is; on a dark car it can.

A camera's pixel mixes the light of what it sees, and its tone curve comes after: half light is much
more than half of the tone. So a white plate reaches a sixth of a pixel into a dark car, and its
frame line is thinner than painted. Left out, plates on dark cars come out 0.3 % too wide and those
on light cars, where only the line is seen, too narrow.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.vision.plate_alignment import Alignment

__all__ = ["PlateEnds", "find_ends"]

Array = NDArray[np.float64]

# Distance of the frame line's middle from the plate's end, its spread between plates (k = 1), and
# how much of it is ink. Plates in general use; to be confirmed with a gauge like the sizes in
# `traffic/plate_sizes.toml`. A picture with five millimetres to a pixel can hardly tell it, so it
# is held fast, and what its spread does to the width is tried on each plate: little where the end
# stands out against the car, 0.6 % where car and plate look alike and only the line is seen.
_LINE_MM, _LINE_SPREAD_MM, _LINE_SIGMA_MM, _INK_SHARE = 3.0, 0.9, 0.25, 0.8
# Blur of a compressed picture besides its pixels' own width (k = 1 of a bell, pixels), and how far
# from that it may be (share).
_BLUR_PX, _BLUR_SHARE = 0.75, 0.2
# Light is this power of a tone (IEC 61966-2-1's own approximation of its curve), and how far a
# camera's may be from it (k = 1): makers bend it as they like.
_POWER, _POWER_SPREAD = 2.2, 0.4
# Steps in which the plate is laid before it is mixed in pixels.
_FINE_MM = 1.0
# Share of the rows with the least change along them: those between and above the characters.
_QUIET_SHARE = 0.12
_ROLL_DEG = 3.0
_OUT_MM, _IN_MM = 16.0, 26.0
# Where an end is looked for around the place the plate finder gave, and how good that place is.
_SEARCH_MM, _END_SIGMA_MM = 42.0, 20.0
# The ground's tone against the brightest quarter along the plate, the ink's against the ground's.
_GROUND_SHARE, _INK_TONE, _INK_SHARE_OFF = 0.08, 0.15, 0.10
_COARSE_SIGMA = 4.0
# Disagreement of the model with the mean picture, in tones of 256.
_TONE_SIGMA = 3.0


@dataclass(frozen=True, slots=True)
class PlateEnds:
    """Places of the ends in millimetres right of the grid's middle and the standard uncertainty of
    the width from the fit and from the frame line's spread, after the grid was turned by
    `roll_rad` so that its rows run along the plate; `line_mm` and `blur_mm` as fitted."""

    left_mm: float
    right_mm: float
    roll_rad: float
    sigma_mm: float
    line_mm: float
    blur_mm: float

    @property
    def width_mm(self) -> float:
        """The plate's width on the grid."""
        return self.right_mm - self.left_mm


def find_ends(found: Alignment) -> PlateEnds | None:
    """The plate's ends on the grid of an alignment; None where none can be told."""
    tone, roll = _quiet_profile(found)
    wide_px = float(np.average(found.wide_px, weights=found.wide_px**2 * found.good))
    blur = _BLUR_PX * found.motion.plate.width_mm / wide_px
    half = found.motion.plate.width_mm / 2
    within = tone[np.abs(found.x_mm) < half - 30]
    ground = float(np.percentile(within, 70))
    sides = []
    for sign in (-1.0, 1.0):
        inward = half - sign * found.x_mm
        order = np.argsort(inward)
        start = _coarse(inward[order], tone[order], blur, ground)
        if start is None:
            return None
        sides.append((inward[order], tone[order], start))
    model = _Model(sides, found.motion.plate.width_mm / wide_px)
    best = model.fitted(model.start(blur, ground), ground)
    spreads = []
    for line, power in ((_LINE_SPREAD_MM, 0.0), (0.0, _POWER_SPREAD)):
        low, high = (
            model.fitted(best.at, ground, _LINE_MM + sign * line, _POWER + sign * power)
            for sign in (-1, 1)
        )
        spreads.append((high.width_mm - low.width_mm) / 2)
    return PlateEnds(
        left_mm=-half + float(best.at[2]),
        right_mm=half - float(best.at[6]),
        roll_rad=roll,
        sigma_mm=float(np.linalg.norm([best.sigma_mm, *spreads])),
        line_mm=float(best.at[0]),
        blur_mm=math.exp(best.at[1]),
    )


def _quiet_profile(found: Alignment) -> tuple[Array, float]:
    """Brightness along the plate (columns of the grid) over rows that carry no characters, and
    the turn (rad) of the grid at which those rows are quietest."""
    best: tuple[float, Array, float] | None = None
    for degrees in np.arange(-_ROLL_DEG, _ROLL_DEG + 0.01, 0.5):
        roll = math.radians(degrees)
        restless, tone = _rows(found, roll)
        if best is None or restless < best[0]:
            best = restless, tone, roll
    assert best is not None
    return best[1], best[2]


def _rows(found: Alignment, roll: float) -> tuple[float, Array]:
    """How restless the quietest rows of the grid turned by `roll` are, and their mean."""
    plate, x, y = found.motion.plate, found.x_mm, found.y_mm
    high, wide = found.mean.shape
    onto = cv2.getRotationMatrix2D(((wide - 1) / 2, (high - 1) / 2), math.degrees(roll), 1.0)
    level = cv2.warpAffine(
        found.mean, onto, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    core = level[:, np.abs(x) < plate.width_mm / 2]
    restless = np.where(np.abs(y) < plate.height_mm / 2 - 7, core.std(axis=1), np.inf)
    count = max(4, round(_QUIET_SHARE * plate.height_mm / (y[1] - y[0])))
    rows = np.argsort(restless)[:count]
    return float(restless[rows].mean()), np.asarray(level[rows].mean(axis=0))


def _step(x: Array) -> Array:
    """The normal distribution's integral (M. Abramowitz and I. Stegun, 1964, 26.2.17: 7.5e-8)."""
    t = 1 / (1 + 0.2316419 * np.abs(x))
    series = t * (
        0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429)))
    )
    tail = np.exp(-x * x / 2) / math.sqrt(2 * math.pi) * series
    return np.asarray(np.where(x < 0, tail, 1 - tail))


def _shares(inward: Array, end: float, line: float, blur: float) -> Array:
    """How much of car, ground and ink (n, 3) is seen at distances inward of the nominal end."""
    ink_from, ink_to = line * (1 - _INK_SHARE / 2), line * (1 + _INK_SHARE / 2)
    plate = _step((inward - end) / blur)
    ink = _step((inward - end - ink_from) / blur) - _step((inward - end - ink_to) / blur)
    return np.stack([1 - plate, plate - ink, ink], axis=-1)


def _coarse(inward: Array, tone: Array, blur: float, ground: float) -> float | None:
    """The end to about a millimetre, by trying every place; tones follow by least squares from
    what a plate's ground and ink are expected to be."""
    best, least = None, np.inf
    prior = np.array([(0.0, 0.0, 0.0), (0, 1, 0), (0, 0, 1)]) / (
        np.array([[1.0], [_GROUND_SHARE * ground], [_INK_SHARE_OFF * ground]])
    )
    expected = prior @ np.array([0.0, ground, _INK_TONE * ground])
    for end in np.arange(-_SEARCH_MM, _SEARCH_MM, 1.0):
        near = (inward > end - _OUT_MM) & (inward < end + _IN_MM)
        if near.sum() < 0.9 * (_OUT_MM + _IN_MM) / (inward[1] - inward[0]):
            continue
        shares = _shares(inward[near], float(end), _LINE_MM, blur)
        system = np.concatenate([shares / _COARSE_SIGMA, prior])
        wanted = np.concatenate([tone[near] / _COARSE_SIGMA, expected])
        rest = wanted - system @ np.linalg.lstsq(system, wanted, rcond=None)[0]
        flat = (tone[near] - tone[near].mean()) / _COARSE_SIGMA
        cost = float(rest @ rest - flat @ flat) + (end / _END_SIGMA_MM) ** 2
        if cost < least:
            best, least = float(end), cost
    return best


@dataclass(frozen=True, slots=True)
class _Fit:
    """The unknowns where the fit ended, and the standard uncertainty of both ends together."""

    at: Array
    sigma_mm: float

    @property
    def width_mm(self) -> float:
        return float(-self.at[2] - self.at[6])  # short of the nominal width


class _Model:
    """Both ends at once. Unknowns: line, logarithm of the blur, then per side the end and the tones
    of car, ground and ink."""

    def __init__(self, sides: list[tuple[Array, Array, float]], pixel_mm: float) -> None:
        self._pixel_mm = pixel_mm
        self._near = []
        for inward, tone, end in sides:
            chosen = (inward > end - _OUT_MM) & (inward < end + _IN_MM)
            reach = 3 * pixel_mm
            fine = np.arange(end - _OUT_MM - reach, end + _IN_MM + reach, _FINE_MM)
            away = (inward[chosen][:, None] - fine) ** 2 / 2
            self._near.append((end, tone[chosen], fine, away))

    def start(self, blur: float, ground: float) -> Array:
        """Unknowns as expected, the ends as found coarsely."""
        first = [_LINE_MM, math.log(blur)]
        for end, tone, _, _ in self._near:
            first += [end, float(tone[:4].mean()), ground, _INK_TONE * ground]
        return np.array(first)

    def fitted(
        self, first: Array, ground: float, line: float = _LINE_MM, power: float = _POWER
    ) -> _Fit:
        """The unknowns that show the picture best, given the line's distance and tone curve."""
        blur, ink = math.log(_BLUR_PX * self._pixel_mm), _INK_TONE * ground
        expected = [(0, line, _LINE_SIGMA_MM), (1, blur, _BLUR_SHARE)]
        for k in range(len(self._near)):
            expected.append((4 + 4 * k, ground, _GROUND_SHARE * ground))
            expected.append((5 + 4 * k, ink, _INK_SHARE_OFF * ground))
        index, mean, sigma = (np.array(column) for column in zip(*expected, strict=True))

        def rest(p: Array) -> Array:
            parts = [
                (self._shown(k, p, power) - tone) / _TONE_SIGMA
                for k, (_, tone, _, _) in enumerate(self._near)
            ]
            return np.concatenate([*parts, (p[index] - mean) / sigma])

        at, normal = _minimised(rest, first)
        covariance = np.linalg.pinv(normal)
        spread = covariance[2, 2] + covariance[6, 6] + 2 * covariance[2, 6]
        return _Fit(at, float(np.sqrt(max(spread, 0.0))))

    def _shown(self, k: int, p: Array, power: float) -> Array:
        """The tones of one end as a camera shows it: mixed in its pixels, bent, blurred."""
        _, _, fine, away = self._near[k]
        end, *tones = p[2 + 4 * k : 6 + 4 * k]
        car, ground, ink = (np.clip(tones, 0.5, 300) / 255) ** power
        outer, inner = (end + p[0] * (1 + sign * _INK_SHARE / 2) for sign in (-1, 1))
        plate, beyond, within = (
            np.clip((fine - edge) / self._pixel_mm + 0.5, 0, 1) for edge in (end, outer, inner)
        )
        light = car + (ground - car) * plate + (ink - ground) * (beyond - within)
        bell = np.exp(-away * math.exp(-2 * p[1]))
        return np.asarray(bell @ (255 * light ** (1 / power)) / bell.sum(axis=1))


def _minimised(rest: Callable[[Array], Array], first: Array) -> tuple[Array, Array]:
    """Levenberg-Marquardt from `first`: the place of the least squares and its normal matrix."""
    at, damping, values = first, 1e-3, rest(first)
    steps = np.eye(len(at)) * 1e-4
    for _ in range(60):
        slope = np.stack([(rest(at + row) - values) / 1e-4 for row in steps], axis=1)
        normal, down = slope.T @ slope, slope.T @ values
        gain = -1.0
        while gain < 0 and damping < 1e9:
            step = np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-9), -down)
            damping *= 6
            if abs(step[1]) < 2:  # else the blur runs away
                trial = rest(at + step)
                gain = float(values @ values - trial @ trial)
        if gain < 0:
            break
        at, values, damping = at + step, trial, max(damping / 36, 1e-9)
        if gain < 1e-5:
            break
    return at, normal
