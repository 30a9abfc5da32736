"""Rows of one case inside a transaction: read, append a step, keep a lease. No rule lives here."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select, update

from sergek.centre.enforcement.states import Decision, Taken
from sergek.centre.enforcement.tables import case_steps, cases, leases
from sergek.centre.people.tables import at_of, us_of
from sergek.centre.steps import add_step
from sergek.core.errors import NotFound
from sergek.core.event import canonical_json, derive_id

__all__ = [
    "LEASE",
    "MASKED",
    "PLATE",
    "Lease",
    "case_row",
    "claim",
    "decisions_of",
    "lease_of",
    "let_go",
    "record",
    "typed_by",
]

# A page that is looked at renews its lease; a browser that died frees the case after this.
LEASE = timedelta(seconds=120)
# The kinds of steps that are no decisions: somebody typed what they read on the plate; a masked
# copy was made to be looked at.
PLATE, MASKED = "plate", "masked"


class Lease(NamedTuple):
    """Who has a case open, and until when unless they stay."""

    name: str
    until: datetime


def case_row(connection: Connection, case_id: str) -> Row[Any]:
    """The case, locked where the database can lock rows; `NotFound`."""
    wanted = select(cases).where(cases.c.case_id == case_id)
    row = connection.execute(wanted.with_for_update()).first()
    if row is None:
        raise NotFound("There is no such case in your areas.")
    return row


def decisions_of(connection: Connection, case_id: str) -> list[Taken]:
    """What was decided on the case, oldest first."""
    wanted = (
        select(case_steps.c.kind, case_steps.c.actor, case_steps.c.body)
        .where(case_steps.c.case_id == case_id, case_steps.c.kind.in_(list(Decision)))
        .order_by(case_steps.c.place_in_order)
    )
    return [
        Taken(Decision(row.kind), row.actor, bool(json.loads(row.body).get("plate_differs")))
        for row in connection.execute(wanted)
    ]


def typed_by(connection: Connection, case_id: str, name: str) -> str | None:
    """What this person last read on the plate, "" for not legible; None if they never said."""
    wanted = (
        select(case_steps.c.body)
        .where(
            case_steps.c.case_id == case_id,
            case_steps.c.kind == PLATE,
            case_steps.c.actor == name,
        )
        .order_by(case_steps.c.place_in_order.desc())
        .limit(1)
    )
    body = connection.scalar(wanted)
    return None if body is None else str(json.loads(body)["typed"])


def record(
    connection: Connection,
    case_id: str,
    kind: str,
    actor: str,
    now: datetime,
    body: dict[str, Any],
    changes: dict[str, Any] | None = None,
) -> None:
    """Append a step to the case and change its row."""
    add_step(
        connection,
        case_steps.c.case_id,
        case_id,
        step_id=derive_id(case_id, secrets.token_hex(16)),
        actor=actor,
        at=now,
        kind=kind,
        body=canonical_json(body).decode(),
    )
    if changes:
        connection.execute(update(cases).where(cases.c.case_id == case_id).values(**changes))


def lease_of(connection: Connection, case_id: str, now: datetime) -> Lease | None:
    """Who has the case open now."""
    wanted = select(leases).where(leases.c.case_id == case_id, leases.c.until_us > us_of(now))
    row = connection.execute(wanted).first()
    return None if row is None else Lease(row.name, at_of(row.until_us))


def claim(connection: Connection, case_id: str, name: str, now: datetime) -> Lease:
    """The case's lease, which is this person's unless somebody else has it open."""
    held = lease_of(connection, case_id, now)
    if held is not None and held.name != name:
        return held
    let_go(connection, [case_id])
    mine = Lease(name, now + LEASE)
    connection.execute(
        insert(leases).values(case_id=case_id, name=name, until_us=us_of(mine.until))
    )
    return mine


def let_go(connection: Connection, case_ids: Sequence[str]) -> None:
    """End the leases of these cases."""
    connection.execute(delete(leases).where(leases.c.case_id.in_(case_ids)))
