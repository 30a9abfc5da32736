"""Is a stream that comes steadily seconds old? See `docs/design/time.md`, "Late streams"."""

from typing import Literal, NamedTuple

from sergek.core.frame import Packet

__all__ = ["Late", "Lateness"]

# A camera's clock may run fast or slow by 100 parts in a million; twice that is forgiven, so that
# an hour of it is no delay.
_DRIFT = 2e-4
# More than this is a wrong clock, not a delay: no recorder holds ten minutes back.
_PLAUSIBLE_S = 600.0
# As in `edge.mediatime`: a step of this size is a new epoch of the source's clock.
_BACK_S, _LEAP_S = 0.5, 2.0
# So many packets without an advance: the source's clock stands still and says nothing.
_STANDING = 10
_WINDOW_S = 1.0
# It is late no more when it is this share of the limit.
_CALM = 0.6

Grounds = Literal["held", "clock", "growth"]

_SENTENCES: dict[Grounds, str] = {
    "held": "the picture is {s:.0f} s old: the camera or recorder sends it late",
    "clock": "the picture is {s:.0f} s old by the camera's own clock: "
    "it comes late, or that clock is wrong",
    "growth": "the picture has fallen {s:.0f} s behind since the connection began",
}


class Late(NamedTuple):
    """How old the newest picture is, and how that is known.

    `held`: the sender's own clock dates the picture so long before its newest report. `clock`:
    its clock dates it so long before our own. `growth`: it came ever later than its stream time.
    """

    s: float
    grounds: Grounds

    @property
    def sentence(self) -> str:
        """For people."""
        return _SENTENCES[self.grounds].format(s=self.s)


class _Least:
    """The least value of the last one to two seconds: a burst after a pause is no delay."""

    def __init__(self) -> None:
        self._before = self._now = float("inf")
        self._since_s = float("-inf")

    def put(self, value: float, at_s: float) -> float:
        if at_s - self._since_s >= _WINDOW_S:
            self._before, self._now, self._since_s = self._now, value, at_s
        self._now = min(self._now, value)
        return min(self._before, self._now)


class Lateness:
    """Watches the packets of one run; `packet` on its reading thread, `late` from any."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._age, self._grown = _Least(), _Least()
        self._held_s = 0.0
        self._best_s: float | None = None
        self._last: tuple[float, float] | None = None
        self._standing = 0
        self.late: Late | None = None

    def packet(self, packet: Packet) -> Late | None:
        """Judge one more packet; what is known now."""
        found = [self._held(packet), self._by_clock(packet), self._growth(packet)]
        least_s = self._limit_s * (1.0 if self.late is None else _CALM)
        told = [late for late in found if late is not None and late.s >= least_s]
        # What is certain is said before what may be a wrong clock.
        self.late = told[0] if told else None
        return self.late

    def _held(self, packet: Packet) -> Late | None:
        if packet.held_s is not None:
            self._held_s = packet.held_s
        return Late(self._held_s, "held") if self._held_s <= _PLAUSIBLE_S else None

    def _by_clock(self, packet: Packet) -> Late | None:
        if packet.sent_at is None:
            return None
        age_s = (packet.captured_at - packet.sent_at).total_seconds()
        least_s = self._age.put(age_s, packet.arrived_s)
        return Late(least_s, "clock") if least_s <= _PLAUSIBLE_S else None

    def _growth(self, packet: Packet) -> Late | None:
        if packet.media_s is None:
            return None
        last, self._last = self._last, (packet.media_s, packet.arrived_s)
        if last is not None:
            step_s, passed_s = packet.media_s - last[0], packet.arrived_s - last[1]
            self._standing = self._standing + 1 if step_s == 0 else 0
            if not -_BACK_S < step_s < passed_s + _LEAP_S or self._standing >= _STANDING:
                self._best_s, self._grown = None, _Least()
            elif self._best_s is not None:
                self._best_s += _DRIFT * passed_s
        behind_s = packet.arrived_s - packet.media_s
        self._best_s = behind_s if self._best_s is None else min(self._best_s, behind_s)
        return Late(self._grown.put(behind_s - self._best_s, packet.arrived_s), "growth")
