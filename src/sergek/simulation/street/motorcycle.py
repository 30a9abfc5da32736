"""A motorcycle with its rider, put together from round bodies; no maker's model is copied."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from sergek.simulation.street.parts import Floats, Material, Part, box, cylinder, ring_loft
from sergek.simulation.street.scene import VehicleKind
from sergek.simulation.street.shapes import (
    DULL,
    LACQUER,
    TRIM,
    Vehicle,
    Wheel,
    ellipsoid,
    wheel_material,
)

__all__ = ["motorcycle"]

_JACKET = Material("jacket", colour=(0.035, 0.038, 0.045), rough=0.8)
_PANEL = Material("panel", colour=(0.30, 0.31, 0.32), rough=0.8)
_JEANS = Material("jeans", colour=(0.05, 0.075, 0.14), rough=0.9)
_LEATHER = Material("leather", colour=(0.02, 0.018, 0.017), rough=0.6)
_STEEL = Material("steel", colour=(0.42, 0.42, 0.43), rough=0.25, coat=1.0)
_GLASS = Material("visor", colour=(0.01, 0.012, 0.015), rough=0.1, coat=1.0)
_MIRROR = Material("mirror_glass", colour=(0.35, 0.38, 0.42), rough=0.1, coat=1.0)
_TAIL = Material("tail", colour=(0.5, 0.01, 0.01), rough=0.3, lamp="tail")
_AMBER = Material("amber", colour=(0.75, 0.25, 0.01), rough=0.3)
_HEAD = Material("head", colour=(0.85, 0.86, 0.88), rough=0.1, lamp="head")
_RADIUS, _REAR_X, _FRONT_X = 0.315, -0.68, 0.74

# (x, z, half width, half depth) of the trunk from the hips to the neck.
_TRUNK = ((-0.34, 0.84, 0.17, 0.15), (-0.31, 0.94, 0.195, 0.15), (-0.24, 1.05, 0.19, 0.14),
          (-0.13, 1.16, 0.21, 0.14), (-0.03, 1.26, 0.235, 0.14), (0.05, 1.34, 0.21, 0.12),
          (0.11, 1.40, 0.10, 0.08), (0.14, 1.45, 0.065, 0.065))  # fmt: skip
# The tail from the seat to its tip, and the fairing from the tank to the nose.
_REAR = ((-0.20, 0.80, 0.14, 0.06), (-0.50, 0.83, 0.15, 0.07), (-0.75, 0.89, 0.12, 0.07),
         (-0.98, 0.95, 0.06, 0.04))  # fmt: skip


def motorcycle() -> Vehicle:
    """A rider on a motorcycle; only the rear carries a plate."""
    parts = [*_frame(), *_ends(), *_rider()]
    rolling = tuple(Wheel((x, 0.0, _RADIUS), _RADIUS, 1) for x in (_REAR_X, _FRONT_X))
    tyre = _tyre()
    cloud = np.concatenate([p.vertices for p in parts])
    hulls = [p.vertices for p in parts]
    hulls += [tyre.vertices + np.array(w.centre) for w in rolling]
    return Vehicle(VehicleKind.MOTORCYCLE, 2.14, 0.84, float(cloud[:, 2].max()), tuple(parts),
                   rolling, tyre, tuple(hulls), ((0.86, 0.0, 0.92),),
                   (("rear", 0.62),))  # fmt: skip


@lru_cache(maxsize=1)
def _tyre() -> Part:
    """A round tyre on spokes about the axis y."""
    profile = [(0.0, 0.05), (0.2, 0.05), (0.22, 0.015), (0.66, 0.012), (0.7, 0.045), (0.78, 0.062),
               (0.88, 0.075), (0.96, 0.055), (1.0, 0.02), (1.0, -0.02), (0.96, -0.055),
               (0.88, -0.075), (0.78, -0.062), (0.7, -0.045), (0.66, -0.012), (0.22, -0.015),
               (0.2, -0.05), (0.0, -0.05)]  # fmt: skip
    turn = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    rings = np.array(
        [[(q * _RADIUS * np.cos(a), y, q * _RADIUS * np.sin(a)) for a in turn] for q, y in profile]
    )
    part = ring_loft("wheel", rings, wheel_material(), caps=False)
    spread = part.vertices[part.triangles][..., (0, 2)] / _RADIUS / 2 + 0.5
    return Part("wheel", part.vertices, part.triangles, spread, part.material, smooth=True)


def _along(name: str, rings: Sequence[tuple[float, float, float, float]], material: Material,
           *, upright: bool) -> Part:  # fmt: skip
    """A skin over ellipses: standing on each other (`upright`) or one behind the other."""
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    found: list[Floats] = []
    for x, z, half, deep in rings:
        across, along = half * np.cos(turn), deep * np.sin(turn)
        if upright:
            ring = np.column_stack([x + along, -across, np.full(16, z)])
        else:
            ring = np.column_stack([np.full(16, x), across, z + along])
        found.append(ring[::-1] if upright else ring)
    return ring_loft(name, np.stack(found), material)


def _frame() -> list[Part]:
    """Engine, tank, seat, forks, swing arm and pipes."""
    parts = [
        ellipsoid("tank", (0.22, 0, 0.88), (0.32, 0.17, 0.15), LACQUER),
        ellipsoid("seat", (-0.28, 0, 0.80), (0.34, 0.15, 0.08), TRIM),
        box("engine", (-0.18, -0.19, 0.30), (0.38, 0.19, 0.62), DULL),
        ellipsoid("cylinders", (0.14, 0, 0.62), (0.24, 0.22, 0.14), _STEEL),
        box("radiator", (0.40, -0.17, 0.42), (0.45, 0.17, 0.74), TRIM),
        cylinder("bar", (0.44, -0.36, 1.05), (0.44, 0.36, 1.05), 0.018, TRIM, 6),
        ellipsoid("front_guard", (_FRONT_X, 0, 0.56), (0.26, 0.085, 0.10), LACQUER),
    ]
    for s in (1, -1):
        parts += [
            cylinder("fork", (0.50, s * 0.11, 1.02), (_FRONT_X, s * 0.11, _RADIUS), 0.03, _STEEL,
                     8),
            cylinder("swing", (-0.12, s * 0.13, 0.42), (_REAR_X, s * 0.12, _RADIUS), 0.035, DULL,
                     6),
            cylinder("shock", (_REAR_X + 0.04, s * 0.15, 0.38), (-0.48, s * 0.15, 0.76), 0.035,
                     _STEEL, 8),
            cylinder("pipe", (-0.05, s * 0.24, 0.36), (-0.86, s * 0.25, 0.47), (0.045, 0.075),
                     _STEEL, 12),
            cylinder("pipe_end", (-0.86, s * 0.25, 0.47), (-0.88, s * 0.25, 0.472), 0.055, TRIM,
                     12),
            cylinder("mirror_arm", (0.46, s * 0.28, 1.06), (0.42, s * 0.38, 1.22), 0.012, TRIM, 6),
            ellipsoid("mirror", (0.41, s * 0.40, 1.25), (0.025, 0.085, 0.055), TRIM),
            ellipsoid("mirror_glass", (0.39, s * 0.40, 1.25), (0.015, 0.075, 0.045), _MIRROR),
            cylinder("peg", (-0.10, s * 0.16, 0.38), (-0.10, s * 0.30, 0.38), 0.02, TRIM, 6),
        ]  # fmt: skip
    return parts


def _ends() -> list[Part]:
    """Fairing, lamps, indicators, and the tail with its plate holder."""
    parts = [
        ellipsoid("fairing", (0.64, 0, 0.92), (0.24, 0.27, 0.25), LACQUER),
        ellipsoid("belly", (0.40, 0, 0.62), (0.30, 0.24, 0.26), LACQUER),
        ellipsoid("screen", (0.58, 0, 1.18), (0.12, 0.19, 0.19), _GLASS),
        ellipsoid("lamp", (0.84, 0, 0.93), (0.06, 0.12, 0.08), _HEAD),
        _along("tail_cowl", _REAR[::-1], LACQUER, upright=False),
        ellipsoid("tail_lamp", (-1.0, 0, 0.925), (0.045, 0.11, 0.045), _TAIL),
        ellipsoid("rear_guard", (_REAR_X - 0.12, 0, 0.60), (0.26, 0.10, 0.10), TRIM),
        ellipsoid("top_case", (-0.70, 0, 1.06), (0.20, 0.24, 0.15), LACQUER),
        ellipsoid("reflector", (-0.87, 0, 1.03), (0.045, 0.17, 0.035), _TAIL),
        box("rack", (-0.86, -0.13, 0.90), (-0.50, 0.13, 0.93), TRIM),
        box("holder", (-1.075, -0.075, 0.50), (-1.0, 0.075, 0.84), TRIM),
        box("holder_arm", (-1.02, -0.05, 0.76), (-0.78, 0.05, 0.82), TRIM),
    ]
    for s in (1, -1):
        parts += [
            ellipsoid("case", (-0.62, s * 0.33, 0.68), (0.27, 0.11, 0.19), TRIM),
            ellipsoid("case_lid", (-0.62, s * 0.40, 0.70), (0.22, 0.06, 0.14), LACQUER),
            ellipsoid("indicator", (-0.96, s * 0.21, 0.82), (0.035, 0.045, 0.03), _AMBER),
            cylinder("stalk", (-0.95, 0, 0.82), (-0.95, s * 0.18, 0.82), 0.012, TRIM, 6),
            ellipsoid("indicator", (0.70, s * 0.27, 0.90), (0.035, 0.045, 0.03), _AMBER),
        ]
    return parts


def _rider() -> list[Part]:
    """A rider leaning to the bar, feet on the pegs, helmet with a dark visor."""
    parts = [
        _along("trunk", _TRUNK, _JACKET, upright=True),
        ellipsoid("hips", (-0.34, 0, 0.88), (0.17, 0.20, 0.12), _JEANS),
        ellipsoid("panel", (-0.14, 0, 1.26), (0.075, 0.16, 0.07), _PANEL),
        ellipsoid("helmet", (0.18, 0, 1.53), (0.15, 0.125, 0.14), LACQUER),
        ellipsoid("visor", (0.235, 0, 1.54), (0.105, 0.108, 0.07), _GLASS),
        ellipsoid("chin", (0.21, 0, 1.46), (0.13, 0.10, 0.07), LACQUER),
    ]
    for s in (1, -1):
        hip, knee, ankle = (-0.30, s * 0.15, 0.88), (0.10, s * 0.27, 0.80), (-0.12, s * 0.25, 0.42)
        shoulder, elbow, hand = (
            (0.03, s * 0.23, 1.29),
            (0.20, s * 0.40, 1.12),
            (0.43, s * 0.33, 1.07),
        )
        parts += [
            cylinder("thigh", hip, knee, (0.11, 0.085), _JEANS),
            ellipsoid("knee", knee, (0.085, 0.085, 0.085), _JEANS),
            cylinder("shin", knee, ankle, (0.08, 0.06), _JEANS),
            ellipsoid("boot", (-0.06, s * 0.25, 0.37), (0.15, 0.055, 0.065), _LEATHER),
            ellipsoid("shoulder", shoulder, (0.10, 0.09, 0.09), _JACKET),
            cylinder("arm", shoulder, elbow, (0.08, 0.065), _JACKET),
            ellipsoid("elbow", elbow, (0.066, 0.066, 0.066), _JACKET),
            cylinder("forearm", elbow, hand, (0.065, 0.045), _JACKET),
            ellipsoid("glove", hand, (0.06, 0.05, 0.05), _LEATHER),
        ]  # fmt: skip
    return parts
