"""From a plate's track to `v ± U`, or to the one reason why there is none."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from sergek.core.site import Channel
from sergek.core.speed import (
    CameraPose,
    PlateSize,
    PlateTrack,
    Rejection,
    SpeedInputs,
    SpeedMeasurement,
)
from sergek.core.vehicle import VehicleClass
from sergek.traffic.speed import KMH, Batch, Estimates, evaluate, stack
from sergek.traffic.timebase import judge_times

__all__ = [
    "Demands",
    "demands_of",
    "measure",
    "measurement_of",
    "plate_size",
    "rejected",
    "towed",
    "verdicts",
]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Demands:
    """What a track must fulfil to be measured.

    `agree_k` standard uncertainties may lie between the two methods; at 2 one good passage in
    twenty would be thrown away, at 3 one in four hundred. A speed is `uncertain` beyond
    `worst_u_kmh` or `worst_u_share` of it (k = 2), the larger.
    """

    frames: int = 6
    most_frames: int = 40
    length_m: float = 4.0
    height_m: tuple[float, float] = (0.15, 1.45)
    noise_px: float = 2.0
    agree_k: float = 3.0
    heading_deg: float = 5.0
    sideways_m: float = 0.6
    worst_u_kmh: float = 3.0
    worst_u_share: float = 0.03
    corner_sigma_px: float = 0.5
    corner_bias_px: float = 0.1


@cache
def _sizes() -> dict[str, PlateSize]:
    text = resources.files("sergek.traffic").joinpath("plate_sizes.toml").read_text("utf-8")
    return {
        name: PlateSize(**{k: v for k, v in entry.items() if k != "source"})
        for name, entry in tomllib.loads(text).items()
    }


def plate_size(vehicle_class: VehicleClass, lines: int) -> PlateSize:
    """The size of a Kazakh plate with that many lines on that kind of vehicle."""
    if lines == 1:
        return _sizes()["one_line"]
    return _sizes()["motorcycle" if vehicle_class is VehicleClass.MOTORCYCLE else "two_line"]


@cache
def _finder() -> tuple[float, float]:
    text = resources.files("sergek.traffic").joinpath("finder.toml").read_text("utf-8")
    found = tomllib.loads(text)
    return float(found["corner_sigma_px"]), float(found["corner_bias_px"])


def demands_of(channel: Channel) -> Demands:
    """The demands with the corner noise measured at that channel, else the finder's own."""
    sigma, bias = _finder()
    return Demands(
        corner_sigma_px=sigma if channel.corner_sigma_px is None else channel.corner_sigma_px,
        corner_bias_px=bias if channel.corner_bias_px is None else channel.corner_bias_px,
    )


def rejected(reason: Rejection, frames: int = 0) -> SpeedMeasurement:
    """No speed, and why."""
    return SpeedMeasurement(status="rejected", reason=reason, frames=frames)


def measure(
    track: PlateTrack,
    pose: CameraPose,
    channel: Channel,
    plate: PlateSize | None,
    heading_deg: float,
    *,
    live: bool = False,
    demands: Demands | None = None,
) -> tuple[SpeedMeasurement, SpeedInputs | None]:
    """The speed of one vehicle, and all that it was computed from.

    `heading_deg` is the lane's; `live` says that arrival times mean something. A rejected track
    comes back without inputs.
    """
    demands = demands or Demands()
    count = len(track.corners)
    fault = judge_times(track.frame_index, track.media_s, track.arrived_s if live else None)
    if count < demands.frames:
        fault = Rejection.TOO_FEW_FRAMES
    elif plate is None:
        fault = fault or Rejection.PLATE_SIZE_UNKNOWN
    if fault is not None or plate is None:
        return rejected(fault or Rejection.PLATE_SIZE_UNKNOWN, count), None
    chosen = np.unique(np.linspace(0, count - 1, min(count, demands.most_frames)).round())
    picked = [int(i) for i in chosen]
    inputs = SpeedInputs(
        pose=pose,
        times_s=tuple(t for i in picked if (t := track.media_s[i]) is not None),
        corners=tuple(_flat(track.corners[i]) for i in picked),
        plate=plate,
        heading_deg=heading_deg,
        readout_s=channel.readout_s,
        corner_sigma_px=demands.corner_sigma_px,
        corner_bias_px=demands.corner_bias_px,
    )
    if not _shape_fits(inputs):
        return rejected(Rejection.PLATE_SHAPE, count), None
    inputs = _without_strays(inputs, demands)
    result = measurement_of(inputs, demands)
    return result, inputs if result.status == "measured" else None


def measurement_of(inputs: SpeedInputs, demands: Demands | None = None) -> SpeedMeasurement:
    """The measurement that these inputs give: the same on every machine to rounding."""
    batch = stack([inputs])
    estimates = evaluate(batch)
    reason = verdicts(batch, estimates, demands or Demands())[0]
    if reason is not None:
        return rejected(reason, len(inputs.times_s))
    return SpeedMeasurement(
        status="measured",
        kmh=float(estimates.speed_ms[0]) * KMH,
        u_kmh=2 * float(estimates.u_ms[0]) * KMH,
        media_s=float(estimates.at_s[0]),
        second_kmh=float(estimates.second_ms[0]) * KMH,
        second_u_kmh=2 * float(estimates.second_u_ms[0]) * KMH,
        height_m=float(estimates.height_m[0]),
        height_u_m=2 * float(estimates.u_height_m[0]),
        acceleration_ms2=float(estimates.acceleration_ms2[0]),
        length_m=float(estimates.length_m[0]),
        frames=len(inputs.times_s),
        budget_kmh={name: float(part[0]) * KMH for name, part in estimates.budget_ms.items()},
    )


