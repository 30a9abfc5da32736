"""A calibration held against the traffic that passes, and a proposal where there is none.

Vehicles drive along the road, so the paths of their plates meet in the road's vanishing point;
plates are 520 mm wide and hang 0.3 to 1.2 m high. A pose that sees the vanishing point elsewhere
or plates in the air is wrong. From the same facts, with a focal length from the data sheet, the
camera's tilt, turn and height follow (the focal length itself does not: on a straight road it
cancels out of sizes against places).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from sergek.core.errors import ConfigError
from sergek.core.plate import Corners
from sergek.core.site import Site
from sergek.core.speed import CameraPose
from sergek.traffic.calibration import ground_at
from sergek.traffic.lens import directions, project, rotation_matrix, rotation_vector
from sergek.traffic.rules.verdict import lane_at

__all__ = [
    "Proposal",
    "TrafficCheck",
    "along_lanes",
    "check_with_traffic",
    "propose",
    "vanishing_point",
]

Array = NDArray[np.float64]
# Lanes whose headings differ by no more run beside each other, whichever way they are driven.
_PARALLEL_DEG = 2.0
_LEAST_TRACKS = 10
# Where plates hang on average; a fleet's mean strays from it by about this much.
_USUAL_HEIGHT_M, _HEIGHT_SPREAD_M = 0.6, 0.25
_PLATE_M = 0.52
# Half a degree at a focal length of 3,000 px: further off is a contradiction.
_LIMIT_PX = 25.0


@dataclass(frozen=True, slots=True)
class TrafficCheck:
    """How far the traffic contradicts the pose."""

    tracks: int
    vanishing_off_px: float
    height_m: float
    agrees: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A camera as the traffic shows it, a starting point for a survey; `parameters` in the order
    of `core.speed.POSE_PARAMETERS`, `turn_deg` to the right of the road's direction."""

    tracks: int
    parameters: tuple[float, ...]
    tilt_deg: float
    turn_deg: float
    height_m: float


