"""The table of acts on sites; times are microseconds since 1970 UTC (`_us`), bodies JSON."""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text

__all__ = ["metadata", "site_acts"]

metadata = MetaData()

# The city's file is the beginning; the acts of a site are applied in the order of `place_in_order`.
site_acts = Table(
    "site_acts",
    metadata,
    Column("act_id", String(32), primary_key=True),
    Column("site_id", String(63), nullable=False),
    Column("place_in_order", Integer, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("body", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Index("ix_site_acts_site_id_place_in_order", "site_id", "place_in_order", unique=True),
)
