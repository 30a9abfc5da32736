"""How often somebody may send something: per address and in all, in memory only."""

import threading
from collections import deque

from sergek.core.clock import Clock

__all__ = ["Rate"]


class Rate:
    """At most `per_address` and `in_all` within `window_s` seconds; addresses are not kept longer.

    Forgotten when the centre restarts: an address is personal data and is written nowhere.
    """

    def __init__(self, per_address: int, in_all: int, window_s: float, clock: Clock) -> None:
        self.window_s = window_s
        self._per_address = per_address
        self._in_all = in_all
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: deque[tuple[float, str]] = deque()

    def allows(self, address: str) -> bool:
        """Whether one more may be sent now; it then counts."""
        now = self._clock.monotonic_s()
        with self._lock:
            while self._seen and self._seen[0][0] <= now - self.window_s:
                self._seen.popleft()
            mine = sum(one == address for _, one in self._seen)
            if mine >= self._per_address or len(self._seen) >= self._in_all:
                return False
            self._seen.append((now, address))
            return True
