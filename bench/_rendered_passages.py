"""Measuring the kept reels: what the product makes of every vehicle, beside the truth.

What is shortened against `sergek watch`: where the plate's surroundings are comes from the truth
(shaken) instead of the detector; the plate is not read. H.264, plate finder, sharpening and
assessment are the product's own.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from bench._passage_reels import CONDITIONS, MOST_LOOKS, drawn_at, plate_window
from sergek.core.frame import Image
from sergek.core.plate import Corners
from sergek.core.site import Channel, Site, Survey, SurveyPoint
from sergek.core.speed import PlateTrack
from sergek.core.vehicle import VehicleClass
from sergek.simulation.street.film import pictures
from sergek.simulation.truth import TruthFrame, TruthHeader, TruthVehicle, read_truth
from sergek.testing.sites import example_site, read_plate, with_changes
from sergek.traffic.assess import Assessor, SeenPassage
from sergek.vision.corner_locator import CornerLocator
from sergek.vision.plate_geometry import sharpener

__all__ = ["measured_reel"]

WHEN = datetime(2022, 7, 1, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Look:
    index: int
    corners: Corners
    crop: Image
    origin: tuple[int, int]


@dataclass(slots=True)
class _Passage:
    """A vehicle's truth on every picture it is drawn on, and the nearest uncut looks at it."""

    vehicle_class: VehicleClass
    colour: str
    height_m: float
    seconds: list[float] = field(default_factory=list)
    kmh: list[float] = field(default_factory=list)
    looks: deque[_Look] = field(default_factory=lambda: deque(maxlen=MOST_LOOKS))


def measured_reel(condition: str, seed: int, video: Path, truth: Path) -> list[dict[str, Any]]:
    """What came out for every vehicle of a reel, against the truth."""
    rng = np.random.default_rng((CONDITIONS.index(condition), seed, 1))
    header, lines = read_truth(truth)
    site = _site(header, rng)
    frames = (line for line in lines if isinstance(line, TruthFrame))
    found: dict[int, _Passage] = {}
    finder = CornerLocator()
    for frame, picture in zip(frames, pictures(video), strict=True):
        for vehicle in frame.vehicles:
            if drawn_at(vehicle.position_m[1]) and vehicle.plates:
                _seen(finder, frame, vehicle, picture, found, rng)
    reel = {"condition": condition, "reel": seed}
    return [reel | {"vehicle": k} | _told(site, header.fps, each) for k, each in found.items()]


def _seen(
    finder: CornerLocator, frame: TruthFrame, vehicle: TruthVehicle, picture: Image,
    found: dict[int, _Passage], rng: np.random.Generator,
) -> None:  # fmt: skip
    (plate,) = vehicle.plates
    passage = found.setdefault(
        vehicle.vehicle_id, _Passage(vehicle.vehicle_class, vehicle.colour, plate.height_m)
    )
    passage.seconds.append(frame.media_s)
    passage.kmh.append(vehicle.speed_kmh)
    high, wide = picture.shape[:2]
    x1, y1, x2, y2 = plate_window(np.array(plate.corners), wide, high)
    if y2 >= high - 2 or x1 <= 0 or x2 >= wide:
        return
    # a detector does not put its box in the same place twice
    inset = rng.integers(0, 1 + (x2 - x1) // 20, 4)
    x1, y1, x2, y2 = x1 + inset[0], y1 + inset[1], x2 - inset[2], y2 - inset[3]
    crop = np.ascontiguousarray(picture[y1:y2, x1:x2])
    plates = finder.find(crop)
    if plates:
        a, b, c, d = ((float(x) + x1, float(y) + y1) for x, y in plates[0].corners)
        passage.looks.append(_Look(frame.index, (a, b, c, d), crop, (int(x1), int(y1))))


def _told(site: Site, fps: float, passage: _Passage) -> dict[str, Any]:
    """What was measured of one vehicle and what is true of it."""
    looks = passage.looks
    indices, seconds = tuple(x.index for x in looks), tuple(x.index / fps for x in looks)
    track = PlateTrack(indices, seconds, seconds, tuple(look.corners for look in looks))
    truth: dict[str, Any] = {
        "class": str(passage.vehicle_class),
        "colour": passage.colour,
        "looks": len(looks),
        "true_kmh": float(np.median(passage.kmh)),
        "true_height_m": passage.height_m,
        "braking": passage.kmh[-1] < passage.kmh[0] - 0.1,
    }
    if len(looks) < 2:
        return truth | {"status": "rejected", "reason": "not_seen"}
    seen = SeenPassage(
        passage_id="0" * 32,
        camera_id="abay-1",
        vehicle_class=passage.vehicle_class,
        track=track,
        happened_at=WHEN,
        plate=read_plate("123ABC08"),
    )
    crops = [(look.crop, look.origin) for look in looks]
    speed = Assessor(site).assess(seen, sharpen=sharpener(track, crops)).speed
    if speed.media_s is not None:
        truth["true_kmh"] = float(np.interp(speed.media_s, passage.seconds, passage.kmh))
    return truth | {
        "status": speed.status,
        "reason": None if speed.reason is None else str(speed.reason),
        "kmh": speed.kmh,
        "u_kmh": speed.u_kmh,
        "second_kmh": speed.second_kmh,
        "height_m": speed.height_m,
        "frames": speed.frames,
        "budget_kmh": speed.budget_kmh,
    }


def _site(header: TruthHeader, rng: np.random.Generator) -> Site:
    """The camera as surveyors would have it: 15 road points, half a pixel and a centimetre off."""
    projection, points = np.array(header.projection), []
    for x in (-3.4, 0.0, 3.4):
        for y in (23.0, 28.0, 33.0, 38.0, 46.0):
            across, down, scale = projection @ (x, y, 0.0, 1.0)
            pixel = np.array([across, down]) / scale
            if not ((pixel > 0) & (pixel < (header.width, header.height))).all():
                continue
            clicked, measured = pixel + rng.normal(0, 0.5, 2), rng.normal((x, y), 0.01)
            points.append(
                SurveyPoint(
                    name=f"{x:g},{y:g}",
                    pixel=(float(clicked[0]), float(clicked[1])),
                    ground_m=(float(measured[0]), float(measured[1])),
                )
            )
    survey = Survey(valid_from=datetime(2022, 1, 1, tzinfo=UTC), points=tuple(points))
    channel = Channel(camera_id="abay-1", width=1920, height=1080, surveys=(survey,))
    lanes = [
        {
            "number": number,
            "polygon_m": [(left, 0), (right, 0), (right, 90), (left, 90)],
            "heading_deg": 180.0,
            "valid_from": datetime(2015, 1, 1, tzinfo=UTC),
        }
        for number, (left, right) in enumerate(pairwise(header.lane_edges_x_m), 1)
    ]
    changes: dict[str, Any] = {"channels": [channel.model_dump()], "lanes": lanes}
    return with_changes(example_site(), lines=[], zones=[], heads=[], limits=[], **changes)
