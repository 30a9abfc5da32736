"""Paintwork: one atlas per vehicle with its side, top, front and rear views, and its mask.

The mask's channels are the share of glass, headlamp, rough plastic and tail lamp.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.simulation.street.scene import VehicleKind
from sergek.simulation.street.specs import BodySpec

__all__ = ["Sheets", "paint", "smooth_line"]

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

_DARK, _GLASS, _SHINY = (14, 14, 15), (15, 19, 22), (188, 189, 192)
_IS_GLASS, _IS_HEAD, _IS_PLASTIC, _IS_TAIL = (
    (255, 0, 0, 0),
    (0, 255, 0, 0),
    (0, 0, 255, 0),
    (0, 0, 0, 255),
)
_HALF_GLASS = (120, 0, 0, 0)
_PAINT = (0, 0, 0, 0)
_EDGE = 6
View = list[tuple[float, float]]


def smooth_line(points: tuple[tuple[float, float], ...], x: Floats | float) -> Floats:
    """The polyline through the points, corners rounded over about 6 cm."""
    known = np.asarray(points)
    grid = np.linspace(known[0, 0], known[-1, 0], 1200)
    z = np.interp(grid, known[:, 0], known[:, 1])
    reach = max(1, int(0.06 / (grid[1] - grid[0])))
    window = np.hanning(2 * reach + 1)
    z = np.convolve(np.pad(z, reach, mode="edge"), window / window.sum(), "valid")
    return np.asarray(np.interp(x, grid, z))


@dataclass(frozen=True, slots=True, eq=False)
class Sheets:
    """Where the views of a body lie on its atlas: size in pixels, scale, origins, body size."""

    size: tuple[int, int]
    scale: float
    origins: dict[str, tuple[float, float]]
    length: float
    width: float

    @classmethod
    def of(cls, spec: BodySpec) -> "Sheets":
        """The atlas of a body."""
        q = 110.0 if spec.length > 8 else 220.0
        side_h, top_h = round(spec.height * q) + 12, round(spec.width * q)
        face_w, wide = round(spec.width * q), round(spec.length * q)
        size = max(wide, 2 * face_w + 3 * _EDGE) + 2 * _EDGE, 2 * side_h + top_h + 4 * _EDGE
        faces_y = 2 * side_h + top_h + 2 * _EDGE
        origins = {
            "side": (float(_EDGE), float(side_h)),
            "top": (float(_EDGE), float(side_h + _EDGE)),
            "front": (float(_EDGE), float(faces_y)),
            "rear": (float(face_w + 3 * _EDGE), float(faces_y)),
        }
        return cls(size, q, origins, spec.length, spec.width)

    def pixels(self, view: str, a: Floats, b: Floats) -> Floats:
        """Atlas pixels (n, 2) of points in a view: (x, z) for the side, (x, y) for the top,
        (y, z) for both faces."""
        left, top = self.origins[view]
        if view == "side":
            u, v = a + self.length / 2, -b
        elif view == "top":
            u, v = a + self.length / 2, self.width / 2 - b
        else:
            u, v = self.width / 2 + a, -b
        return np.stack([left + u * self.scale, top + v * self.scale], 1)

    def uv(self, view: str, points: Floats) -> Floats:
        """Texture coordinates (n, 2) of local points (n, 3) on one view's sheet."""
        axes = {"side": (0, 2), "top": (0, 1)}.get(view, (1, 2))
        result: Floats = self.pixels(view, points[:, axes[0]], points[:, axes[1]]) / self.size
        return result


