"""The facts of the review desk. `case.signed` is what a prescription is made from."""

import secrets
from datetime import datetime
from typing import Any

from sergek.core.event import Event, derive_id

__all__ = ["case_event", "case_lapsed", "case_taken_in", "plate_searched"]


def case_taken_in(case_id: str, version: int, at: datetime, body: dict[str, Any]) -> Event:
    """`case.taken_in`: the centre opened and verified the package; anew after each answer of the
    complex's engineer."""
    return Event(
        event_id=derive_id(case_id, version, "case.taken_in"),
        kind="case.taken_in",
        subject=case_id,
        happened_at=at,
        body=body,
    )


def case_event(what: str, case_id: str, actor: str, at: datetime, body: dict[str, Any]) -> Event:
    """An act of somebody at a case, each of which happens once.

    `what` is `opened`, `plate_typed`, `reviewed`, `answered`, `masked`, `sent_back` or `signed`.
    """
    return Event(
        event_id=derive_id(case_id, what, actor, at.isoformat(), secrets.token_hex(16)),
        kind=f"case.{what}",
        subject=case_id,
        happened_at=at,
        actor=actor,
        body=body,
    )


def case_lapsed(case_id: str, at: datetime, body: dict[str, Any]) -> Event:
    """`case.lapsed`: the time to decide it ended; happens once, by nobody's hand."""
    return Event(
        event_id=derive_id(case_id, "case.lapsed"),
        kind="case.lapsed",
        subject=case_id,
        happened_at=at,
        body=body,
    )


def plate_searched(
    case_id: str, actor: str, at: datetime, plate: str, purpose: str, found: int
) -> Event:
    """`plate.searched`: somebody asked, for a case and a purpose, where a plate was seen."""
    return Event(
        event_id=derive_id("plate.searched", actor, at.isoformat(), secrets.token_hex(16)),
        kind="plate.searched",
        subject=case_id,
        happened_at=at,
        actor=actor,
        body={"plate": plate, "purpose": purpose, "found": found},
    )
