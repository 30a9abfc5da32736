"""The tables of cases, of what people did with them, and of who has one open.

Times are microseconds since 1970 UTC (`_us`), structures are JSON.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from sergek.centre.steps import step_table

__all__ = ["case_steps", "cases", "leases", "metadata"]

metadata = MetaData()

# `version` counts decisions: whoever decides says which one was the last they saw.
cases = Table(
    "cases",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("passage_id", String(32), nullable=False, index=True),
    Column("site_id", String(63), nullable=False),
    Column("camera_id", String(63), nullable=False),
    Column("offence", String(24), nullable=False),
    Column("article", Text, nullable=False),
    Column("route", String(16), nullable=False),
    Column("happened_us", BigInteger, nullable=False),
    Column("gravity", Integer, nullable=False),
    Column("margin", Float, nullable=False),
    Column("violation", Text, nullable=False),
    Column("package", String(64)),
    Column("package_ok", Boolean),
    Column("package_checks", Text, nullable=False),
    Column("trial", Boolean, nullable=False),
    Column("place", Text, nullable=False),
    Column("vehicle_class", String(16)),
    Column("plate", String(32)),
    Column("second_looks", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_cases_age", "status", "happened_us", "case_id"),
    Index("ix_cases_counted", "status", "camera_id", "offence", "site_id"),
)
# Gravest first, the oldest of them first: a mixed order needs an index of its own.
Index(
    "ix_cases_gravest",
    cases.c.status,
    cases.c.gravity.desc(),
    cases.c.happened_us,
    cases.c.case_id,
)

case_steps = step_table(
    "case_steps", metadata, "cases.case_id", Column("body", Text, nullable=False)
)

# No fact: who has a case open now, so that two people do not work on the same one.
leases = Table(
    "case_leases",
    metadata,
    Column("case_id", ForeignKey("cases.case_id"), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("until_us", BigInteger, nullable=False),
)
