"""Passages in a database, for lists and single pages."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast

from pydantic import ValidationError
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    delete,
    exists,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite

from sergek.adapters.sql.engine import readonly
from sergek.adapters.sql.schema import (
    UtcTime,
    expired_pictures,
    passage_holds,
    passage_pictures,
    passages,
)
from sergek.core.errors import Corrupt, NotFound
from sergek.core.event import canonical_json
from sergek.core.passage import Passage
from sergek.core.plate import PlateStatus
from sergek.core.ports import PassageFilter

__all__ = ["SqlReadStore", "insert_new"]

# How many passages one transaction of `expire` takes, so that writers wait little.
_EXPIRE_BATCH = 500


def insert_new(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row unless its key is there already; whether it was new."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(row).on_conflict_do_nothing()
    done = connection.execute(statement.returning(next(iter(table.primary_key))))
    return done.first() is not None


class SqlReadStore:
    """`core.ports.ReadStore` over the table `passages` of a migrated database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, new: Sequence[Passage], *, connection: object | None = None) -> int:
        """See `core.ports.ReadStore.add`; `connection` is a SQLAlchemy `Connection`."""
        if not new:
            return 0
        if connection is not None:
            return _add(cast(Connection, connection), new)
        with self._engine.begin() as own:
            return _add(own, new)

    def get(self, passage_id: str) -> Passage:
        """See `core.ports.ReadStore.get`."""
        wanted = select(passages.c.body).where(passages.c.passage_id == passage_id)
        with readonly(self._engine).connect() as connection:
            body = connection.scalar(wanted)
        if body is None:
            raise NotFound("There is no such passage; it may have expired.")
        return _passage(body)

    def find(
        self, wanted: PassageFilter, *, before: tuple[datetime, str] | None = None, limit: int = 50
    ) -> list[Passage]:
        """See `core.ports.ReadStore.find`."""
        key = tuple_(passages.c.entered_at, passages.c.passage_id)
        query = select(passages.c.body).where(*_conditions(wanted))
        if before is not None:
            query = query.where(key < tuple_(literal(before[0], UtcTime), before[1]))
        query = query.order_by(passages.c.entered_at.desc(), passages.c.passage_id.desc())
        with readonly(self._engine).connect() as connection:
            return [_passage(body) for body in connection.scalars(query.limit(limit))]

    def count(self, wanted: PassageFilter) -> int:
        """See `core.ports.ReadStore.count`."""
        query = select(func.count()).select_from(passages).where(*_conditions(wanted))
        with readonly(self._engine).connect() as connection:
            return connection.scalar(query) or 0

    def seen(
        self, plates: Collection[str], since: datetime, until: datetime, *, limit: int = 50
    ) -> list[Passage]:
        """See `core.ports.ReadStore.seen`."""
        found: list[Passage] = []
        texts = sorted(set(plates))
        with readonly(self._engine).connect() as connection:
            for i in range(0, len(texts), _EXPIRE_BATCH):
                query = select(passages.c.body).where(
                    passages.c.plate_text.in_(texts[i : i + _EXPIRE_BATCH]),
                    passages.c.entered_at >= since,
                    passages.c.entered_at < until,
                    passages.c.plate_status == PlateStatus.READ.value,
                )
                query = query.order_by(passages.c.entered_at.desc(), passages.c.passage_id.desc())
                found += [_passage(body) for body in connection.scalars(query.limit(limit))]
        found.sort(key=lambda each: (each.entered_at, each.passage_id), reverse=True)
        return found[:limit]

    def hold(
        self,
        passage_ids: Sequence[str],
        case_id: str,
        *,
        keys: Sequence[str] = (),
        connection: object | None = None,
    ) -> None:
        """See `core.ports.ReadStore.hold`; `NotFound` if a passage is not there (any more)."""
        if connection is not None:
            _hold(cast(Connection, connection), passage_ids, case_id, keys)
            return
        with self._engine.begin() as own:
            _hold(own, passage_ids, case_id, keys)

    def claim(
        self, passage_id: str, case_id: str, package: str | None, connection: Connection
    ) -> None:
        """Hold the passage for a case that was found in it, and with it the case's package.

        Nothing where the passage is not there: a fact is never refused for that.
        """
        there = select(passages.c.passage_id).where(passages.c.passage_id == passage_id)
        if connection.scalar(there) is None:
            return
        _hold(connection, [passage_id], case_id, [package] if package else [])

    def release(self, case_id: str, *, connection: object | None = None) -> None:
        """See `core.ports.ReadStore.release`."""
        statement = delete(passage_holds).where(passage_holds.c.case_id == case_id)
        if connection is not None:
            cast(Connection, connection).execute(statement)
            return
        with self._engine.begin() as own:
            own.execute(statement)

    def held(self, before: datetime) -> list[str]:
        """See `core.ports.ReadStore.held`."""
        wanted = select(passages.c.passage_id).where(passages.c.entered_at < before, _is_held())
        with readonly(self._engine).connect() as connection:
            return list(connection.scalars(wanted))

    def holders(self, before: datetime) -> list[str]:
        """See `core.ports.ReadStore.holders`."""
        wanted = (
            select(passage_holds.c.case_id)
            .join(passages, passages.c.passage_id == passage_holds.c.passage_id)
            .where(passages.c.entered_at < before)
            .distinct()
        )
        with readonly(self._engine).connect() as connection:
            return list(connection.scalars(wanted))

    def expire(self, before: datetime) -> list[str]:
        """See `core.ports.ReadStore.expire`."""
        while True:
            with self._engine.begin() as connection:
                if _expire_some(connection, before) < _EXPIRE_BATCH:
                    break
        with readonly(self._engine).connect() as connection:
            return list(connection.scalars(select(expired_pictures.c.key)))

    def forgotten(self, keys: Sequence[str]) -> None:
        """See `core.ports.ReadStore.forgotten`."""
        with self._engine.begin() as connection:
            for i in range(0, len(keys), _EXPIRE_BATCH):
                some = keys[i : i + _EXPIRE_BATCH]
                connection.execute(delete(expired_pictures).where(expired_pictures.c.key.in_(some)))


