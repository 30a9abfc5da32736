"""The tables of road owners, acts, defects, prescriptions and pictures on their way.

Times are microseconds since 1970 UTC (`_us`), days are ISO dates, lists are JSON.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from sergek.centre.steps import step_table

__all__ = ["acts", "defects", "metadata", "owners", "parts", "prescriptions", "steps"]

metadata = MetaData()

owners = Table(
    "road_owners",
    metadata,
    Column("owner_id", String(32), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("subject", String(16), nullable=False),
    Column("department", Text, nullable=False),
    Column("contact", Text, nullable=False),
)

acts = Table(
    "road_acts",
    metadata,
    Column("act_id", String(32), primary_key=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("held_on", String(10), nullable=False, index=True),
    Column("route", Text, nullable=False),
    Column("sections", Text, nullable=False),
    Column("weather", String(16), nullable=False),
    Column("light", String(16), nullable=False),
    Column("commission", Text, nullable=False),
    Column("opened_by", String(64), nullable=False),
    Column("line", Text),
    Column("closed_us", BigInteger),
)

prescriptions = Table(
    "road_prescriptions",
    metadata,
    Column("prescription_id", String(32), primary_key=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("owner_id", ForeignKey("road_owners.owner_id"), nullable=False, index=True),
    Column("officer", String(64), nullable=False),
    Column("issued_on", String(10), nullable=False, index=True),
    Column("days", Integer, nullable=False),
    Column("basis", Text, nullable=False),
    Column("article", String(16), nullable=False),
    Column("served_on", String(10)),
    Column("first_due_on", String(10)),
    Column("due_on", String(10), index=True),
    Column("status", String(16), nullable=False, index=True),
    Column("protocol", String(64)),
    Column("protocol_on", String(10)),
    Column("fulfilled_on", String(10)),
)

defects = Table(
    "road_defects",
    metadata,
    Column("defect_id", String(32), primary_key=True),
    Column("digest", String(32), nullable=False),
    Column("act_id", ForeignKey("road_acts.act_id"), index=True),
    Column("kind", String(40), nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("source", String(16), nullable=False),
    Column("lng", Float),
    Column("lat", Float),
    Column("accuracy_m", Float),
    Column("location", Text, nullable=False),
    Column("side", String(16)),
    Column("length_cm", Integer),
    Column("width_cm", Integer),
    Column("depth_cm", Integer),
    Column("severity", String(16), nullable=False),
    Column("owner_id", ForeignKey("road_owners.owner_id"), index=True),
    Column("note", Text, nullable=False),
    Column("photos", Text, nullable=False),
    Column("found_us", BigInteger, nullable=False, index=True),
    Column("found_by", String(64), nullable=False),
    Column("stored_us", BigInteger, nullable=False),
    Column("decided_us", BigInteger),
    Column("answer", Text),
    Column("clause", Text),
    Column("prescription_id", ForeignKey("road_prescriptions.prescription_id"), index=True),
)

steps = step_table(
    "road_steps",
    metadata,
    "road_prescriptions.prescription_id",
    Column("text", Text, nullable=False),
    Column("on_day", String(10)),
    Column("file_key", String(64)),
    Column("file_name", Text),
)

# Pieces of photos on their way from a phone; gone once the whole is in the evidence store.
parts = Table(
    "road_photo_parts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)
