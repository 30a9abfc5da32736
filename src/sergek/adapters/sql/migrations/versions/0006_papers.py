"""Sites' acts, prescriptions with their steps, quarantines, how far the log was read."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    """Create the tables of `centre.bookmark`, `centre.sites` and `centre.prescriptions`."""
    op.create_table(
        "bookmarks",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_bookmarks"),
    )
    op.create_table(
        "site_acts",
        sa.Column("act_id", sa.String(32), nullable=False),
        sa.Column("site_id", sa.String(63), nullable=False),
        sa.Column("place_in_order", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("act_id", name="pk_site_acts"),
    )
    op.create_index(
        "ix_site_acts_site_id_place_in_order",
        "site_acts",
        ["site_id", "place_in_order"],
        unique=True,
    )
    _prescriptions()
    op.create_table(
        "prescription_steps",
        sa.Column("step_id", sa.String(32), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("place_in_order", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("step_id", name="pk_prescription_steps"),
        sa.ForeignKeyConstraint(
            ["number"], ["prescriptions.number"], name="fk_prescription_steps_number"
        ),
    )
    op.create_index("ix_prescription_steps_number", "prescription_steps", ["number"])
    op.create_table(
        "quarantines",
        sa.Column("quarantine_id", sa.String(32), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("quarantine_id", name="pk_quarantines"),
    )


def _prescriptions() -> None:
    words = ("article", "base_article", "violation", "fine", "reason")
    short = {"site_id": 63, "camera_id": 63, "offence": 24, "plate": 32, "owner_key": 64}
    moments = ("reduced_until_us", "decided_us", "complaint_until_us", "payment_until_us")
    op.create_table(
        "prescriptions",
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("passage_id", sa.String(32), nullable=False),
        sa.Column("specimen", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.String(size), nullable=False) for name, size in short.items()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        sa.Column("facts", sa.Text()),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("happened_us", sa.BigInteger(), nullable=False),
        sa.Column("issued_us", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("repeat_of", sa.String(40)),
        sa.Column("fine_tenge", sa.Integer(), nullable=False),
        sa.Column("reduced_tenge", sa.Integer(), nullable=False),
        sa.Column("paid_tenge", sa.Integer(), nullable=False),
        sa.Column("refund_tenge", sa.Integer(), nullable=False),
        sa.Column("refunded_tenge", sa.Integer(), nullable=False),
        sa.Column("delivered_on", sa.String(10)),
        *(sa.Column(name, sa.BigInteger()) for name in moments),
        sa.Column("hold_until_us", sa.BigInteger()),
        sa.Column("pdf_key", sa.String(64)),
        sa.Column("package", sa.String(64)),
        sa.PrimaryKeyConstraint("number", name="pk_prescriptions"),
        sa.UniqueConstraint("case_id", name="uq_prescriptions_case_id"),
    )
    op.create_index("ix_prescriptions_owner_key", "prescriptions", ["owner_key"])
    op.create_index("ix_prescriptions_state_issued", "prescriptions", ["state", "issued_us"])
    op.create_index("ix_prescriptions_site_happened", "prescriptions", ["site_id", "happened_us"])
