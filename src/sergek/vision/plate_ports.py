"""The two halves of a plate reader, so that trained weights can replace either."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sergek.core.frame import Image
from sergek.core.plate import Corners

__all__ = ["PlateCandidate", "PlateLocator", "PlateRecogniser", "Recognition"]


@dataclass(frozen=True, slots=True)
class PlateCandidate:
    """A place that may be a plate, in the picture's pixels.

    `corners` are the plate's, `lines` the corners of each line of text on it, top line first
    (empty if the locator does not look for text); `score` is the locator's own, 0 to 1.
    """

    corners: Corners
    lines: tuple[Corners, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was read at a candidate before any rule touched it.

    `raw` is the text as read, two lines joined by a line feed; `characters` has, per character
    of `raw` without line feeds, alternatives as (Latin letter or digit, probability), best
    first. The alternative "" says that no letter or digit stands there: a seal, a hyphen, dirt.
    """

    raw: str
    characters: tuple[tuple[tuple[str, float], ...], ...]


class PlateLocator(Protocol):
    """Finds places that may be plates."""

    @property
    def name(self) -> str:
        """What it is called in `sergek models`."""
        ...

    def locate(self, pictures: Sequence[Image]) -> list[list[PlateCandidate]]:
        """Candidates per picture, best score first; false ones are expected."""
        ...


class PlateRecogniser(Protocol):
    """Reads what stands at a candidate."""

    @property
    def name(self) -> str:
        """What it is called in `sergek models`."""
        ...

    def recognise(self, wanted: Sequence[tuple[Image, PlateCandidate]]) -> list[Recognition]:
        """One reading per candidate, in order; `raw` is empty where nothing is legible."""
        ...
