"""Pictures and packets on their way from a source.

`media_s` is the source's own stream clock in seconds from its first frame, as sent: it may be
missing, stand still or jump, and is judged later. `arrived_s` is this machine's monotonic clock
when the packet came in; `captured_at` the wall time that belongs to it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Frame",
    "Image",
    "Luma",
    "Packet",
    "RawFrame",
    "StreamInfo",
    "StreamRole",
    "fitting_size",
]

# Height × width × 3, unsigned 8 bit, blue-green-red (OpenCV's order).
Image = NDArray[np.uint8]

# Height × width, unsigned 8 bit: brightness alone.
Luma = NDArray[np.uint8]


class StreamRole(StrEnum):
    """Which of a camera's streams: `MAIN` is sharp and kept, `SUB` is small and analysed."""

    MAIN = "main"
    SUB = "sub"


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What a source says of its video when a connection begins."""

    run_id: str
    codec: str
    width: int
    height: int
    time_base: Fraction
    extradata: bytes | None
    nominal_fps: float | None


@dataclass(frozen=True, slots=True)
class Packet:
    """One undecoded access unit with the source's own time stamps."""

    run_id: str
    index: int
    data: bytes
    pts: int | None
    dts: int | None
    time_base: Fraction
    is_key: bool
    media_s: float | None
    arrived_s: float
    captured_at: datetime
    # When the sender says the picture was taken, by its own clock (RFC 3550 §6.4.1: an RTP time
    # stamp tied to wall time by RTCP sender reports); None before the first report.
    sent_at: datetime | None = None
    # How old the picture was, by that same clock, when the sender wrote its newest report.
    held_s: float | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded picture."""

    run_id: str
    index: int
    image: Image
    media_s: float | None
    arrived_s: float
    captured_at: datetime

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.image.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.image.shape[0])


class RawFrame(Protocol):
    """A decoded picture still in the decoder's own form.

    Converting a 1080p picture to colour costs half as much as decoding it, so nothing is
    converted before somebody asks. Use it on one thread at a time.
    """

    @property
    def packet(self) -> Packet:
        """The packet that brought the picture, without its data: time stamps, run and index."""
        ...

    @property
    def media_s(self) -> float | None:
        """The picture's own stream time; with reordered pictures not that of `packet`."""
        ...

    @property
    def width(self) -> int:
        """Width in pixels."""
        ...

    @property
    def height(self) -> int:
        """Height in pixels."""
        ...

    @property
    def interlaced(self) -> bool:
        """Whether the picture was sent as two fields, half a picture time apart.

        What `luma`, `image` and `crop` give is one moment all the same where things move.
        """
        ...

    def luma(self) -> Luma:
        """The brightness plane, a view that must not outlive this object."""
        ...

    def image(self, width: int | None = None, height: int | None = None) -> Image:
        """The picture in colour, scaled to that size if given; a fresh array."""
        ...

    def crop(self, x1: int, y1: int, x2: int, y2: int) -> Image:
        """The part x1 ≤ x < x2, y1 ≤ y < y2 in colour, clipped to the picture; a fresh array."""
        ...


def fitting_size(width: int, height: int, most_wide: int) -> tuple[int, int]:
    """(width, height) in the same shape, at most so wide, even (colour has half the samples)."""
    wide = min(most_wide, width) & ~1
    return wide, round(height * wide / width / 2) * 2
