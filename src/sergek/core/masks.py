"""What is hidden on the pictures of a case before they leave: people, other vehicles, cabins."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["MaskPlan", "MaskRow"]

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
