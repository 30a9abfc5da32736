"""Cases that are never decided have an end, on SQLite and PostgreSQL."""

from datetime import timedelta

import pytest

from sergek.adapters.retention import erase_expired
from sergek.centre.enforcement.lapsing import Lapsing
from sergek.centre.enforcement.states import Decision, Status
from sergek.centre.enforcement.views import Asked
from sergek.centre.holds import release_ended
from sergek.core.errors import Conflict
from sergek.traffic.law.book import law_book

TERM = timedelta(days=30)


@pytest.fixture
def desk(anywhere):
    """The desk on each kind of database."""
    return anywhere


def lapsing(desk):
    """The step of the clockwork."""
    house = desk.house
    return Lapsing(house.engine, house.log, house.clock, law_book())


def test_a_case_lapses_with_its_last_day(desk):
    """Not a second before; then it is counted as lapsed, in the log once, by nobody's hand."""
    waiting, approved, rejected = desk.find(), desk.approved("aida"), desk.find()
    late = desk.find(take_in=False)
    desk.actions("bolat").decide(rejected, Decision.REJECT, seen=0, reason="carried")
    until = desk.views().one(waiting).decide_until
    desk.house.clock.wall = until - timedelta(seconds=1)
    assert lapsing(desk).lapse() == 0
    desk.house.clock.wall = until
    assert lapsing(desk).lapse() == 3
    assert lapsing(desk).lapse() == 0
    assert {desk.views().one(each).status for each in (waiting, approved, late)} == {Status.LAPSED}
    assert desk.views().one(rejected).status is Status.REJECTED
    facts = [one.event for one in desk.house.log.read(0) if one.kind == "case.lapsed"]
    assert sorted(each.subject for each in facts) == sorted([waiting, approved, late])
    assert {each.actor for each in facts} == {"system"}
    assert {each.body["was"] for each in facts} == {"waiting", "approved", "arriving"}
    assert desk.views().counts(Asked()).by_status == {"lapsed": 3, "rejected": 1}
    assert desk.views("aida").next(Asked(), desk.now) is None


def test_in_time_means_signed_in_time(desk):
    """After the last day nobody decides any more, even before the clockwork came round."""
    case_id = desk.approved("aida")
    copy = desk.look("dana", case_id)
    desk.house.clock.wall = desk.views().one(case_id).decide_until
    with pytest.raises(Conflict, match="ended on"):
        desk.actions("dana").sign(case_id, copy)
    lapsing(desk).lapse()
    with pytest.raises(Conflict, match="ended on"):
        desk.actions("bolat").decide(case_id, Decision.REJECT, seen=2, reason="carried")


def test_the_media_of_a_lapsed_case_go(desk):
    """Held while somebody may still decide; released and erased once nobody may."""
    case_id = desk.find()
    house, package = desk.house, desk.sealed[case_id].sha256

    def kept():
        now = house.clock.now()
        lapsing(desk).lapse()
        release_ended(house.engine, house.reads, now, now - TERM)
        erase_expired(house.log, house.reads, house.evidence, now - TERM)
        return house.evidence.has(package)

    until = desk.views().one(case_id).decide_until
    house.clock.wall = until - timedelta(seconds=1)
    assert kept()
    house.clock.wall = until
    assert not kept()
