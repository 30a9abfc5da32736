"""A plate drawn flat, as from the factory, with the place of every character."""

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.simulation.plates.layouts import PlateForm
from sergek.simulation.plates.typefaces import Typeface, fitted

__all__ = [
    "FRAME_INK_SHARE",
    "CharBox",
    "FlatPlate",
    "PlateStyle",
    "Sheet",
    "draw_plate",
    "random_style",
]

Bgr = tuple[int, int, int]

_WHITE: Bgr = (240, 244, 244)
_YELLOW: Bgr = (40, 200, 250)
_RED: Bgr = (40, 30, 190)
_FLAG_BLUE: Bgr = (202, 175, 0)
_FLAG_GOLD: Bgr = (12, 197, 254)
# The frame line's width against its distance from the plate's end.
FRAME_INK_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class CharBox:
    """One character's cell on the plate in millimetres from its top left corner."""

    character: str
    line: int
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class PlateStyle:
    """What may differ between two plates of one layout: letters, colours, small marks.

    `letter_share` is the height of letters against digits (2012 plates have both sizes),
    `fill` the share of a cell that ink may take, `marks` draws flag and KZ. With `bar_one` the
    digit 1 is a bare bar like I, with `same_zero` 0 is drawn as O: some plates do. `bolts` are
    how many screw heads show (0, 2 or 4), `seal` the tone of a round seal in each gap between
    groups, as foreign plates have it; neither is a character.
    """

    typeface: Typeface
    ground: Bgr = _WHITE
    ink: Bgr = (14, 12, 12)
    letter_share: float = 0.76
    fill: float = 0.84
    marks: bool = True
    marks_right: bool = False
    border_mm: float = 3.0
    bar_one: bool = False
    same_zero: bool = False
    bolts: int = 0
    seal: Bgr | None = None


@dataclass(frozen=True, slots=True)
class FlatPlate:
    """The drawing: BGR pixels at `px_per_mm`, the text (lines joined by `/`), its characters."""

    image: Image
    px_per_mm: float
    width_mm: int
    height_mm: int
    text: str
    layout: str
    characters: tuple[CharBox, ...]


def random_style(rng: np.random.Generator, faces: tuple[Typeface, ...]) -> PlateStyle:
    """A style by chance; white in nine of ten, yellow or red else."""
    tint = rng.random()
    ground, ink = _WHITE, (14, 12, 12)
    if tint > 0.9:
        ground, ink = (_YELLOW, ink) if tint < 0.97 else (_RED, (245, 245, 245))
    shade = int(rng.integers(-22, 12))
    return PlateStyle(
        typeface=faces[rng.integers(len(faces))],
        ground=(
            int(np.clip(ground[0] + shade, 0, 255)),
            int(np.clip(ground[1] + shade, 0, 255)),
            int(np.clip(ground[2] + shade, 0, 255)),
        ),
        ink=ink,
        letter_share=0.76 if rng.random() < 0.6 else float(rng.uniform(0.74, 1.0)),
        fill=float(rng.uniform(0.74, 0.92)),
        marks=bool(rng.random() < 0.92),
        marks_right=bool(rng.random() < 0.3),
        border_mm=float(rng.uniform(1.5, 4.5)),
        bar_one=bool(rng.random() < 0.12),
        same_zero=bool(rng.random() < 0.25),
        bolts=int(rng.choice((0, 0, 2, 4))),
    )