class _Brush:
    """Draws in local metres on the atlas and the mask at once."""

    def __init__(self, kind: VehicleKind, spec: BodySpec, colour: tuple[int, int, int]) -> None:
        self.kind, self.spec, self.colour = kind, spec, colour
        self.seam = tuple(int(c * 0.38) for c in colour)
        self.sheets = Sheets.of(spec)
        self.scale, self.origins = self.sheets.scale, self.sheets.origins
        wide, high = self.sheets.size
        self.picture = np.full((high, wide, 3), colour, np.uint8)
        self.mask = np.zeros((high, wide, 4), np.uint8)
        self.view = "side"

    def _pixels(self, points: View) -> NDArray[np.int32]:
        p = np.asarray(points, float)
        return np.round(self.sheets.pixels(self.view, p[:, 0], p[:, 1]) * 16).astype(np.int32)

    def fill(self, points: View, colour: tuple[int, ...], mask: tuple[int, ...] = _PAINT) -> None:
        pixels = self._pixels(points)
        cv2.fillPoly(self.picture, [pixels], colour, cv2.LINE_AA, 4)
        cv2.fillPoly(self.mask, [pixels], mask, cv2.LINE_AA, 4)

    def pair(self, points: View, colour: tuple[int, ...], mask: tuple[int, ...] = _PAINT) -> None:
        """The same on the left and on the right half."""
        self.fill(points, colour, mask)
        self.fill([(-a, b) for a, b in points], colour, mask)

    def line(self, points: View, colour: tuple[int, ...], width_m: float = 0.012) -> None:
        thick = max(1, round(width_m * self.scale))
        cv2.polylines(self.picture, [self._pixels(points)], False, colour, thick, cv2.LINE_AA, 4)

    def disc(self, at: tuple[float, float], radius: float, colour: tuple[int, ...],
             mask: tuple[int, ...]) -> None:  # fmt: skip
        turn = np.linspace(0, 2 * np.pi, 40)
        ring = [(at[0] + radius * np.cos(t), at[1] + radius * np.sin(t)) for t in turn]
        self.fill(ring, colour, mask)

    def rect(self, a0: float, a1: float, b0: float, b1: float, colour: tuple[int, ...],
             mask: tuple[int, ...] = _PAINT) -> None:  # fmt: skip
        self.fill([(a0, b0), (a1, b0), (a1, b1), (a0, b1)], colour, mask)

    def belt(self, x: float) -> float:
        half = self.spec.length / 2
        return float(np.interp(x, [-half, half], self.spec.belt))


def paint(kind: VehicleKind, spec: BodySpec, colour: tuple[int, int, int], dirt: float,
          seed: int) -> tuple[Bytes, Bytes]:  # fmt: skip
    """Atlas and mask of a vehicle of that kind and colour; `dirt` 0…1 dulls it in patches."""
    brush = _Brush(kind, spec, colour)
    if kind is VehicleKind.BUS:
        _bus_side(brush)
    else:
        _car_side(brush)
    _sill_and_arches(brush)
    _top(brush)
    for view in ("front", "rear"):
        brush.view = view
        _front(brush) if view == "front" else _rear(brush)
    if dirt > 0:
        _soil(brush, dirt, seed)
    return brush.picture, brush.mask


def _car_side(b: _Brush) -> None:
    spec = b.spec
    rear, front = spec.side_glass
    xs = np.linspace(rear - 0.25, front + 0.4, 70)
    roof = smooth_line(spec.top, xs) - 0.10
    sill = np.array([b.belt(x) + 0.03 for x in xs])
    open_ = roof > sill + 0.04
    upper = list(zip(xs[open_], np.minimum(roof, spec.height - 0.11)[open_], strict=True))
    lower = list(zip(xs[open_][::-1], sill[open_][::-1], strict=True))
    b.fill(upper + lower, _GLASS, _IS_GLASS)
    for x in spec.pillars:
        z = b.belt(x)
        b.fill([(x - 0.05, z), (x + 0.05, z), (x + 0.02, spec.height), (x - 0.07, spec.height)],
               _DARK, _IS_PLASTIC)  # fmt: skip
    for x1, x0 in spec.doors:
        z1, z0 = b.belt(x1), b.belt(x0)
        b.line([(x1 + 0.02, z1), (x1, 0.32), (x0, 0.32), (x0, z0)], b.seam, 0.014)
        b.rect(x0 + 0.08, x0 + 0.30, z0 - 0.155, z0 - 0.12, b.seam)
    b.line([(rear - 0.3, b.belt(rear) + 0.015), (front + 0.3, b.belt(front) + 0.015)],
           (150, 150, 152))  # fmt: skip


def _bus_side(b: _Brush) -> None:
    rear, front = b.spec.side_glass
    b.rect(rear, front, 1.35, 2.5, _GLASS, _IS_GLASS)
    for x in np.linspace(rear, front, 8)[1:-1]:
        b.rect(x - 0.05, x + 0.05, 1.35, 2.5, b.colour)
    for x0, x1 in b.spec.doors:
        b.rect(x1, x0, 0.35, 2.5, _GLASS, _IS_GLASS)
        b.line([((x0 + x1) / 2, 0.35), ((x0 + x1) / 2, 2.5)], (150, 150, 150), 0.04)
    b.rect(-b.spec.length / 2, b.spec.length / 2, 0.95, 1.14, (24, 116, 128))


def _sill_and_arches(b: _Brush) -> None:
    half = b.spec.length / 2
    b.rect(-half, half, 0.0, 0.27, _DARK, _IS_PLASTIC)
    for x in b.spec.axles:
        b.disc((x, b.spec.wheel), b.spec.wheel + 0.06, (5, 5, 5), _IS_PLASTIC)


