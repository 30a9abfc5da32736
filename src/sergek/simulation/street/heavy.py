"""Lorries and tow trucks: put together from simple bodies."""

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np

from sergek.simulation.street.cars import car, lofted, mirrors
from sergek.simulation.street.parts import Floats, Material, Part, box, moved
from sergek.simulation.street.scene import VehicleKind
from sergek.simulation.street.shapes import (
    DULL,
    PlateSpot,
    Vehicle,
    plate_corners,
    slabs,
    wheel,
    wheel_hull,
    wheels,
)
from sergek.simulation.street.specs import SPECS

__all__ = ["lorry"]


def lorry(
    kind: VehicleKind, plate_mm: tuple[float, float], tilt_deg: float, carries: VehicleKind | None
) -> Vehicle:
    """A box lorry, or a tow truck with or without a car on its bed."""
    spec = SPECS[VehicleKind.LORRY]
    length = 7.4
    ahead = length / 2 - spec.length / 2
    cab = lofted(VehicleKind.LORRY, spec)
    parts = [moved(cab, (ahead, 0, 0.12))]
    parts += [moved(m, (ahead, 0, 0)) for m in mirrors(VehicleKind.LORRY, spec)]
    parts.append(box("frame", (-length / 2 + 0.1, -0.45, 0.55), (ahead, 0.45, 0.8), DULL))
    parts.append(box("bumper", (-length / 2, -1.1, 0.42), (-length / 2 + 0.1, 1.1, 0.62), DULL))
    red = Material("tail", colour=(0.4, 0.01, 0.01), rough=0.3, lamp="tail")
    for s in (1, -1):
        y0, y1 = sorted((s * 0.75, s * 1.1))
        parts.append(box("tail", (-length / 2 - 0.03, y0, 0.66), (-length / 2, y1, 0.80), red))
    deck = -length / 2 + 0.02, length / 2 - spec.length - 0.12
    hulls = [*slabs(parts[0].vertices, 3)]
    height = spec.height + 0.12
    if kind is VehicleKind.LORRY:
        height = 3.35
        cargo = _cargo(deck, height)
        parts.append(cargo)
        hulls.append(cargo.vertices)
    else:
        bed = box("bed", (deck[0], -1.15, 0.82), (deck[1], 1.15, 0.98), DULL)
        parts.append(bed)
        hulls.append(bed.vertices)
        if carries is not None:
            loaded, clouds = _freight(carries, plate_mm, ((deck[0] + deck[1]) / 2, 0.0, 0.98))
            parts += loaded
            hulls += clouds
    rolling = wheels(spec, 0, (-length / 2 + 1.3, ahead + 0.25))
    hulls += [wheel_hull(w) for w in rolling]
    plates = (
        PlateSpot("front", plate_corners(length / 2 + 0.014, 0.66, 1, plate_mm, tilt_deg)),
        PlateSpot("rear", plate_corners(-length / 2 - 0.014, 0.52, -1, plate_mm, tilt_deg)),
    )
    lamps = tuple((length / 2, s * 0.88, 0.86) for s in (1, -1))
    return Vehicle(kind, length, spec.width, height, tuple(parts), rolling, wheel(spec.wheel),
                   plates, tuple(hulls), lamps, plate_mm)  # fmt: skip


def _freight(
    kind: VehicleKind, plate_mm: tuple[float, float], shift: tuple[float, float, float]
) -> tuple[list[Part], list[Floats]]:
    """A silver car as load: its parts and silhouettes, moved onto the bed; it shows no plate."""
    load = car(kind, plate_mm, 0.0, False)
    parts = []
    for part in load.parts:
        material = part.material
        if material.name.startswith("body:"):
            material = replace(material, name=f"{material.name}:silver")
        parts.append(replace(moved(part, shift), material=material))
    for one in load.wheels:
        parts.append(moved(wheel(one.radius), tuple(np.add(one.centre, shift))))
    return parts, [hull + np.array(shift) for hull in load.hulls]


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
