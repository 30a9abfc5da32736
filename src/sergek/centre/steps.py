"""The history of one paper (a case, a prescription, an assignment): who did what, in order.

Every service that keeps such a history keeps it alike; what a step says besides is its own.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    func,
    insert,
    select,
)

from sergek.centre.people.tables import at_of, us_of

__all__ = ["StepRow", "add_step", "step_row", "step_rows", "step_table", "steps_taken"]


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step that somebody (or a term's end: `system`) took; `body` as the log keeps it."""

    at: datetime
    actor: str
    kind: str
    body: dict[str, Any]


def step_table(name: str, metadata: MetaData, owner: str, *said: Column[Any]) -> Table:
    """A table of steps; `owner` is the column `TABLE.COLUMN` that names the paper, `said` what a
    step says besides who, what and when."""
    return Table(
        name,
        metadata,
        Column("step_id", String(32), primary_key=True),
        Column(owner.partition(".")[2], ForeignKey(owner), nullable=False, index=True),
        Column("place_in_order", Integer, nullable=False),
        Column("at_us", BigInteger, nullable=False),
        Column("actor", String(64), nullable=False),
        Column("kind", String(24), nullable=False),
        *said,
    )


def steps_taken(connection: Connection, owner: Column[Any], paper: str) -> int:
    """How many steps were taken on a paper: the place of the next one."""
    return connection.scalar(select(func.count()).where(owner == paper)) or 0


def add_step(
    connection: Connection,
    owner: Column[Any],
    paper: str,
    *,
    step_id: str,
    actor: str,
    at: datetime,
    **said: Any,
) -> None:
    """Append a step to the paper's history; `owner` is the column of the table that names it."""
    place = steps_taken(connection, owner, paper)
    values = {"step_id": step_id, owner.name: paper, "place_in_order": place, "actor": actor}
    connection.execute(insert(owner.table).values(**values, at_us=us_of(at), **said))


def step_rows(connection: Connection, owner: Column[Any], paper: str) -> Sequence[Row[Any]]:
    """The paper's steps as they are stored, oldest first."""
    wanted = select(owner.table).where(owner == paper)
    return connection.execute(wanted.order_by(owner.table.c.place_in_order)).all()


def step_row(row: Row[Any]) -> StepRow:
    """A step whose table keeps what it says as JSON in `body`."""
    return StepRow(at_of(row.at_us), row.actor, row.kind, json.loads(row.body))
