"""Where an earlier process left off, read from the log itself."""

from collections.abc import Collection
from datetime import datetime

from sergek.core.ports import EventLog

__all__ = ["covered_until"]

_CHUNK = 500


def covered_until(log: EventLog, cameras: Collection[str]) -> dict[str, datetime]:
    """The end of each camera's last ledger entry; cameras without one are left out.

    Reads the log backwards and stops when every camera is found: a minute's worth of events
    after a crash, the whole log only for a camera that never was.
    """
    wanted, found = set(cameras), dict[str, datetime]()
    end = log.head().seq
    while end > 0 and wanted:
        start = max(0, end - _CHUNK)
        for stored in reversed(log.read(start, end - start)):
            event = stored.event
            if event is None or event.kind != "coverage.recorded" or event.subject not in wanted:
                continue
            found[event.subject] = datetime.fromisoformat(str(event.body["until_at"]))
            wanted.discard(event.subject)
        end = start
    return found
