"""What makes a scene impossible, each fault as one sentence with its place."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from sergek.simulation.plates.layouts import FORMS, PlateForm
from sergek.simulation.street.fleet import Mover, build_fleet
from sergek.simulation.street.scene import Scene, VehicleKind
from sergek.simulation.street.specs import COLOURS

__all__ = ["problems_of"]

_LARGEST_WIDTH_M = 2.5


def problems_of(scene: Scene) -> tuple[str, ...]:
    """Every fault of a scene that its types do not already exclude; empty if it can be."""
    plain = [*_camera(scene), *_road(scene), *_signals(scene), *_vehicles(scene), *_traffic(scene)]
    return tuple(plain) if plain else tuple(_collisions(scene))


def _camera(scene: Scene) -> Iterator[str]:
    x, y, z = scene.camera.position_m
    if z <= 0:
        yield f"camera.position_m: the camera stands {abs(z):g} m under the ground."
    if (x, y) == scene.camera.looks_at_m[:2]:
        yield "camera.looks_at_m: the camera looks straight down; aim it at a point ahead."
    elif scene.camera.looks_at_m[1] <= y:
        yield "camera.looks_at_m: the camera must look ahead (a larger y than its own)."
    for number, bump in enumerate(scene.camera.bumps):
        if bump.at_s >= scene.video.seconds:
            yield f"camera.bumps.{number}: the bump at {bump.at_s:g} s comes after the clip's end."


def _road(scene: Scene) -> Iterator[str]:
    lanes = sorted(scene.road.lanes, key=lambda lane: lane.centre_x_m)
    numbers = [lane.number for lane in lanes]
    for number in sorted({n for n in numbers if numbers.count(n) > 1}):
        yield f"road.lanes: lane number {number} is given twice."
    for a, b in pairwise(lanes):
        if a.centre_x_m + a.width_m / 2 > b.centre_x_m - b.width_m / 2 + 1e-6:
            yield f"road.lanes: lanes {a.number} and {b.number} overlap."


def _signals(scene: Scene) -> Iterator[str]:
    known = {lane.number for lane in scene.road.lanes}
    for number, signal in enumerate(scene.signals):
        if not signal.phases or any(length <= 0 for _, length in signal.phases):
            yield f"signal.{number}: every phase needs a length above 0 s."
        for lane in signal.lanes:
            if lane not in known:
                yield f"signal.{number}: the road has no lane {lane}."
        if scene.road.stop_line_y_m is None:
            yield f"signal.{number}: a signal needs road.stop_line_y_m."


def _vehicles(scene: Scene) -> Iterator[str]:
    lanes = {lane.number: lane for lane in scene.road.lanes}
    forms = {f.layout: f for f in FORMS}
    for number, spec in enumerate(scene.vehicles):
        place = f"vehicle.{number}"
        lane = lanes.get(spec.lane)
        if lane is None:
            yield f"{place}: the road has no lane {spec.lane}."
        elif abs(spec.offset_m) + _LARGEST_WIDTH_M / 2 > lane.width_m / 2 + 0.6:
            yield f"{place}: offset_m {spec.offset_m:g} puts it on two lanes at once."
        if spec.change is not None and spec.change.to_lane not in lanes:
            yield f"{place}: the road has no lane {spec.change.to_lane} to change to."
        elif spec.change is not None and lane is not None:
            other = lanes[spec.change.to_lane]
            if other.direction != lane.direction:
                yield f"{place}: lane {other.number} runs the other way; it cannot change to it."
        if spec.colour not in COLOURS:
            yield f"{place}: colour {spec.colour!r} is unknown; choose from {', '.join(COLOURS)}."
        if spec.carries is not None and spec.kind is not VehicleKind.TOW_TRUCK:
            yield f"{place}: only a tow_truck carries another vehicle."
        if spec.layout is not None and spec.layout not in forms:
            choice = ", ".join(forms)
            yield f"{place}: plate layout {spec.layout!r} is unknown; choose from {choice}."
        elif spec.plate is not None:
            usual = "kz-2012-motorcycle" if spec.kind is VehicleKind.MOTORCYCLE else "kz-2012-car"
            form = forms[spec.layout or usual]
            if not fits(spec.plate, form):
                yield f"{place}: plate {spec.plate!r} is not of the layout {form.layout}."


def fits(text: str, form: PlateForm) -> bool:
    """Whether a text (with or without its line break) is of a layout."""
    pattern = form.pattern if "/" in text else form.pattern.replace("/", "")
    if len(text) != len(pattern):
        return False
    return all(
        c.isascii() and (c.isdigit() if p in "DR" else c == "/" if p == "/" else c.isupper())
        for p, c in zip(pattern, text, strict=True)
    )


def _traffic(scene: Scene) -> Iterator[str]:
    known = {lane.number for lane in scene.road.lanes}
    for number, fill in enumerate(scene.traffic):
        if fill.lane not in known:
            yield f"traffic.{number}: the road has no lane {fill.lane}."
        if fill.gap_m <= 0:
            yield f"traffic.{number}: gap_m {fill.gap_m:g} lets vehicles drive through another."
        if not fill.kinds or sum(fill.kinds.values()) <= 0 or min(fill.kinds.values()) < 0:
            yield f"traffic.{number}: kinds needs at least one share above 0 and none below."


def _collisions(scene: Scene) -> Iterator[str]:
    """Scripted vehicles that would stand in one another at some moment of the clip."""
    fleet = build_fleet(scene)[: len(scene.vehicles)]
    moments = np.arange(0.0, scene.video.seconds + 0.05, 0.1)
    for i, a in enumerate(fleet):
        for j in range(i + 1, len(fleet)):
            at = _touch(a, fleet[j], moments)
            if at is not None:
                yield (
                    f"vehicle.{i} and vehicle.{j}: the gap between them is negative at {at:.1f} s."
                )


def _touch(a: Mover, b: Mover, moments: np.ndarray) -> float | None:
    front_a, front_b = a.path.position(moments), b.path.position(moments)
    wide = (a.body.width_m + b.body.width_m) / 2 - 0.3
    side = np.abs(front_a[:, 0] - front_b[:, 0]) < wide
    middle_a = front_a[:, 1] - a.path.along * a.body.length_m / 2
    middle_b = front_b[:, 1] - b.path.along * b.body.length_m / 2
    close = np.abs(middle_a - middle_b) < (a.body.length_m + b.body.length_m) / 2
    hit = np.flatnonzero(side & close & (np.abs(middle_a) < 400))
    return float(moments[hit[0]]) if len(hit) else None
