"""The gap ledger for people: one day of one camera as strips, totals and a list of gaps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sergek.core.coverage import Coverage, CoverageState, GapReason
from sergek.core.ports import CoverageStore

__all__ = ["Day", "Strip", "day_bounds", "day_of", "for_programs", "merged", "totals"]

# A strip is some thousand pixels wide at most: what is shorter is widened to be seen at all.
_SEEN_SHARE = 1 / 1200


@dataclass(frozen=True, slots=True)
class Strip:
    """A piece of a timeline: where it begins and how long it is, as shares of the whole."""

    x: float
    width: float
    span: Coverage


@dataclass(frozen=True, slots=True)
class Day:
    """A camera's day (or its part until now) as the ledger tells it.

    `totals` are whole seconds per state; `unknown` those that no span explains; `share` is the
    analysed part of the time that has passed. `strips` hold the gaps last, so that they are drawn
    on top; `hour` is the last hour, larger, while the day lasts.
    """

    since: datetime
    until: datetime
    passed_s: int
    totals: Mapping[str, int]
    unknown_s: int
    share: float
    strips: tuple[Strip, ...]
    hour: tuple[Strip, ...]
    hour_since: datetime
    gaps: tuple[Coverage, ...]


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a day of that zone and of the next one."""
    return (
        datetime.combine(day, time(), zone),
        datetime.combine(day + timedelta(days=1), time(), zone),
    )


def merged(spans: Iterable[Coverage], since: datetime, until: datetime) -> list[Coverage]:
    """Spans clipped to [since, until); neighbours of one state and reason become one."""
    result: list[Coverage] = []
    for span in spans:
        begin, end = max(span.from_at, since), min(span.until_at, until)
        if begin >= end:
            continue
        last = result[-1] if result else None
        if last and last.until_at == begin and _same(last, span):
            result[-1] = last.model_copy(update={"until_at": end})
        else:
            result.append(span.model_copy(update={"from_at": begin, "until_at": end}))
    return result


def _same(one: Coverage, other: Coverage) -> bool:
    return one.state == other.state and one.reason == other.reason


def _strips(spans: list[Coverage], since: datetime, until: datetime) -> tuple[Strip, ...]:
    whole = (until - since).total_seconds()
    drawn = [
        Strip(
            x=round((span.from_at - since).total_seconds() / whole, 5),
            width=round(max(span.seconds / whole, _SEEN_SHARE), 5),
            span=span,
        )
        for span in spans
    ]
    order = {CoverageState.ANALYSED: 0, CoverageState.RECEIVED: 1, CoverageState.MISSING: 2}
    return tuple(sorted(drawn, key=lambda strip: order[strip.span.state]))


def totals(
    seconds: Mapping[tuple[CoverageState, GapReason], int], passed_s: int
) -> tuple[dict[str, int], int]:
    """Seconds per state, and those of the passed time that nothing explains."""
    by_state = {state.value: 0 for state in CoverageState}
    for (state, _), count in seconds.items():
        by_state[state.value] += count
    return by_state, max(0, passed_s - sum(by_state.values()))


def day_of(ledger: CoverageStore, camera_id: str, day: date, now: datetime, zone: ZoneInfo) -> Day:
    """One day of the ledger, drawn and counted."""
    since, until = day_bounds(day, zone)
    passed = max(0, round((min(now, until) - since).total_seconds()))
    spans = merged(ledger.find(camera_id, since, until), since, until)
    by_state, unknown = totals(ledger.seconds(camera_id, since, until), passed)
    hour_until = min(now, until)
    hour_since = hour_until - timedelta(hours=1)
    return Day(
        since=since,
        until=until,
        passed_s=passed,
        totals=by_state,
        unknown_s=unknown,
        share=by_state[CoverageState.ANALYSED.value] / passed if passed else 0.0,
        strips=_strips(spans, since, until),
        hour=_strips(merged(spans, hour_since, hour_until), hour_since, hour_until),
        hour_since=hour_since,
        gaps=tuple(s for s in reversed(spans) if s.state is not CoverageState.ANALYSED),
    )


def for_programs(
    ledger: CoverageStore, camera_id: str, since: datetime, until: datetime, now: datetime
) -> dict[str, Any]:
    """Counts per state and reason, unexplained seconds and merged spans between two moments."""
    passed = max(0, round((min(now, until) - since).total_seconds()))
    seconds = ledger.seconds(camera_id, since, until)
    _, unknown = totals(seconds, passed)
    return {
        "camera_id": camera_id,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "seconds": [
            {"state": state.value, "reason": reason.value, "seconds": count}
            for (state, reason), count in sorted(seconds.items())
        ],
        "unexplained_s": unknown,
        "spans": [
            span.model_dump(mode="json", exclude={"camera_id"})
            for span in merged(ledger.find(camera_id, since, until), since, until)
        ],
    }
