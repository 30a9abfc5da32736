"""The masked copy that the signer of a case looked at: what of its pictures may leave."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"


def upgrade() -> None:
    """Add the column; of what was signed before nobody looked at the pictures on the paper."""
    op.add_column("prescriptions", sa.Column("public_copy", sa.String(64)))
