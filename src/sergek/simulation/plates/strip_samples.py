"""What the plate reader learns from: strips as it will see them, with truth per column."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sergek.simulation.plates.draw import FlatPlate, draw_plate, random_style
from sergek.simulation.plates.layouts import FORMS, PlateForm, random_text
from sergek.simulation.plates.photograph import Conditions, View, photograph, processed
from sergek.simulation.plates.typefaces import Typeface
from sergek.vision.plate_strips import STRIP_WIDTH, strips

__all__ = ["ALPHABET", "COLUMNS", "PlatePicture", "StripSample", "plate_picture", "strip_samples"]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Columns of the reader's output; class 0 is "no character here".
COLUMNS = 40
_GRAMMARLESS = ["DDLLDDDL", "LDDDLLLD", "DDDDLLD", "LLDDDD", "DLLLDDD", "LLLLDDD", "DDDDDDL"]
_SHARES = np.cumsum([form.share for form in FORMS])


@dataclass(frozen=True, slots=True)
class PlatePicture:
    """A plate as a camera saw it, and everything that is true of it."""

    flat: FlatPlate
    form: PlateForm
    view: View
    seen: Conditions

    @property
    def text(self) -> str:
        """What is written on it, upper line first, without the line's end."""
        return self.flat.text.replace("/", "")


@dataclass(frozen=True, slots=True)
class StripSample:
    """A strip (32 × 160 grey), its text and the class of each of its 40 columns."""

    pixels: NDArray[np.uint8]
    text: str
    columns: NDArray[np.uint8]


def plate_picture(
    rng: np.random.Generator,
    faces: tuple[Typeface, ...],
    seen: Conditions | None = None,
    form: PlateForm | None = None,
) -> PlatePicture:
    """A plate of a layout by chance (or this one) under conditions by chance (or these)."""
    if form is None:
        pick = int(np.searchsorted(_SHARES, rng.random() * _SHARES[-1]))
        form = FORMS[min(pick, len(FORMS) - 1)]
    seen = seen or Conditions.random(rng)
    # The drawing is 1.3 to 2 times finer than the picture of it.
    scale = float(np.clip(seen.width_px * 1.5 / form.width_mm, 0.24, 1.4))
    text = random_text(form.pattern, rng)
    style = random_style(rng, faces)
    if form.layout == "none" and rng.random() < 0.6:
        blue, green, red = (int(v) for v in rng.integers(20, 200, 3))
        style = replace(style, seal=(blue, green, red))
    flat = draw_plate(form, text, style, scale)
    view = photograph(flat.image, (form.width_mm, form.height_mm), seen, rng)
    return PlatePicture(flat, form, view, seen)


def grammarless(rng: np.random.Generator) -> PlateForm:
    """A one-line form of no Kazakh layout: keeps the reader from seeing what it expects."""
    pattern = _GRAMMARLESS[rng.integers(len(_GRAMMARLESS))]
    return PlateForm("none", pattern, 520, 112, 0.0)


def strip_samples(
    picture: PlatePicture, rng: np.random.Generator, corner_error: float = 0.012
) -> list[StripSample]:
    """The strips of a picture after the camera's own processing, its corners off by a normal
    error (share of the plate's width): each by itself, and two thirds as much all together."""
    width = float(np.linalg.norm(picture.view.corners[1] - picture.view.corners[0]))
    off = rng.normal(0, corner_error * width, (4, 2))
    off = off + rng.normal(0, 0.67 * corner_error * width, 2)
    seen = processed(picture.view.image, rng)
    rough = np.asarray(picture.view.corners + off, np.float32)
    lines = strips(seen, rough, picture.form.two_line)
    samples = []
    for number, strip in enumerate(lines):
        at = strip.homography @ picture.view.homography
        own = [box for box in picture.flat.characters if box.line == number]
        columns = np.zeros(COLUMNS, np.uint8)
        for box in own:
            middle = (box.y1 + box.y2) / 2
            ends = at @ np.array([(box.x1, box.x2), (middle, middle), (1, 1)])
            x1, x2 = ends[0] / ends[2] * (COLUMNS / STRIP_WIDTH)
            centre, reach = (x1 + x2) / 2, max(0.5, 0.3 * (x2 - x1))
            first, last = int(np.ceil(centre - reach - 0.5)), int(np.floor(centre + reach - 0.5))
            columns[max(0, first) : max(0, last + 1)] = ALPHABET.index(box.character) + 1
        samples.append(StripSample(strip.pixels, "".join(b.character for b in own), columns))
    return samples