def along_lanes(
    site: Site, pose: CameraPose, tracks: Sequence[Sequence[Corners]], when: datetime
) -> tuple[float, list[Sequence[Corners]]]:
    """The heading of the lanes that most vehicles use, and the tracks that belong to it.

    Both ways of a road meet in one vanishing point. Vehicles on no lane belong to it too: a pose
    that is wrong puts them there. Without lanes the road runs along the site's y.
    """
    headings = {lane.number: lane.heading_deg for lane in site.lanes if lane.holds(when)}
    found: list[float | None] = []
    for track in tracks:
        path = ground_at(pose, np.array(track, dtype=float).mean(axis=1), _USUAL_HEIGHT_M)
        number = lane_at(site, when, path[len(path) // 2])
        found.append(None if number is None else headings[number])
    usual = Counter(heading for heading in found if heading is not None).most_common(1)
    heading = usual[0][0] if usual else next(iter(headings.values()), 0.0)

    def beside(other: float | None) -> bool:
        return other is None or abs((other - heading + 90) % 180 - 90) <= _PARALLEL_DEG

    return heading, [each for each, own in zip(tracks, found, strict=True) if beside(own)]


def vanishing_point(tracks: Sequence[Sequence[Corners]]) -> tuple[Array, float]:
    """Where the paths of the plates' middles meet (pixels), and its standard uncertainty.

    Each path is a line by total least squares; the point minimises the distances to all lines,
    long paths counting more (weights: squared length), far ones left out after a first round.
    """
    lines = [_line(np.array(track, dtype=float).mean(axis=1)) for track in tracks if len(track) > 3]
    if len(lines) < _LEAST_TRACKS:
        raise ConfigError(
            f"{len(lines)} vehicles were seen; at least {_LEAST_TRACKS} are needed: "
            "take a longer recording"
        )
    normals = np.array([normal for normal, _, _ in lines])
    offsets = np.array([offset for _, offset, _ in lines])
    weights = np.array([weight for _, _, weight in lines])
    for _ in range(3):
        normal = np.einsum("n,ni,nj->ij", weights, normals, normals)
        point = np.linalg.solve(normal, np.einsum("n,ni,n->i", weights, normals, offsets))
        off = np.abs(normals @ point - offsets)
        weights = np.where(off > 4 * np.median(off) + 1e-9, 0.0, weights)
    spread = float(np.average((normals @ point - offsets) ** 2, weights=weights))
    used = normal / weights.max()
    return np.asarray(point), float(np.sqrt(spread * np.trace(np.linalg.inv(used))))


def _line(path: Array) -> tuple[Array, float, float]:
    centre = path.mean(axis=0)
    along = np.linalg.svd(path - centre)[2][0]
    normal = np.array([-along[1], along[0]])
    return normal, float(normal @ centre), float(np.ptp((path - centre) @ along) ** 2)


def check_with_traffic(
    pose: CameraPose,
    tracks: Sequence[Sequence[Corners]],
    heading_deg: float,
) -> TrafficCheck:
    """Whether vehicles in lanes of that heading move and look as the pose says they must."""
    parameters = np.array(pose.parameters)
    size = (pose.width, pose.height)
    way = np.radians(heading_deg)
    far = 1e7 * np.array([np.sin(way), np.cos(way), 0.0])
    expected = project(parameters, size, far)
    if np.isnan(expected).any():
        expected = project(parameters, size, -far)
    found, _ = vanishing_point(tracks)
    off = float(np.hypot(*(found - expected)))
    heights = [_height(parameters, size, np.array(t, dtype=float)) for t in tracks]
    height = float(np.median(heights))
    good = off <= _LIMIT_PX and abs(height - _USUAL_HEIGHT_M) <= 2 * _HEIGHT_SPREAD_M
    return TrafficCheck(len(tracks), off, height, good)


def _height(parameters: Array, size: tuple[int, int], corners: Array) -> float:
    """Height of a plate from its apparent width, taken to face the camera."""
    left = directions(parameters, size, (corners[:, 0] + corners[:, 3]) / 2)
    right = directions(parameters, size, (corners[:, 1] + corners[:, 2]) / 2)
    angle = np.sqrt(np.sum(np.cross(left, right) ** 2, axis=1))
    middle = left + right
    middle = middle / np.sqrt(np.sum(middle**2, axis=1))[:, None]
    return float(np.median(parameters[8] + middle[:, 2] * _PLATE_M / angle))


def propose(
    size: tuple[int, int],
    tracks: Sequence[Sequence[Corners]],
    focal_px: float,
) -> Proposal:
    """The camera as a starting point, to be surveyed.

    The camera stands above the origin and y runs along the road; no roll, no distortion. The
    scale rests on the plates' usual height, so lengths may be 5 % off: never measure with it.
    """
    point, _ = vanishing_point(tracks)
    x, y = (point - np.array(size) / 2) / focal_px
    ahead = np.array([x, y, 1.0]) / np.sqrt(x * x + y * y + 1)
    right = np.cross(np.array([0.0, 1.0, 0.0]), ahead)
    right = right / np.sqrt(right @ right)
    turn = np.stack([right, ahead, np.cross(right, ahead)], axis=1)
    if turn[1, 2] > 0:
        turn[:, 2] *= -1
    parameters = np.concatenate([[focal_px, 0.0, 0.0], rotation_vector(turn), [0.0, 0.0, 0.0]])
    below = np.median([_height(parameters, size, np.array(t, dtype=float)) for t in tracks])
    parameters[8] = _USUAL_HEIGHT_M - float(below)
    axis = rotation_matrix(parameters[3:6])[2]
    return Proposal(
        tracks=len(tracks),
        parameters=tuple(float(each) for each in parameters),
        tilt_deg=float(np.degrees(np.arcsin(-axis[2]))),
        turn_deg=float(np.degrees(np.arctan2(axis[0], axis[1]))),
        height_m=float(parameters[8]),
    )
