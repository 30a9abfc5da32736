"""The gap ledger's noun: for every second of every camera, what became of it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from sergek.core.event import Event, derive_id

__all__ = ["Coverage", "CoverageState", "GapReason", "coverage_event", "seconds_within"]


class CoverageState(StrEnum):
    """What happened to a second of a camera's time."""

    ANALYSED = "analysed"
    RECEIVED = "received"
    MISSING = "missing"


class GapReason(StrEnum):
    """Why a second was not analysed, or what was amiss although it was.

    `NONE` goes with `ANALYSED` only. `LATE` goes with seconds that were analysed too: their
    pictures were older than the wall time says. `SUB_LOST` and `MAIN_LOST` are said of a camera
    that goes on with its other stream; its seconds stay analysed.
    """

    NONE = "none"
    OVERLOAD = "overload"
    DECODE_ERROR = "decode_error"
    STARTING = "starting"
    STALLED = "stalled"
    CLOSED = "closed"
    UNREACHABLE = "unreachable"
    UNAUTHORISED = "unauthorised"
    UNSUPPORTED = "unsupported"
    EDGE_DOWN = "edge_down"
    DISK_FULL = "disk_full"
    SOURCE_ENDED = "source_ended"
    CLOCK_JUMPED = "clock_jumped"
    LATE = "late"
    SUB_LOST = "sub_lost"
    MAIN_LOST = "main_lost"


class Coverage(BaseModel):
    """A run of whole wall-clock seconds with one state: `from_at` included, `until_at` not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    camera_id: str
    from_at: AwareDatetime
    until_at: AwareDatetime
    state: CoverageState
    reason: GapReason = GapReason.NONE

    @property
    def seconds(self) -> int:
        """How many seconds the span holds."""
        return round((self.until_at - self.from_at).total_seconds())


def seconds_within(
    spans: Iterable[Coverage], since: datetime, until: datetime
) -> dict[tuple[CoverageState, GapReason], int]:
    """How many seconds between the two moments the spans hold, by what became of them."""
    totals: dict[tuple[CoverageState, GapReason], int] = {}
    for span in spans:
        inside = min(span.until_at, until) - max(span.from_at, since)
        key = (span.state, span.reason)
        totals[key] = totals.get(key, 0) + round(inside.total_seconds())
    return totals


def coverage_event(coverage: Coverage) -> Event:
    """The fact `coverage.recorded`; one per camera and first second."""
    return Event(
        event_id=derive_id(coverage.camera_id, coverage.from_at.isoformat(), "coverage.recorded"),
        kind="coverage.recorded",
        subject=coverage.camera_id,
        happened_at=coverage.from_at,
        body=coverage.model_dump(mode="json"),
    )
