"""From a signed case to a numbered document."""

from datetime import UTC, datetime, timedelta

import pytest

from sergek.core.errors import Conflict
from sergek.core.event import Event
from sergek.testing.sites import with_changes
from sergek.traffic.prescription import Step

BEGUN = datetime(2022, 6, 1, 8, tzinfo=UTC)


def test_a_signed_case_becomes_a_numbered_document(desk, house):
    """Number, fine by the MRP of the day, PDF in the store, a fact in the log."""
    one = desk.of(desk.speeding(95.0, 1))
    assert (one.number, one.reason) == ("SGK-2022-000001", "")
    assert (one.state, one.reason, one.specimen) == ("issued", "", False)
    assert (one.fine_tenge, one.reduced_tenge) == (31800, 15900)
    assert house.evidence.get(one.pdf_key).startswith(b"%PDF")
    assert "prescription.issued" in house.kinds()
    assert (one.signer, one.reviewers) == ("signer", ("reviewer",))


def test_nothing_is_issued_twice_for_one_case(desk, house):
    """Not by a repeated fact, a second signature, nor by reading the whole log again."""
    case_id = desk.speeding(95.0, 1)
    again = desk.signed[case_id].model_copy(update={"event_id": "e" * 32})
    house.log.append([again])
    desk.hear()
    for event in (again, desk.signed[case_id]):
        desk.issuer.heard(event)
    assert sum(desk.register.counts().values()) == 1
    assert house.kinds().count("prescription.issued") == 1


def test_numbers_follow_each_other_and_the_year(desk, house):
    """No number is given twice; a new year begins anew."""
    numbers = [desk.of(desk.speeding(95.0, day)).number for day in range(3)]
    house.clock.move(150 * 86400)
    numbers.append(desk.of(desk.speeding(95.0, 4)).number)
    assert numbers[2] == "SGK-2022-000003"
    assert numbers[3] == "SGK-2023-000001"


def test_a_site_in_trial_makes_specimens_only(desk):
    """Nothing is owed, nothing can be delivered, and the repeat register does not see it."""
    desk.site(acceptance=None)
    one = desk.of(desk.speeding(95.0, 1))
    assert one.number.startswith("SPECIMEN-")
    assert one.state == "specimen"
    assert not one.real
    assert desk.register.sums() == {"fined": 0, "paid": 0, "owed_back": 0}


def test_a_case_before_the_acceptance_or_without_certificate_is_refused_in_one_sentence(desk):
    """Signed or not: the site's papers of the event's own day decide."""
    later = {
        "signed_by": "A. Chief",
        "signed_at": "2022-06-20T00:00:00+06:00",
        "figures_sha256": "0" * 64,
    }
    case_id = desk.speeding(95.0, 1)
    desk.site(acceptance=later)
    early = desk.of(desk.speeding(95.0, 2))
    assert early.state == "refused"
    assert "in trial" in early.reason
    held = desk.house.sites["abay-section"].certificates[0]
    desk.site(certificates=[held.model_dump() | {"void": "laboratory suspended"}])
    without = desk.of(desk.speeding(95.0, 25))
    assert "no valid certificate" in without.reason
    assert desk.of(case_id).state == "issued"


def test_a_refused_case_is_issued_once_its_papers_are_corrected(desk):
    """And only once; when the time to decide it is over, no more."""
    good = desk.house.sites["abay-section"].certificates
    desk.site(certificates=[good[0].model_dump() | {"void": "typed wrongly"}])
    refused, late = (desk.of(desk.speeding(95.0, k)) for k in (1, 2))
    desk.site(certificates=good)
    desk.house.clock.wall = datetime(2022, 7, 15, 6, tzinfo=UTC)
    number = desk.issuer.again(refused)
    assert number == "SGK-2022-000001"
    assert desk.issuer.again(desk.register.one(number)) == number
    assert sum(desk.register.counts().values()) == 2
    desk.house.clock.wall = datetime(2022, 8, 15, 6, tzinfo=UTC)
    with pytest.raises(Conflict, match="it lapses"):
        desk.issuer.again(late)


def test_a_package_that_does_not_verify_issues_nothing(desk, house):
    """A byte changed after signing: refused, with what is wrong."""
    case_id = desk.speeding(95.0, 1)
    event = desk.signed[case_id]
    data = bytearray(house.evidence.get(event.body["package"]))
    place = data.index(b'"article"')
    data[place + 3] ^= 1
    key = house.evidence.put(bytes(data))
    body = {**event.body, "package": key}
    other = Event(**{**event.model_dump(), "subject": "c" * 32, "event_id": "d" * 32, "body": body})
    desk.issuer.heard(other)
    assert desk.of("c" * 32).state == "refused"
    assert "does not verify" in desk.of("c" * 32).reason


def test_a_permit_that_came_in_before_the_signature_stops_the_document(desk):
    """Judged once more before it is printed: no fine that would have to be taken back."""
    house = desk.house
    before = house.sites["abay-section"]
    permit = {
        "plate": "901RTE08",
        "kind": "bus",
        "offences": ["bus_lane"],
        "basis": "route 7",
        "valid_from": "2022-05-01T00:00:00+06:00",
    }
    case_id = desk.bus_lane(1, "901RTE08")
    assert desk.of(case_id).state == "issued"
    event = desk.signed[case_id]
    house.sites["abay-section"] = with_changes(before, permits=[permit])
    desk.issuer.heard(event.model_copy(update={"subject": "c" * 32}))
    assert "route 7" in desk.of("c" * 32).reason


def test_a_repeat_is_found_in_the_register_by_the_owner(desk, house):
    """Decided fifteen days after delivery; the next one within the year costs as a repeat."""
    first = desk.speeding(95.0, 1)
    desk.delivered(first)
    house.clock.move(17 * 86400)
    desk.actions.tick()
    assert desk.of(first).state == "in_force"
    later = (house.clock.now() - BEGUN).days
    second = desk.of(desk.speeding(95.0, later))
    assert second.repeat_of == desk.of(first).number
    assert second.article == "592 (повторно)"
    assert second.fine_tenge == 30 * 3180
    other = desk.of(desk.speeding(95.0, later, "777AAA08"))
    assert other.repeat_of is None


def test_a_cancelled_offence_makes_no_repeat(desk, house):
    """What was taken back never was."""
    first = desk.speeding(95.0, 1)
    number = desk.delivered(first)
    house.clock.move(17 * 86400)
    desk.actions.tick()
    desk.actions.decide(number, Step.CANCEL, "prosecutor's act", "chief")
    later = (house.clock.now() - BEGUN).days
    assert desk.of(desk.speeding(95.0, later)).repeat_of is None


def test_a_fact_that_says_too_little_is_left_alone(desk, house):
    """A signature without a violation is logged and does not stop the register."""
    bad = Event(
        event_id="a" * 32,
        kind="case.signed",
        subject="b" * 32,
        happened_at=house.clock.now(),
        actor="signer",
        body={"plate": "123ABC08"},
    )
    house.log.append([bad])
    assert desk.of(desk.speeding(95.0, 1)).state == "issued"
    assert desk.register.of_case("b" * 32) is None


def test_the_media_are_held_until_the_last_term_has_run_out(desk, house):
    """Closed only then, and never before."""
    number = desk.paid(desk.speeding(95.0, 1))
    until = desk.register.one(number).terms["hold_until"]
    house.clock.wall = until - timedelta(seconds=1)
    desk.actions.tick()
    assert desk.register.one(number).state == "paid"
    house.clock.wall = until
    desk.actions.tick()
    assert desk.register.one(number).state == "closed"
