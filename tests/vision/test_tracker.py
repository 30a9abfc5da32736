"""The laws of tracks: ids, confirmation, pauses, irregular steps."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sergek.core.vehicle import Box, Detection, VehicleClass
from sergek.vision.settings import TrackerSettings
from sergek.vision.tracker import Tracker, TrackState

LIMITS = TrackerSettings()


def seen(
    x: float, y: float, score: float = 0.9, kind: VehicleClass = VehicleClass.CAR, size: float = 60
) -> Detection:
    return Detection(Box(x - size / 2, y - size / 2, x + size / 2, y + size / 2), kind, score)


def ids(states: list[TrackState]) -> set[int]:
    return {state.track_id for state in states}


boxes = st.builds(
    seen,
    st.floats(0, 600),
    st.floats(0, 400),
    st.floats(0.05, 1.0),
    st.sampled_from(list(VehicleClass)),
    st.floats(5, 200),
)
steps = st.tuples(st.floats(0.0, 3.0), st.lists(boxes, max_size=6))


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=25))
def test_a_finished_track_never_reappears(pictures: list[tuple[float, list[Detection]]]) -> None:
    """A track is reported as finished exactly once and its id is never used again."""
    tracker, media_s, gone = Tracker(LIMITS), 0.0, set[int]()
    for step_s, detections in pictures:
        media_s += step_s
        states = tracker.update(detections, media_s)
        assert len(ids(states)) == len(states)
        assert not ids(states) & gone
        gone |= ids([state for state in states if state.finished])
    last = tracker.finish()
    assert not ids(last) & gone
    assert all(state.finished for state in last)
    assert tracker.finish() == []


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=25))
def test_a_track_counts_only_after_enough_boxes(
    pictures: list[tuple[float, list[Detection]]],
) -> None:
    """No track with fewer boxes or less time than the settings ask is ever confirmed."""
    tracker, media_s = Tracker(LIMITS), 0.0
    states: list[TrackState] = []
    for step_s, detections in pictures:
        media_s += step_s
        states += tracker.update(detections, media_s)
    for state in states + tracker.finish():
        if state.confirmed:
            assert state.hits >= LIMITS.confirm_hits
            assert state.seen_s - state.first_s >= LIMITS.confirm_s
        assert state.vehicle_class is not VehicleClass.PERSON


def test_persons_are_never_tracked() -> None:
    """A person box makes no track however often it is seen."""
    tracker = Tracker(LIMITS)
    for i in range(10):
        assert tracker.update([seen(100, 100, kind=VehicleClass.PERSON)], i / 10) == []


def test_a_moving_vehicle_keeps_its_id_at_uneven_steps() -> None:
    """A vehicle at even speed is one track although pictures come at uneven times."""
    tracker, media_s = Tracker(LIMITS), 0.0
    for step_s in [0.04, 0.2, 0.04, 0.3, 0.12, 0.2, 0.04, 0.4, 0.2]:
        media_s += step_s
        states = tracker.update([seen(200 * media_s, 100)], media_s)
        assert ids(states) == {1}


def test_two_vehicles_that_meet_keep_their_ids() -> None:
    """Opposite vehicles that pass each other, one hidden meanwhile, are still two tracks."""
    tracker = Tracker(LIMITS)
    for i in range(41):
        media_s = i / 10
        left, right = seen(20 + 12 * i, 100), seen(500 - 12 * i, 120)
        hidden = abs(left.box.centre[0] - right.box.centre[0]) < 45
        states = tracker.update([left] if hidden else [left, right], media_s)
    where = {state.track_id: state.box.centre[0] for state in states}
    assert where.keys() == {1, 2}
    assert where[1] > 450
    assert where[2] < 70


def test_a_pause_of_the_gate_ages_no_track() -> None:
    """A parked vehicle is the same track after a minute in which nothing moved."""
    tracker = Tracker(LIMITS)
    for i in range(5):
        tracker.update([seen(100, 100)], i / 10)
    tracker.pause(60.0)
    assert ids(tracker.update([seen(102, 100)], 60.1)) == {1}


def test_a_vehicle_unseen_for_long_is_finished() -> None:
    """A confirmed track ends when unseen for the set time, and says when it was last seen."""
    tracker = Tracker(LIMITS)
    for i in range(5):
        tracker.update([seen(100, 100)], i / 10)
    for i in range(5, 40):
        states = tracker.update([], i / 10)
        if states and states[0].finished:
            break
    assert states[0].finished
    assert states[0].confirmed
    assert states[0].seen_s == 0.4
    assert i / 10 > 0.4 + LIMITS.lost_s


def test_time_that_stands_still_or_runs_back_breaks_nothing() -> None:
    """Constant and backward media times neither end a track nor begin a second."""
    tracker = Tracker(LIMITS)
    for media_s in [5.0, 5.0, 5.0, 1.0, 1.0, 1.1]:
        states = tracker.update([seen(100, 100)], media_s)
        assert ids(states) == {1}


def test_class_is_a_vote() -> None:
    """One picture that says truck does not make a truck of a car."""
    tracker = Tracker(LIMITS)
    kinds = [VehicleClass.CAR, VehicleClass.TRUCK, VehicleClass.CAR, VehicleClass.CAR]
    for i, kind in enumerate(kinds):
        (state,) = tracker.update([seen(100, 100, kind=kind)], i / 5)
    assert state.vehicle_class is VehicleClass.CAR
    assert 0.7 < state.class_score < 0.8


def test_a_second_box_of_one_vehicle_begins_no_track() -> None:
    """A strong box that mostly covers a vehicle just seen is not a second vehicle."""
    tracker = Tracker(LIMITS)
    for i in range(5):
        double = Detection(Box(72, 75, 128, 130), VehicleClass.TRUCK, 0.8)
        states = tracker.update([seen(100, 100), double], i / 10)
        assert ids(states) == {1}


def test_doubtful_boxes_must_persist() -> None:
    """A track of doubtful boxes only needs twice as many to count as one with a sure box."""
    for score, wanted in ((0.9, LIMITS.confirm_hits), (0.4, 2 * LIMITS.confirm_hits)):
        tracker = Tracker(LIMITS)
        for i in range(10):
            (state,) = tracker.update([seen(100, 100, score)], i / 5)
            assert state.confirmed == (i + 1 >= wanted)


def test_a_part_of_a_near_vehicle_is_not_counted_beside_it() -> None:
    """A car that leaves at the lower edge is seen whole and in part for a second: one counts."""
    tracker, counted = Tracker(LIMITS), set[int]()
    for step in range(30):
        shift = -12.0 * step
        whole = Detection(Box(200 + shift, 320, 860 + shift, 720), VehicleClass.CAR, 0.8)
        part = Detection(Box(0, 353, 528, 720), VehicleClass.CAR, 0.5)
        states = tracker.update([whole, *([part] if 4 <= step < 16 else [])], step * 0.1)
        counted |= {state.track_id for state in states if state.confirmed}
    assert len(counted) == 1


def test_two_vehicles_one_close_behind_the_other_both_count() -> None:
    """In a queue the one behind is half hidden: that is no part of the one before it."""
    tracker = Tracker(LIMITS)
    states: list[TrackState] = []
    for step in range(8):
        before = Detection(Box(400, 400, 640, 640), VehicleClass.CAR, 0.9)
        behind = Detection(Box(420, 280, 630, 490), VehicleClass.CAR, 0.8)
        states = tracker.update([before, behind], step * 0.2)
    assert sum(state.confirmed for state in states) == 2
