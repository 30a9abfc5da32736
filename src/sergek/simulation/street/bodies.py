"""Vehicle meshes: a body lofted over cross-sections, wheels, mirrors, cargo, riders, plates.

Local metres: x ahead from the middle of the vehicle, y to its left, z up from the road.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from sergek.simulation.street.paint import Atlas, paint, smooth_line
from sergek.simulation.street.parts import (
    Floats,
    Material,
    Part,
    box,
    cylinder,
    moved,
    polygons,
    ring_loft,
)
from sergek.simulation.street.scene import VehicleKind
from sergek.simulation.street.specs import COLOURS, SPECS, BodySpec

__all__ = ["PlateSpot", "Vehicle", "Wheel", "vehicle"]


@dataclass(frozen=True, slots=True, eq=False)
class PlateSpot:
    """Where a plate hangs: local corners (4, 3), clockwise from the plate's own top left."""

    end: str
    corners: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Wheel:
    """A wheel's centre; `side` +1 left, -1 right."""

    centre: tuple[float, float, float]
    radius: float
    side: int


@dataclass(frozen=True, slots=True, eq=False)
class Vehicle:
    """A drawable vehicle. `hulls` are point clouds (k, 3) of convex pieces that together are its
    silhouette; `head_lamps` and `tail_lamps` local points where light comes from."""

    kind: VehicleKind
    length_m: float
    width_m: float
    height_m: float
    parts: tuple[Part, ...]
    wheels: tuple[Wheel, ...]
    wheel_part: Part
    plates: tuple[PlateSpot, ...]
    hulls: tuple[Floats, ...]
    head_lamps: tuple[tuple[float, float, float], ...]
    plate_mm: tuple[float, float]


_TRIM = Material("trim", colour=(0.012, 0.012, 0.013), rough=0.5)
_DULL = Material("dull", colour=(0.05, 0.05, 0.052), rough=0.7)


@lru_cache(maxsize=256)
def vehicle(
    kind: VehicleKind,
    colour: str,
    plate_mm: tuple[float, float],
    dirt: float = 0.0,
    tilt_deg: float = 0.0,
    carries: VehicleKind | None = None,
    *,
    coarse: bool = False,
) -> Vehicle:
    """A vehicle of a kind and colour; plates of the given size (mm wide, mm high).

    `coarse` has a quarter of the triangles, for pictures where it is small.
    """
    if kind is VehicleKind.MOTORCYCLE:
        return _motorcycle(colour, plate_mm, tilt_deg)
    if kind in (VehicleKind.LORRY, VehicleKind.TOW_TRUCK):
        return _lorry(kind, colour, plate_mm, dirt, tilt_deg, carries)
    spec = SPECS[kind]
    seed = sum(map(ord, colour)) + len(kind)
    body = _body(
        kind, spec, paint(kind, spec, COLOURS[colour], dirt, seed), f"{kind}_{colour}", coarse
    )
    half = spec.length / 2
    return Vehicle(
        kind, spec.length, spec.width, spec.height,
        (body, *_mirrors(kind, spec, colour)),
        _wheels(spec), _wheel(spec.wheel, 10 if coarse else 24),
        _plate_spots(half, spec.plate_z, plate_mm, tilt_deg),
        _slabs(body.vertices, 10),
        tuple((half + 0.02, s * spec.width * 0.39, spec.head_z) for s in (1, -1)),
        plate_mm,
    )  # fmt: skip


