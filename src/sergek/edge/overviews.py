"""Whole pictures of the last seconds, for the overviews of a case."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from sergek.core.frame import Image, Packet, RawFrame, StreamInfo
from sergek.core.vehicle import Box

__all__ = ["Found", "FrameShelf", "Held"]

_PLACES = 20
_APART_S = 0.35


class FrameShelf:
    """The newest main-stream pictures of one run, some tenths apart, still as decoded.

    One of a 1080p picture takes 3 MB; converting happens only for a case.
    """

    def __init__(self) -> None:
        self._frames: deque[RawFrame] = deque(maxlen=_PLACES)
        self._lock = threading.Lock()

    def put(self, frame: RawFrame) -> None:
        """Keep the picture if the last one kept is old enough."""
        with self._lock:
            newest = self._frames[-1].packet if self._frames else None
            if newest is not None and newest.run_id != frame.packet.run_id:
                self._frames.clear()
                newest = None
            if newest is None or frame.packet.arrived_s - newest.arrived_s >= _APART_S:
                self._frames.append(frame)

    def between(self, from_s: float, until_s: float) -> tuple[RawFrame, ...]:
        """The pictures that came in in that time, and the one before."""
        with self._lock:
            held = [each for each in self._frames if each.packet.arrived_s <= until_s]
        first = max(
            (i for i, each in enumerate(held) if each.packet.arrived_s <= from_s), default=0
        )
        return tuple(held[first:])


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on one analysed picture: people, all vehicles, and tracked ones by number."""

    arrived_s: float
    persons: tuple[Box, ...]
    vehicles: tuple[Box, ...]
    tracked: Mapping[int, Box]


@dataclass(frozen=True, slots=True)
class Held:
    """A gone vehicle's packets (`stream` describes them) and pictures: ring and shelf go on
    without it. `feed` is the number of the camera's feed that saw it."""

    feed: int
    stream: StreamInfo
    packets: tuple[Packet, ...]
    frames: tuple[RawFrame, ...]
    found: tuple[Found, ...] = ()

    def nearest(self, arrived_s: float) -> tuple[Image, float] | None:
        """The picture that came in nearest to that moment, in colour, and when it did."""
        frame = min(
            self.frames, key=lambda each: abs(each.packet.arrived_s - arrived_s), default=None
        )
        return None if frame is None else (frame.image(), frame.packet.arrived_s)