def _top(b: _Brush) -> None:
    b.view = "top"
    spec, half = b.spec, b.spec.width / 2
    roof = half * spec.roof
    if spec.screen:
        top, low = spec.screen
        b.fill([(top, 0.06 - roof), (low, -half * 0.88), (low + 0.05, 0), (low, half * 0.88),
                (top, roof - 0.06), (top - 0.02, 0)], _GLASS, _IS_GLASS)  # fmt: skip
        for y in (0.36, -0.36):
            b.rect(top + 0.14, top + 0.40, y - 0.20, y + 0.20, (34, 34, 36), _IS_GLASS)
        b.rect(low - 0.15, low - 0.04, -0.62, 0.62, (38, 39, 40), _IS_GLASS)
        b.line([(low + 0.04, -0.7), (low + 0.07, 0), (low + 0.04, 0.7)], _DARK, 0.05)
        for y in (0.55, -0.55):
            b.line([(low + 0.1, y), (spec.length / 2 - 0.1, y * 0.82)], b.seam)
    if spec.rear_glass:
        low, top = spec.rear_glass
        b.fill([(low, -half * 0.82), (top, 0.05 - roof), (top, roof - 0.05), (low, half * 0.82)],
               _GLASS, _IS_GLASS)  # fmt: skip
    if b.kind is VehicleKind.SEDAN:
        b.line([(-1.6, -0.7), (-1.6, 0.7)], b.seam, 0.014)
    if b.kind is VehicleKind.BUS:
        for x in (-2.5, 1.5):
            b.rect(x, x + 1.6, -0.6, 0.6, tuple(int(c * 0.85) for c in b.colour))


def _front(b: _Brush) -> None:
    spec, w = b.spec, b.spec.width / 2
    b.rect(-w, w, 0.0, 0.30, _DARK, _IS_PLASTIC)
    if b.kind in (VehicleKind.BUS, VehicleKind.LORRY):
        _tall_front(b)
    if spec.grille:
        low, high = spec.head_z + 0.06 - spec.grille, spec.head_z + 0.06
        b.fill([(-0.55, high), (0.55, high), (0.47, low), (-0.47, low)], _DARK, _IS_PLASTIC)
        for z in np.linspace(low + 0.02, high - 0.02, 4):
            b.line([(-0.47, z), (0.47, z)], (100, 100, 103))
        b.line([(-0.55, high), (0.55, high)], _SHINY, 0.018)
        b.disc((0.0, (low + high) / 2), 0.055, _SHINY, _PAINT)
    z, e = spec.head_z, w - 0.02
    b.pair([(e, z + 0.10), (w * 0.62, z + 0.06), (w * 0.58, z - 0.06), (e * 0.97, z - 0.03)],
           (26, 28, 30), _IS_GLASS)  # fmt: skip
    b.pair([(e * 0.97, z + 0.085), (w * 0.66, z + 0.05), (w * 0.63, z - 0.045),
            (e * 0.95, z - 0.015)], (206, 213, 220), (90, 70, 0, 0))  # fmt: skip
    for s in (1, -1):
        b.disc((s * w * 0.78, z + 0.02), 0.058, (250, 250, 246), _IS_HEAD)
    b.fill([(-w * 0.62, 0.40), (w * 0.62, 0.40), (w * 0.54, 0.26), (-w * 0.54, 0.26)],
           _DARK, _IS_PLASTIC)  # fmt: skip
    b.pair([(w * 0.92, 0.44), (w * 0.72, 0.44), (w * 0.70, 0.32), (w * 0.90, 0.34)],
           (24, 24, 25), _IS_PLASTIC)  # fmt: skip
    b.line([(-w, z - 0.15), (w, z - 0.15)], b.seam)


def _tall_front(b: _Brush) -> None:
    w = b.spec.width / 2
    low, high = (1.15, 2.55) if b.kind is VehicleKind.BUS else (1.5, 2.45)
    b.fill([(0.08 - w, low), (w - 0.08, low), (w - 0.14, high), (0.14 - w, high)],
           _GLASS, _IS_GLASS)  # fmt: skip
    # What is seen through the lower part: the dashboard and, at the left, the driver.
    b.rect(0.12 - w, w - 0.12, low + 0.02, low + 0.22, (40, 41, 43), _HALF_GLASS)
    b.disc((w * 0.48, low + 0.52), 0.12, (104, 80, 66), _HALF_GLASS)
    b.rect(w * 0.48 - 0.24, w * 0.48 + 0.24, low + 0.12, low + 0.40, (44, 50, 62), _HALF_GLASS)
    for y in (0.55 * w, -0.25 * w):
        b.line([(y, low + 0.03), (y - 0.45, low + 0.12)], _DARK, 0.025)
    if b.kind is VehicleKind.LORRY:
        b.rect(-w * 0.8, w * 0.8, 1.12, 1.40, _DARK, _IS_PLASTIC)
        for z in (1.19, 1.26, 1.33):
            b.line([(-w * 0.76, z), (w * 0.76, z)], (120, 120, 123), 0.02)
    else:
        b.line([(0, low), (0, high)], _DARK, 0.03)
        b.rect(-0.85, 0.85, 2.63, 2.9, (20, 13, 5), _IS_PLASTIC)
        left, top = b.origins["front"]
        at = (round(left + (w - 0.18) * b.scale), round(top - 2.68 * b.scale))
        cv2.putText(b.picture, "24", at, cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 160, 30), 2, 16)


