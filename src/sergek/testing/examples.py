"""Small valid nouns for tests: an event, a passage, a span of coverage."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sergek.core.coverage import Coverage
from sergek.core.event import Event, derive_id
from sergek.core.passage import Passage, passage_id
from sergek.core.violation import Offence, Route, Violation, violation_event

__all__ = ["NOON", "a_case_of", "a_passage", "a_span", "an_event", "refused"]

NOON = datetime(2026, 1, 16, 12, tzinfo=UTC)


def an_event(number: int = 1, **changes: Any) -> Event:
    """The event of that number, one second after the one before."""
    values: dict[str, Any] = {
        "event_id": derive_id("example", number),
        "kind": "passage.recorded",
        "subject": "abay-1",
        "happened_at": NOON + timedelta(seconds=number),
        "body": {"number": number, "place": "Тараз, Абай даңғылы", "share": 0.1 + number / 3},
    }
    return Event.model_validate(values | changes)


def a_passage(number: int = 1, **changes: Any) -> Passage:
    """The passage of that track number, entered one second after the one before."""
    entered_at = NOON + timedelta(seconds=number)
    values: dict[str, Any] = {
        "camera_id": "abay-1",
        "run_id": "run-1",
        "track_id": number,
        "vehicle_class": "car",
        "class_score": 0.9,
        "entered_at": entered_at,
        "left_at": entered_at + timedelta(seconds=2),
        "entered_s": float(number),
        "left_s": number + 2.0,
        "crossings": ({"line": 0, "media_s": number + 1.1, "direction": -1},),
    }
    values |= changes
    key = (str(values["camera_id"]), str(values["run_id"]), int(values["track_id"]))
    return Passage.model_validate({"passage_id": passage_id(*key)} | values)


def a_case_of(passage: Passage, package: str) -> Event:
    """The fact that this passage was over a red light, with the evidence under that key."""
    violation = Violation(
        offence=Offence.RED_LIGHT,
        article="599",
        route=Route.PRESCRIPTION,
        media_s=1.0,
        happened_at=passage.entered_at,
        margin=1.0,
        margin_unit="s",
        facts={},
        package=package,
    )
    return violation_event(passage.passage_id, "abay-1", "abay-section", violation)


def a_span(from_s: int, until_s: int, **changes: Any) -> Coverage:
    """Analysed seconds of a camera, counted from `NOON`."""
    values: dict[str, Any] = {
        "camera_id": "abay-1",
        "from_at": NOON + timedelta(seconds=from_s),
        "until_at": NOON + timedelta(seconds=until_s),
        "state": "analysed",
    }
    return Coverage.model_validate(values | changes)


def refused(error: type[Exception], call: Any, *args: Any) -> str:
    """Call it; its message if it raises that error, else an `AssertionError`."""
    try:
        call(*args)
    except error as raised:
        return str(raised)
    raise AssertionError(f"{call} did not raise {error.__name__}")
