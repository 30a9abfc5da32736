"""Delivery, payment, complaint, decision, cancellation, and the terms between them."""

import json
from datetime import timedelta

import pytest

from sergek.core.errors import ConfigError, Conflict, Forbidden
from sergek.core.speed import Rejection, SpeedMeasurement
from sergek.testing.examples import a_passage
from sergek.traffic.prescription import Step


def at_noon_after(desk, name, number):
    """A little after the term of that name has ended."""
    desk.house.clock.wall = desk.register.one(number).terms[name] + timedelta(minutes=1)
    desk.actions.tick()


def test_half_is_enough_within_seven_days_and_not_after(desk, house):
    """Paid in time the half settles it; a week later the same half is a part payment."""
    first, second = desk.speeding(95.0, 1), desk.speeding(95.0, 2)
    early, late = desk.delivered(first), desk.delivered(second)
    today = house.clock.now().date()
    assert desk.actions.pay(early, 15900, today, "registrar") == "paid"
    house.clock.move(9 * 86400)
    today = house.clock.now().date()
    assert desk.actions.pay(late, 15900, today, "registrar") == "delivered"
    assert desk.actions.pay(late, 15900, today, "registrar") == "paid"
    with pytest.raises(ConfigError, match="more than the fine"):
        desk.actions.pay(desk.delivered(desk.speeding(95.0, 3)), 99999, today, "registrar")


def test_terms_end_by_themselves_into_force_and_overdue(desk):
    """Fifteen days after delivery, thirty more to pay; each is a fact of the system."""
    number = desk.delivered(desk.speeding(95.0, 1))
    at_noon_after(desk, "decided", number)
    assert desk.register.one(number).state == "in_force"
    at_noon_after(desk, "payment_until", number)
    assert desk.register.one(number).state == "overdue"
    assert [step.actor for step in desk.register.steps(number)][1:] == ["system", "system"]
    assert desk.actions.tick() == 0


def test_terms_are_counted_down(desk, house):
    """The first to end stands first; what is over is not shown as running."""
    number = desk.delivered(desk.speeding(95.0, 1))
    running = desk.register.one(number).running(house.clock.now())
    assert [term.name for term in running] == ["reduced_until", "decided", "complaint_until"]
    assert running[0].days_left == 7


def test_a_complaint_in_time_suspends_and_is_decided_by_somebody_else(desk, house):
    """Neither the signer nor the reviewer decides on it; outcomes leave, change and cancel."""
    cases = [desk.speeding(95.0, day) for day in (1, 2, 3)]
    numbers = [desk.delivered(case) for case in cases]
    for number in numbers:
        desk.actions.complain(number, "It was not me.", "registrar")
    at_noon_after(desk, "decided", numbers[0])
    assert {desk.register.one(n).state for n in numbers} == {"complaint"}
    for name in ("signer", "reviewer"):
        with pytest.raises(Forbidden, match="somebody else"):
            desk.actions.decide(numbers[0], Step.LEAVE, "It was.", name)
    assert desk.actions.decide(numbers[0], Step.LEAVE, "It was.", "chief") == "in_force"
    assert desk.actions.decide(numbers[1], Step.CHANGE, "Lower.", "chief", 15900) == "in_force"
    assert desk.register.one(numbers[1]).fine_tenge == 15900
    assert desk.actions.decide(numbers[2], Step.CANCEL, "Not him.", "chief") == "cancelled"
    desk.actions.complain(numbers[0], "Again.", "registrar")
    with pytest.raises(ConfigError, match="less than"):
        desk.actions.decide(numbers[0], Step.CHANGE, "More.", "chief", 99999)


def test_a_complaint_after_its_term_needs_a_court(desk):
    """One sentence with the day."""
    number = desk.delivered(desk.speeding(95.0, 1))
    at_noon_after(desk, "complaint_until", number)
    with pytest.raises(Forbidden, match=r"ended on \d\d\.\d\d\.2022: a court"):
        desk.actions.complain(number, "Too late.", "registrar")


