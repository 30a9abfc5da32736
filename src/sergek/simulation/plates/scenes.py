"""Vehicle-like pictures with plates on them: what the plate locator learns from.

Bodies are drawn from simple shapes in a unit square (x to the right, y down), turned as a whole,
and set into clutter. Nothing here is meant to deceive a person; it teaches a small network that
plates come in a place among lamps, grilles, lettering and shadows.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.core.frame import Image
from sergek.simulation.plates.distractors import distract
from sergek.simulation.plates.draw import draw_plate, random_style
from sergek.simulation.plates.foreign import foreign_plate
from sergek.simulation.plates.layouts import FORMS, random_text
from sergek.simulation.plates.photograph import (
    Conditions,
    compressed,
    exposed,
    project,
    soiled,
)
from sergek.simulation.plates.typefaces import Typeface

__all__ = ["Scene", "scene"]


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture and the corners of each plate on it (n × 4 × 2 pixels).

    `texts` are what is written on each (lines joined by `/`; empty on foreign plates), `seen`
    the conditions, whose width is that of a one-line plate.
    """

    image: Image
    plates: NDArray[np.float32]
    texts: tuple[str, ...]
    seen: Conditions


def scene(
    rng: np.random.Generator, faces: tuple[Typeface, ...], zoom: float = 1.0, hard: float = 1.0,
    foreign: float = 0.35,
) -> Scene:  # fmt: skip
    """A picture by chance, 256 × 192 pixels times `zoom`; one in eight has no plate, one in ten
    two. `foreign` is the share of plates of no Kazakh layout."""
    width, height = round(256 * zoom), round(192 * zoom)
    picture = _clutter(rng, width, height, faces)
    style = rng.random()
    seen = Conditions.random(rng, (30 * zoom, 100 * zoom), hard)
    most = max(1.0, zoom)
    seen = replace(
        seen, blur_px=min(seen.blur_px, 1.1 * most), motion_px=min(seen.motion_px, 3.5 * most)
    )
    place = np.array((width * 0.5, height * rng.uniform(0.35, 0.85)))
    if style < 0.85:
        at, span = _body_placement(rng, width, height)
        place = _vehicle(picture, at, rng, faces)
        share = rng.uniform(0.2, 0.36) if rng.random() < 0.85 else rng.uniform(0.1, 0.2)
        seen = replace(seen, width_px=float(np.clip(span * share, 17 * zoom, 120 * zoom)))
    count = 0 if rng.random() < 0.12 else 2 if rng.random() < 0.1 else 1
    corners: list[NDArray[np.float64]] = []
    texts: list[str] = []
    for number in range(count):
        spot = place if number == 0 else rng.uniform((0.1, 0.2), (0.9, 0.9)) * (width, height)
        if corners and np.abs(spot - corners[0].mean(0)).max() < 1.2 * seen.width_px:
            continue
        found, text = _mount(picture, spot, seen, rng, faces, foreign)
        corners.append(found)
        texts.append(text)
    if number_of_extras := int(rng.integers(0, 3)):
        _keep_clear(picture, corners, number_of_extras, rng, faces)
    image = compressed(exposed(picture.astype(np.float32), seen, rng), seen.jpeg)
    inside = [i for i, c in enumerate(corners) if _visible(c, width, height)]
    plates = np.array([corners[i] for i in inside], np.float32).reshape(-1, 4, 2)
    return Scene(image, plates, tuple(texts[i] for i in inside), seen)


def _visible(corners: NDArray[np.float64], width: int, height: int) -> bool:
    low, high = corners.min(0), corners.max(0)
    return bool(low[0] > -4 and low[1] > -4 and high[0] < width + 4 and high[1] < height + 4)


