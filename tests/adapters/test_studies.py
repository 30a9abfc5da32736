"""Studies in processes: told of, kept, ended; what they found outlives the centre."""

import time
from pathlib import Path

import pytest
from pydantic import BaseModel

from sergek.adapters.processes.clerk import Clerk
from sergek.adapters.processes.studies import SubprocessStudies
from sergek.core.errors import ConfigError, NotFound, Unavailable
from sergek.core.plans import StudyStatus
from sergek.testing.studies import Counter, count


class Inputs(BaseModel):
    """What the test's study takes."""

    number: int = 1
    wait_s: float = 0.0
    fail: bool = False


@pytest.fixture
def studies(tmp_path: Path):
    made = SubprocessStudies(tmp_path, count, "city-1")
    yield made
    made.close()


def settled(studies, key, timeout_s=60):
    end = time.monotonic() + timeout_s
    while studies.state(key).moving:
        assert time.monotonic() < end
        time.sleep(0.02)
    return studies.state(key)


def test_the_same_question_is_computed_once_and_kept(studies, tmp_path):
    """Asked twice, and again by a centre that was started anew: one run, one result."""
    key = studies.ask("siting", Inputs(number=21)).key
    assert settled(studies, key).status is StudyStatus.DONE
    assert studies.result(key) == {"double": 42, "kind": "siting"}
    assert studies.ask("siting", Inputs(number=21)).key == key
    again = SubprocessStudies(tmp_path, count, "city-1")
    assert again.latest("siting").status is StudyStatus.DONE
    assert again.ask("siting", Inputs(number=21)).status is StudyStatus.DONE
    assert again.file(key, "ru/report.pdf") == b"%PDF"
    assert (tmp_path / "runs").read_text() == "run\n"
    other = SubprocessStudies(tmp_path, count, "city-2")
    assert other.ask("siting", Inputs(number=21)).key != key
    again.close()
    other.close()


def test_a_running_study_tells_its_bound_and_can_be_ended(studies):
    """Value and bound are known while it runs; cancelled, it is over at once and can be begun."""
    key = studies.ask("hotspots", Inputs(wait_s=60)).key
    waiting = studies.ask("hotspots", Inputs(wait_s=61)).key
    end = time.monotonic() + 60
    while studies.state(key).bound is None:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert (studies.state(key).value, studies.state(key).bound) == (5.0, 4.0)
    assert studies.state(waiting).status is StudyStatus.QUEUED
    with pytest.raises(NotFound):
        studies.result(key)
    studies.cancel(waiting)
    studies.cancel(key)
    assert studies.state(waiting).status is StudyStatus.CANCELLED
    assert settled(studies, key).status is StudyStatus.CANCELLED
    fresh = studies.ask("siting", Inputs(number=2)).key
    assert settled(studies, fresh).status is StudyStatus.DONE


def test_a_failure_is_told_in_its_own_words(studies):
    """A study that refuses its inputs says why on the page, and may be asked again."""
    key = studies.ask("siting", Inputs(fail=True)).key
    state = settled(studies, key)
    assert state.status is StudyStatus.FAILED
    assert state.sentence == "the budget buys nothing"
    assert studies.ask("siting", Inputs(fail=True)).moving


def test_no_file_outside_its_folder(studies):
    """A name that climbs out of the study's folder leads nowhere."""
    key = studies.ask("siting", Inputs()).key
    settled(studies, key)
    for name in ("../study.json", "ru/../../study.json", "/etc/passwd", "ru/none.pdf"):
        with pytest.raises(NotFound):
            studies.file(key, name)
    with pytest.raises(NotFound):
        studies.state("0" * 32)


def test_a_clerk_answers_refuses_and_rises_again():
    """Its state lasts over calls; errors keep their kind; a process that ended is replaced."""
    clerk = Clerk(Counter, "counter")
    assert clerk.call("add", 2) == 2
    assert clerk.call("add", 3) == 5
    with pytest.raises(ConfigError, match="number: -1"):
        clerk.call("add", -1)
    with pytest.raises(Unavailable):
        clerk.call("die")
    assert clerk.call("add", 1) == 1
    clerk.close()