def test_cancelling_a_paid_one_owes_the_money_back_once(desk):
    """What was paid, no more; returned once."""
    number = desk.paid(desk.speeding(95.0, 1))
    desk.actions.decide(number, Step.CANCEL, "prosecutor's act 7", "chief")
    assert desk.register.one(number).refund_tenge == 15900
    assert desk.actions.refund(number, "registrar") == 15900
    with pytest.raises(Conflict, match="Nothing is owed back"):
        desk.actions.refund(number, "registrar")
    with pytest.raises(Conflict, match="cancelled"):
        desk.actions.pay(number, 100, desk.house.clock.now().date(), "registrar")


def test_nothing_can_be_done_with_a_specimen(desk):
    """It binds nobody."""
    desk.site(acceptance=None)
    number = desk.of(desk.speeding(95.0, 1)).number
    with pytest.raises(Forbidden, match="nothing is owed"):
        desk.actions.deliver(number, desk.house.clock.now().date(), "post", "registrar")


def test_the_document_goes_to_the_register_as_a_file_with_a_receipt(desk, tmp_path):
    """The same document, the same receipt; its file holds number, fine, terms and steps."""
    number = desk.delivered(desk.speeding(95.0, 1))
    receipt = desk.actions.submit(number, "registrar")
    document = json.loads((tmp_path / "register" / f"{number}.json").read_text())
    assert document["number"] == number
    assert document["fine"]["tenge"] == 31800
    assert document["device"]["certificate"] == "TRZ-22-0417"
    assert document["steps"][0]["kind"] == "delivered"
    assert desk.register.steps(number)[-1].body == {"receipt": receipt}


def test_pages_show_and_take_the_steps_by_right(desk, visit, house):
    """The registrar enters a delivery; the reviewer sees no such button and may not send it."""
    number = desk.of(desk.speeding(95.0, 1)).number
    page = f"/prescriptions/{number}"
    registrar, reviewer = visit("registrar"), visit("reviewer")
    seen = registrar.get(page).text
    assert 'value="deliver"' in seen
    assert 'value="deliver"' not in reviewer.get(page).text
    form = {"csrf": house.csrf(seen), "step": "deliver", "on": "2022-08-15", "words": "by post"}
    assert registrar.post(page, data=form).status_code == 303
    assert "7 d left" in registrar.get(page).text
    form["csrf"] = house.csrf(reviewer.get(page).text)
    assert reviewer.post(page, data=form).status_code == 403
    wrong = form | {"csrf": house.csrf(seen), "step": "pay", "tenge": "a lot"}
    answer = registrar.post(page, data=wrong)
    assert answer.status_code == 422
    assert "whole tenge" in answer.text
    assert 'value="a lot"' in answer.text, "what was typed is not lost"


def test_who_has_no_right_to_papers_sees_none(desk, visit):
    """A viewer gets neither the list nor a document; looking is recorded."""
    number = desk.of(desk.speeding(95.0, 1)).number
    viewer = visit("viewer")
    for path in ("/prescriptions", f"/prescriptions/{number}", "/quarantines"):
        assert viewer.get(path).status_code == 403
    chief = visit("chief")
    paper = chief.get(f"/prescriptions/{number}/paper.pdf")
    assert paper.content.startswith(b"%PDF")
    assert desk.house.kinds().count("prescription.opened") == 1


def test_the_list_filters_and_finds(desk, visit):
    """By state, by number, by a whole plate."""
    first = desk.of(desk.speeding(95.0, 1)).number
    second = desk.paid(desk.speeding(95.0, 2, "777AAA08"))
    chief = visit("chief")
    assert first not in chief.get("/prescriptions?state=paid").text
    assert second in chief.get("/prescriptions?state=paid").text
    found = chief.get("/prescriptions", params={"text": "777 aaa 08"}).text
    assert second in found
    assert first not in found
    assert chief.get(f"/api/v1/prescriptions/{first}").json()["plate"] == "123ABC08"


