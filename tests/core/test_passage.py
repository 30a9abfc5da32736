"""Passages as facts."""

from datetime import UTC, datetime

from sergek.core.passage import Passage, passage_event, passage_id
from sergek.core.vehicle import VehicleClass

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_recording_a_track_twice_gives_the_same_fact() -> None:
    """Ids derive from camera, run, track and kind, so a repeat is the same event."""
    passage = Passage(
        passage_id=passage_id("abay-1", "run", 7),
        camera_id="abay-1",
        run_id="run",
        track_id=7,
        vehicle_class=VehicleClass.CAR,
        class_score=0.9,
        entered_at=NOON,
        left_at=NOON,
        entered_s=1.0,
        left_s=2.0,
    )
    assert passage_event(passage) == passage_event(passage)
    assert Passage.model_validate(passage_event(passage).body) == passage
    assert passage_id("abay-1", "run", 7) != passage_id("abay-1", "run", 8)
