"""What is hidden on the pictures of a case before they leave: people, other vehicles, cabins."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["MaskPlan", "MaskRow", "MaskedBox", "MoreMasks"]

_FROZEN = ConfigDict(frozen=True, extra="forbid")
Corners4 = tuple[float, float, float, float]


class MaskRow(BaseModel):
    """What was found on one analysed picture, boxes (x1, y1, x2, y2) in main-stream pixels.

    `at_s` counts from the clip's first picture; `own` is the accused vehicle, None where it was
    not found on that picture.
    """

    model_config = _FROZEN

    at_s: float
    persons: tuple[Corners4, ...] = ()
    own: Corners4 | None = None
    others: tuple[Corners4, ...] = ()


class MaskPlan(BaseModel):
    """All that is needed to mask clip and stills without any network; rows in order of time.

    `stills` says at which moment of the same clock each overview was taken.
    """

    model_config = _FROZEN

    schema_version: Literal[1] = 1
    rows: tuple[MaskRow, ...]
    stills: dict[str, float] = {}


_Share = Annotated[float, Field(ge=0, le=1)]


class MaskedBox(BaseModel):
    """A part of a picture that a person hid, in shares of its width and height."""

    model_config = _FROZEN

    x1: _Share
    y1: _Share
    x2: _Share
    y2: _Share

    @model_validator(mode="after")
    def _has_an_area(self) -> Self:
        if not (self.x1 < self.x2 and self.y1 < self.y2):
            raise ValueError("a hidden part has a width and a height")
        return self


class MoreMasks(BaseModel):
    """What a person hid beside what the plan hides, by picture; on the clip for all its length."""

    model_config = _FROZEN

    boxes: dict[
        Literal["overview_before", "overview_after", "plate", "clip", "signal_strip"],
        Annotated[tuple[MaskedBox, ...], Field(max_length=60)],
    ] = {}