def _add(connection: Connection, new: Sequence[Passage]) -> int:
    added = 0
    for passage in new:
        if not insert_new(connection, passages, _row(passage)):
            continue
        added += 1
        keys = {picture.key for picture in passage.pictures}
        for key in sorted(keys):
            insert_new(connection, passage_pictures, {"key": key, "passage_id": passage.passage_id})
        if keys:
            connection.execute(delete(expired_pictures).where(expired_pictures.c.key.in_(keys)))
    return added


def _hold(
    connection: Connection, passage_ids: Sequence[str], case_id: str, keys: Sequence[str]
) -> None:
    for passage_id in passage_ids:
        there = select(passages.c.passage_id).where(passages.c.passage_id == passage_id)
        if connection.scalar(there.with_for_update()) is None:
            raise NotFound("The passage to keep for the case is not there any more.")
        insert_new(connection, passage_holds, {"case_id": case_id, "passage_id": passage_id})
        for key in keys:
            insert_new(connection, passage_pictures, {"key": key, "passage_id": passage_id})


def _is_held() -> ColumnElement[bool]:
    return exists().where(passage_holds.c.passage_id == passages.c.passage_id)


def _expire_some(connection: Connection, before: datetime) -> int:
    old = (
        select(passages.c.passage_id)
        .where(passages.c.entered_at < before, ~_is_held())
        .order_by(passages.c.entered_at)
        .limit(_EXPIRE_BATCH)
        .with_for_update()
    )
    ids = list(connection.scalars(old))
    theirs = select(passage_pictures.c.key).where(passage_pictures.c.passage_id.in_(ids))
    keys = set(connection.scalars(theirs.distinct()))
    connection.execute(delete(passage_pictures).where(passage_pictures.c.passage_id.in_(ids)))
    connection.execute(delete(passages).where(passages.c.passage_id.in_(ids)))
    shared = select(passage_pictures.c.key).where(passage_pictures.c.key.in_(keys))
    for key in sorted(keys - set(connection.scalars(shared))):
        insert_new(connection, expired_pictures, {"key": key})
    return len(ids)


def _conditions(wanted: PassageFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.cameras is not None:
        conditions.append(passages.c.camera_id.in_(wanted.cameras))
    if wanted.since is not None:
        conditions.append(passages.c.entered_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(passages.c.entered_at < wanted.until)
    if wanted.vehicle_class is not None:
        conditions.append(passages.c.vehicle_class == wanted.vehicle_class.value)
    if wanted.plate_status is not None:
        conditions.append(passages.c.plate_status == wanted.plate_status.value)
    return conditions


def _row(passage: Passage) -> dict[str, Any]:
    plate = passage.plate
    return {
        "passage_id": passage.passage_id,
        "camera_id": passage.camera_id,
        "entered_at": passage.entered_at,
        "left_at": passage.left_at,
        "vehicle_class": passage.vehicle_class.value,
        "lane": passage.lane,
        "plate_status": (plate.status if plate else PlateStatus.NONE).value,
        "plate_text": plate.text if plate else None,
        "plate_confidence": plate.confidence if plate else None,
        "body": canonical_json(passage.model_dump(mode="json")).decode(),
    }


def _passage(body: str) -> Passage:
    try:
        return Passage.model_validate(json.loads(body))
    except (ValueError, ValidationError) as error:
        raise Corrupt("A stored passage cannot be read any more.") from error
