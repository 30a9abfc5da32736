"""Plates of other shapes: so that the locator finds plates of countries it was never shown.

These are shapes in the manner of Europe, North and South America and of nobody at all; none is a
copy of a state's drawing.
"""

from collections.abc import Callable

import cv2
import numpy as np

from sergek.core.frame import Image
from sergek.simulation.plates.draw import PlateStyle, Sheet
from sergek.simulation.plates.layouts import DIGITS, LETTERS
from sergek.simulation.plates.typefaces import Typeface

__all__ = ["foreign_plate"]

Bgr = tuple[int, int, int]
_PATTERNS = [
    "LLDDDDL",
    "LLLDDD",
    "DDDLLL",
    "LLDDLLL",
    "LDDDLL",
    "DDDDLL",
    "LLDDDLL",
    "LLLDDDD",
    "DLLLDDD",
    "DDLLDDD",
    "LLDDDD",
]


def _text(rng: np.random.Generator, pattern: str) -> str:
    return "".join(
        DIGITS[rng.integers(10)] if sign == "D" else LETTERS[rng.integers(26)] for sign in pattern
    )


def _word(rng: np.random.Generator, low: int, high: int) -> str:
    return _text(rng, "L" * int(rng.integers(low, high)))


def _tone(rng: np.random.Generator, low: int, high: int) -> Bgr:
    b, g, r = (int(v) for v in rng.integers(low, high, 3))
    return b, g, r


def _style(
    rng: np.random.Generator, faces: tuple[Typeface, ...], ground: Bgr, ink: Bgr
) -> PlateStyle:
    return PlateStyle(
        typeface=faces[rng.integers(len(faces))],
        ground=ground,
        ink=ink,
        letter_share=1.0,
        fill=float(rng.uniform(0.62, 0.9)),
        marks=False,
        border_mm=float(rng.uniform(0.5, 4)),
    )


def _border(sheet: Sheet, w: float, h: float) -> None:
    edge = sheet.style.border_mm
    corner = (sheet.px(w - edge), sheet.px(h - edge))
    cv2.rectangle(sheet.ink, (sheet.px(edge), sheet.px(edge)), corner, 255, max(1, sheet.px(edge)))


def _european(
    rng: np.random.Generator, faces: tuple[Typeface, ...], scale: float
) -> tuple[Image, float, float]:
    """520 × 112, a coloured band on the left, often seals between the groups."""
    w, h = 520.0, float(rng.choice([110, 112, 120]))
    ground: Bgr = (240, 243, 243) if rng.random() < 0.8 else (30, 200, 245)
    sheet = Sheet(int(w), int(h), scale, _style(rng, faces, ground, (20, 15, 15)))
    if rng.random() < 0.7:
        _border(sheet, w, h)
    text = _text(rng, _PATTERNS[rng.integers(len(_PATTERNS))])
    split = int(rng.integers(2, len(text) - 1))
    cell = min(64.0, (w - 80) / (len(text) + 0.6))
    x = 56 + (w - 66 - cell * (len(text) + 0.6)) / 2
    base = (h + 78) / 2
    sheet.text(text[:split], 0, (x, x + cell * split), base, 78)
    sheet.text(text[split:], 0, (x + cell * (split + 0.6), x + cell * (len(text) + 0.6)), base, 78)
    image = sheet.coloured()
    if rng.random() < 0.85:
        band = (int(rng.integers(120, 200)), int(rng.integers(30, 90)), int(rng.integers(0, 40)))
        cv2.rectangle(image, (0, 0), (sheet.px(42), image.shape[0]), band, -1)
        cv2.circle(image, (sheet.px(21), sheet.px(36)), sheet.px(11), (60, 200, 230), 1)
        if rng.random() < 0.25:
            left = sheet.px(w - 42)
            cv2.rectangle(image, (left, 0), (image.shape[1], image.shape[0]), band, -1)
    return image, w, h


