"""Time as a parameter.

Two clocks never mix: *wall time* (`captured_at`, aware UTC) says when something happened for
people and courts, *media time* (`media_s`, the source's stream clock) measures intervals.
A third, monotonic, one only drives timeouts.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "SystemClock", "last_day"]


class Clock(Protocol):
    """Where wall and monotonic time come from."""

    def now(self) -> datetime:
        """Wall time, aware, UTC."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that never go backwards; only differences mean something."""
        ...


def last_day(until: datetime) -> datetime:
    """A moment of the last day of what holds up to, not including, that moment: the day that people
    are told, for a certificate that ends with a midnight does not hold on the day it begins."""
    return until - timedelta(seconds=1)


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """Wall time, aware, UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Seconds of the machine's monotonic clock."""
        return time.monotonic()