class Sheet:
    """Ink coverage at a scale, and the characters put on it."""

    def __init__(self, width_mm: int, height_mm: int, px_per_mm: float, style: PlateStyle) -> None:
        self.scale = px_per_mm
        self.style = style
        self.ink = np.zeros((round(height_mm * px_per_mm), round(width_mm * px_per_mm)), np.uint8)
        self.characters: list[CharBox] = []
        self.seals: list[tuple[float, float]] = []

    def px(self, mm: float) -> int:
        """Millimetres in whole pixels."""
        return round(mm * self.scale)

    def put(self, character: str, x_mm: float, y_mm: float, w_mm: float, h_mm: float) -> None:
        """Ink one character into a box."""
        if character == "1" and self.style.bar_one:
            character = "I"
        elif character == "0" and self.style.same_zero:
            character = "O"
        w, h = max(2, self.px(w_mm)), max(3, self.px(h_mm))
        glyph = fitted(self.style.typeface.glyph(character), w, h, narrow=character in "I1J")
        x, y = max(0, self.px(x_mm)), max(0, self.px(y_mm))
        room = self.ink[y : y + h, x : x + w]
        np.maximum(room, glyph[: room.shape[0], : room.shape[1]], out=room)

    def text(
        self, text: str, line: int, span: tuple[float, float], base_mm: float, height_mm: float
    ) -> None:
        """Characters in equal cells over `span` (x from, to), standing on `base_mm`."""
        cell = (span[1] - span[0]) / len(text)
        for i, character in enumerate(text):
            height = height_mm
            if character.isalpha():
                height *= self.style.letter_share
            width = cell * self.style.fill
            x = span[0] + i * cell
            self.put(character, x + (cell - width) / 2, base_mm - height, width, height)
            box = CharBox(character, line, x, base_mm - height_mm, x + cell, base_mm)
            self.characters.append(box)

    def frame(self, width_mm: float, height_mm: float) -> None:
        """The border's line all round, its middle `border_mm` from the plate's end."""
        edge, half = self.style.border_mm, self._pen_mm / 2
        out, within = edge - half, edge + half
        outer = self._cover(out, out, width_mm - out, height_mm - out)
        inner = self._cover(within, within, width_mm - within, height_mm - within)
        self._ink(outer - inner)

    def bar(self, x_mm: float, y1_mm: float, y2_mm: float) -> None:
        """An upright line of the border's pen."""
        half = self._pen_mm / 2
        self._ink(self._cover(x_mm - half, y1_mm, x_mm + half, y2_mm))

    @property
    def _pen_mm(self) -> float:
        return self.style.border_mm * FRAME_INK_SHARE

    def _cover(self, x1: float, y1: float, x2: float, y2: float) -> NDArray[np.float64]:
        """The share of every pixel that a rectangle (millimetres) covers."""
        high, wide = self.ink.shape
        column, row = (
            np.clip(np.minimum(np.arange(n) + 1, b * self.scale)
                    - np.maximum(np.arange(n), a * self.scale), 0, 1)
            for n, a, b in ((wide, x1, x2), (high, y1, y2))
        )  # fmt: skip
        return np.asarray(np.outer(row, column))

    def _ink(self, share: NDArray[np.float64]) -> None:
        np.maximum(self.ink, np.rint(share * 255).astype(np.uint8), out=self.ink)

    def coloured(self) -> Image:
        """Ground and ink as BGR."""
        step = np.arange(256, dtype=np.float32)[:, None] / 255
        ramp = np.asarray(self.style.ground) * (1 - step) + np.asarray(self.style.ink) * step
        table = np.clip(ramp, 0, 255).astype(np.uint8)
        return np.asarray(table[self.ink], np.uint8)


def draw_plate(form: PlateForm, text: str, style: PlateStyle, px_per_mm: float = 0.5) -> FlatPlate:
    """Draw `text` (lines joined by `/`) as a plate of this form.

    The text's lines must be as long as the pattern's; `ValueError` otherwise.
    """
    lines = text.split("/")
    if [len(line) for line in lines] != [len(line) for line in form.lines]:
        raise ValueError(f"plate text {text} is not of the layout {form.layout}")
    sheet = Sheet(form.width_mm, form.height_mm, px_per_mm, style)
    sheet.frame(form.width_mm, form.height_mm)
    if form.two_line:
        flag_at = _two_lines(sheet, form, lines)
    else:
        flag_at = _one_line(sheet, form, lines[0])
    image = sheet.coloured()
    if flag_at is not None and style.marks:
        _flag(image, sheet, *flag_at)
    _fittings(image, sheet, form)
    return FlatPlate(
        image, px_per_mm, form.width_mm, form.height_mm, text, form.layout, tuple(sheet.characters)
    )


def _groups(pattern: str) -> list[int]:
    """Lengths of runs of digits and of letters, where a plate leaves a gap."""
    kinds = ["d" if sign == "D" else "l" if sign == "L" else sign for sign in pattern]
    lengths = [1]
    for a, b in itertools.pairwise(kinds):
        if a == b:
            lengths[-1] += 1
        else:
            lengths.append(1)
    return lengths


def _spread(
    sheet: Sheet, text: str, pattern: str, line: int, span: tuple[float, float], base_mm: float,
    height_mm: float, gap_mm: float,
) -> None:  # fmt: skip
    """Groups of a line over a span with gaps between them, cells no wider than 62 mm."""
    groups = _groups(pattern)
    if sheet.style.seal is not None:
        gap_mm = 40.0
    room = span[1] - span[0] - gap_mm * (len(groups) - 1)
    cell = min(62.0, room / len(text))
    x = span[0] + (room - cell * len(text)) / 2
    start = 0
    for length in groups:
        part = text[start : start + length]
        sheet.text(part, line, (x, x + cell * length), base_mm, height_mm)
        x += cell * length + gap_mm
        if start + length < len(text) and sheet.style.seal is not None:
            sheet.seals.append((x - gap_mm / 2, base_mm - height_mm / 2))
        start += length


