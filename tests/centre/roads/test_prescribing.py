"""Prescriptions to owners of roads: terms from the table, steps, reminders."""

from datetime import timedelta

import pytest

from sergek.centre.forms import Attached
from sergek.centre.roads.states import DefectStatus, Status, Step
from sergek.core.errors import ConfigError, Conflict
from sergek.traffic.law.roads import road_book

DAY_S = 86_400


@pytest.fixture
def number(roads):
    """A prescription for one missing sign: three days."""
    return roads.prescribing.issue([roads.record(1)], None, "chief")


def serve(roads, number):
    return roads.prescribing.take(number, Step.SERVE, "chief", "вручено под подпись", roads.today)


def test_the_term_is_the_standards_and_runs_from_service(roads, number):
    """Three days by the table, counted from the day after it was served."""
    one = roads.views.prescription(number)
    assert (one.days, one.basis, one.due_on) == (3, ("ГОСТ 33220-2015",), None)
    serve(roads, number)
    one = roads.views.prescription(number)
    assert one.due_on == roads.today + timedelta(days=3)
    assert one.days_left == 3
    assert not one.overdue
    roads.house.clock.move(4 * DAY_S)
    assert roads.views.prescription(number).overdue


def test_an_officer_chooses_only_inside_the_tables_range(roads):
    """A pothole has 1 to 12 days: none said is refused, 13 too, 5 is taken; a kind without a
    term takes what the officer says and the basis stays empty."""
    pothole = roads.record(1, kind="pothole")
    for days in (None, 13):
        with pytest.raises(ConfigError):
            roads.prescribing.issue([pothole], days, "chief")
    number = roads.prescribing.issue([pothole], 5, "chief")
    assert roads.views.prescription(number).days == 5
    bridge = roads.prescribing.issue([roads.record(2, kind="bridge")], 60, "chief")
    assert roads.views.prescription(bridge).basis == ("",)


def test_defects_of_different_terms_need_prescriptions_of_their_own(roads):
    """One day and thirty days cannot stand on one paper."""
    both = [roads.record(1, kind="sign_dirty"), roads.record(2, kind="sign_missing_individual")]
    with pytest.raises(ConfigError, match="different terms"):
        roads.prescribing.issue(both, None, "chief")


def test_a_defect_is_prescribed_once_and_only_to_its_owner(roads, number):
    """A second prescription of it is refused, and so is one without an owner."""
    defect = roads.views.prescribed(roads.views.prescription(number))[0].defect_id
    with pytest.raises(Conflict):
        roads.prescribing.issue([defect], None, "chief")
    with pytest.raises(ConfigError):
        roads.prescribing.issue([roads.record(2, owner_id=None)], None, "chief")


def test_fulfilled_after_a_visit(roads, number):
    """Served, answered with a file, visited: fulfilled in time, and the defect is removed."""
    serve(roads, number)
    take = roads.prescribing.take
    answer = Attached("ответ.pdf", b"%PDF")
    assert take(number, Step.ANSWER, "chief", "устранено", file=answer) is Status.ANSWERED
    assert take(number, Step.CHECK_DONE, "surveyor") is Status.FULFILLED
    one = roads.views.prescription(number)
    assert not one.late
    assert roads.views.prescribed(one)[0].status is DefectStatus.REMOVED
    assert roads.house.evidence.get(roads.views.steps(one)[1].file_key) == b"%PDF"
    with pytest.raises(Conflict):
        take(number, Step.EXTEND, "chief", "поздно", roads.today + timedelta(days=9))


def test_extended_with_a_reason_the_first_term_stays_on_record(roads, number):
    """A new term must be later and needs a reason."""
    serve(roads, number)
    later = roads.today + timedelta(days=30)
    for text, on in (("", later), ("тендер", roads.today + timedelta(days=2)), ("тендер", None)):
        with pytest.raises(ConfigError):
            roads.prescribing.take(number, Step.EXTEND, "chief", text, on)
    roads.prescribing.take(number, Step.EXTEND, "chief", "тендер", later)
    one = roads.views.prescription(number)
    assert one.extended
    assert (one.first_due_on, one.due_on) == (roads.today + timedelta(days=3), later)


def test_a_protocol_needs_a_passed_term_and_a_visit_after_it(roads, number):
    """Not before the term, not without having looked; a visit before the term does not count."""
    serve(roads, number)
    take = roads.prescribing.take
    take(number, Step.CHECK_NOT_DONE, "surveyor", "знака нет")
    with pytest.raises(Conflict):
        take(number, Step.PROTOCOL, "chief", "ЖБ-17")
    roads.house.clock.move(4 * DAY_S)
    with pytest.raises(Conflict):
        take(number, Step.PROTOCOL, "chief", "ЖБ-17")
    take(number, Step.CHECK_NOT_DONE, "surveyor", "знака по-прежнему нет")
    assert take(number, Step.PROTOCOL, "chief", "ЖБ-17") is Status.PROTOCOL
    one = roads.views.prescription(number)
    assert (one.protocol, one.protocol_on) == ("ЖБ-17", roads.today)
    take(number, Step.CHECK_DONE, "surveyor")
    assert roads.views.prescription(number).late


def test_withdrawing_frees_the_defects(roads, number):
    """A mistake is withdrawn with its reason, and the defect can be prescribed anew."""
    roads.prescribing.take(number, Step.WITHDRAW, "chief", "не тот владелец")
    assert len(roads.views.free()) == 1
    assert roads.prescribing.issue([roads.views.free()[0].defect_id], None, "chief") != number


def test_a_service_in_the_future_or_without_words_is_refused(roads, number):
    """When and how it was served is said, and it has happened."""
    take = roads.prescribing.take
    with pytest.raises(ConfigError):
        take(number, Step.SERVE, "chief", "вручено", roads.today + timedelta(days=1))
    with pytest.raises(ConfigError):
        take(number, Step.SERVE, "chief", " ", roads.today)


def test_reminders_come_three_days_one_day_before_and_the_day_after_each_once(roads, number):
    """Asked often, each is one fact."""
    serve(roads, number)
    made = []
    for _ in range(6):
        made.append(roads.prescribing.remind())
        assert roads.prescribing.remind() == 0
        roads.house.clock.move(DAY_S)
    assert made == [1, 0, 1, 0, 1, 0]


def test_what_lateness_costs_an_owner_is_the_laws_sum(roads, number):
    """A medium enterprise: 15 MRP, after a protocol of the last year 20."""
    serve(roads, number)
    assert roads.views.standings()[0].cost_tenge == 0
    roads.house.clock.move(4 * DAY_S)
    index = road_book().fine("631", "medium", roads.views.now).mrp_tenge
    standing = roads.views.standings()[0]
    assert (standing.overdue, standing.cost_tenge) == (1, 15 * index)
    roads.prescribing.take(number, Step.CHECK_NOT_DONE, "surveyor", "нет")
    roads.prescribing.take(number, Step.PROTOCOL, "chief", "ЖБ-17")
    again = roads.prescribing.issue([roads.record(2)], None, "chief")
    serve(roads, again)
    roads.house.clock.move(4 * DAY_S)
    standing = roads.views.standings()[0]
    assert standing.repeat
    assert standing.cost_tenge == 20 * index