def _section(spec: BodySpec, x: float, fine: int) -> tuple[Floats, list[str]]:
    """Half a cross-section at x, sill to roof: (n, 2) of (y, z), and the view of each point."""
    half, fillet = spec.length / 2, spec.fillet
    into = max(0.0, abs(x) - (half - fillet)) / fillet
    cap = fillet * (1 - np.sqrt(max(0.0, 1 - into * into)))
    top = float(smooth_line(spec.top, x))
    belt = min(float(np.interp(x, [-half, half], spec.belt)), top - 0.05)
    wide = spec.width / 2 * (1 - spec.taper * (abs(x) / half) ** 5) - cap * 0.8
    cabin = float(np.clip((top - belt - 0.05) / (spec.height - spec.belt[0] - 0.05), 0, 1))
    roof = wide * (spec.roof * cabin + (1 - cabin) * 0.86)
    low = 0.20 + 0.02 * (abs(x) / half) ** 8 + cap * 0.5
    top, belt = top - cap * 0.35, belt - cap * 0.3
    points: list[tuple[float, float]] = [
        (0, low), (wide * 0.8, low), (wide * 0.93, low + 0.015), (wide * 0.972, low + 0.06),
    ]  # fmt: skip
    views = ["side"] * 4
    for k in np.linspace(0.15, 1, 2 + 4 * fine):
        bulge = wide * (0.972 + 0.028 * np.sin(np.pi * min(1.0, k * 1.05)))
        points.append(
            (bulge - (0.012 * wide if k == 1 else 0), low + 0.06 + (belt - low - 0.06) * k)
        )
        views.append("side")
    shoulder, rail = wide * 0.965, top - 0.07 * cabin - 0.02 * (1 - cabin)
    for k in np.linspace(0.1, 1, 1 + 4 * fine):
        y = shoulder + (roof - shoulder) * k + 0.03 * np.sin(np.pi * k) * cabin
        points.append((y, belt + (rail - belt) * k))
        views.append("side")
    for k in np.linspace(0.12, 1, 3 + 2 * fine):
        rise = np.sin(np.pi / 2 * min(1.0, k * 1.25))
        points.append((roof * (1 - k), rail + (top - rail) * rise))
        views.append("top")
    return np.asarray(points, float), views


def _body(kind: VehicleKind, spec: BodySpec, atlas: Atlas, name: str, coarse: bool = False) -> Part:
    half, count = spec.length / 2, 24 if coarse else 48
    t = np.linspace(-1, 1, count)
    xs = np.sign(t) * (1 - (1 - np.abs(t)) ** 1.35) * half
    rings: list[Floats] = []
    views: list[str] = []
    for x in xs:
        points, views = _section(spec, float(x), 0 if coarse else 1)
        ring = np.concatenate([points, (points[1:-1] * [-1, 1])[::-1]])
        rings.append(np.column_stack([np.full(len(ring), x), ring]))
    around = views + views[1:-1][::-1]
    skin = np.stack(rings)
    pull = np.clip((np.abs(skin[..., 0]) - (half - 0.9)) / 0.9, 0, 1) ** 2
    skin[..., 0] -= np.sign(skin[..., 0]) * spec.bow * pull * (skin[..., 1] / (spec.width / 2)) ** 2
    vertices, faces, sheets = _skin_faces(skin, xs, around, half, spec)
    uv = np.concatenate(
        [atlas.uv(sheet, vertices[list(f)]) for f, sheet in zip(faces, sheets, strict=True)]
    )
    material = Material(name, rough=0.28, coat=1.0, texture=atlas.picture, mask=atlas.mask)
    return polygons(name, vertices, faces, material, uv, smooth=True)


def _skin_faces(
    skin: Floats, xs: Floats, around: list[str], half: float, spec: BodySpec
) -> tuple[Floats, list[tuple[int, ...]], list[str]]:
    count, n, _ = skin.shape
    vertices = list(skin.reshape(-1, 3))
    faces: list[tuple[int, ...]] = []
    sheets: list[str] = []
    for i in range(count - 1):
        middle = (xs[i] + xs[i + 1]) / 2
        for j in range(n):
            k = (j + 1) % n
            sheet = "top" if "top" in (around[j], around[k]) else "side"
            if abs(middle) > half - spec.fillet * 0.9:
                sheet = "front" if middle > 0 else "rear"
            faces.append((i * n + j, (i + 1) * n + j, (i + 1) * n + k, i * n + k))
            sheets.append(sheet)
    for end, sheet in ((0, "rear"), (count - 1, "front")):
        ring = [end * n + j for j in range(n)]
        rim, centre = skin[end], skin[end].mean(0)
        for share in (0.75, 0.4, 0.1):
            inner = []
            for j in range(n):
                point = rim[j] * share + centre * (1 - share)
                point[0] = np.sign(centre[0]) * (
                    half - spec.bow * (point[1] / (spec.width / 2)) ** 2
                )
                inner.append(len(vertices))
                vertices.append(point)
            for j in range(n):
                k = (j + 1) % n
                face = (ring[j], ring[k], inner[k], inner[j])
                faces.append(face if sheet == "rear" else face[::-1])
                sheets.append(sheet)
            ring = inner
        faces.append(tuple(ring) if sheet == "rear" else tuple(ring[::-1]))
        sheets.append(sheet)
    return np.asarray(vertices), [f[::-1] for f in faces], sheets


