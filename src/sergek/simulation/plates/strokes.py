"""Letters of our own: skeletons on a 4 × 6 grid, drawn with a pen.

They stand in for the plate standard's drawing, which is not published. A glyph is a list of
strokes separated by `|`; a stroke is points `xy` (x 0–4 to the right, y 0–6 down); a leading `~`
says that its inner corners are round.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Pen", "stroke_glyph"]

_BOWL = "~10 30 41 45 36 16 05 01 10 30"
_SKELETONS = {
    "A": "06 20 46|14 34",
    "B": "30 00 06 36|03 33|~30 41 42 33|~33 44 45 36",
    "C": "~41 30 10 01 05 16 36 45",
    "D": "30 00 06 36|~20 30 41 45 36 26",
    "E": "40 00 06 46|03 33",
    "F": "40 00 06|03 33",
    "G": "~41 30 10 01 05 16 36 45 44|44 43 23",
    "H": "00 06|40 46|03 43",
    "I": "20 26",
    "J": "~40 45 36 16 05",
    "K": "00 06|40 04|22 46",
    "L": "00 06 46",
    "M": "06 00 24 40 46",
    "N": "06 00 46 40",
    "O": _BOWL,
    "P": "30 00 06|03 33|~30 41 42 33",
    "Q": _BOWL + "|24 46",
    "R": "30 00 06|03 33|~30 41 42 33|23 46",
    "S": "~41 30 10 01 02 13 33 44 45 36 16 05",
    "T": "00 40|20 26",
    "U": "~00 05 16 36 45 40",
    "V": "00 26 40",
    "W": "00 16 22 36 40",
    "X": "00 46|40 06",
    "Y": "00 23 40|23 26",
    "Z": "00 40 06 46",
    "0": _BOWL,
    "1": "11 20 26",
    "2": "~01 10 30 41 42 24 06|06 46",
    "3": "~01 10 30 41 42 33 13|~13 33 44 45 36 16 05",
    "4": "20 04 44|32 36",
    "5": "40 00 03|~03 12 32 43 45 36 16 05",
    "6": "~41 30 10 01 05 16 36 45 44 33 13 04",
    "7": "00 40 16",
    "8": "~13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33 13",
    "9": "~05 16 36 45 41 30 10 01 02 13 33 42",
}
_CELL = 16  # pixels of one grid step in the master drawing
_MARGIN = 20


@dataclass(frozen=True, slots=True)
class Pen:
    """How the skeleton is drawn: `width` in pixels of a 96 px high letter, `roundness` 0 (angular)
    to 3 (round bowls)."""

    width: int
    roundness: int


def _rounded(points: NDArray[np.float64], times: int) -> NDArray[np.float64]:
    """Chaikin's corner cutting (1974): each inner corner is replaced by two points, ends stay."""
    for _ in range(times):
        a, b = points[:-1], points[1:]
        cut = np.empty((2 * len(a), 2))
        cut[0::2], cut[1::2] = 0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b
        points = np.vstack([points[:1], cut, points[-1:]])
    return points


@lru_cache(maxsize=1024)
def stroke_glyph(character: str, pen: Pen) -> NDArray[np.uint8]:
    """Coverage of one character (0–255), cropped to its ink; `KeyError` if we never drew it."""
    sheet = np.zeros((6 * _CELL + 2 * _MARGIN, 4 * _CELL + 2 * _MARGIN), np.uint8)
    for stroke in _SKELETONS[character].split("|"):
        soft = stroke.startswith("~")
        pairs = stroke.lstrip("~").split()
        points = np.array([(int(p[0]), int(p[1])) for p in pairs], float) * _CELL + _MARGIN
        points = _rounded(points, pen.roundness if soft else 0)
        path = np.round(points * 16).astype(np.int32)
        cv2.polylines(sheet, [path], False, 255, pen.width, cv2.LINE_AA, 4)
    rows, columns = np.flatnonzero(sheet.any(1)), np.flatnonzero(sheet.any(0))
    return np.ascontiguousarray(sheet[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
