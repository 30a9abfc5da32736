"""Speed as it is measured: everything that goes in, and what comes out.

`SpeedInputs` holds all that the computation uses, so that anybody can repeat it
(`traffic.speed.evaluate`, or the static page of the evidence package).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sergek.core.plate import Corners

__all__ = [
    "POSE_PARAMETERS",
    "CameraPose",
    "PlateSize",
    "PlateTrack",
    "Rejection",
    "SharpTrack",
    "SpeedInputs",
    "SpeedMeasurement",
]

_FROZEN = ConfigDict(frozen=True, extra="forbid")

# Order of a pose's parameters and of its covariance. The rotation vector turns ground axes into
# the camera's (x right, y down, z ahead); the position is the camera's, in ground metres.
POSE_PARAMETERS = ("focal_px", "k1", "k2", "rx", "ry", "rz", "x_m", "y_m", "z_m")


class CameraPose(BaseModel):
    """Where a camera stands, how it looks, its lens, and how well that is known.

    `covariance` is 9 × 9, row by row, in the order of `POSE_PARAMETERS`. The principal point is
    the middle of the picture; pixels are square; distortion is radial (1 + k1 r² + k2 r⁴).
    """

    model_config = _FROZEN

    width: int = Field(gt=0)
    height: int = Field(gt=0)
    parameters: tuple[float, ...] = Field(min_length=9, max_length=9)
    covariance: tuple[float, ...] = Field(min_length=81, max_length=81)


class PlateSize(BaseModel):
    """A plate's outer size and how far a real one may stray from it (k = 1), millimetres."""

    model_config = _FROZEN

    width_mm: float = Field(gt=0)
    height_mm: float = Field(gt=0)
    sigma_mm: float = Field(default=1.0, ge=0)


class Rejection(StrEnum):
    """Why a track gave no speed; each is counted."""

    TOO_FEW_FRAMES = "too_few_frames"
    TRACK_TOO_SHORT = "track_too_short"
    PTS_MISSING = "pts_missing"
    PTS_CONSTANT = "pts_constant"
    PTS_BACKWARD = "pts_backward"
    PTS_DRIFT = "pts_drift"
    FRAMES_DROPPED = "frames_dropped"
    CLOCK_STEP = "clock_step"
    LANE_CHANGE = "lane_change"
    TOWED = "towed"
    HEIGHT_IMPLAUSIBLE = "height_implausible"
    PLATE_SIZE_UNKNOWN = "plate_size_unknown"
    PLATE_SHAPE = "plate_shape"
    NOT_RIGID = "not_rigid"
    METHODS_DISAGREE = "methods_disagree"
    UNCERTAIN = "uncertain"
    NOT_CALIBRATED = "not_calibrated"
    CAMERA_MOVED = "camera_moved"
    CAMERA_UNCHECKED = "camera_unchecked"


@dataclass(frozen=True, slots=True)
class PlateTrack:
    """The plate of one vehicle over the pictures it was found on, main-stream pixels.

    `media_s` is the source's own clock (None where it sent none), `arrived_s` this machine's
    monotonic clock, `frame_index` counts decoded pictures of the run.
    """

    frame_index: tuple[int, ...]
    media_s: tuple[float | None, ...]
    arrived_s: tuple[float, ...]
    corners: tuple[Corners, ...]


@dataclass(frozen=True, slots=True)
class SharpTrack:
    """A track whose corners were made exact, and what they are worth (k = 1, pixels): the scatter
    of a corner from picture to picture, and by how much both ends may be off outwards all along."""

    track: PlateTrack
    corner_sigma_px: float
    corner_bias_px: float


class SpeedInputs(BaseModel):
    """All that one measurement is computed from; sigmas are k = 1.

    `times_s` and `corners` run together; a corner list is (x, y) × 4, clockwise from the plate's
    top left. `corner_sigma_px` is what scatters from picture to picture, `corner_bias_px` what a
    plate finder may be off by all along, `plate_yaw_sigma_deg` how askew a plate may be mounted,
    `rate_sigma` the share by which the source's clock may run fast or slow.
    """

    model_config = _FROZEN

    schema_version: Literal[1] = 1
    pose: CameraPose
    times_s: tuple[float, ...] = Field(min_length=4)
    corners: tuple[tuple[float, float, float, float, float, float, float, float], ...]
    plate: PlateSize
    heading_deg: float
    readout_s: float = 0.0
    corner_sigma_px: float = Field(default=0.5, gt=0)
    corner_bias_px: float = Field(default=0.1, ge=0)
    plate_yaw_sigma_deg: float = Field(default=1.0, ge=0)
    time_sigma_s: float = Field(default=0.0005, ge=0)
    rate_sigma: float = Field(default=0.0001, ge=0)

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if len(self.times_s) != len(self.corners):
            raise ValueError("times_s and corners must be equally long")
        return self


class SpeedMeasurement(BaseModel):
    """`kmh` ± `u_kmh` (k = 2) at `media_s`, or why there is none.

    `second_kmh` is the independent method's speed with its own `second_u_kmh` (k = 2);
    `budget_kmh` splits the standard uncertainty (k = 1) by source.
    """

    model_config = _FROZEN

    status: Literal["measured", "rejected"]
    reason: Rejection | None = None
    kmh: float | None = None
    u_kmh: float | None = None
    media_s: float | None = None
    second_kmh: float | None = None
    second_u_kmh: float | None = None
    height_m: float | None = None
    height_u_m: float | None = None
    acceleration_ms2: float | None = None
    length_m: float | None = None
    frames: int = 0
    budget_kmh: dict[str, float] = {}
