"""Shapes of vehicle kinds as numbers: lengths in metres, x ahead from the middle, z up.

Proportions are those of common cars of each kind, drawn by us; no maker's model is copied.
"""

from dataclasses import dataclass

from sergek.core.vehicle import VehicleClass
from sergek.simulation.street.scene import VehicleKind

__all__ = ["CAR_COLOURS", "CLASS_OF", "COLOURS", "SPECS", "BodySpec"]

Points = tuple[tuple[float, float], ...]

CLASS_OF: dict[VehicleKind, VehicleClass] = {
    VehicleKind.SEDAN: VehicleClass.CAR,
    VehicleKind.HATCHBACK: VehicleClass.CAR,
    VehicleKind.SUV: VehicleClass.CAR,
    VehicleKind.VAN: VehicleClass.VAN,
    VehicleKind.BUS: VehicleClass.BUS,
    VehicleKind.LORRY: VehicleClass.TRUCK,
    VehicleKind.TOW_TRUCK: VehicleClass.TRUCK,
    VehicleKind.MOTORCYCLE: VehicleClass.MOTORCYCLE,
}

COLOURS: dict[str, tuple[int, int, int]] = {
    "white": (226, 227, 227),
    "black": (18, 19, 21),
    "silver": (158, 162, 166),
    "grey": (78, 81, 86),
    "red": (146, 18, 20),
    "blue": (22, 54, 120),
    "green": (26, 66, 48),
    "beige": (182, 166, 136),
    "yellow": (222, 168, 24),
    "brown": (76, 52, 36),
}
# What private cars are painted; the order is that of the draws, so what a seed makes hangs on it.
CAR_COLOURS = ("white", "black", "silver", "grey", "red", "blue", "green", "beige", "brown")


@dataclass(frozen=True, slots=True)
class BodySpec:
    """A lofted body: roof line `top` (x, z) rear to front, belt height rear/front, width share of
    the roof, glass by x ranges (windscreen roof→bonnet, rear window), side glass range, door
    seams, lamp heights, plate heights (front, rear)."""

    length: float
    width: float
    height: float
    wheel: float
    axles: tuple[float, ...]
    top: Points
    belt: tuple[float, float]
    roof: float
    screen: tuple[float, float] | None
    rear_glass: tuple[float, float] | None
    side_glass: tuple[float, float]
    pillars: tuple[float, ...]
    doors: tuple[tuple[float, float], ...]
    head_z: float
    tail_z: float
    tail_half: float
    plate_z: tuple[float, float]
    grille: float
    fillet: float = 0.10
    taper: float = 0.10
    bow: float = 0.16


SPECS: dict[VehicleKind, BodySpec] = {
    VehicleKind.SEDAN: BodySpec(
        4.62,
        1.80,
        1.46,
        0.32,
        (-1.32, 1.38),
        (
            (-2.31, 0.80),
            (-2.27, 0.98),
            (-1.75, 1.06),
            (-1.5, 1.09),
            (-0.75, 1.40),
            (-0.3, 1.455),
            (0.2, 1.45),
            (0.55, 1.39),
            (1.2, 1.03),
            (1.35, 0.985),
            (2.0, 0.86),
            (2.25, 0.72),
            (2.31, 0.62),
        ),
        (0.95, 0.90),
        0.66,
        (0.52, 1.25),
        (-1.5, -0.72),
        (-1.22, 0.95),
        (0.0,),
        ((1.0, 0.02), (0.0, -1.0)),
        0.66,
        0.84,
        0.09,
        (0.46, 0.64),
        0.16,
    ),
    VehicleKind.HATCHBACK: BodySpec(
        4.10,
        1.74,
        1.50,
        0.31,
        (-1.22, 1.30),
        (
            (-2.05, 0.80),
            (-2.02, 1.0),
            (-1.98, 1.1),
            (-1.65, 1.42),
            (-1.1, 1.49),
            (-0.2, 1.50),
            (0.45, 1.42),
            (1.10, 1.06),
            (1.25, 1.0),
            (1.8, 0.88),
            (2.0, 0.74),
            (2.05, 0.62),
        ),
        (1.0, 0.92),
        0.68,
        (0.42, 1.15),
        (-1.97, -1.66),
        (-1.62, 0.86),
        (-0.05,),
        ((0.92, -0.03), (-0.05, -0.95)),
        0.70,
        0.94,
        0.13,
        (0.48, 0.62),
        0.14,
    ),
    VehicleKind.SUV: BodySpec(
        4.70,
        1.90,
        1.74,
        0.37,
        (-1.38, 1.42),
        (
            (-2.35, 0.95),
            (-2.31, 1.15),
            (-2.26, 1.25),
            (-1.98, 1.64),
            (-1.4, 1.73),
            (-0.3, 1.74),
            (0.45, 1.66),
            (1.05, 1.24),
            (1.2, 1.19),
            (2.0, 1.09),
            (2.25, 0.98),
            (2.35, 0.84),
        ),
        (1.14, 1.09),
        0.72,
        (0.42, 1.1),
        (-2.25, -1.98),
        (-1.95, 0.85),
        (-0.08, -1.18),
        ((0.98, -0.06), (-0.08, -1.1)),
        0.86,
        1.06,
        0.13,
        (0.58, 0.74),
        0.26,
    ),
    VehicleKind.VAN: BodySpec(
        5.2,
        1.95,
        2.2,
        0.34,
        (-1.55, 1.75),
        (
            (-2.6, 1.0),
            (-2.58, 1.9),
            (-2.5, 2.12),
            (-2.2, 2.19),
            (-0.5, 2.2),
            (0.7, 2.16),
            (1.05, 2.02),
            (1.75, 1.28),
            (1.95, 1.16),
            (2.4, 0.98),
            (2.55, 0.86),
            (2.6, 0.72),
        ),
        (1.22, 1.14),
        0.82,
        (1.0, 1.78),
        None,
        (-2.3, 1.42),
        (0.42, -0.95),
        ((1.5, 0.42), (0.38, -0.9)),
        0.80,
        1.12,
        0.30,
        (0.50, 0.80),
        0.15,
    ),
    VehicleKind.BUS: BodySpec(
        9.8,
        2.5,
        3.05,
        0.48,
        (-2.6, 2.9),
        (
            (-4.9, 1.2),
            (-4.89, 2.7),
            (-4.8, 2.98),
            (-4.4, 3.05),
            (0, 3.05),
            (4.4, 3.05),
            (4.75, 2.96),
            (4.86, 2.7),
            (4.9, 1.2),
        ),
        (1.30, 1.30),
        0.92,
        None,
        None,
        (-4.6, 4.45),
        (),
        ((3.9, 2.9), (0.3, -0.9)),
        0.72,
        0.75,
        0.16,
        (0.50, 0.60),
        0.0,
        0.14,
        0.02,
        0.05,
    ),
    VehicleKind.LORRY: BodySpec(
        2.1,
        2.3,
        2.75,
        0.46,
        (0.25,),
        (
            (-1.05, 1.2),
            (-1.04, 2.5),
            (-0.95, 2.7),
            (-0.6, 2.75),
            (0.55, 2.75),
            (0.88, 2.68),
            (0.99, 2.5),
            (1.03, 2.2),
            (1.05, 1.0),
        ),
        (1.45, 1.42),
        0.9,
        None,
        None,
        (-0.45, 0.72),
        (),
        ((0.74, -0.5),),
        0.74,
        1.0,
        0.12,
        (0.52, 0.80),
        0.24,
        0.12,
        0.03,
        0.06,
    ),
}
