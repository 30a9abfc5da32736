"""Media are held past their thirty days as long as a case needs them, and not a day longer."""

from datetime import timedelta

import pytest

from sergek.adapters.retention import erase_expired
from sergek.adapters.sql.intake import Intake
from sergek.centre.enforcement.actions import CaseActions
from sergek.centre.enforcement.arrivals import Arrivals
from sergek.centre.enforcement.projection import project_violations
from sergek.centre.enforcement.states import Decision
from sergek.centre.holds import release_ended
from sergek.core.errors import Conflict
from sergek.core.violation import Violation, ViolationFound, violation_event
from sergek.testing.examples import a_passage
from sergek.testing.sites import read_plate
from sergek.traffic.law.book import law_book
from sergek.traffic.prescription import Step, decide_until

TERM = timedelta(days=30)


def arrived(desk, case_id):
    """Let the passage and violation of a signed case come from its edge, as they did before."""
    body = desk.signed[case_id].body
    violation = Violation.model_validate(body["violation"])
    number = desk.count
    at = violation.happened_at
    passage = a_passage(number, entered_at=at, left_at=at, plate=read_plate(body["plate"]))
    passage = passage.model_copy(update={"passage_id": body["passage_id"]})
    found = violation_event(passage.passage_id, "abay-1", body["site_id"], violation)
    ViolationFound.model_validate(found.body)
    house = desk.house
    house.record(passage)
    Intake(house.engine, house.log, projections=(project_violations,)).append([found])
    return passage


def media_gone(desk, passage):
    """Whether the next run of the retention takes the passage and its package."""
    house = desk.house
    now = house.clock.now()
    release_ended(house.engine, house.reads, now, now - TERM)
    erase_expired(house.log, house.reads, house.evidence, now - TERM)
    return passage.passage_id not in house.reads.held(now + TERM)


def issued(desk, day=1):
    """A prescription and its passage."""
    case_id = desk.speeding(95.0, day)
    return case_id, arrived(desk, case_id)


def test_the_media_go_when_the_last_term_has_run_out(desk, house):
    """Paid at once, they are still there on the last day of every appeal, and gone after it."""
    case_id, passage = issued(desk)
    number = desk.paid(case_id)
    until = desk.register.one(number).terms["hold_until"]
    package = desk.register.one(number).package
    house.clock.wall = until - timedelta(seconds=1)
    assert not media_gone(desk, passage)
    house.clock.wall = until
    assert media_gone(desk, passage)
    assert not house.evidence.has(package)


@pytest.mark.parametrize("step", [Step.CANCEL, Step.LEAVE])
def test_a_complaint_holds_the_media_until_it_is_decided(desk, house, step):
    """Undecided they stay, whatever the calendar says; decided they go with the last term."""
    case_id, passage = issued(desk)
    number = desk.delivered(case_id)
    desk.actions.complain(number, "It was not me.", "registrar")
    house.clock.wall = desk.register.one(number).terms["hold_until"] + timedelta(days=1)
    assert not media_gone(desk, passage)
    desk.actions.decide(number, step, "Looked at again.", "chief")
    assert media_gone(desk, passage)


def test_an_unpaid_fine_keeps_no_pictures_past_the_last_term(desk, house):
    """It is overdue for ever; what could be disputed no longer is."""
    case_id, passage = issued(desk)
    number = desk.delivered(case_id)
    terms = desk.register.one(number).terms
    house.clock.wall = terms["payment_until"]
    desk.actions.tick()
    desk.actions.tick()
    assert desk.register.one(number).state == "overdue"
    assert not media_gone(desk, passage)
    house.clock.wall = terms["hold_until"]
    assert media_gone(desk, passage)


def test_what_was_cancelled_before_its_delivery_and_a_specimen_hold_nothing(desk):
    """Nobody can complain of what nobody received."""
    case_id, passage = issued(desk)
    assert not media_gone(desk, passage)
    desk.actions.decide(desk.of(case_id).number, Step.CANCEL, "Wrong sign.", "chief")
    assert media_gone(desk, passage)
    desk.site(acceptance=None)
    case_id, passage = issued(desk, day=2)
    assert desk.of(case_id).state == "specimen"
    assert media_gone(desk, passage)


def test_a_refused_case_keeps_its_media_while_it_may_still_be_issued(desk, house):
    """Until nobody may be held responsible for it; then it cannot be issued, and they go."""
    desk.site(certificates=[])
    case_id, passage = issued(desk)
    one = desk.of(case_id)
    assert one.state == "refused"
    until = decide_until(one.happened_at, law_book())
    house.clock.wall = until - timedelta(seconds=1)
    assert not media_gone(desk, passage)
    house.clock.wall = until
    assert media_gone(desk, passage)
    with pytest.raises(Conflict, match=r"ended on 02\.08\.2022"):
        desk.issuer.again(one)


def test_a_rejected_case_lets_go_and_cannot_be_approved_without_its_media(desk, house):
    """Waiting, it keeps them until it lapses; rejected, they go, and it can rise no more."""
    case_id, passage = issued(desk, day=20)
    Arrivals(
        house.engine, house.log, house.reads, house.evidence, house.clock, house.packages
    ).take_in()
    with house.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM prescriptions")
    reviewing = CaseActions(
        house.engine, house.log, house.reads, house.clock, "aida", frozenset({"abay-1"})
    )
    assert not media_gone(desk, passage)
    reviewing.type_plate(case_id, "123ABC08")
    reviewing.decide(case_id, Decision.REJECT, seen=0, reason="carried")
    assert media_gone(desk, passage)
    with pytest.raises(Conflict, match="erased after its rejection"):
        reviewing.decide(case_id, Decision.APPROVE, seen=1)
