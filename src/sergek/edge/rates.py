"""How often something happens, now."""

from collections import deque

from sergek.core.clock import Clock

__all__ = ["Rate"]

_WINDOW_S = 5.0


class Rate:
    """Events per second over the last five seconds; one thread counts, any may ask."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._times: deque[float] = deque(maxlen=1000)

    def count(self) -> None:
        """It happened."""
        self._times.append(self._clock.monotonic_s())

    def per_second(self) -> float:
        """Mean of the window, rounded to tenths."""
        now_s = self._clock.monotonic_s()
        recent = [at for at in list(self._times) if now_s - at <= _WINDOW_S]
        return round(len(recent) / _WINDOW_S, 1)
