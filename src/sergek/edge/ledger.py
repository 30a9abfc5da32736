"""The gap ledger of one camera: every wall-clock second explained exactly once.

A second is *analysed* if at least one picture of it passed the motion gate's judgement (closed or
open: it was looked at), *received* if packets came and none was looked at, else *missing*.
Seconds are decided a little late, so that analysis can catch up, and leave as spans of one state
and reason; what is known leaves at the latest `max_span_s` after it began. For clocks that jump
see `docs/design/time.md`.
"""

import math
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

from sergek.core.coverage import Coverage, CoverageState, GapReason

__all__ = ["Ledger"]

# Wall and monotonic clock may drift apart by this much between two looks before it is a jump.
_JUMP_S = 2.0

_Verdict = tuple[CoverageState, GapReason]


def _at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


class Ledger:
    """Collects what happened and hands out finished spans.

    `covered_until` is where the stored ledger of an earlier process ends: the time since then
    becomes missing (`edge_down`). Any thread may report; `settled` is for one.
    """

    def __init__(
        self,
        camera_id: str,
        now: datetime,
        *,
        covered_until: datetime | None = None,
        settle_s: int = 3,
        max_span_s: int = 60,
    ) -> None:
        self._camera_id = camera_id
        self._settle_s = settle_s
        self._max_span_s = max_span_s
        self._lock = threading.Lock()
        self._received: set[int] = set()
        self._analysed: set[int] = set()
        self._hindered: dict[int, GapReason] = {}
        self._remarks: dict[int, GapReason] = {}
        self._absent: dict[int, GapReason] = {}
        self._reason = GapReason.STARTING
        self._carried = GapReason.STARTING
        self._open: tuple[int, int, _Verdict] | None = None
        self._clocks: tuple[float, float] | None = None
        self._cursor = math.floor(now.timestamp())
        self._before: tuple[int, int] | None = None
        if covered_until is not None:
            covered = math.ceil(covered_until.timestamp())
            if covered < self._cursor:
                self._before = (covered, self._cursor)
            self._cursor = max(self._cursor, covered)

    def received(self, at: datetime) -> None:
        """A packet came in at that wall time."""
        with self._lock:
            self._note(self._received, at)

    def analysed(self, at: datetime) -> None:
        """A picture captured at that wall time was looked at."""
        with self._lock:
            self._note(self._analysed, at)

    def hindered(self, at: datetime, reason: GapReason) -> None:
        """A picture of that wall time could not be looked at, and why."""
        with self._lock:
            second = math.floor(at.timestamp())
            if second >= self._cursor:
                self._hindered[second] = reason

    def remarked(self, at: datetime, reason: GapReason) -> None:
        """Something is amiss with that second although it may be analysed."""
        with self._lock:
            second = math.floor(at.timestamp())
            if second >= self._cursor:
                self._remarks[second] = reason

    def absent(self, at: datetime, reason: GapReason) -> None:
        """From that wall time on, what is missing is missing for this reason."""
        with self._lock:
            self._reason = reason
            second = math.floor(at.timestamp())
            if second >= self._cursor:
                self._absent[second] = reason

    def settled(self, now: datetime, monotonic_s: float) -> list[Coverage]:
        """The spans that are finished; call about once a second."""
        with self._lock:
            self._mark_jump(now.timestamp(), monotonic_s)
            return self._decide(math.floor(now.timestamp()) - self._settle_s)

    def close(self, now: datetime) -> list[Coverage]:
        """All whole seconds up to now; the ledger ends here."""
        with self._lock:
            spans = self._decide(math.floor(now.timestamp()))
            if self._open is not None:
                spans.append(self._span())
            return spans

    def _note(self, seconds: set[int], at: datetime) -> None:
        second = math.floor(at.timestamp())
        if second >= self._cursor:
            seconds.add(second)

    def _mark_jump(self, now_s: float, monotonic_s: float) -> None:
        if self._clocks is not None:
            expected_s = self._clocks[0] + monotonic_s - self._clocks[1]
            if now_s - expected_s > _JUMP_S:
                # Nobody lived through the seconds that the clock skipped.
                self._absent[math.ceil(expected_s)] = GapReason.CLOCK_JUMPED
                self._absent[math.floor(now_s)] = self._reason
        self._clocks = (now_s, monotonic_s)

    def _decide(self, until: int) -> list[Coverage]:
        spans: list[Coverage] = []
        if self._before is not None:
            down = (CoverageState.MISSING, GapReason.EDGE_DOWN)
            self._open, self._before = (*self._before, down), None
        for begun, ended in self._stretches(until):
            verdict = self._verdict(begun)
            if self._open is not None and self._open[2] != verdict:
                spans.append(self._span())
            self._open = (begun if self._open is None else self._open[0], ended, verdict)
            if self._open[1] - self._open[0] >= self._max_span_s:
                spans.append(self._span())
        if until > self._cursor:
            self._cursor = until
            self._forget()
        return spans

    def _stretches(self, until: int) -> Iterator[tuple[int, int]]:
        """The undecided seconds, cut where anything is known to change: a clock that leaps a year
        ahead is one stretch, not 30 million seconds."""
        changes = {self._cursor, until}
        for second in self._received | self._analysed | set(self._absent):
            changes |= {second, second + 1}
        cuts = sorted(second for second in changes if self._cursor <= second <= until)
        return pairwise(cuts)

    def _verdict(self, second: int) -> _Verdict:
        if second in self._absent:
            self._carried = self._absent[second]
        if second in self._analysed:
            return CoverageState.ANALYSED, self._remarks.get(second, GapReason.NONE)
        if second in self._received:
            return CoverageState.RECEIVED, self._hindered.get(second, GapReason.STARTING)
        return CoverageState.MISSING, self._carried

    def _forget(self) -> None:
        for seconds in (self._received, self._analysed):
            seconds.difference_update({s for s in seconds if s < self._cursor})
        for reasons in (self._hindered, self._remarks, self._absent):
            for second in [s for s in reasons if s < self._cursor]:
                del reasons[second]

    def _span(self) -> Coverage:
        assert self._open is not None
        begun, ended, (state, reason) = self._open
        self._open = None
        return Coverage(
            camera_id=self._camera_id,
            from_at=_at(begun),
            until_at=_at(ended),
            state=state,
            reason=reason,
        )
