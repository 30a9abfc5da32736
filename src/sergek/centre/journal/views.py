"""The log's latest facts about people and the centre."""

from collections import deque

from sergek.core.event import StoredEvent
from sergek.core.ports import EventLog

__all__ = ["latest"]

_MEASURED = ("passage.recorded", "coverage.recorded", "violation.found", "case.taken_in")
_BATCH = 1000


def latest(log: EventLog, wanted: int, reach: int = 20_000) -> list[StoredEvent]:
    """The newest facts that people made, newest first, among the last `reach` facts.

    What cameras measured is left out: it fills the log and is shown elsewhere.
    """
    head = log.head().seq
    after = max(0, head - reach)
    found: deque[StoredEvent] = deque(maxlen=wanted)
    while after < head:
        events = log.read(after, _BATCH)
        if not events:
            break
        found.extend(event for event in events if event.kind not in _MEASURED)
        after = events[-1].seq
    return list(reversed(found))
