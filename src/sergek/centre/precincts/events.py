"""The facts about the precinct service: what a register holds since when, and who said so."""

from datetime import datetime
from typing import Any, Literal

from sergek.core.event import Event, derive_id

__all__ = ["RegisterKind", "division_fact", "register_fact"]

RegisterKind = Literal[
    "precinct.station",
    "precinct.establishment",
    "precinct.inspector",
    "precinct.inspector_left",
    "precinct.inspector_published",
    "precinct.service",
    "precinct.service_ended",
    "precinct.absence",
    "precinct.absence_ended",
    "precinct.population",
    "precinct.record",
]


def register_fact(
    kind: RegisterKind, row_id: str, subject: str, actor: str, at: datetime, body: dict[str, Any]
) -> Event:
    """A register's row; `row_id` makes the fact what it is, `subject` whom it is about."""
    return Event(
        event_id=derive_id(kind, row_id),
        kind=kind,
        subject=subject,
        happened_at=at,
        actor=actor,
        body=body,
    )


def division_fact(
    kind: Literal["division.proposed", "division.approved"],
    division_id: str,
    actor: str,
    at: datetime,
    body: dict[str, Any],
) -> Event:
    """A division into precincts was proposed, or approved from a day on.

    The division itself lies in the evidence store; the body names it by its SHA-256.
    """
    return Event(
        event_id=derive_id(kind, division_id),
        kind=kind,
        subject=division_id,
        happened_at=at,
        actor=actor,
        body=body,
    )
