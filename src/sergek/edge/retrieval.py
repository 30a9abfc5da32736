"""Main-stream pictures on demand: decode from the packet ring only what a vehicle needs."""

import threading
from collections.abc import Iterable

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
# A look of this share of the best one's score will do where it is cheaper.
_NEARLY = 0.8


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

    def fill(self, vehicle: Vehicle, most: int) -> None:
        """Give the vehicle's best look, and up to `most` near it in time, their pictures.

        Where one is enough it is the cheapest to decode of those nearly as good, and the only one
        that stays.
        """
        best = vehicle.shelf.best
        if best is None or (best.crop is not None and best.frame is not None):
            return
        if most == 1:
            good = [look for look in vehicle.shelf.looks if look.score >= _NEARLY * best.score]
            found = self._cheapest(good)
            if found is not None:
                vehicle.shelf.keep_only(found[0])
                self._fill([found[0]], found[1], found[0])
            return
        near = [
            look
            for look in vehicle.shelf.looks
            if abs(look.arrived_s - best.arrived_s) <= _MOST_S / 2
            and (look.crop is None or look is best)
        ][:most]
        first = min(look.arrived_s for look in near)
        last = max(look.arrived_s for look in near)
        packets = self._ring.between(first - _APART_S, last + _APART_S)
        if packets:
            self._fill(near, packets, best)

    def glance(self, vehicle: Vehicle) -> None:
        """Give one unread look of a vehicle in sight its picture, the one cheapest to decode.

        A look soon after a key frame is taken although another may be a little nearer; where none
        is cheap, none.
        """
        unread = [look for look in vehicle.shelf.looks if look.crop is None and not look.read]
        widest = max((look.box.width for look in unread), default=0.0)
        found = self._cheapest([look for look in unread if look.box.width >= _WIDE * widest])
        if found is not None and len(found[1]) <= _MOST_PACKETS:
            self._fill([found[0]], found[1], vehicle.shelf.best)

    def _cheapest(self, looks: Iterable[Look]) -> tuple[Look, list[Packet]] | None:
        """The look with the fewest packets since its key frame, and these; None if none is held."""
        found: list[tuple[Look, list[Packet]]] = []
        for look in looks:
            packets = self._ring.between(look.arrived_s, look.arrived_s + _NEAR_S)
            if packets and packets[-1].arrived_s >= look.arrived_s - _NEAR_S:
                found.append((look, packets))
        return min(found, key=lambda each: len(each[1]), default=None)

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
