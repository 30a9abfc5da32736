"""The people's tables, beside the log in the same database.

Times are whole microseconds since 1970 UTC (`_us`), as in the log's own tables; `areas` is a
JSON list of area names, null for the whole city.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, MetaData, String, Table, Text

__all__ = ["at_of", "metadata", "people", "refusals", "sessions", "us_of"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

metadata = MetaData()

people = Table(
    "people",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("full_name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("areas", Text),
    Column("active", Boolean, nullable=False),
    Column("added_us", BigInteger, nullable=False),
)

# The cookie's token is stored as its SHA-256 only: reading the table lets nobody in.
sessions = Table(
    "sessions",
    metadata,
    Column("token_digest", String(64), primary_key=True),
    Column("name", ForeignKey("people.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("began_us", BigInteger, nullable=False),
    Column("seen_us", BigInteger, nullable=False),
    Column("address", String(64), nullable=False),
)

# Refused sign-ins of the last minutes, by the digest of the name that was typed.
refusals = Table(
    "refusals",
    metadata,
    Column("refusal_id", String(32), primary_key=True),
    Column("at_us", BigInteger, nullable=False, index=True),
    Column("name_digest", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Index("ix_refusals_address_at_us", "address", "at_us"),
)


def us_of(at: datetime) -> int:
    """Microseconds since 1970 UTC of an aware time."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def at_of(us: int) -> datetime:
    """The aware time, UTC."""
    return _EPOCH + timedelta(microseconds=us)