def _rear(b: _Brush) -> None:
    if b.kind is VehicleKind.LORRY:  # a cab, seen over an empty bed
        b.rect(-0.7, 0.7, 1.75, 2.35, _GLASS, _IS_GLASS)
        return
    spec, w, z, h = b.spec, b.spec.width / 2, b.spec.tail_z, b.spec.tail_half
    tall = b.kind in (VehicleKind.VAN, VehicleKind.BUS)
    inner = 0.80 if tall else 0.56
    if b.kind is VehicleKind.BUS:
        b.rect(0.3 - w, w - 0.3, 1.9, 2.6, _GLASS, _IS_GLASS)
        b.rect(-0.8, 0.8, 0.9, 1.5, _DARK, _IS_PLASTIC)
        for slat in np.linspace(0.95, 1.45, 7):
            b.line([(-0.76, slat), (0.76, slat)], (66, 66, 68), 0.03)
        b.rect(-0.35, 0.35, 2.64, 2.84, (20, 13, 5), _IS_PLASTIC)
        b.pair([(w - 0.22, 2.78), (w - 0.42, 2.78), (w - 0.42, 2.70), (w - 0.22, 2.70)],
               (150, 10, 12), _IS_TAIL)  # fmt: skip
    if b.kind in (VehicleKind.HATCHBACK, VehicleKind.SUV, VehicleKind.VAN):
        top = spec.height - 0.13
        b.fill([(-w * 0.72, z + 0.24), (w * 0.72, z + 0.24), (w * 0.62, top), (-w * 0.62, top)],
               _GLASS, _IS_GLASS)  # fmt: skip
        # A spoiler over the window, and a bumper of bare plastic up to below the plate.
        b.rect(-w, w, top + 0.02, top + 0.05, b.seam)
        b.rect(-0.16, 0.16, top - 0.045, top - 0.015, (150, 10, 12), _IS_TAIL)
        b.rect(-w, w, 0.26, spec.plate_z[1] - 0.13, _DARK, _IS_PLASTIC)
    if b.kind is VehicleKind.VAN:
        b.rect(-0.06, 0.06, 0.45, spec.height, b.colour)
        b.line([(0, 0.45), (0, spec.height)], b.seam, 0.02)
        b.rect(-0.30, 0.30, 0.99, 1.03, _DARK, _IS_PLASTIC)
    b.pair([(w - 0.01, z + h), (w * inner, z + h * 0.7), (w * (inner + 0.02), z - h * 0.7),
            (w - 0.02, z - h)], (150, 10, 12), _IS_TAIL)  # fmt: skip
    b.pair([(w * 0.93, z + h * 0.1), (w * (inner + 0.1), z + h * 0.1),
            (w * (inner + 0.1), z - h * 0.35), (w * 0.93, z - h * 0.35)],
           (226, 200, 190), (0, 0, 0, 60))  # fmt: skip
    b.line([(-w * 0.7, 0.48), (w * 0.7, 0.48)], b.seam, 0.014)
    b.line([(-w * 0.68, 0.48), (-w * 0.72, z + 0.1)], b.seam, 0.014)
    b.line([(w * 0.68, 0.48), (w * 0.72, z + 0.1)], b.seam, 0.014)
    if not tall:
        b.rect(-0.38, 0.38, z + 0.06, z + 0.09, _SHINY)
    b.fill([(-w, 0.26), (w, 0.26), (w * 0.9, 0.39), (-w * 0.9, 0.39)], _DARK, _IS_PLASTIC)
    b.pair([(w * 0.9, 0.46), (w * 0.7, 0.46), (w * 0.7, 0.42), (w * 0.9, 0.42)], (140, 12, 12))


def _soil(b: _Brush, dirt: float, seed: int) -> None:
    """Road film: brown-grey, densest near the sills, in patches."""
    rng = np.random.default_rng(seed)
    high, wide = b.picture.shape[:2]
    blot = cv2.resize(rng.random((24, 48)).astype(np.float32), (wide, high), interpolation=2)
    cover = np.clip((0.35 + blot[..., None]) * dirt * 0.8, 0, 0.85)
    film = b.picture * (1 - cover) + np.array([104.0, 96, 84]) * cover
    b.picture[:] = film.astype(np.uint8)
    b.mask[..., 2] = np.maximum(b.mask[..., 2], (cover[..., 0] * 160).astype(np.uint8))
