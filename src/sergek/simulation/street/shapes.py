"""What a vehicle is made of, and the pieces that every kind shares: wheels, plates, round things.

Local metres: x ahead from the middle of the vehicle, y to its left, z up from the road.
A material named `body:KIND` or `lacquer` is a role that `dress` paints in the vehicle's colour.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import cv2
import numpy as np

from sergek.simulation.street.parts import Floats, Material, Part, ring_loft
from sergek.simulation.street.scene import VehicleKind
from sergek.simulation.street.specs import BodySpec

__all__ = [
    "DULL",
    "LACQUER",
    "TRIM",
    "PlateSpot",
    "Vehicle",
    "Wheel",
    "ellipsoid",
    "slabs",
    "wheel",
    "wheel_hull",
    "wheel_material",
    "wheels",
    "with_plates",
]

TRIM = Material("trim", colour=(0.012, 0.012, 0.013), rough=0.5)
DULL = Material("dull", colour=(0.05, 0.05, 0.052), rough=0.7)
LACQUER = Material("lacquer", rough=0.25, coat=1.0)
End = Literal["front", "rear"]
# How far a plate's face stands off the body.
_STAND_OFF_M = 0.014


@dataclass(frozen=True, slots=True, eq=False)
class PlateSpot:
    """Where a plate hangs: local corners (4, 3), clockwise from the plate's own top left."""

    end: End
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
    silhouette; `head_lamps` are local points where light comes from; `plate_at` the height of
    the plate's middle at each end that has one."""

    kind: VehicleKind
    length_m: float
    width_m: float
    height_m: float
    parts: tuple[Part, ...]
    wheels: tuple[Wheel, ...]
    wheel_part: Part
    hulls: tuple[Floats, ...]
    head_lamps: tuple[tuple[float, float, float], ...]
    plate_at: tuple[tuple[End, float], ...]
    plates: tuple[PlateSpot, ...] = ()


def slabs(points: Floats, count: int) -> tuple[Floats, ...]:
    """Convex slices of a body along x; each overlaps the next by its border."""
    edges = np.linspace(points[:, 0].min(), points[:, 0].max(), count + 1)
    reach = (edges[1] - edges[0]) * 0.3
    slices = []
    for low, high in pairwise(edges):
        inside = points[(points[:, 0] >= low - reach) & (points[:, 0] <= high + reach)]
        if len(inside) >= 4:
            slices.append(inside)
    return tuple(slices)


def wheels(
    spec: BodySpec, shift: float = 0.0, axles: tuple[float, ...] | None = None
) -> tuple[Wheel, ...]:
    """The wheels of a body on its axles, or on others."""
    y = spec.width / 2 - 0.10 * (spec.wheel / 0.32)
    return tuple(
        Wheel((x + shift, s * y, spec.wheel), spec.wheel, s)
        for x in (axles or spec.axles)
        for s in (1, -1)
    )


@lru_cache(maxsize=8)
def wheel(radius: float, sides: int = 24) -> Part:
    """A wheel about its own axis y; the outer side is +y."""
    profile = [(0.0, 0.055), (0.62, 0.06), (0.66, 0.085), (0.7, 0.095), (0.93, 0.1),
               (0.985, 0.085), (1, 0.05), (1, -0.09), (0.9, -0.1), (0, -0.1)]  # fmt: skip
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    rings = np.array(
        [[(q * radius * np.cos(a), y * radius / 0.32, q * radius * np.sin(a)) for a in turn]
         for q, y in profile]
    )  # fmt: skip
    part = ring_loft("wheel", rings, wheel_material(), caps=False)
    spread = part.vertices[part.triangles][..., (0, 2)] / radius / 2 + 0.5
    return Part("wheel", part.vertices, part.triangles, spread, part.material, smooth=True)


@lru_cache(maxsize=1)
def wheel_material() -> Material:
    """Rubber round a rim with five spokes, by the share of the radius."""
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


def wheel_hull(one: Wheel) -> Floats:
    """The places of a wheel on its vehicle (n, 3)."""
    hull: Floats = wheel(one.radius).vertices + np.array(one.centre)
    return hull


def ellipsoid(name: str, centre: tuple[float, float, float], size: tuple[float, float, float],
               material: Material) -> Part:  # fmt: skip
    """A round thing with half axes `size`."""
    up = np.linspace(0.08, np.pi - 0.08, 9)
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    rings = np.array(
        [[(np.sin(a) * np.cos(t), np.sin(a) * np.sin(t), np.cos(a)) for t in turn] for a in up]
    )[::-1]
    return ring_loft(name, rings * np.array(size) + np.array(centre), material)


def with_plates(body: Vehicle, plate_mm: tuple[float, float], tilt_deg: float) -> Vehicle:
    """The body with upright plates of that size (wide, high), turned by `tilt_deg`."""
    half_w, half_h = plate_mm[0] / 2000, plate_mm[1] / 2000
    a = np.radians(tilt_deg)
    flat = np.array([(-half_w, half_h), (half_w, half_h), (half_w, -half_h), (-half_w, -half_h)])
    turned = flat @ np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    spots = []
    for end, z in body.plate_at:
        # Seen from ahead, the reader's right is the vehicle's left (+y); from behind, its right.
        facing = 1 if end == "front" else -1
        x = np.full(4, facing * (body.length_m / 2 + _STAND_OFF_M))
        spots.append(PlateSpot(end, np.column_stack([x, turned[:, 0] * facing, z + turned[:, 1]])))
    return replace(body, plates=tuple(spots))