def test_a_quarantine_without_a_choice_is_refused(desk, visit, house):
    """A rule without its offence, a period without days, a reason left out: one sentence each."""
    desk.paid(desk.speeding(95.0, 1))
    chief = visit("chief")
    token = house.csrf(chief.get("/prescriptions").text)
    for choice, sentence in (
        ({"fault": "rule", "reason": "bug"}, "Choose the offence"),
        ({"fault": "period", "reason": "bug", "since": "2022-06-01"}, "first and the last day"),
        ({"fault": "device", "site": "abay-section"}, "Write what was found faulty"),
        ({"fault": "site", "reason": "nothing wrong"}, "there is nothing to take back"),
        ({"fault": "nonsense", "reason": "because"}, "Choose what was faulty"),
    ):
        answer = chief.post("/quarantines", data=choice | {"csrf": token})
        assert answer.status_code in (409, 422)
        assert sentence in answer.text
    registrar = visit("registrar")
    form = {"fault": "rule", "csrf": house.csrf(registrar.get("/prescriptions").text)}
    assert registrar.post("/quarantines", data=form).status_code == 403


def test_the_camera_has_a_metrology_file_with_its_appeals(desk, visit):
    """Complaints and what was upheld count for the camera; PDF and JSON say the same."""
    number = desk.delivered(desk.speeding(95.0, 1))
    desk.actions.complain(number, "Not me.", "registrar")
    desk.actions.decide(number, Step.CANCEL, "Not him.", "chief")
    chief = visit("chief")
    found = chief.get("/api/v1/metrology/abay-1").json()
    assert (found["appeals"], found["appeals_upheld"]) == (1, 1)
    assert len(found["calibrations"]) == 1
    assert chief.get("/metrology/abay-1").status_code == 200
    for language in ("kk", "ru", "en"):
        paper = chief.get(f"/metrology/abay-1/file-{language}.pdf")
        assert paper.content.startswith(b"%PDF")
    assert chief.get("/metrology/no-such").status_code == 404


def test_rejections_by_reason_and_the_daily_self_test_come_from_the_passages(desk, visit):
    """Of four passages one was rejected; on average the two methods lay 0.5 km/h apart."""
    now = desk.house.clock.now()
    speeds = [
        SpeedMeasurement(status="measured", kmh=60.5, u_kmh=0.8, second_kmh=60.0) for _ in range(3)
    ]
    speeds.append(SpeedMeasurement(status="rejected", reason=Rejection.LANE_CHANGE))
    desk.house.record(
        *(
            a_passage(n, entered_at=now - timedelta(minutes=n), left_at=now, speed=speed)
            for n, speed in enumerate(speeds, start=1)
        )
    )
    found = visit("chief").get("/api/v1/metrology/abay-1").json()
    assert (found["passages"], found["measured"]) == (4, 3)
    assert found["rejected_by_reason"] == {"lane_change": 1}
    assert found["self_tests"][0]["methods_apart_kmh"] == 0.5


def test_a_case_leads_to_its_prescription_and_back(desk, visit):
    """The signer comes from the case to the paper and from the paper to the case; who keeps the
    register reads no case; who sees neither finds neither."""
    case_id = desk.speeding(95.0, 1)
    number = desk.of(case_id).number
    signer = visit("signer")
    answer = signer.get(f"/cases/{case_id}/prescription")
    assert answer.headers["location"] == f"/prescriptions/{number}"
    page = signer.get(f"/prescriptions/{number}").text
    assert f'href="/cases/{case_id}"' in page
    assert "Reviewer" in page
    assert "abay-section" in page
    assert f'href="/cases/{case_id}"' not in visit("registrar").get(f"/prescriptions/{number}").text
    assert visit("viewer").get(f"/cases/{case_id}/prescription").status_code == 403
