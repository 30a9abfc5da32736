"""Whether a stream's own clock can be trusted for measuring.

A camera may send no time stamps, the same one for ever, stamps that run backwards or too fast,
or leave out pictures. None of that is repaired: the track gives no speed.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np

from sergek.core.speed import Rejection

__all__ = ["ClockWatch", "judge_times"]

# A picture is missing when a step is this much longer than the usual one.
_GAP = 1.5
# Arrival over a network jitters; a jump beyond this between two pictures is a clock that stepped.
_STEP_S = 0.5
# The share by which a stream clock may run fast or slow before it counts as drifting, and the
# time it takes to tell that from the jitter of arrival.
_DRIFT = 0.003
_WATCH_S = 30.0
_WINDOW_S = 120.0


def judge_times(
    frame_index: Sequence[int],
    media_s: Sequence[float | None],
    arrived_s: Sequence[float] | None = None,
) -> Rejection | None:
    """Why these pictures of one track cannot be timed, or None.

    `arrived_s` is given for live sources only: files are read at any pace.
    """
    if any(t is None for t in media_s):
        return Rejection.PTS_MISSING
    media = np.array([t for t in media_s if t is not None])
    if len(media) < 2:
        return Rejection.TOO_FEW_FRAMES
    steps = np.diff(media)
    if (steps == 0).any():
        return Rejection.PTS_CONSTANT
    if (steps < 0).any():
        return Rejection.PTS_BACKWARD
    if arrived_s is not None:
        late = np.diff(np.array(arrived_s)) - steps
        if np.abs(late).max() > _STEP_S:
            return Rejection.CLOCK_STEP
    per_picture = steps / np.maximum(np.diff(np.array(frame_index)), 1)
    usual = float(np.median(per_picture))
    if per_picture.max() > _GAP * usual or per_picture.min() < usual / _GAP:
        return Rejection.FRAMES_DROPPED
    return None


class ClockWatch:
    """Compares one run's stream clock with this machine's over the last two minutes.

    Feed it every picture; `fault` says what is wrong with the run at the moment.
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque()

    def note(self, media_s: float | None, arrived_s: float) -> None:
        """One picture came in; keeps at most five a second."""
        if media_s is None or (self._seen and arrived_s - self._seen[-1][1] < 0.2):
            return
        if self._seen and abs((arrived_s - self._seen[-1][1]) - (media_s - self._seen[-1][0])) > 5:
            self._seen.clear()
        self._seen.append((media_s, arrived_s))
        while arrived_s - self._seen[0][1] > _WINDOW_S:
            self._seen.popleft()

    def rate(self) -> float | None:
        """Stream seconds per second of this machine, None before half a minute was seen."""
        if len(self._seen) < 10 or self._seen[-1][1] - self._seen[0][1] < _WATCH_S:
            return None
        media, arrived = np.array(self._seen).T
        arrived = arrived - arrived.mean()
        return float(arrived @ (media - media.mean()) / (arrived @ arrived))

    def fault(self) -> Rejection | None:
        """`PTS_DRIFT` while the stream's clock runs too fast or too slow."""
        rate = self.rate()
        if rate is None or abs(rate - 1) <= _DRIFT:
            return None
        return Rejection.PTS_DRIFT
