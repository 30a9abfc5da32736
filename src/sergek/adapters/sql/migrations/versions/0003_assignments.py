"""Meetings, assignments and their steps (the tables of `centre.assignments.tables`)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Create the tables of meetings, assignments and steps."""
    op.create_table(
        "meetings",
        sa.Column("meeting_id", sa.String(32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("held_on", sa.String(10), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("attended", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", name="pk_meetings"),
    )
    op.create_index("ix_meetings_held_on", "meetings", ["held_on"])
    _assignments()
    op.create_table(
        "assignment_steps",
        sa.Column("step_id", sa.String(32), nullable=False),
        sa.Column("assignment_id", sa.String(32), nullable=False),
        sa.Column("place_in_order", sa.Integer(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until_on", sa.String(10)),
        sa.Column("proof_key", sa.String(64)),
        sa.Column("proof_name", sa.Text()),
        sa.PrimaryKeyConstraint("step_id", name="pk_assignment_steps"),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.assignment_id"], name="fk_assignment_steps_assignment"
        ),
    )
    op.create_index("ix_assignment_steps_assignment_id", "assignment_steps", ["assignment_id"])


def _assignments() -> None:
    words = ("source", "text", "department", "co_executors")
    names = ("lead", "controller")
    days = ("given_on", "first_due_on", "due_on")
    op.create_table(
        "assignments",
        sa.Column("assignment_id", sa.String(32), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("meeting_id", sa.String(32)),
        sa.Column("parent_id", sa.String(32)),
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        *(sa.Column(name, sa.String(64), nullable=False) for name in names),
        *(sa.Column(name, sa.String(10), nullable=False) for name in days),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("closed_on", sa.String(10)),
        sa.PrimaryKeyConstraint("assignment_id", name="pk_assignments"),
        sa.UniqueConstraint("number", name="uq_assignments_number"),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.meeting_id"], name="fk_assignments_meeting"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["assignments.assignment_id"], name="fk_assignments_parent"
        ),
    )
    for column in ("meeting_id", "parent_id", "lead", "due_on", "status"):
        op.create_index(f"ix_assignments_{column}", "assignments", [column])
