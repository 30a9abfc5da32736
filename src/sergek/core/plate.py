"""Number plates: one look, and what several looks together say."""

from dataclasses import dataclass
from enum import StrEnum

from sergek.core.vehicle import Box

__all__ = ["Corners", "PlateLook", "PlateRead", "PlateStatus"]

# Four (x, y) pixels, clockwise from the plate's own top left.
Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


class PlateStatus(StrEnum):
    """How far a reading can be trusted.

    `READ` may be acted on, `UNSURE` is shown but never acted on, `NONE` means no plate legible.
    """

    READ = "read"
    UNSURE = "unsure"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PlateLook:
    """One plate on one picture: where it is and what was read before any rule touched it.

    `raw` is the recogniser's unconstrained text (two lines joined by a line feed),
    `characters` its alternatives per position as (character, probability) pairs, best first;
    the character "" means that none stands there (a seal, a hyphen).
    """

    box: Box
    corners: Corners
    raw: str
    characters: tuple[tuple[tuple[str, float], ...], ...]
    sharpness: float
    found_score: float


@dataclass(frozen=True, slots=True)
class PlateRead:
    """The verdict over all looks of one vehicle.

    `text` is upper-case without spaces, None when status is `NONE`; `layout` names the
    country's layout it fits (see `traffic.plates`), None when it fits none or several;
    `confidence` is the probability that `text` is exactly right; `corrected` the positions
    (0-based) where position rules changed a character; `raw` every look's raw text.
    """

    text: str | None
    layout: str | None
    confidence: float
    status: PlateStatus
    corrected: tuple[int, ...]
    raw: tuple[str, ...]
