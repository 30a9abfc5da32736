"""Does the reading make sense? Checks that an officer sees; none of them decides."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sergek.core.camera import Camera
from sergek.core.geo import LngLat
from sergek.core.passage import Passage, PassagePlate
from sergek.core.ports import PassageFilter, ReadStore
from sergek.core.vehicle import VehicleClass
from sergek.traffic.plates import layout_book, plain

__all__ = ["Alike", "Doubts", "Finding", "alike_plates", "doubts", "findings", "one_away"]

_EARTH_M = 6_371_000.0
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MOST_ALIKE = 6


class Doubts(BaseModel):
    """The numbers of `plausible.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    most_kmh: float = Field(gt=0)
    within_h: float = Field(gt=0)
    apart_m: float = Field(ge=0)
    alike_days: int = Field(gt=0)
    together_s: float = Field(ge=0)
    bears: dict[str, tuple[VehicleClass, ...]]


@cache
def doubts() -> Doubts:
    """The settings that ship with the product; read once."""
    text = files("sergek.centre.enforcement").joinpath("plausible.toml").read_text("utf-8")
    return Doubts.model_validate(tomllib.loads(text))


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: `good`, `doubt`, or `unknown` where there was nothing to hold it against.

    `values` fill the check's sentence, `desk.finding.KIND.STATE`.
    """

    kind: Literal["layout", "vehicle", "places", "carried"]
    state: Literal["good", "doubt", "unknown"]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Alike:
    """A plate that is one misreading away: how often it was read, when last, and of what class."""

    plate: str
    times: int
    last_at: datetime
    vehicle_class: VehicleClass


def one_away(plate: str) -> dict[str, float]:
    """Plates that one misread, missing or added character turns into this one, with how likely
    that misreading is: look-alikes by `traffic/layouts.toml`, any other character 0."""
    likeness = layout_book("kz").likeness
    found: dict[str, float] = {}
    for i, wanted in enumerate(plate):
        head, tail = plate[:i], plate[i + 1 :]
        found.setdefault(head + tail, 0.0)
        for other in _ALPHABET:
            if other != wanted:
                found[head + other + tail] = likeness.get(other, {}).get(wanted, 0.0)
    for i in range(len(plate) + 1):
        for other in _ALPHABET:
            found.setdefault(plate[:i] + other + plate[i:], 0.0)
    found.pop(plate, None)
    return found


def alike_plates(
    reads: ReadStore, plate: str, when: datetime, cameras: frozenset[str]
) -> list[Alike]:
    """Known vehicles whose plate is one misreading away, the likeliest first."""
    ways = one_away(plate)
    since = when - timedelta(days=doubts().alike_days)
    known: dict[str, list[Passage]] = {}
    for passage in reads.seen(ways.keys(), since, when + timedelta(days=1), limit=200):
        if passage.plate is not None and passage.plate.text and passage.camera_id in cameras:
            known.setdefault(passage.plate.text, []).append(passage)
    listed = [
        Alike(text, len(some), some[0].entered_at, some[0].vehicle_class)
        for text, some in known.items()
    ]
    return sorted(listed, key=lambda each: (-ways[each.plate], -each.times, each.plate))[
        :_MOST_ALIKE
    ]


def findings(
    passage: Passage, plate: PassagePlate, cameras: Mapping[str, Camera], reads: ReadStore
) -> list[Finding]:
    """All checks of one passage with a surely read plate."""
    seen = reads.seen(
        [plate.text or ""],
        passage.entered_at - timedelta(hours=doubts().within_h),
        passage.entered_at + timedelta(hours=doubts().within_h),
    )
    return [
        _layout(plate, passage.entered_at.date()),
        _vehicle(plate, passage.vehicle_class),
        _places(passage, seen, cameras),
        _carried(passage, reads),
    ]


def _layout(plate: PassagePlate, on: date) -> Finding:
    book = layout_book("kz")
    text, _ = plain(plate.text or "")
    fitting = [each for each in book.on_road(on) if book.fits(text, each, on)]
    if not fitting:
        return Finding("layout", "doubt", {})
    weak = all(each.weak for each in fitting)
    return Finding("layout", "doubt" if weak else "good", {"layout": fitting[0].id})


def _vehicle(plate: PassagePlate, seen: VehicleClass) -> Finding:
    bears = doubts().bears.get(plate.layout or "")
    if bears is None:
        return Finding("vehicle", "unknown", {})
    return Finding("vehicle", "good" if seen in bears else "doubt", {"layout": plate.layout or ""})


def _places(passage: Passage, seen: Sequence[Passage], cameras: Mapping[str, Camera]) -> Finding:
    """The same plate elsewhere, sooner than anybody drives there."""
    here = _place(cameras, passage.camera_id)
    worst: tuple[float, Passage] | None = None
    compared = 0
    for other in seen:
        there = _place(cameras, other.camera_id)
        if other.passage_id == passage.passage_id or here is None or there is None:
            continue
        apart_m = _distance_m(here, there)
        if apart_m <= doubts().apart_m:
            continue
        compared += 1
        apart_s = max(abs((other.entered_at - passage.entered_at).total_seconds()), 1.0)
        kmh = apart_m / apart_s * 3.6
        if worst is None or kmh > worst[0]:
            worst = (kmh, other)
    if worst is None:
        return Finding("places", "unknown" if here is None else "good", {"seen": "0"})
    kmh, other = worst
    values = {
        "seen": str(compared),
        "camera": cameras[other.camera_id].name,
        "at": other.entered_at.isoformat(),
        "kmh": f"{kmh:.0f}",
    }
    return Finding("places", "doubt" if kmh > doubts().most_kmh else "good", values)


def _carried(passage: Passage, reads: ReadStore) -> Finding:
    """Something else came and went with it in the same lane: a carrier, or a tow."""
    from_at, until_at = (passage.entered_at - timedelta(seconds=5), passage.entered_at)
    wanted = PassageFilter(
        cameras=(passage.camera_id,), since=from_at, until=until_at + timedelta(seconds=5)
    )
    for other in reads.find(wanted, limit=50):
        same = other.run_id == passage.run_id and other.track_id != passage.track_id
        together = (
            abs(other.entered_s - passage.entered_s) <= doubts().together_s
            and abs(other.left_s - passage.left_s) <= doubts().together_s
        )
        if same and together and other.lane == passage.lane:
            return Finding("carried", "doubt", {"class": other.vehicle_class.value})
    return Finding("carried", "good", {})


def _place(cameras: Mapping[str, Camera], camera_id: str) -> LngLat | None:
    camera = cameras.get(camera_id)
    return None if camera is None else camera.place


def _distance_m(one: LngLat, other: LngLat) -> float:
    """Great-circle distance by the haversine formula (R. W. Sinnott, 1984)."""
    (x1, y1), (x2, y2) = ((math.radians(a), math.radians(b)) for a, b in (one, other))
    half = math.sin((y2 - y1) / 2) ** 2
    half += math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * _EARTH_M * math.asin(math.sqrt(half))