def _one_line(sheet: Sheet, form: PlateForm, text: str) -> tuple[float, float] | None:
    style, height = sheet.style, 76.0
    base = (form.height_mm + height) / 2
    marks_mm = 50.0 if style.marks else 8.0
    if not form.pattern.endswith("RR"):  # 1993: no box, the marks on either side
        right = style.marks and style.marks_right
        span = (12.0, form.width_mm - marks_mm) if right else (marks_mm, form.width_mm - 12.0)
        if style.marks:
            x = form.width_mm - 50.0 if right else 12.0
            _country(sheet, x, 60.0)
        _spread(sheet, text, form.pattern, 0, span, base, height, 14.0)
        return (form.width_mm - 52.0 if right else 10.0), 16.0
    box_mm = 398.0 if style.letter_share < 0.8 else 420.0
    sheet.bar(box_mm, style.border_mm, form.height_mm - style.border_mm)
    if style.marks:
        _country(sheet, 12.0, 60.0)
    _spread(sheet, text[:-2], form.pattern[:-2], 0, (marks_mm + 6, box_mm - 6), base, height, 12.0)
    high = height if box_mm < 400 else 68.0
    sheet.text(text[-2:], 0, (box_mm + 8, form.width_mm - 10.0), (form.height_mm + high) / 2, high)
    return 10.0, 16.0


def _two_lines(sheet: Sheet, form: PlateForm, lines: list[str]) -> tuple[float, float] | None:
    style, high = sheet.style, form.height_mm * 0.38
    left = 74.0 if style.marks else 14.0
    right = form.width_mm - 14.0
    if style.marks:
        _country(sheet, 16.0, form.height_mm * 0.28)
    base = form.height_mm * 0.46
    _spread(sheet, lines[0], form.lines[0], 0, (left, right), base, high, 6.0)
    bottom, base = form.lines[1], form.height_mm * 0.92
    if bottom.startswith("RR"):
        split = 14.0 + (right - 14.0) * 2 / len(bottom)
        sheet.bar(split + 3, form.height_mm * 0.52, form.height_mm - style.border_mm)
        sheet.text(lines[1][:2], 1, (12.0, split), base, high)
        sheet.text(lines[1][2:], 1, (split + 6, right), base, high)
    else:
        _spread(sheet, lines[1], bottom, 1, (14.0, right), base, high, 6.0)
    return 14.0, form.height_mm * 0.1


def _country(sheet: Sheet, x_mm: float, y_mm: float) -> None:
    sheet.put("K", x_mm, y_mm, 17.0, 28.0)
    sheet.put("Z", x_mm + 19.0, y_mm, 17.0, 28.0)


def _flag(image: NDArray[np.uint8], sheet: Sheet, x_mm: float, y_mm: float) -> None:
    """A sky-blue field with a golden disc: all that a camera resolves of the flag."""
    x1, y1 = sheet.px(x_mm), sheet.px(y_mm)
    x2, y2 = sheet.px(x_mm + 40), sheet.px(y_mm + 24)
    cv2.rectangle(image, (x1, y1), (x2, y2), _FLAG_BLUE, -1)
    middle = ((x1 + x2) // 2, (y1 + y2) // 2)
    cv2.circle(image, middle, max(1, sheet.px(6)), _FLAG_GOLD, -1, cv2.LINE_AA)


def _fittings(image: NDArray[np.uint8], sheet: Sheet, form: PlateForm) -> None:
    """Screw heads near the edges, and seals between groups."""
    for x, y in sheet.seals:
        middle, reach = (sheet.px(x), sheet.px(y)), max(1, sheet.px(16))
        cv2.circle(image, middle, reach, sheet.style.seal or (0, 0, 0), -1, cv2.LINE_AA)
        cv2.circle(image, middle, max(1, reach // 2), sheet.style.ground, 1, cv2.LINE_AA)
    low = 8.0 if sheet.style.bolts == 4 else form.height_mm / 2
    heights = (low, form.height_mm - 8.0) if sheet.style.bolts == 4 else (low,)
    for share in (0.25, 0.75) if sheet.style.bolts == 4 else (0.02, 0.98):
        for y in heights if sheet.style.bolts else ():
            at = (sheet.px(share * form.width_mm), sheet.px(y))
            cv2.circle(image, at, max(1, sheet.px(5)), (95, 100, 100), -1, cv2.LINE_AA)
