"""Plates driving past a camera, drawn by plain geometry: truth for tests and Monte Carlo.

Written on its own, without `traffic.lens`: the camera here is a 3 × 4 matrix from a mounting
height, a downward tilt and a turn, so that an error there would show as an error of speed here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sergek.core.site import Channel, Survey, SurveyPoint
from sergek.core.speed import CameraPose, PlateTrack, SpeedInputs
from sergek.core.vehicle import VehicleClass
from sergek.traffic.measure import plate_size
from sergek.traffic.speed import Batch
from sergek.vision.quads import as_corners

__all__ = ["Drive", "Mount", "batch_of", "drive", "survey_of", "track_of"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mount:
    """A camera on a pole at x = `x_m`, y = 0, looking ahead along y, tilted down."""

    height_m: float = 6.0
    x_m: float = -1.0
    tilt_deg: float = 16.0
    turn_deg: float = 2.0
    roll_deg: float = 0.5
    focal_px: float = 3000.0
    k1: float = -0.05
    k2: float = 0.0
    width: int = 1920
    height: int = 1080

    def pixels(self, points_m: Array) -> Array:
        """Pixels (…, 2) of ground points (…, 3)."""
        tilt, turn, roll = np.radians([self.tilt_deg, self.turn_deg, self.roll_deg])
        ahead = np.array([np.sin(turn) * np.cos(tilt), np.cos(turn) * np.cos(tilt), -np.sin(tilt)])
        level = np.array([np.cos(turn), -np.sin(turn), 0.0])
        down = np.cross(ahead, level)
        right = np.cos(roll) * level + np.sin(roll) * down
        down = np.cos(roll) * down - np.sin(roll) * level
        at = points_m - np.array([self.x_m, 0.0, self.height_m])
        depth = at @ ahead
        x, y = at @ right / depth, at @ down / depth
        r2 = x * x + y * y
        bend = 1 + self.k1 * r2 + self.k2 * r2 * r2
        return np.stack(
            [
                self.focal_px * bend * x + self.width / 2,
                self.focal_px * bend * y + self.height / 2,
            ],
            axis=-1,
        )


@dataclass(frozen=True, slots=True)
class Drive:
    """B passages of up to N pictures: corners (B, N, 4, 2), times (B, N), who is in the picture
    (B, N); true speed (B,) in km/h at any asked second is `speed_at`."""

    corners: Array
    times_s: Array
    there: Array
    speed_kmh: Array
    acceleration_ms2: Array
    height_m: Array

    def speed_at(self, media_s: Array) -> Array:
        """True speed (km/h) of each passage at its own moment."""
        return np.asarray(self.speed_kmh + 3.6 * self.acceleration_ms2 * media_s)


def drive(
    mount: Mount,
    rng: np.random.Generator,
    speed_kmh: Array,
    *,
    noise_px: float = 0.4,
    bias_px: float = 0.0,
    most_frames: int = 40,
    fps: float = 25.0,
    plate_height_m: Array | float | None = None,
    acceleration_ms2: Array | float = 0.0,
    approaching: bool = True,
    far_m: float = 34.0,
    near_m: float = 15.0,
    plate_mm: tuple[float, float] = (520.0, 112.0),
) -> Drive:
    """Plates crossing the measuring zone from `far_m` to `near_m` (or back), two lanes.

    Plates stand 0.3 to 1.2 m high unless told, are mounted up to a few degrees askew and tilted,
    vary in width like real ones, and enter between two pictures at random. `bias_px` is how far
    (k = 1) the left and right edges of a whole track may stray outwards together. Slow vehicles
    are seen on every n-th picture, so that nobody has more than `most_frames`.
    """
    count = len(speed_kmh)
    ms = speed_kmh / 3.6
    acceleration = np.broadcast_to(np.asarray(acceleration_ms2, dtype=float), (count,))
    stride = np.maximum(np.ceil((far_m - near_m) / ms * fps / most_frames), 1)
    times = rng.uniform(0, 1 / fps, count)[:, None]
    times = times + np.arange(most_frames) * stride[:, None] / fps
    way = ms[:, None] * times + acceleration[:, None] * times**2 / 2
    height = (
        rng.uniform(0.3, 1.2, count)
        if plate_height_m is None
        else np.broadcast_to(np.asarray(plate_height_m, dtype=float), (count,))
    )
    lane_x = rng.choice([-1.75, 1.75], count) + rng.normal(0, 0.25, count)
    drift = np.radians(rng.normal(0, 0.3, count))
    y = far_m - way if approaching else near_m + way
    x = lane_x[:, None] + np.tan(drift)[:, None] * (y - near_m)
    centre = np.stack([x, y, np.broadcast_to(height[:, None], y.shape)], axis=-1)
    corners = mount.pixels(_corners(rng, centre, drift, plate_mm))
    corners += rng.normal(0, noise_px, corners.shape)
    outward = rng.normal(0, bias_px, count) if bias_px else np.zeros(count)
    corners[..., 0] += outward[:, None, None] * np.array([-1, 1, 1, -1])
    inside = (corners > 0) & (corners < np.array([mount.width, mount.height]))
    there = inside.all(axis=(2, 3)) & (way <= far_m - near_m)
    return Drive(corners, times, there.astype(float), speed_kmh, acceleration, height)


def _corners(
    rng: np.random.Generator,
    centre: Array,
    drift: Array,
    plate_mm: tuple[float, float],
) -> Array:
    count = len(drift)
    wide = (plate_mm[0] + rng.normal(0, 1.0, count)) / 2000
    high = plate_mm[1] / 2000
    # into the picture: with a receding vehicle, against an approaching one, the same either way
    look = drift + np.radians(rng.normal(0, 1.0, count))
    lean = np.radians(rng.normal(0, 4.0, count))
    inward = np.stack([np.sin(look), np.cos(look)], axis=-1)
    edge = np.stack([inward[:, 1], -inward[:, 0], np.zeros(count)], axis=-1) * wide[:, None]
    up = np.stack([inward[:, 0] * np.sin(lean), inward[:, 1] * np.sin(lean), np.cos(lean)], axis=-1)
    up = up * high
    signs = [(-1, 1), (1, 1), (1, -1), (-1, -1)]
    return np.stack([centre + a * edge[:, None] + b * up[:, None] for a, b in signs], axis=-2)


def survey_of(
    mount: Mount,
    rng: np.random.Generator | None = None,
    *,
    count: int = 12,
    sigma_px: float = 0.5,
    sigma_m: float = 0.01,
    known_focal: bool = False,
) -> tuple[Channel, Survey]:
    """A channel and its survey: points on the road clicked and measured with those errors."""
    rows = max(2, count // 3) if count > 4 else 2
    xs = (-5.0, 0.0, 5.0) if count > 4 else (-5.0, 5.0)
    grid = [(x, y) for y in np.linspace(15.5, 36.0, rows) for x in xs][:count]
    points = []
    for i, (x, y) in enumerate(grid):
        true = np.array([x, y, 0.0])
        pixel = mount.pixels(true[None])[0]
        if rng is not None:
            pixel = pixel + rng.normal(0, sigma_px, 2)
            true = true + rng.normal(0, sigma_m, 3)
        points.append(
            SurveyPoint(
                name=f"p{i + 1}",
                pixel=(float(pixel[0]), float(pixel[1])),
                ground_m=(float(true[0]), float(true[1]), float(true[2])),
                sigma_px=sigma_px,
                sigma_m=sigma_m,
            )
        )
    focal = mount.focal_px * (1 + (rng.normal(0, 0.005) if rng is not None else 0.0))
    survey = Survey.model_validate(
        {
            "valid_from": "2022-03-01T00:00:00+06:00",
            "points": tuple(points),
            "focal_px": focal if known_focal else None,
            "focal_sigma_px": mount.focal_px * 0.005,
        }
    )
    channel = Channel(camera_id="abay-1", width=mount.width, height=mount.height, surveys=(survey,))
    return channel, survey


def batch_of(passages: Drive, pose: CameraPose, *, heading_deg: float = 180.0) -> Batch:
    """The passages as the estimator takes them, with the standing assumptions of `SpeedInputs`."""
    known = SpeedInputs.model_fields
    plate = plate_size(VehicleClass.CAR, 1)
    corners = passages.corners
    edges = [(corners[:, :, 0] + corners[:, :, 3]) / 2, (corners[:, :, 1] + corners[:, :, 2]) / 2]
    pixels = np.stack(edges, axis=2)
    first = passages.there.argmax(axis=1)
    fill = pixels[np.arange(len(first)), first][:, None]
    one = np.ones(len(first))
    return Batch(
        parameters=np.array(pose.parameters),
        covariance=np.array(pose.covariance).reshape(9, 9),
        size=(pose.width, pose.height),
        pixels=np.where(passages.there[..., None, None] > 0, pixels, fill),
        times_s=passages.times_s,
        there=passages.there,
        width_m=one * plate.width_mm / 1000,
        width_sigma_m=one * plate.sigma_mm / 1000,
        heading_rad=one * np.radians(heading_deg),
        corner_sigma_px=one * known["corner_sigma_px"].default,
        corner_bias_px=one * known["corner_bias_px"].default,
        yaw_sigma_rad=one * np.radians(known["plate_yaw_sigma_deg"].default),
        time_sigma_s=one * known["time_sigma_s"].default,
        rate_sigma=one * known["rate_sigma"].default,
    )


def track_of(passages: Drive, which: int) -> PlateTrack:
    """One passage as the edge hands it over; picture numbers count the stream's pictures."""
    seen = np.flatnonzero(passages.there[which] > 0)
    times = passages.times_s[which, seen]
    index = np.rint((times - times[0]) * 25.0).astype(int)
    return PlateTrack(
        frame_index=tuple(int(i) for i in index),
        media_s=tuple(float(t) for t in times),
        arrived_s=tuple(float(t) + 100.0 for t in times),
        corners=tuple(as_corners(passages.corners[which, i]) for i in seen),
    )
