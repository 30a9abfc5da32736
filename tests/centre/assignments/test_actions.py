"""Giving assignments, working on them, reminding."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from sergek.centre.assignments.actions import (
    AssignmentActions,
    Meeting,
    NewAssignment,
)
from sergek.centre.assignments.states import Status, Step
from sergek.centre.assignments.views import AssignmentViews
from sergek.centre.forms import Attached
from sergek.core.errors import ConfigError, Conflict, Forbidden, NotFound

ZONE = ZoneInfo("Asia/Almaty")


@pytest.fixture
def actions(house) -> AssignmentActions:
    return AssignmentActions(house.engine, house.log, house.evidence, house.clock, ZONE)


def today_of(house) -> date:
    return house.clock.now().astimezone(ZONE).date()


def new(house, **changes) -> NewAssignment:
    values = {
        "text": "Put the 48 damaged complexes back",
        "source": "Meeting with the head of the region",
        "department": "Operations centre",
        "lead": "operator",
        "controller": "chief",
        "given_on": today_of(house),
        "due_on": today_of(house) + timedelta(days=10),
    }
    return NewAssignment.model_validate(values | changes)


def views(house) -> AssignmentViews:
    return AssignmentViews(house.engine, today_of(house))


def test_an_assignment_lives_from_giving_to_closing(house, actions):
    """Accept, report with proof, return with a reason, report again, close: all on record."""
    number = actions.give(new(house), "chief")
    assert actions.take(number, Step.ACCEPT, "operator") is Status.ACCEPTED
    proof = Attached("act.pdf", b"%PDF-1.7 signed")
    actions.take(number, Step.REPORT, "operator", "40 are back", proof=proof)
    actions.take(number, Step.RETURN, "chief", "8 are missing")
    actions.take(number, Step.REPORT, "operator", "all 48 are back")
    assert actions.take(number, Step.CLOSE, "chief") is Status.CLOSED
    one = views(house).one(number)
    taken = views(house).steps(one)
    assert [step.kind.value for step in taken] == ["accept", "report", "return", "report", "close"]
    assert house.evidence.get(taken[1].proof_key) == proof.data
    assert one.closed_on == today_of(house)
    assert not one.late
    assert house.kinds().count("assignment.step") == 5
    house.log.verify()


def test_the_executor_cannot_close_and_nothing_is_written(house, actions):
    """A refused step leaves neither an event nor a row."""
    number = actions.give(new(house), "chief")
    actions.take(number, Step.ACCEPT, "operator")
    actions.take(number, Step.REPORT, "operator", "done")
    before = house.log.head()
    with pytest.raises(Forbidden, match="controller"):
        actions.take(number, Step.CLOSE, "operator")
    assert house.log.head() == before
    assert len(views(house).steps(views(house).one(number))) == 2


def test_more_time_needs_a_reason_a_coming_day_and_the_controllers_word(house, actions):
    """The term moves to the day asked for, only once it is granted; the first term is kept."""
    number = actions.give(new(house), "chief")
    actions.take(number, Step.ACCEPT, "operator")
    later = today_of(house) + timedelta(days=30)
    with pytest.raises(ConfigError, match="coming day"):
        actions.take(number, Step.ASK_TIME, "operator", "tender", today_of(house))
    with pytest.raises(ConfigError, match="reason"):
        actions.take(number, Step.ASK_TIME, "operator", " ", later)
    with pytest.raises(Conflict):
        actions.take(number, Step.GRANT_TIME, "chief")
    actions.take(number, Step.ASK_TIME, "operator", "the tender is not over", later)
    assert views(house).one(number).due_on != later
    actions.take(number, Step.GRANT_TIME, "chief")
    one = views(house).one(number)
    assert (one.due_on, one.first_due_on) == (later, today_of(house) + timedelta(days=10))
    assert one.status is Status.ACCEPTED


def test_a_parent_waits_for_its_sub_tasks(house, actions):
    """An assignment is reported only when its sub-tasks are closed."""
    number = actions.give(new(house), "chief")
    parent = views(house).one(number)
    child = actions.give(new(house, parent_id=parent.assignment_id, lead="viewer"), "chief")
    actions.take(number, Step.ACCEPT, "operator")
    with pytest.raises(Conflict, match="sub-task"):
        actions.take(number, Step.REPORT, "operator", "done")
    actions.take(child, Step.ACCEPT, "viewer")
    actions.take(child, Step.REPORT, "viewer", "done")
    actions.take(child, Step.CLOSE, "chief")
    assert actions.take(number, Step.REPORT, "operator", "done") is Status.REPORTED


def test_reminders_come_seven_three_and_one_day_before_and_once(house, actions):
    """Asking often on every day until the term gives exactly three reminders."""
    actions.give(new(house), "chief")
    told = []
    for day in range(12):
        told += [day] * sum(actions.remind() for _ in range(3))
        house.clock.wall += timedelta(seconds=24 * 3600)
    assert told == [3, 7, 9]


def test_overdue_is_a_day_that_has_passed(house, actions):
    """On its term's day an assignment is not overdue; the day after it is."""
    actions.give(new(house), "chief")
    house.clock.wall += timedelta(seconds=10 * 24 * 3600)
    assert not views(house).listed("overdue", "")
    house.clock.wall += timedelta(seconds=24 * 3600)
    assert [each.days_left for each in views(house).listed("overdue", "")] == [-1]
    since = today_of(house) - timedelta(days=30)
    assert [row.overdue for row in views(house).report(since, today_of(house))] == [1]


