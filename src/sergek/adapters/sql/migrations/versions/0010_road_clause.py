"""The clause of the standard that an officer read for a defect (`centre.roads.tables`)."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    """Add the column; defects recorded before have none."""
    op.add_column("road_defects", sa.Column("clause", sa.Text()))
