"""Decoded pictures in FFmpeg's or OpenCV's own form, converted on demand."""

import dataclasses

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from sergek.core.frame import Image, Luma, Packet

__all__ = ["ArrayFrame", "AvFrame", "without_data"]

# Eight bits per sample, brightness first, colour halved both ways: almost every camera.
_PLANAR_420 = frozenset({"yuv420p", "yuvj420p"})
_LUMA_FIRST = _PLANAR_420 | {"yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray"}


def without_data(packet: Packet) -> Packet:
    """The packet's time stamps alone, so that a held picture does not hold the bytes too."""
    return dataclasses.replace(packet, data=b"")


def _plane(frame: VideoFrame, index: int, width: int, height: int) -> NDArray[np.uint8]:
    plane = frame.planes[index]
    rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * height]
    return rows.reshape(height, plane.line_size)[:, :width]


def _array(frame: VideoFrame) -> NDArray[np.uint8]:
    return np.asarray(frame.to_ndarray(), np.uint8)


class AvFrame:
    """A `core.frame.RawFrame` over one of FFmpeg's frames."""

    def __init__(self, frame: VideoFrame, packet: Packet, media_s: float | None) -> None:
        self._frame = frame
        self.packet = packet
        self.media_s = media_s

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self._frame.width

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self._frame.height

    def luma(self) -> Luma:
        """The brightness plane, without a copy where the format has one."""
        if self._frame.format.name in _LUMA_FIRST:
            return _plane(self._frame, 0, self.width, self.height)
        return _array(self._frame.reformat(format="gray"))

    def image(self, width: int | None = None, height: int | None = None) -> Image:
        """Blue-green-red, scaled by area if a size is given."""
        if width is None or height is None or (width, height) == (self.width, self.height):
            return self._bgr(self._frame)
        if self._frame.format.name in _PLANAR_420 and width % 2 == 0 and height % 2 == 0:
            return self._colour(self._shrunk(width, height))
        scaled = self._frame.reformat(width=width, height=height, interpolation="AREA")
        return self._bgr(scaled)

    def crop(self, x1: int, y1: int, x2: int, y2: int) -> Image:
        """A part in colour; only that part is converted."""
        x1, y1 = max(0, x1), max(0, y1)
        x2, y2 = min(self.width, x2), min(self.height, y2)
        if x2 <= x1 or y2 <= y1:
            return np.zeros((0, 0, 3), np.uint8)
        if self._frame.format.name not in _PLANAR_420 or self.width % 2 or self.height % 2:
            return np.ascontiguousarray(self._bgr(self._frame)[y1:y2, x1:x2])
        # Colour has half the resolution: cut on even pixels, then trim.
        left, top = x1 & ~1, y1 & ~1
        right, bottom = x2 + (x2 & 1), y2 + (y2 & 1)
        planes = [_plane(self._frame, 0, self.width, self.height)[top:bottom, left:right]]
        for index in (1, 2):
            colour = _plane(self._frame, index, self.width // 2, self.height // 2)
            planes.append(colour[top // 2 : bottom // 2, left // 2 : right // 2])
        part = self._colour(planes)
        return np.ascontiguousarray(part[y1 - top : y2 - top, x1 - left : x2 - left])

    def _shrunk(self, width: int, height: int) -> list[NDArray[np.uint8]]:
        """Planes scaled by OpenCV: a third of the time swscale takes for the same result."""
        shrinks = width < self.width
        return [
            np.asarray(
                cv2.resize(
                    _plane(self._frame, index, self.width // half, self.height // half),
                    (width // half, height // half),
                    # Colour is coarse already: averaging it again would only cost time.
                    interpolation=cv2.INTER_AREA if shrinks and half == 1 else cv2.INTER_LINEAR,
                ),
                np.uint8,
            )
            for index, half in ((0, 1), (1, 2), (2, 2))
        ]

    def _colour(self, planes: list[NDArray[np.uint8]]) -> Image:
        height, width = planes[0].shape
        joined = np.concatenate([plane.ravel() for plane in planes])
        joined = joined.reshape(height * 3 // 2, width)
        if self._frame.format.name == "yuv420p":
            # A new swscale context for each small picture would cost more than its conversion.
            return np.asarray(cv2.cvtColor(joined, cv2.COLOR_YUV2BGR_I420), np.uint8)
        frame = av.VideoFrame.from_ndarray(joined, format=self._frame.format.name)
        frame.colorspace = self._frame.colorspace
        frame.color_range = self._frame.color_range
        return self._bgr(frame)

    @staticmethod
    def _bgr(frame: VideoFrame) -> Image:
        return _array(frame.reformat(format="bgr24"))


class ArrayFrame:
    """A `core.frame.RawFrame` over a blue-green-red array."""

    def __init__(self, picture: Image, packet: Packet) -> None:
        self._picture = picture
        self.packet = packet
        self.media_s = packet.media_s

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self._picture.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self._picture.shape[0])

    def luma(self) -> Luma:
        """Brightness by the weights of ITU-R BT.601."""
        return np.asarray(cv2.cvtColor(self._picture, cv2.COLOR_BGR2GRAY), np.uint8)

    def image(self, width: int | None = None, height: int | None = None) -> Image:
        """The picture, scaled if a size is given."""
        if width is None or height is None or (width, height) == (self.width, self.height):
            return self._picture.copy()
        how = cv2.INTER_AREA if width < self.width else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(self._picture, (width, height), interpolation=how), np.uint8)

    def crop(self, x1: int, y1: int, x2: int, y2: int) -> Image:
        """A part of the picture."""
        return self._picture[max(0, y1) : max(0, y2), max(0, x1) : max(0, x2)].copy()
