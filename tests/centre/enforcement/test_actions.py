"""Reviewing, signing and searching, on SQLite and PostgreSQL."""

from datetime import timedelta

import pytest

from sergek.centre.enforcement.states import Decision, Status
from sergek.centre.enforcement.views import Asked
from sergek.core.errors import ConfigError, Conflict, Forbidden, NotFound
from sergek.core.masks import MaskedBox, MoreMasks
from sergek.testing.examples import a_passage
from sergek.testing.sites import read_plate


@pytest.fixture
def desk(anywhere):
    """The desk on each kind of database."""
    return anywhere


def approve(desk, case_id, name, typed="123ABC08", seen=0):
    actions = desk.actions(name)
    actions.type_plate(case_id, typed)
    return actions.decide(case_id, Decision.APPROVE, seen=seen)


def test_a_case_goes_from_the_road_to_the_signature(desk):
    """Found, taken in, read by a person, approved, signed by another: all of it in the log."""
    case_id = desk.find()
    assert desk.views().one(case_id).status is Status.WAITING
    assert approve(desk, case_id, "aida") is Status.APPROVED
    desk.sign("dana", case_id)
    kinds = ["case.taken_in", "case.plate_typed", "case.reviewed", "case.masked", "case.signed"]
    assert [kind for kind in desk.house.kinds() if kind.startswith("case.")] == kinds
    signed = desk.house.log.read(0)[-1].event
    assert (signed.actor, signed.body["reviewers"]) == ("dana", ["aida"])
    assert signed.body["plate"] == "123ABC08"
    assert signed.body["trial"] is True
    assert signed.body["package"] == desk.sealed[case_id].sha256
    assert signed.body["violation"]["offence"] == "speeding"
    desk.house.log.verify()


def test_the_reviewer_never_signs(desk):
    """Neither the one who approved nor one who rejected it before."""
    case_id = desk.find()
    desk.actions("bolat").decide(case_id, Decision.REJECT, seen=0, reason="carried")
    approve(desk, case_id, "aida", seen=1)
    copy = desk.look("dana", case_id)
    before = desk.house.log.head()
    for name in ("aida", "bolat"):
        with pytest.raises(Forbidden, match="somebody else"):
            desk.actions(name).sign(case_id, copy)
        with pytest.raises(Forbidden, match="somebody else"):
            desk.actions(name).send_back(case_id, "I would rather not.")
    assert desk.house.log.head() == before


def test_what_was_not_looked_at_is_not_signed(desk):
    """Neither without a look nor after a look at another copy: who hides more looks again, and the
    signature names the very copy."""
    case_id = desk.approved("aida")
    with pytest.raises(Conflict, match="look at them again"):
        desk.actions("dana").sign(case_id, "0" * 64)
    first = desk.look("dana", case_id)
    assert desk.look("erlan", case_id) == first
    desk.house.clock.wall += timedelta(minutes=1)
    box = MaskedBox(x1=0.7, y1=0.1, x2=0.9, y2=0.6)
    more = MoreMasks(boxes={"overview_before": (box,), "clip": (box,)})
    second = desk.copies("dana").mask(case_id, more)
    assert desk.actions("dana").copy(case_id) == second
    with pytest.raises(Conflict, match="look at them again"):
        desk.actions("dana").sign(case_id, first)
    desk.actions("dana").sign(case_id, second.key)
    assert desk.house.log.read(0)[-1].event.body["public_copy"] == second.key
    shown = desk.packages().open(desk.house.evidence.get(second.key)).pictures
    old = desk.packages().open(desk.house.evidence.get(first)).pictures
    assert shown["overview_before"].data != old["overview_before"].data
    assert shown["overview_after"].data == old["overview_after"].data


def test_a_signer_may_send_a_case_back(desk):
    """It is reviewed from the start, by whomever; the reason stands in its history."""
    case_id = desk.approved("aida")
    with pytest.raises(ConfigError, match="reason"):
        desk.actions("dana").send_back(case_id, " ")
    assert desk.actions("dana").send_back(case_id, "The face of a child.") is Status.WAITING
    assert desk.views().steps(case_id)[-1].body == {"text": "The face of a child."}
    with pytest.raises(Conflict):
        desk.copies("dana").mask(case_id, MoreMasks())


