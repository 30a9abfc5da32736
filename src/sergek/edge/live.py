"""The live view of one camera: the main stream's packets, not re-encoded, while somebody looks.

Only a restamped copy leaves: the source's own time stamps stay with the packets in the ring.
"""

import threading
from collections import deque
from collections.abc import Sequence

from sergek.core.clock import Clock
from sergek.core.frame import Packet, StreamInfo
from sergek.core.live import LiveBox, LiveBoxes, subject
from sergek.core.plate import PlateStatus
from sergek.core.ports import Bus
from sergek.core.vehicle import Box
from sergek.edge.fmp4 import (
    TIMESCALE,
    AvcConfig,
    avc_config,
    fragment,
    init_segment,
    length_prefixed,
)
from sergek.edge.mediatime import MediaClock
from sergek.edge.ring import PacketRing
from sergek.edge.vehicles import Vehicle

__all__ = ["LiveView"]

# `core.live`: the centre says every two seconds that somebody still looks.
_WATCHED_S = 6.0
_REMEMBERED = 400


class LiveView:
    """Publishes one camera's video and boxes while it is watched.

    `packet` is called on the stream's thread, `watch` on the bus's, `boxes` on the analysis's.
    The video's own axis (`mux_s`) runs on over reconnections, so a viewer never jumps back.
    """

    def __init__(self, camera_id: str, bus: Bus, ring: PacketRing, clock: Clock) -> None:
        self._camera_id, self._bus, self._ring, self._clock = camera_id, bus, ring, clock
        self._video = subject("video", camera_id)
        self._until_s = -1.0
        self._lock = threading.Lock()
        self._info: StreamInfo | None = None
        self._config: AvcConfig | None = None
        self._stamps: MediaClock | None = None
        self._base_s = 0.0
        self._mux_s = 0.0
        self._number = 0
        self._times: deque[tuple[float, float]] = deque(maxlen=_REMEMBERED)

    @property
    def watched(self) -> bool:
        """Whether somebody looks now."""
        return self._clock.monotonic_s() < self._until_s

    @property
    def codec(self) -> str | None:
        """The codec string of what is published, once known."""
        return None if self._config is None else self._config.codec

    def begun(self, info: StreamInfo) -> None:
        """A new run of the stream that is shown; only H.264 can be shown without re-encoding."""
        with self._lock:
            self._info = info if info.codec == "h264" else None
            self._config = None
            self._stamps = None

    def watch(self) -> None:
        """Somebody looks, for the next six seconds; the first time, begin at the last key frame."""
        fresh = not self.watched
        self._until_s = self._clock.monotonic_s() + _WATCHED_S
        if fresh:
            with self._lock:
                self._config = None
                self._stamps = None
                group = self._ring.newest_group()
                # The picture in hand is the last of the group: what came before catches up.
                for packet in group:
                    self._publish(packet)

    def packet(self, packet: Packet) -> None:
        """The newest packet, already in the ring."""
        if self._until_s > 0 and self.watched:
            with self._lock:
                self._publish(packet)

    def boxes(
        self, seen: Sequence[tuple[Vehicle, Box]], arrived_s: float, width: int, height: int
    ) -> None:
        """The vehicles on the picture that arrived then."""
        if not self.watched:
            return
        with self._lock:
            near = min(self._times, key=lambda pair: abs(pair[0] - arrived_s), default=None)
        if near is None:
            return
        boxes = tuple(
            LiveBox(
                track_id=vehicle.track_id,
                vehicle_class=vehicle.vehicle_class,
                box=(box.x1 / width, box.y1 / height, box.x2 / width, box.y2 / height),
                plate=_shown(vehicle),
            )
            for vehicle, box in seen
        )
        message = LiveBoxes(camera_id=self._camera_id, mux_s=round(near[1], 4), boxes=boxes)
        self._bus.publish(subject("boxes", self._camera_id), message.model_dump_json().encode())

    def _publish(self, packet: Packet) -> None:
        info = self._info
        if info is None or packet.run_id != info.run_id:
            return
        if packet.is_key:
            config = avc_config(info.extradata, packet.data)
            if config is None:
                return
            self._config = config
            # Again with every key frame: a viewer who comes later begins there.
            head = init_segment(config, info.width, info.height)
            self._bus.publish(self._video, b"I" + head)
        if self._config is None:
            return
        before_s = self._mux_s
        if self._stamps is None:
            self._stamps = MediaClock(info.nominal_fps, realtime=True)
            self._base_s = before_s + 0.04 if self._number else 0.0
        decode_s = None if packet.dts is None else float(packet.dts * packet.time_base)
        source_s = decode_s if decode_s is not None else packet.media_s
        self._mux_s = self._base_s + self._stamps.read(source_s, packet.arrived_s).s
        self._number += 1
        shown = 0
        if packet.pts is not None and packet.dts is not None:
            shown = round((packet.pts - packet.dts) * packet.time_base * TIMESCALE)
        step_s = 1 / info.nominal_fps if info.nominal_fps else 0.04
        piece = fragment(
            self._number,
            round(self._mux_s * TIMESCALE),
            round(step_s * TIMESCALE),
            length_prefixed(self._config, packet.data),
            is_key=packet.is_key,
            shown=shown,
        )
        self._times.append((packet.arrived_s, self._mux_s))
        self._bus.publish(self._video, (b"K" if packet.is_key else b"F") + piece)


def _shown(vehicle: Vehicle) -> str | None:
    """The plate's text as far as it is read; a reading that may not be trusted says so."""
    plate = vehicle.plate
    if plate is None or plate.text is None:
        return None
    return plate.text if plate.status is PlateStatus.READ else f"{plate.text} ?"
