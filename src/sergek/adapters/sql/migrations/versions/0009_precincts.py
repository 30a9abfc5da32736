"""The precinct service's registers (the tables of `centre.precincts.tables`)."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    """Create the registers of stations, people, divisions and what is done in precincts."""
    _table(
        "precinct_stations",
        "station_id",
        words=("name", "address", "phone", "hours"),
        others=tuple(sa.Column(name, sa.Float(), nullable=False) for name in ("lng", "lat")),
    )
    _posts()
    _people()
    _divisions()
    _table(
        "precinct_records",
        "record_id",
        ids=("precinct",),
        days=("on_day",),
        words=("counts", "text"),
        others=(
            sa.Column("kind", sa.String(16), nullable=False),
            sa.Column("recorded_by", sa.String(64), nullable=False),
        ),
    )
    op.create_index("ix_precinct_records_precinct", "precinct_records", ["precinct"])
    op.create_index("ix_precinct_records_on_day", "precinct_records", ["on_day"])


def _table(
    name: str,
    key: str,
    ids: tuple[str, ...] = (),
    days: tuple[str, ...] = (),
    words: tuple[str, ...] = (),
    others: tuple["sa.Column[Any]", ...] = (),
) -> None:
    op.create_table(
        name,
        sa.Column(key, sa.String(32), nullable=False),
        *(sa.Column(column, sa.String(32), nullable=False) for column in ids),
        *(sa.Column(column, sa.String(10), nullable=False) for column in days),
        *(sa.Column(column, sa.Text(), nullable=False) for column in words),
        *others,
        sa.PrimaryKeyConstraint(key, name=f"pk_{name}"),
    )


def _posts() -> None:
    _table(
        "precinct_establishments",
        "establishment_id",
        ids=("station_id",),
        days=("from_on",),
        words=("basis",),
        others=(
            sa.Column("posts", sa.Integer(), nullable=False),
            sa.Column("assistants", sa.Integer(), nullable=False),
        ),
    )
    op.create_index(
        "ix_precinct_establishments_station_id", "precinct_establishments", ["station_id"]
    )
    _table(
        "precinct_populations",
        "population_id",
        days=("counted_on",),
        words=("source",),
        others=(sa.Column("residents", sa.Integer(), nullable=False),),
    )


def _people() -> None:
    _table(
        "precinct_inspectors",
        "inspector_id",
        ids=("station_id",),
        days=("since_on",),
        words=("full_name", "rank", "phone"),
        others=(
            sa.Column("kind", sa.String(16), nullable=False),
            sa.Column("photo_key", sa.String(64)),
            sa.Column("published", sa.Boolean(), nullable=False),
            sa.Column("until_on", sa.String(10)),
        ),
    )
    op.create_index("ix_precinct_inspectors_station_id", "precinct_inspectors", ["station_id"])
    _table(
        "precinct_service",
        "service_id",
        ids=("inspector_id", "precinct"),
        days=("from_on",),
        others=(
            sa.Column("acting", sa.Boolean(), nullable=False),
            sa.Column("until_on", sa.String(10)),
        ),
    )
    _table(
        "precinct_absences",
        "absence_id",
        ids=("inspector_id",),
        days=("from_on",),
        words=("note",),
        others=(
            sa.Column("kind", sa.String(16), nullable=False),
            sa.Column("share", sa.Float(), nullable=False),
            sa.Column("until_on", sa.String(10)),
        ),
    )
    for table in ("precinct_service", "precinct_absences"):
        op.create_index(f"ix_{table}_inspector_id", table, ["inspector_id"])
    op.create_index("ix_precinct_service_precinct", "precinct_service", ["precinct"])


def _divisions() -> None:
    _table(
        "precinct_divisions",
        "division_id",
        words=("title", "measures"),
        others=(
            sa.Column("origin", sa.String(16), nullable=False),
            sa.Column("based_on", sa.String(32)),
            sa.Column("study_key", sa.String(32)),
            sa.Column("made_by", sa.String(64), nullable=False),
            sa.Column("made_us", sa.BigInteger(), nullable=False),
            sa.Column("content_key", sa.String(64), nullable=False),
            sa.Column("from_on", sa.String(10)),
            sa.Column("approved_by", sa.String(64)),
        ),
    )
