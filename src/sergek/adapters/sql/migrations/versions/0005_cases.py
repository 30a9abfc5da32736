"""Cases, their steps and leases (the tables of `centre.enforcement.tables`), passages by plate."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    """Create the tables of the review desk, and the index by which a case asks for a plate."""
    _cases()
    op.create_table(
        "case_steps",
        sa.Column("step_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("place_in_order", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("step_id", name="pk_case_steps"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_case_steps_case"),
    )
    op.create_index("ix_case_steps_case_id", "case_steps", ["case_id"])
    op.create_table(
        "case_leases",
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_leases"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name="fk_case_leases_case"),
    )
    op.create_index("ix_passages_plate_text", "passages", ["plate_text", "entered_at"])


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("passage_id", sa.String(32), nullable=False),
        sa.Column("site_id", sa.String(63), nullable=False),
        sa.Column("camera_id", sa.String(63), nullable=False),
        sa.Column("offence", sa.String(24), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("route", sa.String(16), nullable=False),
        sa.Column("happened_us", sa.BigInteger(), nullable=False),
        sa.Column("gravity", sa.Integer(), nullable=False),
        sa.Column("margin", sa.Float(), nullable=False),
        sa.Column("violation", sa.Text(), nullable=False),
        sa.Column("package", sa.String(64)),
        sa.Column("package_ok", sa.Boolean()),
        sa.Column("package_checks", sa.Text(), nullable=False),
        sa.Column("trial", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("vehicle_class", sa.String(16)),
        sa.Column("plate", sa.String(32)),
        sa.Column("second_looks", sa.Text(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_cases"),
    )
    op.create_index("ix_cases_passage_id", "cases", ["passage_id"])
    op.create_index("ix_cases_age", "cases", ["status", "happened_us", "case_id"])
    op.create_index("ix_cases_gravity", "cases", ["status", "gravity", "happened_us", "case_id"])
