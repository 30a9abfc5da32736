"""The survey of streets (the tables of `centre.roads.tables`)."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"

_ID = sa.String(32)
_DAY = sa.String(10)


def upgrade() -> None:
    """Create the tables of owners, acts, prescriptions, defects, steps and photos on their way."""
    op.create_table(
        "road_owners",
        sa.Column("owner_id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(16), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name="pk_road_owners"),
        sa.UniqueConstraint("name", name="uq_road_owners_name"),
    )
    op.create_table(
        "road_acts",
        sa.Column("act_id", _ID, nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("held_on", _DAY, nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("weather", sa.String(16), nullable=False),
        sa.Column("light", sa.String(16), nullable=False),
        sa.Column("commission", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.String(64), nullable=False),
        sa.Column("line", sa.Text()),
        sa.Column("closed_us", sa.BigInteger()),
        sa.PrimaryKeyConstraint("act_id", name="pk_road_acts"),
        sa.UniqueConstraint("number", name="uq_road_acts_number"),
    )
    op.create_index("ix_road_acts_held_on", "road_acts", ["held_on"])
    _prescriptions()
    _defects()
    op.create_table(
        "road_photo_parts",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "start", name="pk_road_photo_parts"),
    )


def _prescriptions() -> None:
    days = ("served_on", "first_due_on", "due_on", "protocol_on", "fulfilled_on")
    op.create_table(
        "road_prescriptions",
        sa.Column("prescription_id", _ID, nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("owner_id", _ID, nullable=False),
        sa.Column("officer", sa.String(64), nullable=False),
        sa.Column("issued_on", _DAY, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("article", sa.String(16), nullable=False),
        *(sa.Column(name, _DAY) for name in days),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("protocol", sa.String(64)),
        sa.PrimaryKeyConstraint("prescription_id", name="pk_road_prescriptions"),
        sa.UniqueConstraint("number", name="uq_road_prescriptions_number"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["road_owners.owner_id"], name="fk_road_prescriptions_owner"
        ),
    )
    for column in ("owner_id", "issued_on", "due_on", "status"):
        op.create_index(f"ix_road_prescriptions_{column}", "road_prescriptions", [column])
    op.create_table(
        "road_steps",
        sa.Column("step_id", _ID, nullable=False),
        sa.Column("prescription_id", _ID, nullable=False),
        sa.Column("place_in_order", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("on_day", _DAY),
        sa.Column("file_key", sa.String(64)),
        sa.Column("file_name", sa.Text()),
        sa.PrimaryKeyConstraint("step_id", name="pk_road_steps"),
        sa.ForeignKeyConstraint(
            ["prescription_id"],
            ["road_prescriptions.prescription_id"],
            name="fk_road_steps_prescription",
        ),
    )
    op.create_index("ix_road_steps_prescription_id", "road_steps", ["prescription_id"])


def _defects() -> None:
    sizes = ("length_cm", "width_cm", "depth_cm")
    op.create_table(
        "road_defects",
        sa.Column("defect_id", _ID, nullable=False),
        sa.Column("digest", _ID, nullable=False),
        sa.Column("act_id", _ID),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        *(sa.Column(name, sa.Float()) for name in ("lng", "lat", "accuracy_m")),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("side", sa.String(16)),
        *(sa.Column(name, sa.Integer()) for name in sizes),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("owner_id", _ID),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("photos", sa.Text(), nullable=False),
        sa.Column("found_us", sa.BigInteger(), nullable=False),
        sa.Column("found_by", sa.String(64), nullable=False),
        sa.Column("stored_us", sa.BigInteger(), nullable=False),
        sa.Column("decided_us", sa.BigInteger()),
        sa.Column("answer", sa.Text()),
        sa.Column("prescription_id", _ID),
        sa.PrimaryKeyConstraint("defect_id", name="pk_road_defects"),
        sa.ForeignKeyConstraint(["act_id"], ["road_acts.act_id"], name="fk_road_defects_act"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["road_owners.owner_id"], name="fk_road_defects_owner"
        ),
        sa.ForeignKeyConstraint(
            ["prescription_id"],
            ["road_prescriptions.prescription_id"],
            name="fk_road_defects_prescription",
        ),
    )
    for column in ("act_id", "status", "owner_id", "found_us", "prescription_id"):
        op.create_index(f"ix_road_defects_{column}", "road_defects", [column])
