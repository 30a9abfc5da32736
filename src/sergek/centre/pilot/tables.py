"""The tables of pilots; times are microseconds since 1970 UTC (`_us`), structures JSON."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = ["counts", "labels", "metadata", "pilots", "samples"]

metadata = MetaData()

pilots = Table(
    "pilots",
    metadata,
    Column("pilot_id", String(32), primary_key=True),
    Column("site_id", String(63), nullable=False, index=True),
    Column("begun_us", BigInteger, nullable=False),
    Column("begun_by", String(64), nullable=False),
    Column("since_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("record_key", String(64)),
    Column("signed_by", String(64)),
    Column("signed_us", BigInteger),
)

# The machine's words are frozen when the sample is drawn: nothing can be mended afterwards.
samples = Table(
    "pilot_samples",
    metadata,
    Column("pilot_id", ForeignKey("pilots.pilot_id"), primary_key=True),
    Column("passage_id", String(32), primary_key=True),
    Column("place_in_order", Integer, nullable=False),
    Column("camera_id", String(63), nullable=False),
    Column("entered_us", BigInteger, nullable=False),
    Column("machine", Text, nullable=False),
    Column("reference_kmh", Float),
)

# `turn` is 0 and 1 for the two independent people, 2 for whoever settles a disagreement.
labels = Table(
    "pilot_labels",
    metadata,
    Column("pilot_id", ForeignKey("pilots.pilot_id"), primary_key=True),
    Column("passage_id", String(32), primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("person", String(64), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("seen", String(16), nullable=False),
    Column("text", String(32), nullable=False),
    Column("vehicle_class", String(16), nullable=False),
    UniqueConstraint("pilot_id", "passage_id", "person", name="uq_pilot_labels_person"),
)

# Vehicles counted by eye on the recording of some minutes, against passages of the same minutes.
counts = Table(
    "pilot_counts",
    metadata,
    Column("count_id", String(32), primary_key=True),
    Column("pilot_id", ForeignKey("pilots.pilot_id"), nullable=False, index=True),
    Column("camera_id", String(63), nullable=False),
    Column("since_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("person", String(64), nullable=False),
    Column("vehicles", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
)