def _slabs(points: Floats, count: int) -> tuple[Floats, ...]:
    """Convex slices of a body along x; each overlaps the next by its border."""
    edges = np.linspace(points[:, 0].min(), points[:, 0].max(), count + 1)
    reach = (edges[1] - edges[0]) * 0.3
    slabs = []
    for low, high in pairwise(edges):
        inside = points[(points[:, 0] >= low - reach) & (points[:, 0] <= high + reach)]
        if len(inside) >= 4:
            slabs.append(inside)
    return tuple(slabs)


def _wheels(
    spec: BodySpec, shift: float = 0.0, axles: tuple[float, ...] | None = None
) -> tuple[Wheel, ...]:
    y = spec.width / 2 - 0.10 * (spec.wheel / 0.32)
    return tuple(
        Wheel((x + shift, s * y, spec.wheel), spec.wheel, s)
        for x in (axles or spec.axles)
        for s in (1, -1)
    )


@lru_cache(maxsize=8)
def _wheel(radius: float, sides: int = 24) -> Part:
    """A wheel about its own axis y; the outer side is +y."""
    profile = [(0.0, 0.055), (0.62, 0.06), (0.66, 0.085), (0.7, 0.095), (0.93, 0.1),
               (0.985, 0.085), (1, 0.05), (1, -0.09), (0.9, -0.1), (0, -0.1)]  # fmt: skip
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    rings = np.array(
        [[(q * radius * np.cos(a), y * radius / 0.32, q * radius * np.sin(a)) for a in turn]
         for q, y in profile]
    )  # fmt: skip
    part = ring_loft("wheel", rings, _wheel_material(), caps=False)
    spread = part.vertices[part.triangles][..., (0, 2)] / radius / 2 + 0.5
    return Part("wheel", part.vertices, part.triangles, spread, part.material, smooth=True)


@lru_cache(maxsize=1)
def _wheel_material() -> Material:
    picture = np.full((256, 256, 3), 15, np.uint8)
    cv2.circle(picture, (128, 128), 84, (150, 152, 156), -1, cv2.LINE_AA)
    cv2.circle(picture, (128, 128), 76, (28, 28, 30), -1, cv2.LINE_AA)
    for k in range(5):
        a = 2 * np.pi * k / 5
        tip = (int(128 + 78 * np.cos(a)), int(128 + 78 * np.sin(a)))
        cv2.line(picture, (128, 128), tip, (168, 170, 174), 22, cv2.LINE_AA)
    cv2.circle(picture, (128, 128), 20, (168, 170, 174), -1, cv2.LINE_AA)
    mask = np.zeros((256, 256, 4), np.uint8)
    mask[..., 2] = 255
    return Material("wheel", rough=0.45, texture=picture, mask=mask)


def _ellipsoid(name: str, centre: tuple[float, float, float], size: tuple[float, float, float],
               material: Material) -> Part:  # fmt: skip
    up = np.linspace(0.08, np.pi - 0.08, 9)
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    rings = np.array(
        [[(np.sin(a) * np.cos(t), np.sin(a) * np.sin(t), np.cos(a)) for t in turn] for a in up]
    )[::-1]
    return ring_loft(name, rings * np.array(size) + np.array(centre), material)


def _linear(colour: str) -> tuple[float, float, float]:
    r, g, b = ((c / 255) ** 2.2 for c in COLOURS[colour])
    return r, g, b


def _mirrors(kind: VehicleKind, spec: BodySpec, colour: str) -> list[Part]:
    half = spec.width / 2
    if kind in (VehicleKind.BUS, VehicleKind.LORRY):
        x = spec.length / 2 - 0.05
        z = spec.height - 0.75
        return [
            box("mirror", (x - 0.06, min(s * half, s * (half + 0.22)) + s * 0.06, z - 0.22),
                (x + 0.06, max(s * half, s * (half + 0.22)) + s * 0.06, z + 0.22), _TRIM)
            for s in (1, -1)
        ]  # fmt: skip
    shell = Material(f"mirror_{colour}", colour=_linear(colour), rough=0.25, coat=1.0)
    x = (spec.screen[1] if spec.screen else 1.0) - 0.38
    z = spec.belt[1] + 0.10
    return [
        part
        for s in (1, -1)
        for part in (
            _ellipsoid("mirror", (x, s * (half + 0.10), z), (0.075, 0.10, 0.07), shell),
            cylinder("stalk", (x, s * (half - 0.08), z - 0.05), (x, s * (half + 0.06), z - 0.03),
                     0.025, _TRIM, 6),
        )
    ]  # fmt: skip


