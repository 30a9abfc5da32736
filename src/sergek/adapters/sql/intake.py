"""Facts and what is derived from them, stored in one transaction."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Engine

from sergek.adapters.sql.coverage_store import SqlCoverageStore
from sergek.adapters.sql.event_log import SqlEventLog
from sergek.adapters.sql.read_store import SqlReadStore
from sergek.core.coverage import Coverage
from sergek.core.event import Event, StoredEvent
from sergek.core.passage import Passage
from sergek.core.ports import LogHead
from sergek.core.violation import ViolationFound

__all__ = ["Intake", "Projection"]


# What else is kept in step: called with the transaction and the facts that are new to the log.
Projection = Callable[[Connection, Sequence[Event]], None]


class Intake:
    """An `EventLog` that keeps passages, the gap ledger and `projections` in step with itself.

    A violation holds its passage, pictures and package until the case is released, however old
    they get. A repeat changes nothing, so a passage that has expired does not come back. An edge,
    whose passages only travel through, keeps the gap ledger alone (`passages=False`).
    """

    def __init__(
        self,
        engine: Engine,
        log: SqlEventLog,
        *,
        passages: bool = True,
        projections: Sequence[Projection] = (),
    ) -> None:
        self._engine = engine
        self._projections = tuple(projections)
        self._log = log
        self._reads = SqlReadStore(engine) if passages else None
        self._ledger = SqlCoverageStore(engine)

    def append(
        self, events: Sequence[Event], *, connection: object | None = None
    ) -> list[StoredEvent]:
        """See `core.ports.EventLog.append`."""
        if connection is not None:
            return self._append(cast(Connection, connection), events)
        with self._engine.begin() as own:
            return self._append(own, events)

    def read(self, after: int, limit: int = 1000) -> list[StoredEvent]:
        """See `core.ports.EventLog.read`."""
        return self._log.read(after, limit)

    def head(self) -> LogHead:
        """See `core.ports.EventLog.head`."""
        return self._log.head()

    def erase(self, kind: str, before: datetime, *, keep: Collection[str] = ()) -> int:
        """See `core.ports.EventLog.erase`."""
        return self._log.erase(kind, before, keep=keep)

    def verify(self) -> LogHead:
        """See `core.ports.EventLog.verify`."""
        return self._log.verify()

    def _append(self, connection: Connection, events: Sequence[Event]) -> list[StoredEvent]:
        stored = self._log.append(events, connection=connection)
        new = [one.event for one in stored if one.event is not None]
        if self._reads is not None:
            passages = [e.body for e in new if e.kind == "passage.recorded"]
            self._reads.add([Passage.model_validate(b) for b in passages], connection=connection)
            for event in new:
                if event.kind == "violation.found":
                    found = ViolationFound.model_validate(event.body)
                    self._reads.claim(
                        found.passage_id, event.subject, found.violation.package, connection
                    )
        spans = [e.body for e in new if e.kind == "coverage.recorded"]
        self._ledger.add([Coverage.model_validate(body) for body in spans], connection=connection)
        for project in self._projections:
            project(connection, new)
        return stored
