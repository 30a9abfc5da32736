"""What the corner finder learns from: a rough place of a plate, and where it truly is."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.simulation.plates.distractors import distract
from sergek.simulation.plates.draw import draw_plate, random_style
from sergek.simulation.plates.foreign import foreign_plate
from sergek.simulation.plates.layouts import FORMS, random_text
from sergek.simulation.plates.photograph import Conditions, View, photograph, processed
from sergek.simulation.plates.typefaces import Typeface
from sergek.vision.plate_window import WINDOW, rough_window, to_window

__all__ = ["CornerSample", "corner_sample"]


@dataclass(frozen=True, slots=True)
class CornerSample:
    """The window around a rough place (48 × 128 grey); `is_plate` and, if it is one, how far its
    corners are from the window's own (8 numbers, x y per corner, shares of the window)."""

    pixels: NDArray[np.uint8]
    is_plate: bool
    offsets: NDArray[np.float32]


def corner_sample(
    rng: np.random.Generator, faces: tuple[Typeface, ...], hard: float = 1.0
) -> CornerSample:
    """A sample by chance; one in six shows no plate."""
    seen = Conditions.random(rng, (26, 210), hard)
    scale = float(np.clip(seen.width_px * 1.3 / 520, 0.2, 1.0))
    if rng.random() < 0.25:
        flat, w, h = foreign_plate(rng, faces, scale * 1.3)
    else:
        form = FORMS[rng.integers(len(FORMS))] if rng.random() < 0.6 else FORMS[0]
        text = random_text(form.pattern, rng)
        flat = draw_plate(form, text, random_style(rng, faces), scale).image
        w, h = float(form.width_mm), float(form.height_mm)
    is_plate = bool(rng.random() > 1 / 6)
    if not is_plate:
        flat = _no_plate(flat, rng, faces)
    view = photograph(flat, (w, h), seen, rng, margin=0.45)
    picture = _surrounded(view, rng, faces) if rng.random() < 0.5 else view.image
    # The second round's window is nearer than the first's.
    rough = _roughly(view.corners, rng, 1.0 if rng.random() < 0.5 else 0.4)
    window, at = rough_window(processed(picture, rng), rough)
    offsets = (to_window(view.corners, at) - WINDOW.corners) / WINDOW.size
    return CornerSample(window, is_plate, offsets.reshape(8).astype(np.float32))


def _no_plate(flat: Image, rng: np.random.Generator, faces: tuple[Typeface, ...]) -> Image:
    """Something else of the same shape."""
    other = np.full(flat.shape, rng.integers(0, 256, 3), np.uint8)
    for _ in range(int(rng.integers(0, 3))):
        x, y = int(rng.integers(-5, flat.shape[1] // 2)), int(rng.integers(-3, flat.shape[0] // 2))
        size = int(rng.integers(10, flat.shape[1])), int(rng.integers(6, flat.shape[0]))
        distract(other, (x, y, *size), rng, faces)
    return other


def _surrounded(view: View, rng: np.random.Generator, faces: tuple[Typeface, ...]) -> Image:
    """Lamps, lettering and edges next to the plate, never over it."""
    picture = view.image.copy()
    h, w = picture.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        x, y = int(rng.integers(-10, w)), int(rng.integers(-10, h))
        size = int(rng.integers(6, max(7, w // 2))), int(rng.integers(4, max(5, h // 2)))
        distract(picture, (x, y, *size), rng, faces)
    ours = np.zeros((h, w), np.uint8)
    cv2.fillConvexPoly(ours, np.round(view.corners).astype(np.int32), 255)
    ours = np.asarray(cv2.dilate(ours, np.ones((3, 3), np.uint8)), np.uint8)
    picture[ours > 0] = view.image[ours > 0]
    return picture


def _roughly(
    corners: NDArray[np.float32], rng: np.random.Generator, share: float
) -> NDArray[np.float32]:
    """Corners as the locator finds them (`share` 1) or better: shifted, scaled, turned, each a
    little off."""
    wide = float(np.linalg.norm(corners[1] - corners[0]))
    high = float(np.linalg.norm(corners[3] - corners[0]))
    middle = corners.mean(0)
    turn = np.radians(rng.normal(0, 3 * share))
    spin = np.array([(np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))])
    grow = np.exp(share * rng.normal(0, (0.07, 0.1)))
    moved = (corners - middle) * grow @ spin.T + middle
    moved = moved + share * rng.normal(0, 1, 2) * (0.03 * wide, 0.08 * high)
    return np.asarray(moved + rng.normal(0, 0.015 * share * wide, (4, 2)), np.float32)
