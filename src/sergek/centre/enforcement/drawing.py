"""Numbers for the page's drawings: the speed against the law, the grid on the road, the lamps."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from pydantic import ValidationError

from sergek.core.errors import ConfigError
from sergek.core.evidence import SealedCase
from sergek.core.site import Site
from sergek.core.speed import SpeedInputs, SpeedMeasurement
from sergek.core.violation import Violation
from sergek.traffic.calibration import calibrate, ground_at
from sergek.traffic.grid import GridLine, grid_lines
from sergek.traffic.rules.record import FactsRecord

__all__ = ["Interval", "LampSpan", "Measured", "grid_of", "interval_of", "lamps_of", "measured_of"]

# How far the grid reaches at least and at most, metres ahead of the site's mark.
_FAR_M = (50.0, 150)
# What the axis of the speed drawing shows beyond what is drawn on it, km/h.
_AIR_KMH = 5.0


@dataclass(frozen=True, slots=True)
class Interval:
    """Places on an axis from 0 to 1000, and the speeds that stand there (km/h).

    `decided` is v − G: what is held against the limit and the statutory threshold.
    """

    ticks: tuple[tuple[float, int], ...]
    limit: tuple[float, float]
    threshold: tuple[float, float]
    low: tuple[float, float]
    high: tuple[float, float]
    speed: tuple[float, float]
    decided: tuple[float, float]
    second: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What lies over the picture: the road's grid, and where a speed was measured the plate's way
    (pixels) and the result."""

    width: int
    height: int
    lines: tuple[GridLine, ...]
    way: tuple[tuple[float, float], ...] = ()
    result: SpeedMeasurement | None = None


@dataclass(frozen=True, slots=True)
class LampSpan:
    """A lamp's state on an axis from 0 to 1000."""

    head: str
    lamp: str
    begin: float
    end: float


def interval_of(violation: Violation) -> Interval | None:
    """The drawing of a speeding case; None for other offences or incomplete facts."""
    names = ("speed_kmh", "u_kmh", "decided_on_kmh", "threshold_kmh")
    known = [_number(violation.facts, name) for name in names]
    if violation.limit_kmh is None or any(each is None for each in known):
        return None
    speed, u, decided, threshold = (float(each or 0) for each in known)
    limit = float(violation.limit_kmh)
    second = _number(violation.facts, "second_kmh")
    marks = [limit, limit + threshold, speed - u, speed + u, decided, second or speed]
    first, last = min(marks) - _AIR_KMH, max(marks) + _AIR_KMH

    def at(kmh: float) -> tuple[float, float]:
        return (round((kmh - first) / (last - first) * 1000, 1), kmh)

    step = 10 if last - first <= 90 else 20
    tens = range(int(first // step + 1) * step, int(last) + 1, step)
    return Interval(
        ticks=tuple((at(each)[0], each) for each in tens),
        limit=at(limit),
        threshold=at(limit + threshold),
        low=at(speed - u),
        high=at(speed + u),
        speed=at(speed),
        decided=at(decided),
        second=None if second is None else at(second),
    )


def measured_of(sealed: SealedCase) -> Measured | None:
    """The measurement in the package; None where there is none that can be read."""
    item = sealed.item("measurement")
    if item is None:
        return None
    try:
        body = json.loads(item.data)
        inputs = SpeedInputs.model_validate(body["inputs"])
        result = SpeedMeasurement.model_validate(body["result"])
    except (ValueError, KeyError, TypeError, ValidationError):
        return None
    corners = np.array(inputs.corners, dtype=float).reshape(-1, 4, 2)
    way = tuple((round(float(x), 1), round(float(y), 1)) for x, y in corners.mean(axis=1))
    pose = inputs.pose
    ground = ground_at(pose, corners.mean(axis=1), result.height_m or 0.0)
    far_m = int(np.nanmax(ground[:, 1], initial=_FAR_M[0]) // 10 + 1) * 10
    lines = grid_lines(pose, y_m=(5, min(far_m, _FAR_M[1])))
    return Measured(pose.width, pose.height, tuple(lines), way, result)


def grid_of(site: Site, camera_id: str, when: datetime) -> Measured | None:
    """The grid by the site's own calibration, where no speed was measured; None without one."""
    try:
        pose = calibrate(site.channel(camera_id), site.survey_at(camera_id, when)).pose
    except ConfigError:
        return None
    return Measured(pose.width, pose.height, tuple(grid_lines(pose)))


def lamps_of(sealed: SealedCase, violation: Violation) -> tuple[list[LampSpan], float] | None:
    """The lamps around the event and where on their axis it happened; None without lamps."""
    item = sealed.item("passage")
    if item is None:
        return None
    try:
        record = FactsRecord.model_validate(json.loads(item.data))
    except (ValueError, ValidationError):
        return None
    if not record.lamps or not record.path:
        return None
    begin = min(record.path[0][0], violation.media_s - 4.0)
    end = max(record.path[-1][0], violation.media_s + 2.0)
    return _spans(record.lamps, begin, end), (violation.media_s - begin) / (end - begin) * 1000


def _spans(lamps: Sequence[tuple[str, float, str]], begin: float, end: float) -> list[LampSpan]:
    spans: list[LampSpan] = []
    for head in dict.fromkeys(name for name, _, _ in lamps):
        mine = [(at, lamp) for name, at, lamp in lamps if name == head]
        for i, (at, lamp) in enumerate(mine):
            until = mine[i + 1][0] if i + 1 < len(mine) else end
            if until > begin and at < end:
                here = [
                    (max(begin, min(end, t)) - begin) / (end - begin) * 1000 for t in (at, until)
                ]
                spans.append(LampSpan(head, str(lamp), round(here[0], 1), round(here[1], 1)))
    return spans


def _number(facts: Mapping[str, object], name: str) -> float | None:
    value = facts.get(name)
    return float(value) if isinstance(value, int | float) else None
