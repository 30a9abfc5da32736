"""Reading the whole log once, in order, whatever happens in between: how far somebody has come."""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Engine, MetaData, String, Table, insert, select, update
from starlette.concurrency import run_in_threadpool

from sergek.centre.reading import reading
from sergek.core.errors import SergekError
from sergek.core.event import Event
from sergek.core.ports import EventLog

__all__ = ["LogReader", "bookmarks", "metadata", "read_on"]

_LOG = logging.getLogger(__name__)
_BATCH = 500
metadata = MetaData()

bookmarks = Table(
    "bookmarks",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class LogReader:
    """Hands every fact of some kinds to `take`, once unless the process ends in between.

    `take` must bear repeats; what it raises stops the reader before that fact, to try again.
    """

    name: str
    kinds: Collection[str]
    take: Callable[[Event], None]

    def catch_up(self, engine: Engine, log: EventLog) -> int:
        """Take what is new; how many facts were taken."""
        taken, place = 0, self._place(engine)
        while stored := log.read(place, _BATCH):
            try:
                for one in stored:
                    if one.kind in self.kinds and one.event is not None:
                        self.take(one.event)
                        taken += 1
                    place = one.seq
            finally:
                self._keep(engine, place)
        return taken

    def _place(self, engine: Engine) -> int:
        wanted = select(bookmarks.c.seq).where(bookmarks.c.name == self.name)
        with reading(engine).connect() as connection:
            return connection.scalar(wanted) or 0

    def _keep(self, engine: Engine, seq: int) -> None:
        mine = bookmarks.c.name == self.name
        with engine.begin() as connection:
            if not connection.execute(update(bookmarks).where(mine).values(seq=seq)).rowcount:
                connection.execute(insert(bookmarks).values(name=self.name, seq=seq))


async def read_on(
    readers: Sequence[LogReader], engine: Engine, log: EventLog, every_s: float
) -> None:
    """Keep the readers at the log's end until cancelled; what is away is asked again."""
    failing: set[str] = set()
    while True:
        for reader in readers:
            try:
                await run_in_threadpool(reader.catch_up, engine, log)
                failing.discard(reader.name)
            except SergekError as error:
                if reader.name not in failing:
                    _LOG.warning("%s waits: %s", reader.name, error.message)
                failing.add(reader.name)
        await asyncio.sleep(every_s)
