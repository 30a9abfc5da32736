"""The tables of meetings, assignments and the steps that people took on them.

Times are microseconds since 1970 UTC (`_us`), days are ISO dates, lists are JSON.
"""

from sqlalchemy import Column, ForeignKey, MetaData, String, Table, Text

from sergek.centre.steps import step_table

__all__ = ["assignments", "meetings", "metadata", "steps"]

metadata = MetaData()

meetings = Table(
    "meetings",
    metadata,
    Column("meeting_id", String(32), primary_key=True),
    Column("title", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("held_on", String(10), nullable=False, index=True),
    Column("minutes", Text, nullable=False),
    Column("attended", Text, nullable=False),
)

assignments = Table(
    "assignments",
    metadata,
    Column("assignment_id", String(32), primary_key=True),
    Column("number", String(32), nullable=False, unique=True),
    Column("meeting_id", ForeignKey("meetings.meeting_id"), index=True),
    Column("parent_id", ForeignKey("assignments.assignment_id"), index=True),
    Column("source", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("lead", String(64), nullable=False, index=True),
    Column("co_executors", Text, nullable=False),
    Column("controller", String(64), nullable=False),
    Column("given_on", String(10), nullable=False),
    Column("first_due_on", String(10), nullable=False),
    Column("due_on", String(10), nullable=False, index=True),
    Column("status", String(16), nullable=False, index=True),
    Column("closed_on", String(10)),
)

steps = step_table(
    "assignment_steps",
    metadata,
    "assignments.assignment_id",
    Column("text", Text, nullable=False),
    Column("until_on", String(10)),
    Column("proof_key", String(64)),
    Column("proof_name", Text),
)
