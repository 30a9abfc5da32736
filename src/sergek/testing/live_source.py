"""A camera that speaks on the bus as an edge does: moving pictures, boxes and a state.

The pictures are drawn, encoded as H.264 and sent as the pieces of `core.live`; the muxer is handed
in, for the rooms that have one are no business of this one.
"""

import threading
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

import av
import numpy as np

from sergek.core.clock import SystemClock
from sergek.core.frame import Image
from sergek.core.live import CameraState, CameraStatus, LiveBox, LiveBoxes, subject
from sergek.core.ports import Bus
from sergek.core.vehicle import VehicleClass

__all__ = ["ClockPicture", "LiveSource", "Muxer"]


class Muxer(Protocol):
    """Makes the pieces of `core.live` out of encoded pictures."""

    def pieces(self, packet: bytes, mux_s: float, *, is_key: bool) -> list[bytes]:
        """What to publish for one Annex B access unit, each with its first byte."""
        ...


class ClockPicture:
    """Draws a street-like picture with a clock burnt in: 32 blocks, milliseconds since 1970.

    The blocks are `width / 32` wide and 40 pixels high at the top, most significant bit first,
    white for one: a page reads them off the shown picture and knows how old it is.
    """

    def __init__(self, width: int = 640, height: int = 360, shade: int = 80) -> None:
        self.width, self.height = width, height
        self._ground = np.full((height, width, 3), shade, np.uint8)
        self._ground[40:] += np.linspace(0, 40, height - 40, dtype=np.uint8)[:, None, None]

    def draw(self, number: int) -> Image:
        """The picture of that number, with the machine's time now."""
        picture = self._ground.copy()
        x = (number * 6) % (self.width - 60)
        picture[self.height // 2 : self.height // 2 + 40, x : x + 60] = (40, 160, 230)
        ms = int(time.time() * 1000) & 0xFFFFFFFF
        bits = np.array([(ms >> (31 - bit)) & 1 for bit in range(32)], np.uint8) * 219 + 16
        picture[:40] = np.repeat(bits, self.width // 32)[None, :, None]
        return picture

    def box(self, number: int) -> tuple[float, float, float, float]:
        """Where the moving block is, in shares of the picture."""
        x, y = (number * 6) % (self.width - 60), self.height // 2
        wide, high = self.width, self.height
        return x / wide, y / high, (x + 60) / wide, (y + 40) / high


class LiveSource:
    """Publishes a camera's state every second, its video and boxes while somebody watches."""

    def __init__(
        self,
        bus: Bus,
        camera_id: str,
        muxer: Callable[[int, int], Muxer],
        *,
        picture: ClockPicture | None = None,
        fps: int = 25,
        plate: str | None = "123ABC08",
    ) -> None:
        self._bus, self._camera_id, self._fps, self._plate = bus, camera_id, fps, plate
        self._picture = picture or ClockPicture()
        self._muxer = muxer(self._picture.width, self._picture.height)
        self._watched_until_s = 0.0
        self._end = threading.Event()
        self.frozen = threading.Event()
        self.state = CameraState.LIVE
        self._ear = bus.subscribe(subject("watch", camera_id), self._watch)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Fall silent."""
        self._end.set()
        self._ear.close()
        self._thread.join()

    def _watch(self, _subject: str, _data: bytes) -> None:
        self._watched_until_s = time.monotonic() + 6

    def _run(self) -> None:
        codec = _encoder(self._picture.width, self._picture.height, self._fps)
        number, began = 0, time.monotonic()
        while not self._end.is_set():
            if number % self._fps == 0:
                self._say_state()
            if time.monotonic() < self._watched_until_s and not self.frozen.is_set():
                self._send(codec, number)
            number += 1
            self._end.wait(max(0.0, began + number / self._fps - time.monotonic()))

    def _say_state(self) -> None:
        now = SystemClock().now()
        status = CameraStatus(
            camera_id=self._camera_id,
            at=now,
            state=self.state,
            codec="h264",
            width=self._picture.width,
            height=self._picture.height,
            fps_received=self._fps,
            fps_analysed=5.0,
            gate_open_share=0.4,
            ring_bytes=3_100_000,
            ring_s=12.0,
            stages_ms={"decode": 6.5, "gate": 0.4, "detect": 21.0, "track": 0.4},
            passages_today=7,
            last_picture_at=now,
        )
        self._bus.publish(subject("status", self._camera_id), status.model_dump_json().encode())

    def _send(self, codec: av.VideoCodecContext, number: int) -> None:
        frame = av.VideoFrame.from_ndarray(self._picture.draw(number), format="bgr24")
        frame.pts = number
        mux_s = number / self._fps
        for packet in codec.encode(frame):
            for piece in self._muxer.pieces(bytes(packet), mux_s, is_key=packet.is_keyframe):
                self._bus.publish(subject("video", self._camera_id), piece)
        if number % 5 == 0:
            box = LiveBox(
                track_id=1,
                vehicle_class=VehicleClass.CAR,
                box=self._picture.box(number),
                plate=self._plate,
            )
            boxes = LiveBoxes(camera_id=self._camera_id, mux_s=mux_s, boxes=(box,))
            self._bus.publish(subject("boxes", self._camera_id), boxes.model_dump_json().encode())


def _encoder(width: int, height: int, fps: int) -> av.VideoCodecContext:
    codec = av.CodecContext.create("libx264", "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.time_base = Fraction(1, fps)
    codec.gop_size = 2 * fps
    codec.thread_count = 1
    codec.options = {"preset": "superfast", "tune": "zerolatency", "profile": "main"}
    return codec
