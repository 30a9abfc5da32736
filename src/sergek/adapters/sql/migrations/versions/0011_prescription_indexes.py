"""Indexes by which the register of prescriptions is listed, searched and summed."""

from alembic import op

revision = "0011"
down_revision: str | None = "0010"


def upgrade() -> None:
    """Create them: without, a list of 200,000 takes seconds."""
    op.create_index("ix_prescriptions_newest", "prescriptions", ["issued_us", "number"])
    op.create_index("ix_prescriptions_plate", "prescriptions", ["plate"])
    op.create_index(
        "ix_prescriptions_sums",
        "prescriptions",
        ["state", "fine_tenge", "paid_tenge", "refund_tenge", "refunded_tenge"],
    )
