"""Pilots with their samples, labels and counts (the tables of `centre.pilot.tables`)."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    """Create the tables of pilots."""
    op.create_table(
        "pilots",
        sa.Column("pilot_id", sa.String(32), nullable=False),
        sa.Column("site_id", sa.String(63), nullable=False),
        sa.Column("begun_us", sa.BigInteger(), nullable=False),
        sa.Column("begun_by", sa.String(64), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("record_key", sa.String(64)),
        sa.Column("signed_by", sa.String(64)),
        sa.Column("signed_us", sa.BigInteger()),
        sa.PrimaryKeyConstraint("pilot_id", name="pk_pilots"),
    )
    op.create_index("ix_pilots_site_id", "pilots", ["site_id"])
    op.create_table(
        "pilot_samples",
        sa.Column("pilot_id", sa.String(32), nullable=False),
        sa.Column("passage_id", sa.String(32), nullable=False),
        sa.Column("place_in_order", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.String(63), nullable=False),
        sa.Column("entered_us", sa.BigInteger(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("reference_kmh", sa.Float()),
        sa.PrimaryKeyConstraint("pilot_id", "passage_id", name="pk_pilot_samples"),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilots.pilot_id"], name="fk_pilot_samples_pilot"),
    )
    op.create_table(
        "pilot_labels",
        sa.Column("pilot_id", sa.String(32), nullable=False),
        sa.Column("passage_id", sa.String(32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.String(16), nullable=False),
        sa.Column("text", sa.String(32), nullable=False),
        sa.Column("vehicle_class", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("pilot_id", "passage_id", "turn", name="pk_pilot_labels"),
        sa.UniqueConstraint("pilot_id", "passage_id", "person", name="uq_pilot_labels_person"),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilots.pilot_id"], name="fk_pilot_labels_pilot"),
    )
    op.create_table(
        "pilot_counts",
        sa.Column("count_id", sa.String(32), nullable=False),
        sa.Column("pilot_id", sa.String(32), nullable=False),
        sa.Column("camera_id", sa.String(63), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("vehicles", sa.Integer(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("count_id", name="pk_pilot_counts"),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilots.pilot_id"], name="fk_pilot_counts_pilot"),
    )
    op.create_index("ix_pilot_counts_pilot_id", "pilot_counts", ["pilot_id"])
