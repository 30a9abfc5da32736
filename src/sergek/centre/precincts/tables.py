"""The precinct service's registers. Every row has the days between which it holds.

Days are ISO dates (`_on`; an `until_on` is the last day, null: still), times microseconds since
1970 UTC (`_us`), `counts` and `measures` JSON.
"""

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, MetaData, String, Table, Text

__all__ = [
    "absences",
    "divisions",
    "establishments",
    "inspectors",
    "metadata",
    "populations",
    "records",
    "service",
    "stations",
]

metadata = MetaData()

stations = Table(
    "precinct_stations",
    metadata,
    Column("station_id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("lng", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("address", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("hours", Text, nullable=False),
)

establishments = Table(
    "precinct_establishments",
    metadata,
    Column("establishment_id", String(32), primary_key=True),
    Column("station_id", String(32), nullable=False, index=True),
    Column("from_on", String(10), nullable=False),
    Column("posts", Integer, nullable=False),
    Column("assistants", Integer, nullable=False),
    Column("basis", Text, nullable=False),
)

inspectors = Table(
    "precinct_inspectors",
    metadata,
    Column("inspector_id", String(32), primary_key=True),
    Column("full_name", Text, nullable=False),
    Column("rank", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("station_id", String(32), nullable=False, index=True),
    Column("phone", Text, nullable=False),
    Column("photo_key", String(64)),
    Column("published", Boolean, nullable=False),
    Column("since_on", String(10), nullable=False),
    Column("until_on", String(10)),
)

service = Table(
    "precinct_service",
    metadata,
    Column("service_id", String(32), primary_key=True),
    Column("inspector_id", String(32), nullable=False, index=True),
    Column("precinct", String(32), nullable=False, index=True),
    Column("acting", Boolean, nullable=False),
    Column("from_on", String(10), nullable=False),
    Column("until_on", String(10)),
)

absences = Table(
    "precinct_absences",
    metadata,
    Column("absence_id", String(32), primary_key=True),
    Column("inspector_id", String(32), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("share", Float, nullable=False),
    Column("from_on", String(10), nullable=False),
    Column("until_on", String(10)),
    Column("note", Text, nullable=False),
)

populations = Table(
    "precinct_populations",
    metadata,
    Column("population_id", String(32), primary_key=True),
    Column("residents", Integer, nullable=False),
    Column("counted_on", String(10), nullable=False),
    Column("source", Text, nullable=False),
)

divisions = Table(
    "precinct_divisions",
    metadata,
    Column("division_id", String(32), primary_key=True),
    Column("title", Text, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("based_on", String(32)),
    Column("study_key", String(32)),
    Column("made_by", String(64), nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("content_key", String(64), nullable=False),
    Column("measures", Text, nullable=False),
    Column("from_on", String(10)),
    Column("approved_by", String(64)),
)

records = Table(
    "precinct_records",
    metadata,
    Column("record_id", String(32), primary_key=True),
    Column("precinct", String(32), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("on_day", String(10), nullable=False, index=True),
    Column("recorded_by", String(64), nullable=False),
    Column("counts", Text, nullable=False),
    Column("text", Text, nullable=False),
)
