"""Passages without pictures: true motion → boxes and plate corners as a detector would give them.

For property tests and Monte Carlo of speed and red light: thousands of passages a second, all
arrays. Noise is normal and independent per corner and frame, plus a shift common to a frame's
corners; misses are independent per frame.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sergek.simulation.street.optics import Optics

__all__ = ["CornerNoise", "Looks", "looks_at"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CornerNoise:
    """Errors of a plate detector in pixels, of its clock in seconds, and its misses (share)."""

    corner_px: float = 0.8
    common_px: float = 0.4
    box_px: float = 2.0
    clock_s: float = 0.0
    missed: float = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """Passages side by side: axis 0 the passage, axis 1 the frame.

    `media_s` (n, f) with the clock's error; `corners` (n, f, 4, 2) pixels, clockwise from the
    plate's top left; `boxes` (n, f, 4) pixels; `seen` (n, f) whether that frame gives a look:
    wholly on the picture and not missed; `front_y_m` (n, f) and `speed_kmh` (n, f) the truth.
    """

    media_s: Floats
    corners: Floats
    boxes: Floats
    seen: NDArray[np.bool_]
    front_y_m: Floats
    speed_kmh: Floats

    def __len__(self) -> int:
        return len(self.media_s)

    def passages(self) -> Iterator[tuple[Floats, Floats, Floats]]:
        """Per passage the times (k), corners (k, 4, 2) and boxes (k, 4) of its looks."""
        for k in range(len(self)):
            held = self.seen[k]
            yield self.media_s[k, held], self.corners[k, held], self.boxes[k, held]


def looks_at(
    optics: Optics,
    speed_kmh: Floats,
    rng: np.random.Generator,
    *,
    along: int = -1,
    x_m: Floats | float = 0.0,
    start_y_m: Floats | float = 60.0,
    acceleration_ms2: Floats | float = 0.0,
    plate_height_m: Floats | float = 0.5,
    plate_m: tuple[float, float] = (0.520, 0.112),
    body_m: tuple[float, float, float] = (4.6, 1.8, 1.45),
    fps: float = 25.0,
    seconds: float = 4.0,
    noise: CornerNoise | None = None,
) -> Looks:
    """Looks at vehicles that drive straight at constant acceleration from `start_y_m`.

    `speed_kmh` (n,) at the first frame; the other quantities are one number or (n,). `along` is
    -1 for vehicles that come (their front plate is seen) and +1 for ones that go (rear plate).
    Each passage's first frame falls at a random phase of the frame clock. A vehicle that brakes
    to zero stands still from then on.
    """
    noise = noise or CornerNoise()
    count = len(speed_kmh)
    frames = max(2, round(seconds * fps))
    phase = rng.uniform(0, 1 / fps, (count, 1))
    true_s = phase + np.arange(frames)[None] / fps
    way, speed = _driven(_column(speed_kmh, count) / 3.6, _column(acceleration_ms2, count), true_s)
    front = _column(start_y_m, count) + along * way
    centre_x = np.broadcast_to(_column(x_m, count), front.shape)
    face_y = front if along < 0 else front - body_m[0]
    corners = _plate_points(centre_x, face_y, _column(plate_height_m, count), plate_m)
    body = _body_points(centre_x, front, along, body_m)
    ahead = optics.depth_m(corners).min(-1) > 1.0
    pixels = optics.project(np.where(ahead[..., None, None], corners, corners[0, 0]))
    boxes, whole = _boxes(optics, body)
    inside = ((pixels >= 0) & (pixels <= np.array([optics.width, optics.height], float))).all(
        (-1, -2)
    )
    shift = rng.normal(0, noise.common_px, (count, frames, 1, 2))
    pixels = pixels + rng.normal(0, noise.corner_px, pixels.shape) + shift
    boxes = boxes + rng.normal(0, noise.box_px, boxes.shape)
    seen = inside & ahead & whole & (rng.random((count, frames)) >= noise.missed)
    media_s = true_s + rng.normal(0, noise.clock_s, true_s.shape)
    return Looks(media_s, pixels, boxes, seen, front, speed * 3.6)


def _column(value: Floats | float, count: int) -> Floats:
    return np.broadcast_to(np.asarray(value, float).reshape(-1, 1), (count, 1))


def _driven(speed_ms: Floats, acceleration: Floats, media_s: Floats) -> tuple[Floats, Floats]:
    """Way and speed at the moments, standing still once braked to zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        halt = np.where(acceleration < 0, speed_ms / -acceleration, np.inf)
    run = np.minimum(media_s, halt)
    return speed_ms * run + acceleration * run**2 / 2, speed_ms + acceleration * run


def _plate_points(x: Floats, y: Floats, z: Floats, plate_m: tuple[float, float]) -> Floats:
    """The corners (n, f, 4, 3) as the camera reads them: left is smaller x from either end."""
    half = np.array(plate_m) / 2
    signs = np.array([(-1, 1), (1, 1), (1, -1), (-1, -1)], float) * half
    z = np.broadcast_to(z, x.shape)
    return np.stack(
        [
            x[..., None] + signs[:, 0],
            np.broadcast_to(y[..., None], (*y.shape, 4)),
            z[..., None] + signs[:, 1],
        ],
        -1,
    )


def _body_points(
    x: Floats, front: Floats, along: int, body_m: tuple[float, float, float]
) -> Floats:
    """The eight corners (n, f, 8, 3) of the cuboid around a body."""
    length, width, height = body_m
    unit = np.array([(a, b, c) for a in (-0.5, 0.5) for b in (0, -1) for c in (0, 1)], float)
    return np.stack(
        [
            x[..., None] + unit[:, 0] * width,
            front[..., None] + unit[:, 1] * length * along,
            np.broadcast_to(unit[:, 2] * height, (*x.shape, 8)),
        ],
        -1,
    )


def _boxes(optics: Optics, body: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Boxes cut at the border, and whether the body is in front of the camera and has one."""
    ahead = optics.depth_m(body).min(-1) > 0.6
    pixels = optics.project(
        np.where(ahead[..., None, None], body, optics.position_m + 10 * optics.rotation[2])
    )
    size = np.array([optics.width, optics.height], float)
    low = np.clip(pixels.min(-2), 0, size)
    high = np.clip(pixels.max(-2), 0, size)
    return np.concatenate([low, high], -1), ahead & (high - low > 4).all(-1)
