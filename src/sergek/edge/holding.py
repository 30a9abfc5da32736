"""What a case would need of a vehicle, held while its plate waits to be read."""

from collections import deque
from collections.abc import Iterable

from sergek.core.frame import RawFrame, StreamInfo
from sergek.edge.analysis import Analysed
from sergek.edge.overviews import Found, FrameShelf, Held
from sergek.edge.ring import PacketRing
from sergek.edge.settings import EdgeSettings
from sergek.edge.vehicles import Vehicle

__all__ = ["Holding"]


class Holding:
    """Of one camera of a site; `seen` and `held` on one thread at a time."""

    def __init__(self, ring: PacketRing, settings: EdgeSettings) -> None:
        self._ring, self._settings = ring, settings
        self._frames = FrameShelf()
        self._found: deque[Found] = deque()

    def seen(self, frame: RawFrame, result: Analysed) -> None:
        """A picture and what was found on it."""
        # Vehicles that are not tracked yet too: the picture before is wanted from the first moment.
        if result.vehicles:
            self._frames.put(frame)
        at_s = frame.packet.arrived_s
        tracked = {vehicle.track_id: box for vehicle, box in result.seen}
        self._found.append(Found(at_s, result.persons, result.vehicles, tracked))
        while at_s - self._found[0].arrived_s > self._settings.ring_s:
            self._found.popleft()

    def held(self, vehicles: Iterable[Vehicle], feed: int, stream: StreamInfo) -> list[Vehicle]:
        """The vehicles, each with what it left behind."""
        found = list(vehicles)
        for vehicle in found:
            looks = [look.arrived_s for look in vehicle.shelf.looks]
            if not looks:
                vehicle.held = Held(feed, stream, (), ())
                continue
            packets = self._ring.between(
                min(looks) - self._settings.clip_before_s, max(looks) + self._settings.clip_after_s
            )
            first_s = packets[0].arrived_s if packets else min(looks)
            vehicle.held = Held(
                feed,
                stream,
                tuple(packet for packet in packets if packet.run_id == stream.run_id),
                self._frames.between(min(looks), max(looks)),
                tuple(each for each in self._found if each.arrived_s >= first_s),
            )
        return found