def plate_corners(
    x: float, z: float, facing: int, plate_mm: tuple[float, float], tilt_deg: float
) -> Floats:
    """Corners of an upright plate at x looking ahead (+1) or back (-1), turned by `tilt_deg`."""
    half_w, half_h = plate_mm[0] / 2000, plate_mm[1] / 2000
    a = np.radians(tilt_deg)
    flat = np.array([(-half_w, half_h), (half_w, half_h), (half_w, -half_h), (-half_w, -half_h)])
    turned = flat @ np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    # Seen from ahead, the reader's right is the vehicle's left (+y); from behind, its right.
    return np.column_stack([np.full(4, x), turned[:, 0] * facing, z + turned[:, 1]])


def _plate_spots(half: float, heights: tuple[float, float], plate_mm: tuple[float, float],
                 tilt_deg: float) -> tuple[PlateSpot, ...]:  # fmt: skip
    return (
        PlateSpot("front", plate_corners(half + 0.014, heights[0], 1, plate_mm, tilt_deg)),
        PlateSpot("rear", plate_corners(-half - 0.014, heights[1], -1, plate_mm, tilt_deg)),
    )


def _lorry(kind: VehicleKind, colour: str, plate_mm: tuple[float, float], dirt: float,
           tilt_deg: float, carries: VehicleKind | None) -> Vehicle:  # fmt: skip
    spec = SPECS[VehicleKind.LORRY]
    length = 7.4
    ahead = length / 2 - spec.length / 2
    cab = _body(VehicleKind.LORRY, spec, paint(VehicleKind.LORRY, spec, COLOURS[colour], dirt, 7),
                f"lorry_{colour}")  # fmt: skip
    parts = [moved(cab, (ahead, 0, 0.12))]
    parts += [moved(m, (ahead, 0, 0)) for m in _mirrors(VehicleKind.LORRY, spec, colour)]
    parts.append(box("frame", (-length / 2 + 0.1, -0.45, 0.55), (ahead, 0.45, 0.8), _DULL))
    parts.append(box("bumper", (-length / 2, -1.1, 0.42), (-length / 2 + 0.1, 1.1, 0.62), _DULL))
    red = Material("tail", colour=(0.4, 0.01, 0.01), rough=0.3, lamp="tail")
    for s in (1, -1):
        y0, y1 = sorted((s * 0.75, s * 1.1))
        parts.append(box("tail", (-length / 2 - 0.03, y0, 0.66), (-length / 2, y1, 0.80), red))
    deck = -length / 2 + 0.02, length / 2 - spec.length - 0.12
    hulls = [*_slabs(parts[0].vertices, 3)]
    height = spec.height + 0.12
    if kind is VehicleKind.LORRY:
        height = 3.35
        cargo = _cargo(deck, height)
        parts.append(cargo)
        hulls.append(cargo.vertices)
    else:
        bed = box("bed", (deck[0], -1.15, 0.82), (deck[1], 1.15, 0.98), _DULL)
        parts.append(bed)
        hulls.append(bed.vertices)
        if carries is not None:
            freight = vehicle(carries, "silver", plate_mm)
            shift = ((deck[0] + deck[1]) / 2, 0.0, 0.98)
            parts += [moved(p, shift) for p in freight.parts]
            for wheel in freight.wheels:
                at = np.array(wheel.centre) + np.array(shift)
                parts.append(moved(_wheel(wheel.radius), tuple(at)))
            hulls += [h + np.array(shift) for h in freight.hulls]
    wheels = _wheels(spec, 0, (-length / 2 + 1.3, ahead + 0.25))
    hulls += [_wheel_hull(w) for w in wheels]
    plates = (
        PlateSpot("front", plate_corners(length / 2 + 0.014, 0.66, 1, plate_mm, tilt_deg)),
        PlateSpot("rear", plate_corners(-length / 2 - 0.014, 0.52, -1, plate_mm, tilt_deg)),
    )
    lamps = tuple((length / 2, s * 0.88, 0.86) for s in (1, -1))
    return Vehicle(kind, length, spec.width, height, tuple(parts), wheels, _wheel(spec.wheel),
                   plates, tuple(hulls), lamps, plate_mm)  # fmt: skip


def _wheel_hull(wheel: Wheel) -> Floats:
    hull: Floats = _wheel(wheel.radius).vertices + np.array(wheel.centre)
    return hull