def test_of_a_package_that_cannot_be_masked_nothing_is_signed(desk):
    """Why stands on the page; the clockwork does not try for ever, and the signer sends it back."""
    case_id = desk.approved("aida")
    desk.house.evidence.delete(desk.sealed[case_id].sha256)
    assert desk.copies().prepare() == 1
    assert desk.copies().prepare() == 0
    copy = desk.actions("dana").copy(case_id)
    assert copy.key is None
    assert copy.why
    for looked in ("", "None"):
        with pytest.raises(Conflict):
            desk.actions("dana").sign(case_id, looked)
    assert desk.actions("dana").send_back(case_id, "No pictures.") is Status.WAITING


def test_a_masked_copy_ends_with_the_media(desk):
    """It belongs to the passage: when nothing holds that any more, both are erased."""
    case_id = desk.approved("aida")
    copy = desk.look("dana", case_id)
    desk.house.reads.release(case_id)
    gone = desk.house.reads.expire(desk.now + timedelta(days=40))
    assert {copy, desk.sealed[case_id].sha256} <= set(gone)


def test_nothing_is_approved_before_the_plate_was_typed(desk):
    """The reviewer reads first; a rejected case needs a reason, and some a sentence."""
    case_id, actions = desk.find(), desk.actions("aida")
    with pytest.raises(ConfigError, match="plate"):
        actions.decide(case_id, Decision.APPROVE, seen=0)
    with pytest.raises(ConfigError, match="reason"):
        actions.decide(case_id, Decision.REJECT, seen=0)
    with pytest.raises(ConfigError, match="sentence"):
        actions.decide(case_id, Decision.REJECT, seen=0, reason="other", text=" ")
    assert actions.decide(case_id, Decision.REJECT, seen=0, reason="permit") is Status.REJECTED


def test_the_typed_plate_may_come_from_a_cyrillic_keyboard(desk):
    """Letters that look the same are the same, spaces and case do not matter."""
    assert desk.actions("aida").type_plate(desk.find(), " 123 авс 08 ").same


def test_another_reading_decides_nothing_but_asks_for_a_second_reviewer(desk):
    """It may be approved, and then waits for somebody else who reads for themselves."""
    case_id = desk.find()
    typed = desk.actions("aida").type_plate(case_id, "128ABC08")
    assert (typed.same, typed.machine) == (False, "123ABC08")
    assert desk.actions("aida").decide(case_id, Decision.APPROVE, seen=0) is Status.SECOND
    assert approve(desk, case_id, "bolat", seen=1) is Status.APPROVED


def test_a_heavy_case_needs_two_reviewers(desk):
    """Twice over the limit: one approval does not suffice, the same person's second is refused."""
    case_id = desk.find(speed_kmh=125.0)
    assert desk.views().one(case_id).second_looks == ("fine", "excess")
    assert approve(desk, case_id, "aida") is Status.SECOND
    with pytest.raises(Forbidden, match="another reviewer"):
        desk.actions("aida").decide(case_id, Decision.APPROVE, seen=1)
    assert approve(desk, case_id, "bolat", seen=1) is Status.APPROVED


def test_two_people_at_one_case_do_not_both_decide(desk):
    """The lease is shown to the second; the decision on a version that passed is refused."""
    case_id = desk.find()
    assert desk.actions("aida").open(case_id, reviewing=True).name == "aida"
    assert desk.actions("bolat").open(case_id, reviewing=True).name == "aida"
    desk.actions("bolat").type_plate(case_id, "123ABC08")
    with pytest.raises(Conflict, match="aida has this case open"):
        desk.actions("bolat").decide(case_id, Decision.APPROVE, seen=0)
    approve(desk, case_id, "aida")
    with pytest.raises(Conflict, match="meanwhile"):
        desk.actions("bolat").decide(case_id, Decision.APPROVE, seen=0)


