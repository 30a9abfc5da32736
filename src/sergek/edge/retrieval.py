"""Main-stream pictures on demand: decode from the packet ring only what a vehicle needs."""

import threading

from sergek.core.errors import Corrupt
from sergek.core.frame import Packet, RawFrame
from sergek.core.ports import FrameSource, PacketDecoder
from sergek.edge.looks import Look
from sergek.edge.ring import PacketRing
from sergek.edge.vehicles import Vehicle

__all__ = ["MainPictures"]

# Two groups of pictures of a usual camera; decoding them costs half a second of a core at 1080p.
_MOST_S = 2.5
# The sub stream's box is a little late or early on the main stream's picture.
_MARGIN = 0.25
_APART_S = 0.15
# A glance takes a look of this share of the widest, pictures this near in time, and decodes at
# most so many for it: a fifth of a second of a core at 1080p.
_WIDE, _NEAR_S, _MOST_PACKETS = 0.8, 0.05, 30


class MainPictures:
    """Cuts looks out of the main stream of a camera whose sub stream is analysed.

    The two streams have clocks of their own; pictures are paired by their arrival, which
    differs by some tens of milliseconds, hence the wide margin.
    """

    def __init__(self, ring: PacketRing) -> None:
        self._ring = ring
        self._lock = threading.Lock()
        self._source: FrameSource | None = None
        self._decoder: PacketDecoder | None = None
        self.decoded = 0

    def begun(self, source: FrameSource) -> None:
        """A new run of the main stream."""
        with self._lock:
            self._source, self._decoder = source, None

    def fill(self, vehicle: Vehicle) -> None:
        """Give the vehicle's best look, and those near it in time, their pictures."""
        best = vehicle.shelf.best
        if best is None:
            return
        near = [
            look
            for look in vehicle.shelf.looks
            if abs(look.arrived_s - best.arrived_s) <= _MOST_S / 2
            and (look.crop is None or (look is best and look.frame is None))
        ]
        if not near or (best.crop is not None and best.frame is not None):
            return
        first = min(look.arrived_s for look in near)
        last = max(look.arrived_s for look in near)
        packets = self._ring.between(first - _APART_S, last + _APART_S)
        if not packets:
            return
        self._fill(near, packets, best)

    def glance(self, vehicle: Vehicle) -> None:
        """Give one unread look of a vehicle in sight its picture, the one cheapest to decode.

        A picture costs the decoding of all since its key frame, so a look soon after one is
        taken although another may be a little nearer; where none is cheap, none.
        """
        unread = [look for look in vehicle.shelf.looks if look.crop is None and not look.read]
        widest = max((look.box.width for look in unread), default=0.0)
        found: list[tuple[int, Look, list[Packet]]] = []
        for look in unread:
            if look.box.width < _WIDE * widest:
                continue
            packets = self._ring.between(look.arrived_s, look.arrived_s + _NEAR_S)
            if packets and packets[-1].arrived_s >= look.arrived_s - _NEAR_S:
                found.append((len(packets), look, packets))
        if not found:
            return
        cost, cheapest, packets = min(found, key=lambda each: each[0])
        if cost <= _MOST_PACKETS:
            self._fill([cheapest], packets, vehicle.shelf.best)

    def _fill(self, looks: list[Look], packets: list[Packet], best: Look | None) -> None:
        with self._lock:
            self._cut(looks, packets, best)
            if self._decoder is not None:
                self._decoder.flush()

    def _cut(self, looks: list[Look], packets: list[Packet], best: Look | None) -> None:
        if self._decoder is None:
            if self._source is None or self._source.info.run_id != packets[0].run_id:
                return
            self._decoder = self._source.decoder()
        nearest: dict[int, tuple[float, RawFrame]] = {}
        for packet in packets:
            try:
                frames = self._decoder.decode(packet)
            except Corrupt:
                continue
            self.decoded += len(frames)
            for frame in frames:
                for number, look in enumerate(looks):
                    apart = abs(frame.packet.arrived_s - look.arrived_s)
                    if apart < nearest.get(number, (_APART_S, None))[0]:
                        nearest[number] = (apart, frame)
        for number, (_, frame) in nearest.items():
            look = looks[number]
            look.cut(frame, _MARGIN)
            look.frame = frame if look is best else None
