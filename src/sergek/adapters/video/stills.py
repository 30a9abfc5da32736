"""A folder of still photos as a stream."""

import threading
import uuid
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from sergek.adapters.video.raw import ArrayFrame, without_data
from sergek.core.clock import Clock, SystemClock
from sergek.core.errors import ConfigError, Corrupt
from sergek.core.frame import Packet, RawFrame, StreamInfo

__all__ = ["StillsSource"]

_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
# Photos carry no stream clock; they are shown one per second.
_STEP_S = 1.0


class StillsDecoder:
    """Decodes one photo per packet."""

    def decode(self, packet: Packet) -> list[RawFrame]:
        """The photo; `Corrupt` if the bytes are no picture (a renamed PDF, say)."""
        data = np.frombuffer(packet.data, np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
        if picture is None:
            raise Corrupt("a file of the folder is not a picture")
        return [ArrayFrame(np.asarray(picture, np.uint8), without_data(packet))]

    def flush(self) -> list[RawFrame]:
        """Nothing is ever held back."""
        return []


class StillsSource:
    """A `FrameSource` over the photos of a folder in the order of their names."""

    def __init__(
        self, folder: Path, *, loop: bool = False, realtime: bool = True, clock: Clock | None = None
    ) -> None:
        self._files = sorted(p for p in folder.iterdir() if p.suffix.lower() in _ENDINGS)
        if not self._files:
            raise ConfigError(f"the folder {folder} holds no photos (JPEG, PNG, BMP or WebP)")
        self._loop, self._realtime = loop, realtime
        self._clock = clock or SystemClock()
        self._closed = threading.Event()
        height, width = self._first_shape()
        self._info = StreamInfo(
            run_id=uuid.uuid4().hex,
            codec="stills",
            width=width,
            height=height,
            time_base=Fraction(1),
            extradata=None,
            nominal_fps=1 / _STEP_S,
        )

    @property
    def info(self) -> StreamInfo:
        """Size of the first readable photo."""
        return self._info

    def packets(self) -> Iterator[Packet]:
        """One packet per photo."""
        index = 0
        while True:
            for position, file in enumerate(self._files):
                if self._closed.is_set():
                    return
                yield Packet(
                    run_id=self._info.run_id,
                    index=index,
                    data=file.read_bytes(),
                    pts=position,
                    dts=position,
                    time_base=self._info.time_base,
                    is_key=True,
                    media_s=position * _STEP_S,
                    arrived_s=self._clock.monotonic_s(),
                    captured_at=self._clock.now(),
                )
                index += 1
                if self._realtime:
                    self._closed.wait(_STEP_S)
            if not self._loop:
                return

    def decoder(self) -> StillsDecoder:
        """A decoder; it has no state."""
        return StillsDecoder()

    def close(self) -> None:
        """End after the photo in hand."""
        self._closed.set()

    def _first_shape(self) -> tuple[int, int]:
        for file in self._files:
            picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
            if picture is not None:
                return int(picture.shape[0]), int(picture.shape[1])
        raise ConfigError(f"no file in {self._files[0].parent} is a picture that can be read")
