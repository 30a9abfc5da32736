"""A track of rough plate corners made exact: aligned pictures, then the plate's true ends.

What scatters from picture to picture afterwards is a few hundredths of a pixel; what is common to
all is the error of the plate's width in its own millimetres. Both come with the track.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.core.speed import CameraPose, PlateSize, PlateTrack, SharpTrack
from sergek.traffic.assess import Sharpener
from sergek.traffic.plate_motion import fit_motion
from sergek.vision.plate_alignment import Alignment, Patch, align
from sergek.vision.plate_edges import PlateEnds, find_ends
from sergek.vision.quads import as_corners

__all__ = ["sharpened", "sharpener"]

Array = NDArray[np.float64]

# Only pictures on which the plate is at least this share of its widest are laid over each other.
_LEAST_SHARE = 0.55
_MOST, _FEWEST = 30, 6
# Below this mean width the ends blur into the frame line: rendered plates of 38 px came out 3 %
# too wide.
_LEAST_PX = 55.0
# How far (k = 1) a corner may be off on one picture besides what all have in common. Against the
# truth of rendered clips it is 0.05 px; what compression does to a picture is not chance alone.
_SIGMA_PX = 0.25
# Share of the width (k = 1) by which both ends may be off besides what each fit says of itself. The
# rendered reels leave 0.2 % and the spread of 0.3 %; cameras sharpen edges and codecs soften them
# as no renderer does.
_ENDS_SHARE = 0.0045
# Beyond these the fit has taken something else for the plate's ends: its own uncertainty, and the
# width against the plate finder's at first (which strays by 6 %) and against the first pass then.
_WORST_SHARE, _WORST_STRETCH = 0.012, (0.10, 0.02)


@dataclass(frozen=True, slots=True)
class _Exact:
    found: Alignment
    ends: PlateEnds
    quads: Array


def sharpener(track: PlateTrack, crops: Sequence[tuple[Image, tuple[int, int]]]) -> Sharpener:
    """What `traffic.assess` asks for exact corners: the track's pictures of the vehicle, each with
    the place of its top left corner on the whole picture."""

    def sharpen(pose: CameraPose, plate: PlateSize, heading_deg: float) -> SharpTrack | None:
        if len(crops) != len(track.corners):
            return None
        patches = [
            Patch(np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.uint8), origin)
            for crop, origin in crops
        ]
        return sharpened(track, patches, pose, plate, heading_deg)

    return sharpen


def sharpened(
    track: PlateTrack,
    patches: Sequence[Patch],
    pose: CameraPose,
    plate: PlateSize,
    heading_deg: float,
) -> SharpTrack | None:
    """The track with exact corners and what they are worth; None where that cannot be had.

    `patches` hold the brightness around the plate on each picture of the track, at the main
    stream's full resolution. Fewer pictures may come back than went in.
    """
    corners = np.array(track.corners, dtype=float)
    if len(corners) < _FEWEST or any(t is None for t in track.media_s):
        return None
    times = np.array([t for t in track.media_s if t is not None], dtype=float)
    wide = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)
    near = np.flatnonzero(wide > _LEAST_SHARE * np.percentile(wide, 95))
    if len(near) < _FEWEST or wide[near].mean() < _LEAST_PX:
        return None
    spread = np.linspace(0, len(near) - 1, min(len(near), _MOST)).round().astype(int)
    chosen = near[np.unique(spread)]
    quads = corners[chosen]
    sigma_mm = 0.0
    for worst in _WORST_STRETCH:
        exact = _once([patches[i] for i in chosen], pose, plate, times[chosen], quads, heading_deg)
        if exact is None or abs(exact.ends.width_mm / plate.width_mm - 1) > worst:
            return None
        chosen, quads = chosen[exact.found.good], exact.quads[exact.found.good]
        sigma_mm = exact.ends.sigma_mm
    wide_px = float(np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1).mean())
    share = float(np.hypot(sigma_mm / plate.width_mm, _ENDS_SHARE))
    return SharpTrack(
        track=PlateTrack(
            frame_index=tuple(track.frame_index[i] for i in chosen),
            media_s=tuple(track.media_s[i] for i in chosen),
            arrived_s=tuple(track.arrived_s[i] for i in chosen),
            corners=tuple(as_corners(quad) for quad in quads),
        ),
        corner_sigma_px=_SIGMA_PX,
        # an end off outwards by this many pixels on both sides makes the plate wider by the share
        corner_bias_px=share * wide_px / 2,
    )


def _once(
    patches: list[Patch], pose: CameraPose, plate: PlateSize, times: Array, quads: Array,
    heading_deg: float,
) -> _Exact | None:  # fmt: skip
    """Motion, alignment and ends from corners, and the corners they give."""
    if len(patches) < _FEWEST:
        return None
    motion = fit_motion(pose, plate, times, quads, heading_deg)
    if motion is None:
        return None
    found = align(patches, motion, times)
    if found.good.sum() < _FEWEST:
        return None
    ends = find_ends(found)
    if ends is None or ends.sigma_mm > _WORST_SHARE * plate.width_mm:
        return None
    stretch = ends.width_mm / plate.width_mm
    middle = (ends.left_mm + ends.right_mm) / 2
    x, y = ends.width_mm / 2, stretch * plate.height_mm / 2
    spots = np.array([(-x, -y), (x, -y), (x, y), (-x, y)]) + np.array([middle, 0.0])
    c, s = np.cos(ends.roll_rad), np.sin(ends.roll_rad)
    return _Exact(found, ends, found.points(spots @ np.array([[c, s], [-s, c]])))
