"""A video of what the analysis saw: the analysed pictures with boxes, numbers and lines."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Self

import av
import cv2
from av.video.stream import VideoStream

from sergek.core.errors import ConfigError
from sergek.core.frame import Image, RawFrame
from sergek.core.vehicle import Box
from sergek.edge.analysis import Analysed
from sergek.edge.pictures import masked
from sergek.edge.vehicles import Vehicle

__all__ = ["Annotation"]

_TICKS = 90_000
_GREEN, _PINK, _WHITE = (80, 220, 60), (200, 60, 240), (255, 255, 255)


class Annotation:
    """Writes an H.264 video, persons masked; pictures keep the source's own times."""

    def __init__(
        self, path: Path, fps: float, lines: Sequence[tuple[float, float, float, float]]
    ) -> None:
        self._path, self._lines = path, lines
        try:
            self._out = av.open(str(path), "w", format="mp4")
        except (OSError, ValueError):
            raise ConfigError(f"--annotate {path} cannot be written") from None
        self._fps = Fraction(fps).limit_denominator(1000)
        self._stream: VideoStream | None = None
        self._last = -1
        self._found: Analysed | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._out.mux(self._stream.encode(None))
        self._out.close()

    def add(self, frame: RawFrame, found: Analysed) -> None:
        """One more picture with what was found on it; between looks the last boxes stay."""
        if not found.gated:
            self._found = found
        picture = masked(frame.image(), self._found.persons if self._found else ())
        self._draw(picture, self._found.seen if self._found else ())
        if self._stream is None:
            stream = self._out.add_stream("libx264", rate=self._fps, options={"crf": "26"})
            assert isinstance(stream, VideoStream)
            stream.width, stream.height = frame.width & ~1, frame.height & ~1
            stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, _TICKS)
            self._stream = stream
        size = (self._stream.width, self._stream.height)
        if (picture.shape[1], picture.shape[0]) != size:
            picture = cv2.resize(picture, size).astype(picture.dtype)
        drawn = av.VideoFrame.from_ndarray(picture, format="bgr24")
        self._last = max(self._last + 1, round(found.media_s * _TICKS))
        drawn.pts, drawn.time_base = self._last, Fraction(1, _TICKS)
        self._out.mux(self._stream.encode(drawn))

    def _draw(self, picture: Image, vehicles: Sequence[tuple[Vehicle, Box]]) -> None:
        thick = max(1, picture.shape[1] // 500)
        size = picture.shape[1] / 1400
        for x1, y1, x2, y2 in self._lines:
            cv2.line(picture, (round(x1), round(y1)), (round(x2), round(y2)), _PINK, thick)
        for vehicle, box in vehicles:
            corner = (round(box.x1), round(box.y1))
            cv2.rectangle(picture, corner, (round(box.x2), round(box.y2)), _GREEN, thick)
            words = f"{vehicle.track_id} {vehicle.vehicle_class.value}"
            if vehicle.plate is not None and vehicle.plate.text:
                words += f" {vehicle.plate.text}"
            at = (corner[0], max(12, corner[1] - 3 * thick))
            cv2.putText(picture, words, at, cv2.FONT_HERSHEY_SIMPLEX, size, _WHITE, thick)
