"""What a signal head showed when, and where a vehicle's front was then."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sergek.core.site import RoadLine, Site
from sergek.traffic.law.book import Thresholds
from sergek.traffic.rules.ground import crossing_s, offsets_m
from sergek.traffic.rules.verdict import Lamp, LampChange, PassageFacts, lane_at

__all__ = ["Approach", "approach", "lamp_at"]

_STOP = (Lamp.RED, Lamp.RED_AMBER)


@dataclass(frozen=True, slots=True)
class Approach:
    """A vehicle's front at a stop line: when it crossed (the earliest possible moment if only
    the rear was seen), since when the lamp had been red then, until when it stayed red, and how
    far beyond the line the front surely came before that (m)."""

    line: RoadLine
    head: str
    lane: int | None
    crossed_s: float
    red_since_s: float
    red_until_s: float
    beyond_m: float


def lamp_at(changes: Sequence[LampChange], head: str, media_s: float) -> Lamp:
    """What the head showed; `UNKNOWN` before anything was seen."""
    shown = Lamp.UNKNOWN
    for change in changes:
        if change.head == head and change.media_s <= media_s:
            shown = change.lamp
    return shown


def approach(facts: PassageFacts, site: Site, caution: Thresholds) -> Approach | str:
    """The first stop line that the front crossed on red, or why there is none."""
    reason = "no stop line crossed"
    for line in site.lines:
        if line.kind != "stop" or not line.holds(facts.happened_at):
            continue
        met = crossing_s(line.points_m, facts.times_s, facts.path_m)
        if met is None:
            continue
        where = facts.path_m[int(np.argmin(np.abs(facts.times_s - met[0])))]
        lane = lane_at(site, facts.happened_at, where)
        if line.lanes is not None and lane not in line.lanes:
            continue
        crossed = _front_crossed_s(facts, line, met, caution)
        if crossed is None:
            reason = "the vehicle was not seen before the line"
            continue
        found = _on_red(facts, line, lane, crossed, met[1])
        if isinstance(found, Approach):
            return found
        reason = found
    return reason


def _front_crossed_s(
    facts: PassageFacts, line: RoadLine, met: tuple[float, int], caution: Thresholds
) -> float | None:
    """When the front crossed; from a rear plate, when the longest such vehicle's would have."""
    if facts.front:
        return met[0]
    before = offsets_m(line.points_m, facts.path_m) * met[1]
    length = caution.longest_m[facts.vehicle_class]
    far = np.flatnonzero((before >= length) & (facts.times_s < met[0]))
    return float(facts.times_s[far[-1]]) if len(far) else None


def _on_red(
    facts: PassageFacts, line: RoadLine, lane: int | None, crossed: float, side: int
) -> Approach | str:
    reason = f"line {line.name} has no signal head"
    for head in line.heads:
        if lamp_at(facts.lamps, head, crossed) not in _STOP:
            reason = f"{head} showed {lamp_at(facts.lamps, head, crossed)}"
            continue
        since, until = _red_span(facts, head, crossed)
        beyond = -offsets_m(line.points_m, facts.path_m) * side
        red = (facts.times_s >= crossed) & (facts.times_s <= until) & np.isfinite(beyond)
        reach = float(beyond[red].max()) if red.any() else 0.0
        return Approach(line, head, lane, crossed, since, until, reach)
    return reason


def _red_span(facts: PassageFacts, head: str, at: float) -> tuple[float, float]:
    since, until = at, float(facts.times_s[-1])
    running = False
    for change in facts.lamps:
        if change.head != head:
            continue
        if change.media_s <= at:
            if change.lamp in _STOP and not running:
                since = change.media_s
            running = change.lamp in _STOP
        elif change.lamp not in _STOP:
            until = min(until, change.media_s)
    return since, until
