"""The typefaces plates are drawn with: fonts found on this machine and strokes of our own."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from sergek.core.errors import ConfigError
from sergek.simulation.plates.strokes import Pen, stroke_glyph

__all__ = ["Glyph", "Typeface", "fitted", "installed", "named"]

Glyph = NDArray[np.uint8]

# Upright grotesques whose letters resemble a plate's: (file, extra pen width at 96 px).
_FONT_FILES = (
    ("DejaVuSans-Bold.ttf", 0),
    ("DejaVuSans.ttf", 5),
    ("DejaVuSansMono-Bold.ttf", 0),
    ("DejaVuSansCondensed-Bold.ttf", 0),
    ("LiberationSans-Bold.ttf", 0),
    ("LiberationSansNarrow-Bold.ttf", 0),
    ("LiberationSans-Regular.ttf", 5),
    ("LiberationMono-Bold.ttf", 2),
    ("NimbusSans-Bold.otf", 0),
    ("NimbusSansNarrow-Bold.otf", 0),
    ("NotoSans-Bold.ttf", 0),
    ("NotoMono-Regular.ttf", 5),
    ("URWGothic-Demi.otf", 2),
    ("FreeSansBold.ttf", 0),
    ("Roboto-Bold.ttf", 0),
    ("RobotoCondensed-Bold.ttf", 0),
)
_PENS = tuple(
    Pen(width, roundness) for width in (9, 11, 13, 14, 15, 17, 19) for roundness in (0, 1, 3)
)
_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_MASTER_PX = 96


@dataclass(frozen=True, slots=True)
class Typeface:
    """One drawing of the 36 characters; `path` None means our own strokes with `pen`."""

    name: str
    path: Path | None
    pen: Pen

    def glyph(self, character: str) -> Glyph:
        """Coverage of a character (0–255) cropped to its ink, capitals about 96 px high."""
        if self.path is None:
            return stroke_glyph(character, self.pen)
        return _font_glyph(self.path, self.pen.width, character)


@lru_cache(maxsize=8192)
def _font_glyph(path: Path, pen_px: int, character: str) -> Glyph:
    font = _font(path)
    sheet = Image.new("L", (3 * _MASTER_PX, 3 * _MASTER_PX), 0)
    ImageDraw.Draw(sheet).text(
        (_MASTER_PX, _MASTER_PX // 2), character, 255, font=font, stroke_width=pen_px // 2
    )
    return np.asarray(sheet.crop(sheet.getbbox()), np.uint8)


@lru_cache(maxsize=64)
def _font(path: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), round(_MASTER_PX / 0.72))


@lru_cache(maxsize=1)
def installed() -> tuple[Typeface, ...]:
    """All typefaces of this machine: the fonts found, then our own strokes (always there)."""
    bundled = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    found: dict[str, Path] = {}
    for folder in (bundled, *_FOLDERS):
        for path in sorted(folder.rglob("*.[to]tf")) if folder.is_dir() else ():
            found.setdefault(path.name, path)
    fonts = [
        Typeface(Path(file).stem, found[file], Pen(extra, 0))
        for file, extra in _FONT_FILES
        if file in found
    ]
    return (*fonts, *(Typeface(f"strokes-{p.width}-{p.roundness}", None, p) for p in _PENS))


def named(names: Sequence[str]) -> tuple[Typeface, ...]:
    """The typefaces of these names; `ConfigError` names those that this machine lacks."""
    known = {face.name: face for face in installed()}
    missing = [name for name in names if name not in known]
    if missing:
        raise ConfigError(
            f"typefaces missing on this machine: {', '.join(missing)} "
            "(apt install fonts-dejavu-core fonts-liberation fonts-urw-base35 fonts-noto-core)"
        )
    return tuple(known[name] for name in names)


def fitted(glyph: Glyph, width: int, height: int, *, narrow: bool) -> Glyph:
    """The glyph stretched to a cell; a narrow one (I, 1) keeps its proportions in the middle."""
    if narrow:
        own = max(2, min(width, round(glyph.shape[1] * height / glyph.shape[0])))
        cell = np.zeros((height, width), np.uint8)
        left = (width - own) // 2
        cell[:, left : left + own] = cv2.resize(glyph, (own, height), interpolation=cv2.INTER_AREA)
        return cell
    return cv2.resize(glyph, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)
