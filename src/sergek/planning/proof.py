"""How good a plan is and how good any plan could have been."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Progress", "Proof", "Watch"]

# Told now and then: seconds since the start, best value so far, best bound so far.
Progress = Callable[[float, float | None, float | None], None]


@dataclass(frozen=True, slots=True)
class Proof:
    """The value of a plan, the best that any plan could reach, and the time both took.

    For `sense="min"` no plan has a value below `bound`, for `"max"` none above it.
    """

    value: float
    bound: float
    seconds: float
    sense: Literal["min", "max"] = "min"

    def __post_init__(self) -> None:
        slack = self.value - self.bound if self.sense == "min" else self.bound - self.value
        if slack < -1e-6 * max(1.0, abs(self.value)):
            raise AssertionError(f"bound {self.bound} contradicts value {self.value}")

    @property
    def gap(self) -> float:
        """|value − bound| / |value|; 0 where both are 0."""
        difference = abs(self.value - self.bound)
        if difference <= 1e-9 * max(1.0, abs(self.value)):
            return 0.0
        return difference / abs(self.value) if self.value else math.inf

    @property
    def optimal(self) -> bool:
        """Whether the bound equals the value (to a millionth)."""
        return self.gap <= 1e-6

    def as_dict(self) -> dict[str, float | bool]:
        """`{"value", "bound", "gap", "optimal", "seconds"}`, as the command line prints it."""
        return {
            "value": tidy(self.value),
            "bound": tidy(self.bound),
            "gap": self.gap,
            "optimal": self.optimal,
            "seconds": round(self.seconds, 3),
        }


def tidy(number: float) -> float:
    """An integer where it is one to a billionth, else the number itself."""
    whole = round(number) if math.isfinite(number) else number
    return int(whole) if abs(whole - number) <= 1e-9 * max(1.0, abs(number)) else number


@dataclass(slots=True)
class Watch:
    """A time limit and a listener, handed through an engine."""

    time_limit_s: float = math.inf
    progress: Progress | None = None
    started: float = field(default_factory=time.perf_counter)
    _told: float = -1.0

    @property
    def elapsed_s(self) -> float:
        """Seconds since the watch was made."""
        return time.perf_counter() - self.started

    @property
    def left_s(self) -> float:
        """Seconds before the limit, never negative."""
        return max(0.0, self.time_limit_s - self.elapsed_s)

    @property
    def expired(self) -> bool:
        """Whether the limit has passed."""
        return self.elapsed_s >= self.time_limit_s

    def tell(self, value: float | None, bound: float | None) -> None:
        """Tell the listener, at most five times a second."""
        now = self.elapsed_s
        if self.progress is not None and now - self._told >= 0.2:
            self._told = now
            self.progress(now, value, bound)
