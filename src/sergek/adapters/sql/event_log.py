"""The chained log of facts in a database."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, Row, insert, select, update

from sergek.adapters.sql.engine import readonly
from sergek.adapters.sql.schema import event_log, log_head
from sergek.core.clock import Clock, SystemClock
from sergek.core.errors import Corrupt
from sergek.core.event import GENESIS, Event, StoredEvent, canonical_json, chain_digest
from sergek.core.ports import LogHead

__all__ = ["SqlEventLog"]

# How many ids one statement names (SQLite's own limit was 999 for long).
_BATCH = 500
# What retention leaves of an event: its place, id, kind and digests.
_ERASED = {"subject": None, "happened_at": None, "actor": None, "body": None}


class SqlEventLog:
    """`core.ports.EventLog` over the tables `event_log` and `log_head` of a migrated database."""

    def __init__(self, engine: Engine, clock: Clock | None = None) -> None:
        self._engine = engine
        self._clock = clock or SystemClock()

    def append(
        self, events: Sequence[Event], *, connection: object | None = None
    ) -> list[StoredEvent]:
        """See `core.ports.EventLog.append`; `connection` is a SQLAlchemy `Connection`."""
        if not events:
            return []
        if connection is not None:
            return self._append(cast(Connection, connection), events)
        with self._engine.begin() as own:
            return self._append(own, events)

    def read(self, after: int, limit: int = 1000) -> list[StoredEvent]:
        """See `core.ports.EventLog.read`."""
        wanted = (
            select(event_log).where(event_log.c.seq > after).order_by(event_log.c.seq).limit(limit)
        )
        with readonly(self._engine).connect() as connection:
            return [_stored(row) for row in connection.execute(wanted)]

    def head(self) -> LogHead:
        """See `core.ports.EventLog.head`."""
        with readonly(self._engine).connect() as connection:
            return _head(connection, lock=False)

    def erase(self, kind: str, before: datetime, *, keep: Collection[str] = ()) -> int:
        """See `core.ports.EventLog.erase`."""
        log = event_log.c
        old = (
            select(log.event_id).where(log.kind == kind, log.happened_at < before).order_by(log.seq)
        )
        with self._engine.begin() as connection:
            doomed = [i for i in connection.scalars(old) if i not in frozenset(keep)]
            for ids in _batches(doomed):
                connection.execute(update(event_log).where(log.event_id.in_(ids)).values(_ERASED))
        return len(doomed)

    def erase_stored(self, before: datetime, up_to: int) -> int:
        """Erase bodies of any kind stored before that time with seq ≤ `up_to`; how many."""
        log = event_log.c
        old = (log.stored_at < before, log.seq <= up_to, log.body.is_not(None))
        with self._engine.begin() as connection:
            return connection.execute(update(event_log).where(*old).values(_ERASED)).rowcount

    def first_stored_after(self, seq: int) -> datetime | None:
        """When the first event with a greater seq was stored."""
        wanted = select(event_log.c.stored_at).where(event_log.c.seq > seq)
        with readonly(self._engine).connect() as connection:
            found: datetime | None = connection.scalar(wanted.order_by(event_log.c.seq).limit(1))
        return found

    def verify(self) -> LogHead:
        """See `core.ports.EventLog.verify`."""
        head = self.head()
        seq, digest = 0, GENESIS
        while seq < head.seq:
            stored = self.read(seq, _BATCH)
            if not stored:
                raise Corrupt(f"The log ends at event {seq}, but {head.seq} were written.")
            for event in stored[: head.seq - seq]:
                _check_link(event, seq, digest)
                seq, digest = event.seq, event.digest
        if digest != head.digest:
            raise Corrupt(f"The log's last event {head.seq} is not the one that was written.")
        return head

    def _append(self, connection: Connection, events: Sequence[Event]) -> list[StoredEvent]:
        seq, digest = _head(connection, lock=True)
        known = set(_known_ids(connection, [event.event_id for event in events]))
        now = self._clock.now()
        rows: list[dict[str, Any]] = []
        added: list[StoredEvent] = []
        for event in events:
            if event.event_id in known:
                continue
            known.add(event.event_id)
            body_digest = event.body_digest()
            seq, digest = seq + 1, chain_digest(digest, body_digest)
            rows.append(_row(event, seq, now, body_digest, digest))
            added.append(
                StoredEvent(
                    seq=seq,
                    event_id=event.event_id,
                    kind=event.kind,
                    stored_at=now,
                    body_digest=body_digest,
                    digest=digest,
                    event=event,
                )
            )
        if rows:
            connection.execute(insert(event_log), rows)
            connection.execute(update(log_head).values(seq=seq, digest=digest))
        return added


def _head(connection: Connection, *, lock: bool) -> LogHead:
    wanted = select(log_head.c.seq, log_head.c.digest)
    row = connection.execute(wanted.with_for_update() if lock else wanted).one()
    return LogHead(row.seq, row.digest)


def _known_ids(connection: Connection, ids: Sequence[str]) -> Iterator[str]:
    for some in _batches(ids):
        yield from connection.scalars(
            select(event_log.c.event_id).where(event_log.c.event_id.in_(some))
        )


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[i : i + _BATCH] for i in range(0, len(ids), _BATCH))


def _row(event: Event, seq: int, now: datetime, body_digest: str, digest: str) -> dict[str, Any]:
    return {
        "seq": seq,
        "event_id": event.event_id,
        "kind": event.kind,
        "subject": event.subject,
        "happened_at": event.happened_at,
        "actor": event.actor,
        "body": canonical_json(dict(event.body)).decode(),
        "stored_at": now,
        "body_digest": body_digest,
        "digest": digest,
    }


def _stored(row: Row[Any]) -> StoredEvent:
    event = None
    if row.body is not None:
        try:
            event = Event.model_validate(
                {
                    "event_id": row.event_id,
                    "kind": row.kind,
                    "subject": row.subject,
                    "happened_at": row.happened_at,
                    "actor": row.actor,
                    "body": json.loads(row.body),
                }
            )
        except (ValueError, ValidationError) as error:
            raise Corrupt(f"Event {row.seq} of the log cannot be read any more.") from error
    return StoredEvent(
        seq=row.seq,
        event_id=row.event_id,
        kind=row.kind,
        stored_at=row.stored_at,
        body_digest=row.body_digest,
        digest=row.digest,
        event=event,
    )


def _check_link(stored: StoredEvent, seq: int, digest: str) -> None:
    fits = (
        stored.seq == seq + 1
        and stored.digest == chain_digest(digest, stored.body_digest)
        and (stored.event is None or stored.event.body_digest() == stored.body_digest)
    )
    if not fits:
        raise Corrupt(f"Event {stored.seq} of the log is not what was written after event {seq}.")