def _american(
    rng: np.random.Generator, faces: tuple[Typeface, ...], scale: float
) -> tuple[Image, float, float]:
    """305 × 152: tall characters between two lines of small print, on any light ground."""
    w, h = 305.0, 152.0
    ground, ink = _tone(rng, 150, 255), _tone(rng, 0, 110)
    if rng.random() < 0.12:
        ground, ink = ink, ground
    sheet = Sheet(int(w), int(h), scale, _style(rng, faces, ground, ink))
    if rng.random() < 0.5:
        _border(sheet, w, h)
    text = _text(rng, "LDDDLLLDDLLD"[int(rng.integers(4)) :][: int(rng.integers(5, 8))])
    high = float(rng.uniform(62, 80))
    sheet.text(text, 0, (12, w - 12), (h + high) / 2 + 4, high)
    if rng.random() < 0.85:
        half = float(rng.uniform(50, 110))
        sheet.text(_word(rng, 5, 12), 1, (w / 2 - half, w / 2 + half), 30, 18)
    if rng.random() < 0.7:
        half = float(rng.uniform(40, 110))
        sheet.text(_word(rng, 6, 14), 2, (w / 2 - half, w / 2 + half), h - 8, 14)
    image = sheet.coloured()
    if rng.random() < 0.5:  # a picture or a gradient behind the characters
        wash = np.linspace(rng.uniform(0.6, 1), 1, image.shape[0], dtype=np.float32)[:, None, None]
        image = np.asarray(image * wash, np.uint8)
    return image, w, h


def _banded(
    rng: np.random.Generator, faces: tuple[Typeface, ...], scale: float
) -> tuple[Image, float, float]:
    """400 × 130: a coloured band above the text, or white characters on black."""
    w, h = float(rng.integers(290, 420)), 130.0
    dark = rng.random() < 0.5
    ground, ink = ((25, 22, 22), (235, 235, 235)) if dark else ((242, 242, 242), (25, 20, 20))
    sheet = Sheet(int(w), int(h), scale, _style(rng, faces, ground, ink))
    _border(sheet, w, h)
    text = _text(rng, _PATTERNS[rng.integers(len(_PATTERNS))])
    sheet.text(text, 0, (14, w - 14), h - 16, float(rng.uniform(64, 84)))
    image = sheet.coloured()
    if not dark or rng.random() < 0.3:
        cv2.rectangle(image, (0, 0), (image.shape[1], sheet.px(30)), _tone(rng, 20, 200), -1)
    return image, w, h


def _anyhow(
    rng: np.random.Generator, faces: tuple[Typeface, ...], scale: float
) -> tuple[Image, float, float]:
    """One or two lines of characters in any two colours that differ, any size."""
    two = rng.random() < 0.35
    w = float(rng.integers(220, 340) if two else rng.integers(300, 540))
    h = float(rng.integers(130, 210) if two else rng.integers(90, 150))
    light, dark = _tone(rng, 160, 256), _tone(rng, 0, 90)
    ground, ink = (light, dark) if rng.random() < 0.75 else (dark, light)
    sheet = Sheet(int(w), int(h), scale, _style(rng, faces, ground, ink))
    if rng.random() < 0.8:
        _border(sheet, w, h)
    if two:
        sheet.text(
            _text(rng, "LLDDD"[: int(rng.integers(2, 6))]), 0, (20, w - 20), h * 0.46, h * 0.36
        )
        sheet.text(
            _text(rng, "DDDDLL"[: int(rng.integers(3, 7))]), 1, (12, w - 12), h * 0.92, h * 0.38
        )
    else:
        text = _text(rng, _PATTERNS[rng.integers(len(_PATTERNS))])
        high = float(rng.uniform(0.55, 0.8)) * h
        sheet.text(text, 0, (float(rng.uniform(8, 60)), w - 10), (h + high) / 2, high)
    return sheet.coloured(), w, h


_KINDS: tuple[Callable[..., tuple[Image, float, float]], ...] = (
    _european, _european, _american, _american, _banded, _anyhow,
)  # fmt: skip


def foreign_plate(
    rng: np.random.Generator, faces: tuple[Typeface, ...], px_per_mm: float
) -> tuple[Image, float, float]:
    """A flat plate of no Kazakh layout: BGR pixels, width and height in millimetres."""
    return _KINDS[rng.integers(len(_KINDS))](rng, faces, px_per_mm)
