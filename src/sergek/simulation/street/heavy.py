"""Lorries and tow trucks: put together from simple bodies."""

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np

from sergek.simulation.street.cars import car, lofted, mirrors
from sergek.simulation.street.parts import Floats, Material, Part, box, cylinder, moved
from sergek.simulation.street.scene import VehicleKind
from sergek.simulation.street.shapes import (
    DULL,
    LACQUER,
    TRIM,
    Vehicle,
    slabs,
    wheel,
    wheel_hull,
    wheels,
)
from sergek.simulation.street.specs import SPECS

__all__ = ["lorry"]

_STEEL = Material("bed", colour=(0.16, 0.165, 0.17), rough=0.6)
_GUARD = Material("guard", colour=(0.55, 0.33, 0.02), rough=0.5)
_AMBER = Material("amber_bar", colour=(0.85, 0.30, 0.01), rough=0.2, coat=1.0)
_STRIPE = Material("stripe", colour=(0.55, 0.03, 0.02), rough=0.5)
_ROD = Material("rod", colour=(0.24, 0.245, 0.25), rough=0.4)
_RIM = Material("rim", colour=(0.10, 0.105, 0.11), rough=0.6)


def lorry(kind: VehicleKind, carries: VehicleKind | None) -> Vehicle:
    """A box lorry, or a tow truck with or without a car on its bed."""
    spec = SPECS[VehicleKind.LORRY]
    length = 7.4
    ahead = length / 2 - spec.length / 2
    cab = lofted(VehicleKind.LORRY, spec)
    parts = [moved(cab, (ahead, 0, 0.12))]
    parts += [moved(m, (ahead, 0, 0)) for m in mirrors(VehicleKind.LORRY, spec)]
    parts += _chassis(length, ahead)
    deck = -length / 2 + 0.02, length / 2 - spec.length - 0.12
    hulls = [*slabs(parts[0].vertices, 3)]
    height = spec.height + 0.12
    if kind is VehicleKind.LORRY:
        height = 3.35
        cargo = _cargo(deck, height)
        parts += [cargo, *_doors(deck[0], height)]
        hulls.append(cargo.vertices)
    else:
        bed = _flatbed(deck, ahead, height)
        parts += bed
        hulls += [part.vertices for part in bed]
        height += 0.16
        if carries is not None:
            loaded, clouds = _freight(carries, ((deck[0] + deck[1]) / 2, 0.0, 0.98))
            parts += loaded
            hulls += clouds
    rolling = wheels(spec, 0, (-length / 2 + 1.3, ahead + 0.25))
    hulls += [wheel_hull(w) for w in rolling]
    lamps = tuple((length / 2, s * 0.88, 0.86) for s in (1, -1))
    return Vehicle(kind, length, spec.width, height, tuple(parts), rolling, wheel(spec.wheel),
                   tuple(hulls), lamps, (("front", 0.66), ("rear", 0.52)))  # fmt: skip


def _chassis(length: float, ahead: float) -> list[Part]:
    """Frame, rear bumper with its striped beam, tail lamps, mud flaps and inner tyres."""
    rear = -length / 2
    red = Material("tail", colour=(0.4, 0.01, 0.01), rough=0.3, lamp="tail")
    parts = [
        box("frame", (rear + 0.1, -0.45, 0.55), (ahead, 0.45, 0.8), DULL),
        box("bumper", (rear, -1.1, 0.42), (rear + 0.1, 1.1, 0.62), DULL),
    ]
    for s in (1, -1):
        y0, y1 = sorted((s * 0.75, s * 1.1))
        parts.append(box("tail", (rear - 0.03, y0, 0.66), (rear, y1, 0.80), red))
        y0, y1 = sorted((s * 0.42, s * 0.72))
        parts.append(box("stripe", (rear - 0.01, y0, 0.46), (rear, y1, 0.58), _STRIPE))
        y0, y1 = sorted((s * 0.62, s * 1.05))
        parts.append(box("flap", (rear + 0.78, y0, 0.16), (rear + 0.80, y1, 0.60), TRIM))
        parts.append(
            cylinder("tyre", (rear + 1.3, s * 0.62, 0.46), (rear + 1.3, s * 0.95, 0.46), 0.46, TRIM)
        )
    return parts


