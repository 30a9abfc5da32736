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
# A line stands out of both its neighbours by this many grey levels, in this share of a picture.
_COMB_LEVELS, _COMB_SHARE = 15, 0.002
_LUMA_FIRST = _PLANAR_420 | {"yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray"}


def without_data(packet: Packet) -> Packet:
    """The packet's time stamps alone, so that a held picture does not hold the bytes too."""
    return dataclasses.replace(packet, data=b"")


def _plane(frame: VideoFrame, index: int, width: int, height: int) -> NDArray[np.uint8]:
    plane = frame.planes[index]
    rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * height]
    return rows.reshape(height, plane.line_size)[:, :width]


def _one_moment(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The even lines, with those between interpolated; the same size."""
    field = plane[::2]
    below = np.concatenate([field[1:], field[-1:]])
    whole = np.empty_like(plane)
    whole[::2] = field
    between = cv2.addWeighted(np.ascontiguousarray(field), 0.5, below, 0.5, 0)
    whole[1::2] = between[: len(plane) // 2]
    return whole


def _combed(luma: NDArray[np.uint8]) -> bool:
    """Whether the two fields show different moments: lines that differ from both neighbours alike.

    The test of comb filters: (a − b)·(c − b) of three lines one above the other is large where
    the middle one belongs to another moment. One sample in a thousand is noise, more is motion.
    """
    if luma.shape[0] < 4:
        return False
    lines = luma[:, ::2].astype(np.int16)
    above, middle, below = lines[:-2], lines[1:-1], lines[2:]
    comb = np.minimum(above - middle, below - middle)
    comb = np.maximum(comb, np.minimum(middle - above, middle - below))
    return bool(np.count_nonzero(comb > _COMB_LEVELS) > _COMB_SHARE * comb.size)


def _scaled(plane: NDArray[np.uint8], size: tuple[int, int], how: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(plane, size, interpolation=how), np.uint8)


def _array(frame: VideoFrame) -> NDArray[np.uint8]:
    return np.asarray(frame.to_ndarray(), np.uint8)


class AvFrame:
    """A `core.frame.RawFrame` over one of FFmpeg's frames.

    An interlaced picture holds two moments, 20 ms apart at 25 pictures a second: its even lines
    are one, its odd lines the other, and what moves has combed edges. Where that shows only the
    even lines (one field) are used and those between are interpolated; what stands still keeps
    all its lines.
    """

    def __init__(self, frame: VideoFrame, packet: Packet, media_s: float | None) -> None:
        self._frame = frame
        self.packet = packet
        self.media_s = media_s
        # Only where brightness and colour lie in planes of their own: every camera known to us.
        self.interlaced = frame.interlaced_frame and frame.format.name in _PLANAR_420

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
        if self.interlaced:
            return _one_moment(_plane(self._frame, 0, self.width, self.height))
        if self._frame.format.name in _LUMA_FIRST:
            return _plane(self._frame, 0, self.width, self.height)
        return _array(self._frame.reformat(format="gray"))

    def image(self, width: int | None = None, height: int | None = None) -> Image:
        """Blue-green-red, scaled by area if a size is given."""
        if width is None or height is None or (width, height) == (self.width, self.height):
            if self.interlaced:
                return self.crop(0, 0, self.width, self.height)
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
        # Colour has half the resolution: cut on even pixels, then trim; of an interlaced picture
        # every second line of colour belongs to the same field.
        left, top = x1 & ~1, y1 & ~3
        right, bottom = x2 + (x2 & 1), y2 + (y2 & 1)
        planes = [_plane(self._frame, 0, self.width, self.height)[top:bottom, left:right]]
        for index in (1, 2):
            colour = _plane(self._frame, index, self.width // 2, self.height // 2)
            planes.append(colour[top // 2 : bottom // 2, left // 2 : right // 2])
        if self.interlaced and _combed(planes[0]):
            planes = [_one_moment(plane) for plane in planes]
        part = self._colour(planes)
        return np.ascontiguousarray(part[y1 - top : y2 - top, x1 - left : x2 - left])

    def _shrunk(self, width: int, height: int) -> list[NDArray[np.uint8]]:
        """Planes scaled by OpenCV: a third of the time swscale takes for the same result."""
        step = 2 if self.interlaced else 1
        planes = [
            _plane(self._frame, index, self.width // half, self.height // half)[::step]
            for index, half in ((0, 1), (1, 2), (2, 2))
        ]
        # Brightness is halved by averages of four samples, which is nearly free, before the rest is
        # interpolated: a tenth of the time of averaging over areas of any size. Colour is coarse
        # already.
        while planes[0].shape[1] >= 2 * width and planes[0].shape[0] >= 2 * height:
            half_size = (planes[0].shape[1] // 2, planes[0].shape[0] // 2)
            planes[0] = _scaled(planes[0], half_size, cv2.INTER_AREA)
        return [
            _scaled(plane, (width // half, height // half), cv2.INTER_LINEAR)
            for plane, half in zip(planes, (1, 2, 2), strict=True)
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
        self.interlaced = False

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
