"""What changes surveys, defects and owners."""

from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from sergek.centre.roads.actions import Decision
from sergek.centre.roads.states import DefectStatus
from sergek.centre.roads.tables import defects
from sergek.core.errors import ConfigError, Conflict, NotFound


def test_a_defect_is_stored_with_all_that_was_seen(roads):
    """Kind, point, accuracy, size, side and time come back as they were sent."""
    found = roads.found(side="right", length_cm=60, width_cm=40, depth_cm=7, note="у остановки")
    assert roads.actions.take_in(found, "surveyor").result == "stored"
    inside, late = roads.views.defects_of(roads.views.act(roads.number))
    (one,) = inside
    assert not late
    assert (one.place, one.accuracy_m, one.side) == ((71.3667, 42.9003), 6.0, "right")
    assert (one.length_cm, one.width_cm, one.depth_cm) == (60, 40, 7)
    assert one.found_at == found.found_at


def test_the_same_id_with_another_content_is_refused(roads):
    """A repeat is nothing, a different defect under the same id is an error said in words."""
    roads.record(1)
    taken = roads.actions.take_in(roads.found(1, note="changed"), "surveyor")
    assert taken.result == "refused"
    assert "before" in taken.sentence
    assert len(roads.views.free()) == 1


def test_a_defect_waits_for_its_photo(roads):
    """Bytes first, then the fact: a photo that is not here keeps the defect waiting."""
    key = "a" * 64
    taken = roads.actions.take_in(roads.found(1, photos=[key]), "surveyor")
    assert (taken.result, taken.missing) == ("waiting", (key,))
    assert not roads.views.free()


def test_what_nobody_knows_is_refused_in_words(roads):
    """An unknown kind, owner or survey does not enter the register."""
    for more in ({"kind": "unicorn"}, {"owner_id": "f" * 32}, {"act_id": "f" * 32}):
        taken = roads.actions.take_in(roads.found(7, **more), "surveyor")
        assert taken.result == "refused"
        assert taken.sentence


def test_a_closed_act_does_not_change(roads):
    """What arrives after the act was closed is kept, and stands beside the act."""
    roads.record(1)
    roads.house.clock.move(60)
    roads.actions.close_act(roads.number, "chief")
    roads.house.clock.move(60)
    roads.record(2)
    inside, late = roads.views.defects_of(roads.views.act(roads.number))
    assert (len(inside), len(late)) == (1, 1)
    with pytest.raises(Conflict):
        roads.actions.close_act(roads.number, "chief")


def test_the_clause_that_an_officer_read_stays_with_the_defect(roads):
    """The table knows no clauses: whoever opened the standard writes it down, or clears it."""
    defect = roads.record(1)
    for clause in ("СТ РК 1412, п. 5.1", ""):
        roads.actions.decide(defect, Decision(clause=clause), "chief")
        assert roads.views.defect(defect).clause == clause
    roads.actions.decide(defect, Decision(clause="п. 5.2"), "chief")
    roads.actions.decide(defect, Decision(severity="minor"), "chief")
    assert roads.views.defect(defect).clause == "п. 5.2"


def test_a_report_is_accepted_or_rejected_once_with_an_answer(roads):
    """Rejecting needs a reason; a decided report cannot be decided again."""
    report = roads.found(1, act_id=None, owner_id=None, found_by="citizen")
    assert roads.actions.take_in(report, "citizen", "citizen").result == "stored"
    assert [one.status for one in roads.views.proposed()] == [DefectStatus.PROPOSED]
    with pytest.raises(ConfigError):
        roads.actions.decide(report.defect_id, Decision(accept=False), "chief")
    rejected = Decision(accept=False, answer="Дорога частная.")
    roads.actions.decide(report.defect_id, rejected, "chief")
    with pytest.raises(Conflict):
        roads.actions.decide(report.defect_id, Decision(), "chief")
    with pytest.raises(NotFound):
        roads.actions.decide("f" * 32, Decision(), "chief")


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    batches=st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=6), min_size=1, max_size=5)
)
def test_repeating_a_sync_changes_nothing(roads, batches):
    """However a phone repeats, splits and reorders what it sends, the register and the log are
    those of every defect sent once."""
    with roads.house.engine.begin() as connection:
        connection.execute(delete(defects))
    begun = roads.house.log.head().seq
    base = begun * 1000  # ids of this example only: the log remembers the earlier ones
    sent = [roads.found(base + number) for number in range(10)]
    wanted = {sent[number].defect_id for number in chain(*batches)}
    for batch in [*batches, *batches]:
        for number in batch:
            assert roads.actions.take_in(sent[number], "surveyor").result == "stored"
    stored = roads.views.free()
    assert {one.defect_id for one in stored} == wanted
    assert len(stored) == len(wanted)
    assert roads.house.log.head().seq - begun == len(wanted)