def _flatbed(deck: tuple[float, float], ahead: float, height: float) -> list[Part]:
    """Bed with marked rails, head guard, winch, and the cab's amber light bar."""
    parts = [
        box("bed", (deck[0], -1.15, 0.82), (deck[1], 1.15, 0.98), _STEEL),
        box("winch", (deck[1] - 0.35, -0.3, 0.98), (deck[1] - 0.05, 0.3, 1.25), _GUARD),
        box("guard", (deck[1] - 0.05, -1.05, 1.55), (deck[1], 1.05, 1.65), _GUARD),
        box("bar", (ahead + 0.1, -0.75, height), (ahead + 0.35, 0.75, height + 0.16), _AMBER),
    ]
    for s in (1, -1):
        y0, y1 = sorted((s * 1.11, s * 1.17))
        parts.append(box("rail", (deck[0], y0, 0.84), (deck[1], y1, 1.06), _GUARD))
        y0, y1 = sorted((s * 0.95, s * 1.05))
        parts.append(box("post", (deck[1] - 0.05, y0, 0.98), (deck[1], y1, 1.65), _GUARD))
        y0, y1 = sorted((s * 0.45, s * 0.95))
        parts.append(box("ramp", (deck[0] - 0.02, y0, 0.84), (deck[0], y1, 0.97), _STRIPE))
    return parts


def _freight(
    kind: VehicleKind, shift: tuple[float, float, float]
) -> tuple[list[Part], list[Floats]]:
    """A silver car as load: its parts and silhouettes, moved onto the bed; it shows no plate."""
    load = car(kind, False)
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
    picture = np.full((512, 512, 3), (216, 219, 220), np.uint8)
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


def _doors(rear: float, height: float) -> list[Part]:
    """What the back of a box lorry shows: frame, the leaves' gap, lock rods, hinges, lamps."""

    def bar(name: str, ys: tuple[float, float], zs: tuple[float, float], material: Material,
            proud: float = 0.02) -> Part:  # fmt: skip
        return box(name, (rear - proud, ys[0], zs[0]), (rear, ys[1], zs[1]), material)

    low, high = 0.85, height
    parts = [
        bar("sill", (-1.22, 1.22), (low, low + 0.14), _RIM),
        bar("head", (-1.22, 1.22), (high - 0.10, high), _RIM),
        bar("gap", (-0.015, 0.015), (low + 0.14, high - 0.10), _RIM, 0.03),
    ]
    # The owner's colour: a band across the doors, and the sheet under it.
    parts.append(bar("band", (-1.14, 1.14), (2.30, 2.62), LACQUER))
    parts.append(bar("sheet", (-1.14, 1.14), (low + 0.14, 1.42), LACQUER))
    for s in (1, -1):
        y0, y1 = sorted((s * 1.14, s * 1.22))
        parts.append(bar("frame", (y0, y1), (low, high), _RIM))
        parts.append(bar("lamp", (y0, y1), (high - 0.09, high - 0.03), _STRIPE, 0.03))
        for at in (0.22, 0.66):
            y0, y1 = sorted((s * at, s * (at + 0.045)))
            parts.append(bar("rod", (y0, y1), (low + 0.06, high - 0.06), _ROD, 0.05))
        y0, y1 = sorted((s * 0.22, s * 0.52))
        parts.append(bar("handle", (y0, y1), (1.45, 1.50), _ROD, 0.06))
        for z in (1.25, 2.0, 2.75):
            y0, y1 = sorted((s * 0.98, s * 1.16))
            parts.append(bar("hinge", (y0, y1), (z, z + 0.07), _ROD, 0.03))
    return parts
