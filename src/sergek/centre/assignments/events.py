"""The facts about assignments; the words themselves are in the body, so the log alone suffices."""

from datetime import datetime
from typing import Any

from sergek.core.event import Event, derive_id

__all__ = ["assignment_given", "meeting_recorded", "reminded", "step_taken"]


def meeting_recorded(meeting_id: str, actor: str, at: datetime, body: dict[str, Any]) -> Event:
    """A meeting with its minutes and who attended."""
    return Event(
        event_id=derive_id(meeting_id, "meeting.recorded"),
        kind="meeting.recorded",
        subject=meeting_id,
        happened_at=at,
        actor=actor,
        body=body,
    )


def assignment_given(assignment_id: str, actor: str, at: datetime, body: dict[str, Any]) -> Event:
    """An assignment began."""
    return Event(
        event_id=derive_id(assignment_id, "assignment.given"),
        kind="assignment.given",
        subject=assignment_id,
        happened_at=at,
        actor=actor,
        body=body,
    )


def step_taken(
    step_id: str, assignment_id: str, actor: str, at: datetime, body: dict[str, Any]
) -> Event:
    """Somebody took a step: accepted, reported, returned, closed…"""
    return Event(
        event_id=derive_id(step_id, "assignment.step"),
        kind="assignment.step",
        subject=assignment_id,
        happened_at=at,
        actor=actor,
        body=body,
    )


def reminded(assignment_id: str, due_on: str, days: int, at: datetime) -> Event:
    """The lead was reminded so many days before the term; one fact per assignment, term and day."""
    return Event(
        event_id=derive_id(assignment_id, due_on, days, "assignment.reminded"),
        kind="assignment.reminded",
        subject=assignment_id,
        happened_at=at,
        body={"due_on": due_on, "days": days},
    )