def test_wrong_assignments_are_refused(house, actions):
    """A term in the past, a controller who executes, a stranger: one sentence each."""
    with pytest.raises(ConfigError, match="before the day"):
        actions.give(new(house, due_on=today_of(house) - timedelta(days=1)), "chief")
    with pytest.raises(ConfigError, match="another controller"):
        actions.give(new(house, controller="operator"), "chief")
    with pytest.raises(NotFound, match="ghost"):
        actions.give(new(house, lead="ghost"), "chief")
    assert views(house).listed("all", "") == []


def test_a_meeting_is_recorded_once(house, actions):
    """The same meeting of the same day is one."""
    meeting = Meeting(title="Road safety", held_on=date(2022, 2, 1), attended=("A. Bekov",))
    assert actions.record_meeting(meeting, "chief") == actions.record_meeting(meeting, "chief")
    assert len(views(house).meetings()) == 1


def test_a_sub_task_ends_with_its_assignment(house, actions):
    """Not later than the assignment, not by prolonging either, and not under a closed one."""
    top = views(house).one(actions.give(new(house), "chief"))
    late = top.due_on + timedelta(days=1)
    with pytest.raises(ConfigError, match=top.number):
        actions.give(new(house, parent_id=top.assignment_id, due_on=late), "chief")
    child = actions.give(new(house, parent_id=top.assignment_id), "chief")
    actions.take(child, Step.ACCEPT, "operator")
    actions.take(child, Step.ASK_TIME, "operator", "snow", late)
    with pytest.raises(ConfigError, match="prolong"):
        actions.take(child, Step.GRANT_TIME, "chief")
    for number in (child, top.number):
        if number == top.number:
            actions.take(number, Step.ACCEPT, "operator")
        actions.take(number, Step.REPORT, "operator", "done")
        actions.take(number, Step.CLOSE, "chief")
    with pytest.raises(Conflict, match="closed"):
        actions.give(new(house, parent_id=top.assignment_id), "chief")


def test_who_works_on_it_sees_that_the_term_is_near(house, actions):
    """Lead and controller see it within seven days of the term, others do not."""
    number = actions.give(new(house), "chief")
    assert not views(house).near("operator", 7)
    house.clock.move(3 * 86_400)
    assert [one.number for one in views(house).near("operator", 7)] == [number]
    assert views(house).near("chief", 7)
    assert not views(house).near("viewer", 7)
