"""The vehicles that can drive: one shape per kind, painted when it is to be drawn."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from sergek.simulation.street.cars import car
from sergek.simulation.street.heavy import lorry
from sergek.simulation.street.motorcycle import motorcycle
from sergek.simulation.street.paint import paint
from sergek.simulation.street.parts import Floats, Material, Part
from sergek.simulation.street.scene import VehicleKind
from sergek.simulation.street.shapes import Vehicle, Wheel, wheel_hull, with_plates
from sergek.simulation.street.specs import COLOURS, SPECS

__all__ = ["all_points", "dressed", "vehicle"]


@lru_cache(maxsize=64)
def vehicle(
    kind: VehicleKind,
    plate_mm: tuple[float, float],
    tilt_deg: float = 0.0,
    carries: VehicleKind | None = None,
    *,
    coarse: bool = False,
) -> Vehicle:
    """A vehicle of a kind with plates of the given size (mm wide, mm high), in no colour yet.

    `coarse` has a quarter of the triangles, for pictures where it is small.
    """
    return with_plates(_shape(kind, carries, coarse), plate_mm, tilt_deg)


@lru_cache(maxsize=64)
def _shape(kind: VehicleKind, carries: VehicleKind | None, coarse: bool) -> Vehicle:
    if kind is VehicleKind.MOTORCYCLE:
        return motorcycle()
    if kind in (VehicleKind.LORRY, VehicleKind.TOW_TRUCK):
        return lorry(kind, carries)
    return car(kind, coarse)


@lru_cache(maxsize=512)
def dressed(body: Vehicle, colour: str, dirt: float) -> Vehicle:
    """The vehicle in a colour and as dirty as said (0…1)."""
    return replace(body, parts=tuple(_dressed_part(part, colour, dirt) for part in body.parts))


def _dressed_part(part: Part, colour: str, dirt: float) -> Part:
    role, *rest = part.material.name.split(":")
    if role == "body":
        kind = VehicleKind(rest[0])
        return replace(part, material=_paintwork(kind, rest[1] if rest[1:] else colour, dirt))
    if role == "lacquer":
        return replace(part, material=_lacquer(colour))
    return part


@lru_cache(maxsize=256)
def _paintwork(kind: VehicleKind, colour: str, dirt: float) -> Material:
    picture, mask = paint(kind, SPECS[kind], COLOURS[colour], dirt, len(colour) + len(kind))
    return Material(f"{kind}-{colour}-{dirt}", rough=0.28, coat=1.0, texture=picture, mask=mask)


@lru_cache(maxsize=16)
def _lacquer(colour: str) -> Material:
    red, green, blue = ((c / 255) ** 2.2 for c in COLOURS[colour])
    return Material(f"lacquer-{colour}", colour=(red, green, blue), rough=0.25, coat=1.0)


def all_points(body: Vehicle) -> Floats:
    """Every place of a vehicle's skin, wheels included (n, 3), none twice."""
    return _points(body.parts, body.wheels)


@lru_cache(maxsize=64)
def _points(parts: tuple[Part, ...], wheels: tuple[Wheel, ...]) -> Floats:
    clouds = [p.vertices for p in parts] + [wheel_hull(w) for w in wheels]
    return np.unique(np.round(np.concatenate(clouds), 4), axis=0)