def _mount(
    picture: Image, spot: NDArray[np.float64], seen: Conditions, rng: np.random.Generator,
    faces: tuple[Typeface, ...], foreign: float,
) -> tuple[NDArray[np.float64], str]:  # fmt: skip
    """Put a plate with its holder onto the picture; its corners and its text if Kazakh."""
    scale = float(np.clip(seen.width_px * 1.4 / 520, 0.14, 1.2))
    text = ""
    if rng.random() < foreign:
        flat, w, h = foreign_plate(rng, faces, scale * 1.4)
    else:
        form = FORMS[rng.integers(len(FORMS))] if rng.random() < 0.5 else FORMS[0]
        text = random_text(form.pattern, rng)
        flat = draw_plate(form, text, random_style(rng, faces), scale).image
        w, h = float(form.width_mm), float(form.height_mm)
    wide = seen.width_px * (1.0 if w > 400 else w / 400)
    corners = project((w, h), replace(seen, width_px=wide)) + spot
    if rng.random() < 0.6:
        _holder(picture, corners, rng)
    drawing = soiled(flat, seen, rng)
    shrink = flat.shape[1] / wide
    if shrink > 1.4:
        drawing = np.asarray(cv2.GaussianBlur(drawing, (0, 0), 0.42 * shrink), np.uint8)
    size = flat.shape[1], flat.shape[0]
    edge = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32) - 0.5
    at = cv2.getPerspectiveTransform(edge, (corners - 0.5).astype(np.float32))
    cv2.warpPerspective(
        drawing, at, (picture.shape[1], picture.shape[0]), dst=picture,
        flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT,
    )  # fmt: skip
    return np.asarray(corners, np.float64), text


def _holder(picture: Image, corners: NDArray[np.float64], rng: np.random.Generator) -> None:
    """The recess or frame a plate sits in, dark or chromed, larger than the plate."""
    centre = corners.mean(0)
    grow = np.array((rng.uniform(1.02, 1.25), rng.uniform(1.05, 1.6)))
    outline = centre + (corners - centre) * grow + (0, rng.uniform(-1, 4))
    level = int(rng.integers(0, 80)) if rng.random() < 0.75 else int(rng.integers(120, 240))
    cv2.fillConvexPoly(picture, np.round(outline).astype(np.int32), (level, level, level))


def _keep_clear(
    picture: Image, corners: list[NDArray[np.float64]], count: int, rng: np.random.Generator,
    faces: tuple[Typeface, ...],
) -> None:  # fmt: skip
    """Things that look like plates, nowhere over one."""
    h, w = picture.shape[:2]
    for _ in range(count):
        bw, bh = int(rng.integers(16, 90)), int(rng.integers(8, 34))
        x, y = int(rng.integers(-5, w - 10)), int(rng.integers(-5, h - 8))
        lows, highs = [c.min(0) - 3 for c in corners], [c.max(0) + 3 for c in corners]
        overlaps = any(
            x < hi[0] and x + bw > lo[0] and y < hi[1] and y + bh > lo[1]
            for lo, hi in zip(lows, highs, strict=True)
        )
        if not overlaps:
            distract(picture, (x, y, bw, bh), rng, faces)


def _clutter(
    rng: np.random.Generator, width: int, height: int, faces: tuple[Typeface, ...]
) -> NDArray[np.uint8]:
    """Road, sky and things: smooth noise, then shapes of any colour."""
    grid = rng.uniform(20, 230, (int(rng.integers(2, 6)), int(rng.integers(2, 7)), 1))
    grid = grid + rng.normal(0, 18, (*grid.shape[:2], 3))
    smooth = cv2.resize(grid.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    picture = np.clip(smooth, 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(2, 14))):
        tone = tuple(int(v) for v in np.clip(rng.uniform(10, 240) + rng.normal(0, 22, 3), 0, 255))
        a = rng.uniform((-0.2, -0.2), (1.2, 1.2)) * (width, height)
        kind = rng.integers(4)
        if kind == 0:
            b = a + rng.uniform(5, 120, 2)
            cv2.rectangle(picture, _point(a), _point(b), tone, -1)
        elif kind == 1:
            b = a + rng.normal(0, 120, 2)
            cv2.line(picture, _point(a), _point(b), tone, int(rng.integers(1, 7)), cv2.LINE_AA)
        elif kind == 2:
            shape = a + rng.normal(0, 45, (int(rng.integers(3, 6)), 2))
            cv2.fillPoly(picture, [np.round(shape).astype(np.int32)], tone, cv2.LINE_AA)
        else:
            size = int(rng.integers(14, 100)), int(rng.integers(8, 44))
            distract(picture, (int(a[0]), int(a[1]), *size), rng, faces)
    return picture


def _point(at: NDArray[np.float64]) -> tuple[int, int]:
    return int(at[0]), int(at[1])


