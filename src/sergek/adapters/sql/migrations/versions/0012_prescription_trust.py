"""The fingerprint of the trust list that a prescription's paper bears."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"


def upgrade() -> None:
    """Add the column; papers printed before do not say it."""
    op.add_column("prescriptions", sa.Column("trust_sha256", sa.String(64)))
