"""News from the log for everybody who looks: one reader, many listeners."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool

from sergek.core.errors import SergekError
from sergek.core.event import StoredEvent
from sergek.core.ports import EventLog

__all__ = ["LogFollower"]

_LOG = logging.getLogger(__name__)
_BATCH = 500
_QUEUE = 2000


class LogFollower:
    """Reads the log's end every `period_s` and hands new events to every listener's queue.

    A listener that does not keep up loses its oldest news (a page can be loaded again; a slow
    browser may not hold the centre's memory). `trouble` is the sentence of the last failure.
    """

    def __init__(self, log: EventLog, period_s: float) -> None:
        self._log = log
        self._period_s = period_s
        self._listeners: set[asyncio.Queue[StoredEvent]] = set()
        self.trouble: str | None = None
        self.seq = 0

    async def run(self) -> None:
        """Follow until cancelled."""
        started = False
        while True:
            try:
                if not started:
                    self.seq = (await run_in_threadpool(self._log.head)).seq
                    started = True
                while await self._advance() == _BATCH:
                    pass
                self.trouble = None
            except SergekError as error:
                if self.trouble is None:
                    _LOG.warning("cannot follow the log: %s", error.message)
                self.trouble = error.message
            await asyncio.sleep(self._period_s)

    async def _advance(self) -> int:
        events = await run_in_threadpool(self._log.read, self.seq, _BATCH)
        for event in events:
            for queue in self._listeners:
                if queue.full():
                    with contextlib.suppress(asyncio.QueueEmpty):
                        queue.get_nowait()
                queue.put_nowait(event)
        if events:
            self.seq = events[-1].seq
        return len(events)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[asyncio.Queue[StoredEvent]]:
        """A queue of what is stored from now on."""
        queue: asyncio.Queue[StoredEvent] = asyncio.Queue(_QUEUE)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)
