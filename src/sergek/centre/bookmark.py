"""Reading the whole log once, in order, whatever happens in between: how far somebody has come."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Engine, MetaData, String, Table, insert, select, update

from sergek.centre.reading import reading
from sergek.core.event import Event
from sergek.core.ports import EventLog

__all__ = ["LogReader", "bookmarks", "metadata"]

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
