"""What may be set of the networks and the tracker; each value is checked when the file is read."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sergek.core.vehicle import VehicleClass

__all__ = [
    "PHOTO_SIDES_PX",
    "DetectorSettings",
    "ModelLayout",
    "PlateReaderSettings",
    "TrackerSettings",
    "View",
]

_FROZEN = ConfigDict(frozen=True, extra="forbid")
_Share = Annotated[float, Field(ge=0, le=1)]

# How an ONNX detector lays out its outputs; each is decoded in `vision.onnx_detector`.
ModelLayout = Literal["yolox", "rfdetr", "dfine", "nanodet"]

# A whole photo is searched for plates at these longer sides: near ones, then far ones.
PHOTO_SIDES_PX = (960, 1440)


class View(BaseModel):
    """A part of the picture that the network looks at, in shares of the picture (0 to 1)."""

    model_config = _FROZEN

    x1: _Share = 0.0
    y1: _Share = 0.0
    x2: _Share = 1.0
    y2: _Share = 1.0

    @model_validator(mode="after")
    def _has_area(self) -> Self:
        if self.x2 - self.x1 < 0.02 or self.y2 - self.y1 < 0.02:
            raise ValueError("a view must be at least 2 % of the picture wide and high")
        return self


class DetectorSettings(BaseModel):
    """Which network finds vehicles and how it looks.

    `plugin` names a detector of another installed package (docs/design/house.md), which takes this
    table as it likes; without one `model` is `default` or the path of an ONNX file; a file needs
    its `licence`, its `sha256` (64 hexadecimal digits) and its `layout`, and `classes` if its class
    numbers are not COCO's. `threads` requests run at once, each on one thread.
    `input_height_px` is the height at which the default network sees a view (its width follows
    the view's shape). `views` are parts of the picture looked at each time; `tiles` cuts each
    view into that many overlapping columns besides, for small far vehicles. Boxes under
    `min_score` are dropped; boxes that overlap more than `max_overlap` (IoU) are one vehicle.
    """

    model_config = _FROZEN

    plugin: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_-]*$")
    model: Literal["default"] | Path = "default"
    licence: str | None = None
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    layout: ModelLayout | None = None
    classes: dict[int, VehicleClass] | None = None
    threads: int = Field(default=1, ge=1, le=64)
    input_height_px: int = Field(default=300, ge=160, le=1280)
    views: tuple[View, ...] = Field(default=(View(),), min_length=1, max_length=16)
    tiles: int = Field(default=1, ge=1, le=6)
    min_score: float = Field(default=0.1, gt=0, lt=1)
    max_overlap: float = Field(default=0.55, gt=0, lt=1)
    cache_dir: Path | None = None

    @model_validator(mode="after")
    def _file_is_described(self) -> Self:
        if self.model == "default":
            return self
        missing = [key for key in ("licence", "sha256", "layout") if getattr(self, key) is None]
        if missing:
            raise ValueError(f"a model file also needs: {', '.join(missing)}")
        return self


class TrackerSettings(BaseModel):
    """When boxes are one vehicle, and when a vehicle counts.

    A box of at least `high_score` may continue or (from `new_score`) begin a track; one of at
    least `low_score` may only continue. A track counts (is confirmed) after `confirm_hits`
    boxes over at least `confirm_s`, one of them of `sure_score`, or twice as many boxes; it
    ends when unseen for `lost_s` of media time, an unconfirmed one at its first
    `unconfirmed_lost_s`.
    """

    model_config = _FROZEN

    high_score: float = Field(default=0.3, gt=0, lt=1)
    low_score: float = Field(default=0.1, gt=0, lt=1)
    new_score: float = Field(default=0.35, gt=0, lt=1)
    sure_score: float = Field(default=0.5, gt=0, lt=1)
    confirm_hits: int = Field(default=3, ge=1)
    confirm_s: float = Field(default=0.15, ge=0)
    lost_s: float = Field(default=1.5, gt=0)
    unconfirmed_lost_s: float = Field(default=0.5, gt=0)
    max_step_s: float = Field(default=2.0, gt=0)


class PlateReaderSettings(BaseModel):
    """Which plates are looked for and how hard.

    `plugin` names a reader of another installed package (docs/design/house.md).

    `sides_px`: each picture is searched with its longer side at these sizes (a crop of a vehicle
    needs one, a whole photo two). Text lower than `least_height_px` on the picture is not read;
    at most `most_candidates` places per picture are. `thorough` asks every locator about every
    picture, not only where the first found nothing plate-like.
    """

    model_config = _FROZEN

    plugin: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_-]*$")
    plates: Literal["kz", "any"] = "kz"
    threads: int = Field(default=1, ge=1, le=64)
    sides_px: tuple[Annotated[int, Field(ge=96, le=2560)], ...] = Field(
        default=(640,), min_length=1
    )
    least_height_px: float = Field(default=6.0, ge=1)
    most_candidates: int = Field(default=16, ge=1, le=64)
    thorough: bool = False
