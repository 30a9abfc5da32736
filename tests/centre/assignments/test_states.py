"""Who may do what to an assignment, and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sergek.centre.assignments.states import (
    Hand,
    Status,
    Step,
    hands_of,
    next_status,
    open_steps,
)
from sergek.core.errors import Conflict, Forbidden

names = st.sampled_from(["a", "b", "c", "d"])


@given(names, names, st.lists(names, max_size=3), names)
def test_nobody_controls_what_they_carry_out(
    name: str, lead: str, others: list[str], controller: str
) -> None:
    """However the names were entered, an executor never gets the controller's hand."""
    hands = hands_of(name, lead, tuple(others), controller)
    if name == lead or name in others:
        assert hands == {Hand.EXECUTOR}


@given(st.sampled_from(list(Status)), st.sampled_from(list(Step)), st.booleans())
def test_an_executor_can_never_close(status: Status, step: Step, asked: bool) -> None:
    """No step of an executor leads to a closed assignment."""
    try:
        after = next_status(status, step, {Hand.EXECUTOR}, time_asked=asked, open_children=0)
    except (Conflict, Forbidden):
        return
    assert after is not Status.CLOSED


@given(st.sampled_from(list(Step)), st.sets(st.sampled_from(list(Hand))), st.booleans())
def test_closed_is_final(step: Step, hands: set[Hand], asked: bool) -> None:
    """Nothing happens to a closed assignment."""
    assert step not in open_steps(Status.CLOSED, hands, time_asked=asked)


def test_a_task_waits_for_its_sub_tasks() -> None:
    """It can neither be reported nor closed while a sub-task is open."""
    with pytest.raises(Conflict, match="2 sub-task"):
        next_status(
            Status.REPORTED, Step.CLOSE, {Hand.CONTROLLER}, time_asked=False, open_children=2
        )


def test_time_is_granted_only_if_asked_for() -> None:
    """A controller sees the two answers only while a request is open."""
    hands = {Hand.CONTROLLER}
    assert open_steps(Status.IN_WORK, hands, time_asked=False) == []
    assert open_steps(Status.IN_WORK, hands, time_asked=True) == [
        Step.GRANT_TIME,
        Step.REFUSE_TIME,
    ]
