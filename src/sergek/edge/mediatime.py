"""The stream's clock, judged: what a source says against what arrives.

See `docs/design/time.md`. Sources send missing, constant, jittering or backward time stamps; a
looped file or a rebooted camera begins anew. The reading here never goes backwards and keeps the
source's own intervals wherever they can be believed.
"""

from typing import NamedTuple

__all__ = ["MediaClock", "StreamTime"]

# Reordered pictures of old containers step back by a few pictures; more is a new epoch.
_JITTER_S = 0.5
# A jump ahead of the arrival clock by more than this is a new epoch, not a pause.
_LEAP_S = 2.0


class StreamTime(NamedTuple):
    """Stream seconds from the run's first picture; `sound` if the step is the source's own."""

    s: float
    sound: bool


class MediaClock:
    """Turns a run's raw picture times into stream seconds that never go backwards.

    `realtime` says that arrival times mean something (live streams, paced files); without it
    a missing step is filled with the nominal frame interval.
    """

    def __init__(self, nominal_fps: float | None, *, realtime: bool) -> None:
        self._step_s = 1 / nominal_fps if nominal_fps and 0.1 <= nominal_fps <= 240 else 0.04
        self._realtime = realtime
        self._offset_s: float | None = None
        self._last_s = 0.0
        self._last_arrived_s: float | None = None

    def read(self, media_s: float | None, arrived_s: float) -> StreamTime:
        """Stream time of the next picture in showing order."""
        if self._last_arrived_s is None:
            self._last_arrived_s = arrived_s
            self._offset_s = None if media_s is None else -media_s
            return StreamTime(0.0, sound=media_s is not None)
        passed_s = max(0.0, arrived_s - self._last_arrived_s)
        self._last_arrived_s = arrived_s
        filled_s = self._last_s + (passed_s if self._realtime and passed_s else self._step_s)
        if media_s is None:
            return self._step_to(filled_s, sound=False)
        if self._offset_s is None:
            self._offset_s = filled_s - media_s
        said_s = media_s + self._offset_s
        ahead_s = said_s - self._last_s
        limit_s = passed_s + _LEAP_S if self._realtime else 60.0
        if 0 < ahead_s <= limit_s:
            return self._step_to(said_s, sound=True)
        if not -_JITTER_S < ahead_s <= 0:
            self._offset_s = filled_s - media_s
        return self._step_to(filled_s, sound=False)

    def _step_to(self, time_s: float, *, sound: bool) -> StreamTime:
        self._last_s = time_s
        return StreamTime(time_s, sound)
