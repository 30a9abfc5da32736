"""Live video from the bus to the browsers that look: relayed as it came, never decoded.

One channel per camera that somebody watches: it keeps the initialisation segment and the pieces
since the last key frame, so that a newcomer sees a picture at once, and asks the edge for video
as long as anybody looks.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sergek.core.live import subject
from sergek.core.ports import Bus, Subscription

__all__ = ["Relay", "Viewer", "decode_time"]

_WATCH_S = 2.0
# About eight seconds at 25 pictures a second: who is further behind begins at the next key frame.
_BEHIND = 200
# The edge stops sending some seconds after the last asking: a channel that waits longer than that
# before it forgets has always seen the initialisation segment of what still comes.
_LINGER_S = 12.0
# A group of pictures longer than this is not worth a newcomer's catching up.
_KEPT = 500


def decode_time(fragment: bytes) -> int | None:
    """The base decode time of an fMP4 fragment (ISO 14496-12 §8.8.12, box `tfdt`), if it has one.

    In the track's own units; only the order of two of one track means something.
    """
    at = fragment.find(b"tfdt", 0, 1024)
    if at < 0 or len(fragment) < at + 16:
        return None
    wide = 8 if fragment[at + 4] == 1 else 4
    return int.from_bytes(fragment[at + 8 : at + 8 + wide], "big")


class Viewer:
    """One browser's place in a channel: a bounded queue of pieces and of boxes."""

    def __init__(self) -> None:
        self._pieces: deque[bytes | str] = deque()
        self._ready = asyncio.Event()
        self._skipping = False

    def wait_for_key(self) -> None:
        """Take no piece that depends on an earlier one until the next key frame."""
        self._skipping = True

    def put(self, piece: bytes) -> None:
        """Queue a piece of video; a viewer too far behind drops everything up to a key frame."""
        kind = piece[:1]
        if self._skipping and kind == b"F":
            return
        if len(self._pieces) >= _BEHIND:
            # Without its initialisation segment no later piece could be shown.
            initial = [old for old in self._pieces if old[:1] == b"I"][-1:]
            self._pieces.clear()
            self._pieces.extend(initial)
            self._skipping = kind == b"F"
            if self._skipping:
                return
        self._skipping = self._skipping and kind == b"I"
        self._pieces.append(piece)
        self._ready.set()

    def say(self, text: str) -> None:
        """Queue words beside the video (boxes, state); dropped by a viewer too far behind."""
        if len(self._pieces) < _BEHIND:
            self._pieces.append(text)
            self._ready.set()

    async def next(self) -> bytes | str:
        """The next piece (bytes) or word (text), in order."""
        while not self._pieces:
            self._ready.clear()
            await self._ready.wait()
        return self._pieces.popleft()


class _Channel:
    """One watched camera."""

    def __init__(self, bus: Bus, camera_id: str, loop: asyncio.AbstractEventLoop) -> None:
        self._bus = bus
        self._camera_id = camera_id
        self._loop = loop
        self.viewers: set[Viewer] = set()
        self._initial: bytes | None = None
        self._repeated = False
        self._time = 0
        self._group: list[bytes] = []
        self._watching: asyncio.Task[None] | None = None
        self._lingering: asyncio.TimerHandle | None = None
        self._heard: list[Subscription] = []

    def open(self) -> None:
        """Listen to what comes of the camera."""
        self._heard = [
            self._bus.subscribe(subject("video", self._camera_id), self._on_video),
            self._bus.subscribe(subject("boxes", self._camera_id), self._on_boxes),
        ]

    def close(self) -> None:
        """Stop asking and listening."""
        self._stop_asking()
        if self._lingering is not None:
            self._lingering.cancel()
        for subscription in self._heard:
            subscription.close()

    def join(self, viewer: Viewer) -> None:
        """Give a newcomer what it needs for a first picture, then everything new."""
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
        if self._watching is None:
            self._watching = self._loop.create_task(self._watch())
        if self._initial is not None:
            viewer.put(self._initial)
        if self._group and len(self._group) < _BEHIND - 2:
            for piece in self._group:
                viewer.put(piece)
        else:
            viewer.wait_for_key()
        self.viewers.add(viewer)

    def leave(self, viewer: Viewer, forget: Callable[[], None]) -> None:
        """Take a viewer out; after the last one, stop asking and call `forget` a while later."""
        self.viewers.discard(viewer)
        if not self.viewers:
            self._stop_asking()
            self._lingering = self._loop.call_later(_LINGER_S, forget)

    def _stop_asking(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None

    async def _watch(self) -> None:
        while True:
            self._bus.publish(subject("watch", self._camera_id), b"")
            await asyncio.sleep(_WATCH_S)

    # The bus calls on its own thread; everything else happens on the loop's.
    def _on_video(self, _subject: str, piece: bytes) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody looks any more
            self._loop.call_soon_threadsafe(self._video, piece)

    def _on_boxes(self, _subject: str, data: bytes) -> None:
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._boxes, data)

    def _video(self, piece: bytes) -> None:
        kind = piece[:1]
        if kind == b"I":
            # The same again may only help late listeners: the next key frame tells.
            self._repeated = piece == self._initial
            if not self._repeated:
                self._begin(piece)
            return
        if self._initial is None:
            return
        if kind == b"K":
            time = decode_time(piece) or 0
            if self._repeated and time <= self._time:
                self._begin(self._initial)
            self._repeated, self._time = False, time
            self._group = [piece]
        elif self._group and len(self._group) < _KEPT:
            self._group.append(piece)
        self._pass_on(piece)

    def _begin(self, initial: bytes) -> None:
        self._initial, self._group, self._time = initial, [], -1
        self._pass_on(initial)

    def _pass_on(self, piece: bytes) -> None:
        for viewer in self.viewers:
            viewer.put(piece)

    def _boxes(self, data: bytes) -> None:
        text = data.decode(errors="replace")
        for viewer in self.viewers:
            viewer.say(text)


class Relay:
    """All channels; used on the event loop's thread only."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._channels: dict[str, _Channel] = {}

    @asynccontextmanager
    async def watch(self, camera_id: str) -> AsyncIterator[Viewer]:
        """A viewer of the camera for as long as the context lasts."""
        channel = self._channels.get(camera_id)
        if channel is None:
            channel = _Channel(self._bus, camera_id, asyncio.get_running_loop())
            self._channels[camera_id] = channel
            channel.open()
        viewer = Viewer()
        channel.join(viewer)
        try:
            yield viewer
        finally:
            channel.leave(viewer, lambda: self._forget(camera_id))

    def close(self) -> None:
        """Forget all channels at once."""
        for camera_id in list(self._channels):
            self._forget(camera_id)

    def _forget(self, camera_id: str) -> None:
        channel = self._channels.pop(camera_id, None)
        if channel is not None:
            channel.close()
