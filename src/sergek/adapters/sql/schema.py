"""The tables of facts: the chained log and what is derived from it.

Times are whole microseconds since 1970 UTC, so SQLite and PostgreSQL store, sort and compare them
the same way and nothing is rounded. Other rooms keep their tables in a `MetaData` of their own in
the same database; `docs/design/facts.md` says how they share the migrations.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

__all__ = [
    "UtcTime",
    "coverage",
    "cursors",
    "event_log",
    "expired_pictures",
    "log_head",
    "metadata",
    "passage_holds",
    "passage_pictures",
    "passages",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, stored as microseconds since 1970 UTC and read back in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Aware time to microseconds; a naive one is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a time without a zone cannot be stored")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Microseconds to an aware time in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=int(value))


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# One row per fact. Once retention erased it, everything but place, id, kind and digests is null.
event_log = Table(
    "event_log",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", String(32), nullable=False, unique=True),
    Column("kind", String(80), nullable=False),
    Column("subject", Text),
    Column("happened_at", UtcTime),
    Column("actor", Text),
    Column("body", Text),
    Column("stored_at", UtcTime, nullable=False),
    Column("body_digest", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Index(None, "kind", "happened_at"),
)

# One row: where the chain ends. Locked by whoever appends, so that sequence numbers have no gap.
log_head = Table(
    "log_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
)

# How far somebody who copies the log has come; `epoch` names the target it was copied to.
cursors = Table(
    "cursors",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("epoch", String(80), nullable=False),
)

# What lists filter by, and the whole passage as JSON.
passages = Table(
    "passages",
    metadata,
    Column("passage_id", String(32), primary_key=True),
    Column("camera_id", String(63), nullable=False),
    Column("entered_at", UtcTime, nullable=False),
    Column("left_at", UtcTime, nullable=False),
    Column("vehicle_class", String(16), nullable=False),
    Column("lane", Integer),
    Column("plate_status", String(16), nullable=False),
    Column("plate_text", String(32)),
    Column("plate_confidence", Float),
    Column("body", Text, nullable=False),
    Index(None, "entered_at", "passage_id"),
    Index(None, "camera_id", "entered_at", "passage_id"),
    Index("ix_passages_plate_text", "plate_text", "entered_at"),
)

passage_pictures = Table(
    "passage_pictures",
    metadata,
    Column("key", String(64), primary_key=True),
    Column(
        "passage_id",
        ForeignKey("passages.passage_id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
)

passage_holds = Table(
    "passage_holds",
    metadata,
    Column("case_id", String(80), primary_key=True),
    Column("passage_id", ForeignKey("passages.passage_id"), primary_key=True, index=True),
)

# Pictures that no passage needs any more and whose bytes are still to be deleted.
expired_pictures = Table(
    "expired_pictures",
    metadata,
    Column("key", String(64), primary_key=True),
)

coverage = Table(
    "coverage",
    metadata,
    Column("camera_id", String(63), primary_key=True),
    Column("from_at", UtcTime, primary_key=True),
    Column("until_at", UtcTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Index(None, "camera_id", "until_at"),
)
