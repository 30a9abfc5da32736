"""Taking cases in: what is queued, what is only noted, what does not verify."""

from datetime import timedelta

import pytest

from sergek.centre.enforcement.states import Decision, Status
from sergek.centre.enforcement.views import Asked
from sergek.core.errors import Conflict, Forbidden
from sergek.core.plate import PlateStatus
from sergek.testing.sites import read_plate


def test_a_repeated_violation_is_one_case(desk):
    """Delivered again, it changes nothing."""
    case_id = desk.find()
    found = next(s.event for s in desk.house.log.read(0) if s.kind == "violation.found")
    again = found.model_copy(update={"event_id": "0" * 32})
    desk.intake().append([found, again])
    desk.arrivals().take_in()
    assert desk.views().count(Asked(status=""), tuple(Status)) == 1
    assert desk.house.kinds().count("case.taken_in") == 1
    assert desk.views().one(case_id).package_ok


def test_its_passage_is_kept_while_the_case_lives(desk):
    """The passage outlives its thirty days."""
    desk.find()
    assert len(desk.house.reads.held(desk.now + timedelta(days=60))) == 1
    assert desk.house.reads.expire(desk.now + timedelta(days=60)) == []


def test_without_a_surely_read_plate_it_is_only_a_note(desk):
    """A note is in no queue, and nothing can be decided on it."""
    found = desk.street.speeding(1, 90.0, read_plate("123ABC08"), desk.now)
    unsure = found.passage.plate.model_copy(update={"status": PlateStatus.UNSURE})
    passage = found.passage.model_copy(update={"plate": unsure})
    event = desk.arrive(passage, found.violation)
    desk.arrivals().take_in()
    case = desk.views().one(event.subject)
    assert (case.status, case.plate) == (Status.NOTE, None)
    assert desk.views().next(Asked(), desk.now) is None
    with pytest.raises(Conflict, match="note"):
        desk.actions("aida").decide(case.case_id, Decision.REJECT, seen=0, reason="permit")
    with pytest.raises(Conflict, match="note"):
        desk.actions("aida").type_plate(case.case_id, "123ABC08")


@pytest.mark.parametrize("byte", [2000, -3000])
def test_a_changed_byte_is_named_and_cannot_be_approved(desk, byte):
    """The case reaches a person, who can reject or return it and nothing else."""

    def flipped(data: bytes) -> bytes:
        changed = bytearray(data)
        changed[byte] ^= 1
        return bytes(changed)

    case_id = desk.find(seal_it=flipped)
    case = desk.views().one(case_id)
    assert case.package_ok is False
    assert [name for name, ok, _ in case.package_checks if not ok]
    desk.actions("aida").type_plate(case_id, "123ABC08")
    with pytest.raises(Forbidden, match="does not verify"):
        desk.actions("aida").decide(case_id, Decision.APPROVE, seen=0)
    returned = desk.actions("aida").decide(case_id, Decision.RETURN, seen=0, reason="package")
    assert returned is Status.RETURNED


def test_another_cases_package_does_not_stand_for_this_one(desk):
    """A sound package that was sealed for another case is refused."""
    other = desk.find()
    found = desk.street.speeding(50, 90.0, read_plate("123ABC08"), desk.now)
    package = desk.views().one(other).package
    event = desk.arrive(found.passage, found.violation.model_copy(update={"package": package}))
    desk.arrivals().take_in()
    failed = [name for name, ok, _ in desk.views().one(event.subject).package_checks if not ok]
    assert failed == ["case"]


def test_bytes_that_are_late_are_waited_for(desk):
    """A case whose package is not here yet is still arriving; after ten minutes it goes on."""
    case_id = desk.find(seal_it=lambda _: b"")
    assert desk.views().one(case_id).status is Status.ARRIVING
    desk.house.clock.move(700)
    desk.arrivals().take_in()
    case = desk.views().one(case_id)
    assert (case.status, case.package_ok) == (Status.WAITING, False)
    assert "not arrived" in case.package_checks[0][2]