def test_a_lease_ends_by_itself(desk):
    """A browser that died does not keep a case for ever."""
    case_id = desk.find()
    desk.actions("aida").open(case_id, reviewing=True)
    desk.house.clock.move(121)
    assert desk.actions("bolat").open(case_id, reviewing=True).name == "bolat"


def test_the_next_case_is_nobody_elses(desk):
    """Oldest first or gravest first, past those that others have open and those behind."""
    old = desk.find(before=timedelta(minutes=30))
    grave = desk.find(speed_kmh=110.0, before=timedelta(minutes=20))
    young = desk.find(before=timedelta(minutes=10))
    views, now = desk.views("aida"), desk.now
    assert views.next(Asked(), now) == old
    assert views.next(Asked(), now, old) == grave
    assert views.next(Asked(), now, young) == old, "from the top again"
    assert views.next(Asked(order="gravity"), now) == grave
    desk.actions("bolat").open(old, reviewing=True)
    assert views.next(Asked(), now) == grave
    approve(desk, grave, "aida")
    assert views.next(Asked(), now, old) == young, "her own second look is another person's"
    assert desk.views("bolat").next(Asked(order="gravity"), now) == grave
    assert views.next(Asked(site="elsewhere"), now) is None


def test_a_returned_case_comes_back_with_an_answer(desk):
    """The engineer's words are in the log, and the review begins anew."""
    case_id = desk.find()
    desk.actions("aida").decide(case_id, Decision.RETURN, seen=0, reason="grid")
    with pytest.raises(ConfigError, match="mended"):
        desk.actions("engineer").answer(case_id, " ")
    assert desk.actions("engineer").answer(case_id, "surveyed anew") is Status.ARRIVING
    assert desk.house.log.read(0)[-1].event.body["text"] == "surveyed anew"
    desk.arrivals().take_in()
    assert desk.house.kinds().count("case.taken_in") == 2
    assert approve(desk, case_id, "aida", seen=2) is Status.APPROVED


def test_a_plate_is_searched_only_for_a_case_and_a_purpose(desk):
    """The question is a fact; it reaches no further than the person's areas."""
    case_id, actions = desk.find(), desk.actions("aida", frozenset({"abay-1"}))
    moments = {"entered_at": desk.now, "left_at": desk.now}
    elsewhere = a_passage(1, camera_id="zhambyl-2", plate=read_plate("777XYZ08"), **moments)
    desk.house.record(elsewhere, a_passage(2, plate=read_plate("777XYZ08"), **moments))
    with pytest.raises(Forbidden, match="Type the plate"):
        actions.search(case_id, "777XYZ08", "a clone of this plate is suspected")
    actions.type_plate(case_id, "")
    with pytest.raises(ConfigError, match="purpose"):
        actions.search(case_id, "777XYZ08", "look")
    found = actions.search(case_id, "777 xyz 08", "a clone of this plate is suspected")
    assert [each.track_id for each in found] == [2]
    event = desk.house.log.read(0)[-1].event
    assert (event.kind, event.subject, event.actor) == ("plate.searched", case_id, "aida")
    assert event.body["purpose"] == "a clone of this plate is suspected"


def test_other_areas_do_not_exist(desk):
    """A case of a camera outside the areas is not found, for any act."""
    case_id = desk.find()
    stranger = desk.actions("bolat", frozenset({"zhambyl-2"}))
    for act in (
        lambda: stranger.open(case_id, reviewing=True),
        lambda: stranger.type_plate(case_id, "123ABC08"),
        lambda: stranger.decide(case_id, Decision.APPROVE, seen=0),
        lambda: stranger.sign(case_id, "0" * 64),
        lambda: stranger.copy(case_id),
        lambda: desk.copies("bolat", frozenset({"zhambyl-2"})).mask(case_id, MoreMasks()),
        lambda: desk.views("bolat", frozenset({"zhambyl-2"})).one(case_id),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_refused_decision_writes_nothing(desk):
    """Neither a fact nor a row."""
    case_id = desk.find()
    before = desk.house.log.head()
    with pytest.raises(ConfigError):
        desk.actions("aida").decide(case_id, Decision.APPROVE, seen=0)
    assert desk.house.log.head() == before
    assert desk.views().steps(case_id) == []
