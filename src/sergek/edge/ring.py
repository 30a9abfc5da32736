"""The packet ring: the last seconds of the main stream, undecoded, in memory."""

import threading
from collections import deque
from collections.abc import Iterable
from itertools import takewhile

from sergek.core.frame import Packet

__all__ = ["PacketRing", "between"]


def between(packets: Iterable[Packet], from_s: float, until_s: float) -> list[Packet]:
    """See `PacketRing.between`, for packets that were taken out of a ring."""
    held = list(takewhile(lambda packet: packet.arrived_s <= until_s, packets))
    start = max(
        (i for i, packet in enumerate(held) if packet.is_key and packet.arrived_s <= from_s),
        default=0,
    )
    return held[start:]


class PacketRing:
    """The newest packets of one run after another, bounded by seconds and by bytes.

    It always begins with a key frame, so that everything in it can be decoded; whole groups of
    pictures are dropped. Any thread may push or read. A new run empties it: the packets of two
    connections cannot be decoded together.
    """

    def __init__(self, seconds: float, max_bytes: int) -> None:
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._packets: deque[Packet] = deque()
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def held_bytes(self) -> int:
        """Bytes of packet data held now."""
        return self._bytes

    @property
    def held_s(self) -> float:
        """Seconds between the arrival of the oldest and the newest packet."""
        with self._lock:
            if not self._packets:
                return 0.0
            return self._packets[-1].arrived_s - self._packets[0].arrived_s

    def push(self, packet: Packet) -> None:
        """Add the newest packet; the oldest groups of pictures leave when a bound is passed."""
        with self._lock:
            if self._packets and self._packets[-1].run_id != packet.run_id:
                self._clear()
            if not self._packets and not packet.is_key:
                return
            self._packets.append(packet)
            self._bytes += len(packet.data)
            self._trim()

    def newest_group(self) -> list[Packet]:
        """The packets from the last key frame on: what a viewer needs to begin."""
        with self._lock:
            group: list[Packet] = []
            for packet in reversed(self._packets):
                group.append(packet)
                if packet.is_key:
                    break
            return group[::-1]

    def between(self, from_s: float, until_s: float) -> list[Packet]:
        """Packets to decode for the pictures that arrived in [from_s, until_s].

        Begins with the last key frame at or before `from_s` (or the oldest there is); empty if
        everything held is younger than `until_s`.
        """
        with self._lock:
            return between(self._packets, from_s, until_s)

    def _clear(self) -> None:
        self._packets.clear()
        self._bytes = 0

    def _trim(self) -> None:
        while self._too_much():
            self._drop_oldest()
            while self._packets and not self._packets[0].is_key:
                self._drop_oldest()

    def _too_much(self) -> bool:
        if not self._packets:
            return False
        if self._bytes > self._max_bytes:
            return True
        newest_s = self._packets[-1].arrived_s
        # Time alone drops a group only when the ring without it still holds its seconds.
        second = next((p for i, p in enumerate(self._packets) if i and p.is_key), None)
        return second is not None and newest_s - second.arrived_s >= self._seconds

    def _drop_oldest(self) -> None:
        self._bytes -= len(self._packets.popleft().data)
