"""A passage: one vehicle passed one camera, once."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sergek.core.event import Event, derive_id
from sergek.core.plate import PlateRead, PlateStatus
from sergek.core.speed import SpeedMeasurement
from sergek.core.vehicle import VehicleClass

__all__ = [
    "Crossing",
    "Passage",
    "PassagePlate",
    "Picture",
    "Timing",
    "passage_event",
    "passage_id",
]

_FROZEN = ConfigDict(frozen=True, extra="forbid")
Pixels = Annotated[float, Field(allow_inf_nan=False)]


class Crossing(BaseModel):
    """The centre of the vehicle's box met a line.

    `line` is the line's 0-based order; `direction` is +1 from the left to the right of somebody
    walking along the line, else -1; `media_s` counts stream seconds from the run's first frame.
    """

    model_config = _FROZEN

    line: int = Field(ge=0)
    media_s: float
    direction: Literal[1, -1]


class Picture(BaseModel):
    """A stored picture: `key` in the evidence store, box in main-stream pixels."""

    model_config = _FROZEN

    key: str
    kind: Literal["overview", "vehicle", "plate"]
    media_s: float | None
    box: tuple[Pixels, Pixels, Pixels, Pixels] | None = None


class PassagePlate(BaseModel):
    """What all looks at the plate together say; see `core.plate.PlateRead`."""

    model_config = _FROZEN

    text: str | None
    raw: tuple[str, ...]
    layout: str | None
    confidence: float = Field(ge=0, le=1)
    status: PlateStatus
    corrected: tuple[int, ...] = ()

    @classmethod
    def of(cls, read: PlateRead) -> "PassagePlate":
        """The storable form of a reading."""
        return cls(
            text=read.text,
            raw=read.raw,
            layout=read.layout,
            confidence=read.confidence,
            status=read.status,
            corrected=read.corrected,
        )


class Timing(BaseModel):
    """How long the passage took to become a fact, milliseconds per stage, for the engineer."""

    model_config = _FROZEN

    stages_ms: dict[str, float]
    recorded_after_s: float


class Passage(BaseModel):
    """One vehicle's way through one camera's picture.

    `entered_at` and `left_at` are wall time, aware; `entered_s` and `left_s` media time from
    the run's first frame. `lane` is counted from 1 as the site numbers them. `pictures` holds
    the best first; `speed` is there where the camera belongs to a site. Nothing of a person is
    ever in it.
    """

    model_config = _FROZEN

    passage_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    camera_id: str
    run_id: str
    track_id: int
    vehicle_class: VehicleClass
    class_score: float = Field(ge=0, le=1)
    entered_at: AwareDatetime
    left_at: AwareDatetime
    entered_s: float
    left_s: float
    lane: int | None = None
    crossings: tuple[Crossing, ...] = ()
    plate: PassagePlate | None = None
    speed: SpeedMeasurement | None = None
    pictures: tuple[Picture, ...] = ()
    timing: Timing | None = None


def passage_id(camera_id: str, run_id: str, track_id: int) -> str:
    """The id of the passage that a track became: the same however often it is recorded."""
    return derive_id(camera_id, run_id, track_id, "passage")


def passage_event(passage: Passage) -> Event:
    """The fact `passage.recorded`."""
    return Event(
        event_id=derive_id(passage.passage_id, "passage.recorded"),
        kind="passage.recorded",
        subject=passage.camera_id,
        happened_at=passage.entered_at,
        body=passage.model_dump(mode="json"),
    )