def verdicts(batch: Batch, found: Estimates, demands: Demands) -> list[Rejection | None]:
    """Per track the first reason against it, None for a good one."""
    with np.errstate(all="ignore"):
        turned = np.degrees(np.abs(_wrapped(found.heading_rad - batch.heading_rad)))
        sideways = _sideways(batch, found)
        gap = np.abs(found.second_ms - found.speed_ms)
        apart = gap / found.apart_u_ms
        worst = np.maximum(demands.worst_u_kmh / KMH, demands.worst_u_share * found.speed_ms)
        low, high = demands.height_m
        checks: list[tuple[Rejection, NDArray[np.bool_]]] = [
            (Rejection.TOO_FEW_FRAMES, batch.there.sum(axis=1) < demands.frames),
            (Rejection.NOT_RIGID, ~np.isfinite(found.speed_ms + found.u_ms)),
            (Rejection.TRACK_TOO_SHORT, ~(found.length_m >= demands.length_m)),
            (Rejection.HEIGHT_IMPLAUSIBLE, ~((found.height_m > low) & (found.height_m < high))),
            (
                Rejection.LANE_CHANGE,
                (turned > demands.heading_deg) | (sideways > demands.sideways_m),
            ),
            (Rejection.NOT_RIGID, found.noise_px > demands.noise_px),
            (Rejection.METHODS_DISAGREE, ~(apart <= demands.agree_k)),
            (Rejection.UNCERTAIN, ~(2 * found.u_ms <= worst)),
        ]
    reasons: list[Rejection | None] = [None] * len(found.speed_ms)
    for reason, failed in reversed(checks):
        for i in np.flatnonzero(failed):
            reasons[int(i)] = reason
    return reasons


def towed(
    one: tuple[SpeedMeasurement, Array], others: Sequence[tuple[SpeedMeasurement, Array]]
) -> bool:
    """Whether a vehicle rides on or behind another one.

    Each is a measurement and its plate's ground point (metres across and along the road) at a
    common moment. Towed: another plate in the same lane within 10 m goes at the same speed within
    the uncertainty, and one of the two plates stands so much higher than the other that it cannot
    be the next car in a queue.
    """
    mine, here = one
    if mine.kmh is None or mine.height_m is None:
        return False
    for other, there in others:
        if other.kmh is None or other.height_m is None:
            continue
        same = abs(other.kmh - mine.kmh) <= np.hypot(mine.u_kmh or 0, other.u_kmh or 0)
        across, along = np.abs(np.asarray(here) - np.asarray(there))
        near = across < 1.5 and along < 10.0
        if same and near and abs(other.height_m - mine.height_m) > 0.45:
            return True
    return False


def _flat(
    corners: tuple[tuple[float, float], ...],
) -> tuple[float, float, float, float, float, float, float, float]:
    (a, b), (c, d), (e, f), (g, h) = ((float(x), float(y)) for x, y in corners)
    return a, b, c, d, e, f, g, h


def _wrapped(angle: Array) -> Array:
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi)


def _sideways(batch: Batch, found: Estimates) -> Array:
    """How far the path strays across the lane's direction, metres from end to end."""
    across = np.stack([np.cos(batch.heading_rad), -np.sin(batch.heading_rad)], axis=-1)
    lateral = np.sum(found.path_m * across[:, None, :], axis=-1)
    lateral = np.where(batch.there > 0, lateral, np.nan)
    return np.asarray(np.nanmax(lateral, axis=1) - np.nanmin(lateral, axis=1))


def _shape_fits(inputs: SpeedInputs) -> bool:
    """Whether height over width on the picture is what a plate of that size could show.

    Seen from above and leaning by up to 25° a plate looks lower than it is, never much higher.
    """
    corners = np.array(inputs.corners).reshape(-1, 4, 2)
    wide = np.linalg.norm((corners[:, 1] + corners[:, 2] - corners[:, 0] - corners[:, 3]), axis=1)
    high = np.linalg.norm((corners[:, 3] + corners[:, 2] - corners[:, 0] - corners[:, 1]), axis=1)
    seen = float(np.median(high / wide)) / (inputs.plate.height_mm / inputs.plate.width_mm)
    return 0.6 < seen < 1.3


def _without_strays(inputs: SpeedInputs, demands: Demands) -> SpeedInputs:
    """The inputs without up to a tenth of pictures whose corners jump off the common path."""
    found = evaluate(stack([inputs]))
    path = found.path_m[0]
    if not np.isfinite(path).all() or found.noise_px[0] <= demands.corner_sigma_px:
        return inputs
    times = np.array(inputs.times_s) - inputs.times_s[0]
    off = np.zeros(len(times))
    for axis in (0, 1):
        smooth = np.polyval(np.polyfit(times, path[:, axis], 2), times)
        off = np.hypot(off, path[:, axis] - smooth)
    keep = off <= 5 * np.median(off)
    if keep.all() or keep.sum() < max(demands.frames, 0.9 * len(keep)):
        return inputs
    return inputs.model_copy(
        update={
            "times_s": tuple(t for t, good in zip(inputs.times_s, keep, strict=True) if good),
            "corners": tuple(c for c, good in zip(inputs.corners, keep, strict=True) if good),
        }
    )
