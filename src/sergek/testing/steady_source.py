"""A file played as fast as an edge can analyse it, yet with arrival times as if it were live.

Tests of a whole edge would else depend on how busy the machine is.
"""

import dataclasses
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from sergek.core.frame import Packet, StreamInfo
from sergek.core.ports import FrameSource, PacketDecoder

__all__ = ["SteadySource"]

_PATIENCE_S = 120.0


class SteadySource:
    """Wraps a source that is not paced; `busy` says whether what was handed out is still at work.

    Only the stretch from the first key frame at or after `from_s` to `until_s` is played (media
    seconds); its time stamps stay those of the file.
    """

    def __init__(
        self,
        source: FrameSource,
        busy: Callable[[], bool],
        from_s: float = 0.0,
        until_s: float = float("inf"),
    ) -> None:
        self._source, self._busy = source, busy
        self._from_s, self._until_s = from_s, until_s
        self._began_s, self._began_at = time.monotonic(), datetime.now(UTC)

    @property
    def info(self) -> StreamInfo:
        """See `core.ports.FrameSource.info`."""
        return self._source.info

    def packets(self) -> Iterator[Packet]:
        """See `core.ports.FrameSource.packets`; each after the one before was dealt with."""
        begun = False
        for packet in self._source.packets():
            media_s = packet.media_s or 0.0
            begun = begun or (packet.is_key and media_s >= self._from_s)
            if not begun:
                continue
            if media_s > self._until_s:
                return
            end_s = time.monotonic() + _PATIENCE_S
            while self._busy() and time.monotonic() < end_s:
                time.sleep(0.002)
            yield dataclasses.replace(
                packet,
                arrived_s=self._began_s + media_s,
                captured_at=self._began_at + timedelta(seconds=media_s),
            )

    def decoder(self) -> PacketDecoder:
        """See `core.ports.FrameSource.decoder`."""
        return self._source.decoder()

    def close(self) -> None:
        """See `core.ports.FrameSource.close`."""
        self._source.close()