@lru_cache(maxsize=4)
def _cargo_material() -> Material:
    picture = np.full((512, 512, 3), (206, 207, 205), np.uint8)
    for k in range(0, 512, 32):
        cv2.line(picture, (k, 0), (k, 511), (176, 178, 178), 2)
    for z in (4, 506):
        cv2.line(picture, (0, z), (511, z), (120, 122, 124), 8)
    mask = np.zeros((512, 512, 4), np.uint8)
    mask[..., 2] = 150
    return Material("cargo", rough=0.5, texture=picture, mask=mask)


def _cargo(deck: tuple[float, float], height: float) -> Part:
    return box("cargo", (deck[0], -1.22, 0.85), (deck[1], 1.22, height), _cargo_material(),
               (2.5, height - 0.85))  # fmt: skip


def _motorcycle(colour: str, plate_mm: tuple[float, float], tilt_deg: float) -> Vehicle:
    """A rider on a motorcycle; only the rear carries a plate."""
    tank = Material(f"tank_{colour}", colour=_linear(colour), rough=0.25, coat=1.0)
    jacket = Material("jacket", colour=(0.03, 0.035, 0.05), rough=0.8)
    jeans = Material("jeans", colour=(0.045, 0.06, 0.11), rough=0.9)
    helmet = Material(f"helmet_{colour}", colour=_linear(colour), rough=0.2, coat=1.0)
    red = Material("tail", colour=(0.4, 0.01, 0.01), rough=0.3, lamp="tail")
    lamp = Material("head", colour=(0.85, 0.86, 0.88), rough=0.1, lamp="head")
    parts = [
        _ellipsoid("tank", (0.18, 0, 0.86), (0.34, 0.17, 0.16), tank),
        _ellipsoid("seat", (-0.35, 0, 0.80), (0.42, 0.15, 0.09), _TRIM),
        _ellipsoid("engine", (0.1, 0, 0.48), (0.32, 0.17, 0.22), _DULL),
        _ellipsoid("fairing", (0.62, 0, 0.93), (0.17, 0.19, 0.19), tank),
        _ellipsoid("lamp", (0.76, 0, 0.92), (0.05, 0.09, 0.09), lamp),
        box("tail_lamp", (-0.83, -0.09, 0.76), (-0.79, 0.09, 0.83), red),
        cylinder("bar", (0.48, -0.36, 1.06), (0.48, 0.36, 1.06), 0.018, _TRIM, 6),
        cylinder("torso", (-0.22, 0, 0.88), (0.05, 0, 1.38), (0.19, 0.22), jacket),
        _ellipsoid("helmet", (0.13, 0, 1.60), (0.15, 0.13, 0.16), helmet),
    ]
    for s in (1, -1):
        parts += [
            cylinder("thigh", (-0.18, s * 0.15, 0.86), (0.22, s * 0.26, 0.72), (0.10, 0.08), jeans),
            cylinder("shin", (0.22, s * 0.26, 0.72), (0.0, s * 0.24, 0.32), (0.075, 0.055), jeans),
            cylinder("arm", (0.04, s * 0.22, 1.30), (0.24, s * 0.34, 1.06), (0.065, 0.05), jacket),
            cylinder("hand", (0.24, s * 0.34, 1.06), (0.47, s * 0.33, 1.07), 0.045, _TRIM),
            cylinder("fork", (0.55, s * 0.09, 0.95), (0.70, s * 0.09, 0.31), 0.028, _DULL, 6),
        ]  # fmt: skip
    wheels = tuple(Wheel((x, 0.0, 0.31), 0.31, 1) for x in (-0.62, 0.70))
    spot = plate_corners(-0.86, 0.62, -1, plate_mm, tilt_deg)
    cloud = np.concatenate([p.vertices for p in parts])
    hulls = [p.vertices for p in parts] + [_wheel_hull(w) for w in wheels]
    return Vehicle(VehicleKind.MOTORCYCLE, 2.1, 0.78, float(cloud[:, 2].max()), tuple(parts),
                   wheels, _wheel(0.31), (PlateSpot("rear", spot),), tuple(hulls),
                   ((0.8, 0.0, 0.92),), plate_mm)  # fmt: skip


def all_points(body: Vehicle) -> NDArray[np.float64]:
    """Every vertex of a vehicle, wheels included (n, 3)."""
    clouds = [p.vertices for p in body.parts]
    clouds += [_wheel(w.radius).vertices + np.array(w.centre) for w in body.wheels]
    return np.concatenate(clouds)
