"""What a camera takes for a plate and is none: badges, stickers, grilles, shop signs, numbers."""

import cv2
import numpy as np

from sergek.core.frame import Image
from sergek.simulation.plates.layouts import DIGITS, LETTERS
from sergek.simulation.plates.typefaces import Typeface

__all__ = ["KINDS", "distract"]

KINDS = ("badge", "sticker", "grille", "sign", "bus_number", "light", "blank", "stripes")


def distract(
    picture: Image, box: tuple[int, int, int, int], rng: np.random.Generator,
    faces: tuple[Typeface, ...], kind: str | None = None,
) -> str:  # fmt: skip
    """Draw one of `KINDS` (or this one) into a box (x, y, width, height) of the picture."""
    kind = kind or KINDS[rng.integers(len(KINDS))]
    x, y, w, h = box
    room = picture[max(0, y) : y + h, max(0, x) : x + w]
    if min(room.shape[:2]) < 4:
        return kind
    if kind == "grille":
        _grille(room, rng)
    elif kind == "stripes":
        _stripes(room, rng)
    elif kind == "light":
        _light(room, rng)
    elif kind == "blank":
        room[:] = rng.integers(0, 256, 3)
        cv2.rectangle(room, (0, 0), (room.shape[1] - 1, room.shape[0] - 1), (90, 90, 90), 1)
    elif kind == "badge":
        middle = (room.shape[1] // 2, room.shape[0] // 2)
        tone = tuple(int(v) for v in rng.integers(90, 256, 3))
        reach = (max(2, room.shape[1] // 3), max(2, room.shape[0] // 3))
        cv2.ellipse(room, middle, reach, 0, 0, 360, tone, int(rng.integers(1, 4)), cv2.LINE_AA)
        _lettering(room, rng, faces, int(rng.integers(1, 5)), None)
    elif kind == "bus_number":
        ground: tuple[int, ...] | None = (20, 20, 20) if rng.random() < 0.6 else (235, 235, 235)
        _lettering(room, rng, faces, int(rng.integers(1, 4)), ground)
    elif kind == "sticker":
        ground = None if rng.random() < 0.5 else tuple(int(v) for v in rng.integers(0, 256, 3))
        _lettering(room, rng, faces, int(rng.integers(2, 8)), ground)
    else:
        _lettering(room, rng, faces, int(rng.integers(6, 14)), tuple(rng.integers(0, 256, 3)))
    return kind


def _lettering(
    room: Image, rng: np.random.Generator, faces: tuple[Typeface, ...], count: int,
    ground: tuple[int, ...] | None,
) -> None:  # fmt: skip
    """A word or number across the box; without a plate's frame and proportions."""
    h, w = room.shape[:2]
    if ground is not None:
        room[:] = ground
    tone = rng.integers(0, 256, 3).astype(np.float32)
    face = faces[rng.integers(len(faces))]
    signs = DIGITS if rng.random() < 0.3 else LETTERS
    high = max(3, int(h * rng.uniform(0.35, 0.75)))
    cell = min(w / count, high * 0.9)
    if cell < 3:
        return
    y, x = (h - high) // 2, (w - cell * count) / 2
    for i in range(count):
        glyph = face.glyph(signs[rng.integers(len(signs))])
        wide = max(2, int(cell * 0.85))
        ink = cv2.resize(glyph, (wide, high), interpolation=cv2.INTER_AREA)[..., None] / 255.0
        left = int(x + i * cell)
        part = room[y : y + high, left : left + wide]
        ink = ink[: part.shape[0], : part.shape[1]]
        part[:] = part * (1 - ink) + tone * ink


def _grille(room: Image, rng: np.random.Generator) -> None:
    h, w = room.shape[:2]
    room[:] = int(rng.integers(5, 60))
    tone = int(rng.integers(50, 230))
    step = int(rng.integers(3, 9))
    pen = int(rng.integers(1, 3))
    style = rng.integers(3)
    for y in range(0, h, step) if style != 1 else ():
        cv2.line(room, (0, y), (w, y), (tone, tone, tone), pen)
    for x in range(0, w, step + 1) if style != 0 else ():
        cv2.line(room, (x, 0), (x, h), (tone, tone, tone), 1)


def _stripes(room: Image, rng: np.random.Generator) -> None:
    h, w = room.shape[:2]
    room[:] = rng.integers(150, 256, 3)
    tone = tuple(int(v) for v in rng.integers(0, 120, 3))
    step = int(rng.integers(4, 14))
    for x in range(-h, w, step):
        cv2.line(room, (x, h), (x + h, 0), tone, max(1, step // 3))


def _light(room: Image, rng: np.random.Generator) -> None:
    h, w = room.shape[:2]
    middle, reach = (w // 2, h // 2), (max(2, w // 2 - 1), max(2, h // 2 - 1))
    tone = (int(rng.integers(20, 255)), int(rng.integers(20, 255)), 255)
    if rng.random() < 0.6:
        level = int(rng.integers(150, 256))
        tone = (level, level, level)
    cv2.ellipse(room, middle, reach, 0, 0, 360, tone, -1, cv2.LINE_AA)
    small = (max(1, reach[0] // 2), max(1, reach[1] // 2))
    cv2.ellipse(room, middle, small, 0, 0, 360, (250, 250, 250), -1, cv2.LINE_AA)