def _body_placement(
    rng: np.random.Generator, width: int, height: int
) -> tuple[NDArray[np.float64], float]:
    """Unit square to pixels, and how wide the body's face is on the picture."""
    span = width * rng.uniform(0.45, 1.05)
    high = min(height * 1.15, span * rng.uniform(0.62, 1.05))
    x = (width - span) * rng.uniform(0.1, 0.9)
    y = (height - high) * rng.uniform(0.2, 1.0)
    lean = rng.normal(0, 0.05, (4, 2)) * (span, high)
    corner = np.array([(x, y), (x + span, y), (x + span, y + high), (x, y + high)]) + lean
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(unit, corner.astype(np.float32))), float(span)


class _Body:
    """Draws in the unit square of a vehicle's face."""

    def __init__(self, picture: Image, at: NDArray[np.float64]) -> None:
        self.picture, self.at = picture, at

    def points(self, unit: NDArray[np.float64]) -> NDArray[np.int32]:
        moved = np.c_[unit, np.ones(len(unit))] @ self.at.T
        return np.asarray(np.round(moved[:, :2] / moved[:, 2:]), np.int32)

    def quad(self, x1: float, y1: float, x2: float, y2: float, tone: NDArray[np.float64],
             taper: float = 0.0) -> None:  # fmt: skip
        unit = np.array([(x1 + taper, y1), (x2 - taper, y1), (x2, y2), (x1, y2)])
        colour = tuple(int(v) for v in np.clip(tone, 0, 255))
        cv2.fillConvexPoly(self.picture, self.points(unit), colour, cv2.LINE_AA)

    def box(self, x1: float, y1: float, x2: float, y2: float) -> tuple[int, int, int, int]:
        a, b = self.points(np.array([(x1, y1), (x2, y2)]))
        return int(a[0]), int(a[1]), int(b[0] - a[0]), int(b[1] - a[1])


def _vehicle(
    picture: Image, at: NDArray[np.float64], rng: np.random.Generator, faces: tuple[Typeface, ...]
) -> NDArray[np.float64]:
    """A vehicle's face; where the middle of its plate belongs (pixels)."""
    body = _Body(picture, at)
    paint = rng.uniform(15, 235) + rng.normal(0, 14, 3)
    if rng.random() < 0.3:
        paint = rng.uniform(10, 240, 3)
    dark = np.full(3, rng.uniform(8, 45))
    body.quad(0.02, 0.9, 0.98, 1.02, dark * 0.6)  # shadow and tyres
    body.quad(0.0, 0.38, 1.0, 0.95, paint, taper=float(rng.uniform(0, 0.06)))
    body.quad(
        0.1, 0.0, 0.9, 0.42, paint * rng.uniform(0.85, 1.1), taper=float(rng.uniform(0, 0.12))
    )
    glass = rng.uniform(20, 120) + rng.normal(0, 8, 3)
    body.quad(0.13, 0.05, 0.87, 0.37, glass, taper=float(rng.uniform(0.02, 0.12)))
    for _ in range(int(rng.integers(1, 5))):  # folds of the bodywork
        y = rng.uniform(0.36, 0.95)
        body.quad(0.0, y, 1.0, y + rng.uniform(0.01, 0.14), paint * rng.uniform(0.55, 1.25))
    lamp_y = rng.uniform(0.42, 0.58)
    for x in (0.02, 0.8):
        distract(picture, body.box(x, lamp_y, x + 0.18, lamp_y + 0.12), rng, faces, "light")
    if rng.random() < 0.75:
        x = rng.uniform(0.2, 0.32)
        y = rng.uniform(0.42, 0.75)
        low = y + rng.uniform(0.06, 0.2)
        distract(picture, body.box(x, y, 1 - x, low), rng, faces, "grille")
    if rng.random() < 0.7:
        distract(picture, body.box(0.45, 0.45, 0.55, 0.54), rng, faces, "badge")
    for _ in range(int(rng.integers(0, 4))):
        x, y = rng.uniform(0.05, 0.75), rng.uniform(0.02, 0.85)
        wide, high = rng.uniform(0.1, 0.4), rng.uniform(0.04, 0.12)
        distract(picture, body.box(x, y, x + wide, y + high), rng, faces)
    middle = rng.uniform(0.2, 0.8) if rng.random() < 0.15 else rng.uniform(0.46, 0.54)
    unit = np.array([(middle, rng.uniform(0.5, 0.88))])
    return np.asarray(body.points(unit)[0], np.float64)
