"""The truth that goes with rendered video: JSON lines, computed from geometry, never from pixels.

A truth file is one `TruthHeader`, then one `TruthFrame` per picture, then any `TruthEvent`s in
order of time. Ground coordinates: metres, x to the right and y ahead along the road as the site
draws it, z up, origin at the site's mark. Picture coordinates: pixels of the written video, the
centre of the top left pixel is (0.5, 0.5).
"""

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sergek.core.errors import Corrupt
from sergek.core.plate import Corners
from sergek.core.vehicle import VehicleClass

__all__ = [
    "TruthEvent",
    "TruthFrame",
    "TruthHeader",
    "TruthPlate",
    "TruthVehicle",
    "read_truth",
    "write_truth",
]

_FROZEN = ConfigDict(frozen=True, extra="forbid")
Row4 = tuple[float, float, float, float]


class TruthPlate(BaseModel):
    """A plate as it truly stands on the picture; corners clockwise from the plate's top left.

    `visible_share` is the share of its area that nothing hides and the picture holds;
    `height_m` the height of its centre above the road.
    """

    model_config = _FROZEN

    text: str
    layout: str
    corners: Corners
    visible_share: float = Field(ge=0, le=1)
    height_m: float


class TruthVehicle(BaseModel):
    """A vehicle on one picture. `position_m` is the ground point under its reference point
    (middle of the front bumper); `speed_kmh` its true speed along its path at this moment."""

    model_config = _FROZEN

    vehicle_id: int
    vehicle_class: VehicleClass
    colour: str
    box: Row4
    visible_share: float = Field(ge=0, le=1)
    position_m: tuple[float, float]
    heading_deg: float
    speed_kmh: float
    lane: int | None
    plates: tuple[TruthPlate, ...] = ()


class TruthHeader(BaseModel):
    """What holds for the whole clip. `projection` is the 3×4 matrix from ground metres to
    homogeneous pixels at the first frame; a bumped camera gives its own with each frame.
    `clock_offset_s` is how far the camera's wall clock is ahead of true time."""

    model_config = _FROZEN

    kind: Literal["header"] = "header"
    schema_version: Literal[1] = 1
    scene: str
    seed: int
    renderer: Literal["moderngl", "cycles", "none"]
    width: int
    height: int
    fps: float
    frames: int
    projection: tuple[Row4, Row4, Row4]
    camera_position_m: tuple[float, float, float]
    stop_line_y_m: float | None = None
    lane_edges_x_m: tuple[float, ...] = ()
    clock_offset_s: float = 0.0


class TruthFrame(BaseModel):
    """One picture: true media time (without any PTS fault put into the file), lamps, vehicles."""

    model_config = _FROZEN

    kind: Literal["frame"] = "frame"
    index: int = Field(ge=0)
    media_s: float
    lamps: dict[str, str] = {}
    vehicles: tuple[TruthVehicle, ...] = ()
    projection: tuple[Row4, Row4, Row4] | None = None


class TruthEvent(BaseModel):
    """Something that truly happened, e.g. `stop_line_crossed` with the lamp at that moment."""

    model_config = _FROZEN

    kind: Literal["event"] = "event"
    name: str
    media_s: float
    vehicle_id: int | None = None
    facts: dict[str, str | float | int | bool] = {}


_LINE: TypeAdapter[TruthHeader | TruthFrame | TruthEvent] = TypeAdapter(
    Annotated[TruthHeader | TruthFrame | TruthEvent, Field(discriminator="kind")]
)


def write_truth(path: Path, header: TruthHeader, lines: Iterable[TruthFrame | TruthEvent]) -> None:
    """Write a truth file, one JSON object per line, header first; packed if it ends in `.gz`.

    The same truth always gives the same bytes: the packed file's header carries no time.
    """
    with path.open("wb") as raw:
        if path.suffix == ".gz":
            with gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
                _put(packed, header, lines)
        else:
            _put(raw, header, lines)


def _put(
    out: IO[bytes] | gzip.GzipFile, header: TruthHeader, lines: Iterable[TruthFrame | TruthEvent]
) -> None:
    for line in (header, *lines):
        out.write((line.model_dump_json() + "\n").encode())


def read_truth(path: Path) -> tuple[TruthHeader, Iterator[TruthFrame | TruthEvent]]:
    """The header and an iterator over the rest; `Corrupt` if it is no truth file."""
    lines = _lines(path)
    header = next(lines, None)
    if not isinstance(header, TruthHeader):
        raise Corrupt(f"{path.name}: the first line is not a truth header")
    return header, _body(path, lines)


def _lines(path: Path) -> Iterator[TruthHeader | TruthFrame | TruthEvent]:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as raw:
            for text in raw:
                yield _LINE.validate_json(text)
    except (gzip.BadGzipFile, EOFError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise Corrupt(f"{path.name}: a line is no truth ({reason})") from None


def _body(
    path: Path, lines: Iterator[TruthHeader | TruthFrame | TruthEvent]
) -> Iterator[TruthFrame | TruthEvent]:
    for line in lines:
        if isinstance(line, TruthHeader):
            raise Corrupt(f"{path.name}: a second header")
        yield line
